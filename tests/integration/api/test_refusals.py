"""What cannot be asked, what is not there, and our own failures: one shape, and nothing of our insides."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.middleware import CONTENT_SECURITY_POLICY
from tests.support.small_service import TRIP, app_of, error_of


@pytest.mark.parametrize(
    ("change", "status", "code", "field", "limit"),
    [
        ({"from": "metro_X"}, 404, "unknown_stop", "from", None),
        ({"to": "nowhere"}, 404, "unknown_stop", "to", None),
        ({"from": ""}, 422, "invalid_value", "from", None),
        ({"to": "95,0"}, 422, "out_of_range", "to", "±90,±180"),
        ({"at": "soon"}, 422, "invalid_value", "at", None),
        ({"at": "1066-10-14"}, 422, "out_of_range", "at", "1970-2199"),
        ({"arrive_by": "2026-03-02T08:00"}, 422, "invalid_value", "arrive_by", None),
        ({"max_transfers": "16"}, 422, "out_of_range", "max_transfers", 15.0),
        ({"max_transfers": "-1"}, 422, "out_of_range", "max_transfers", 0.0),
        ({"max_transfers": "many"}, 422, "invalid_value", "max_transfers", None),
        ({"max_walk_s": "3601"}, 422, "out_of_range", "max_walk_s", 3600.0),
        ({"walk_speed_m_per_s": "11"}, 422, "out_of_range", "walk_speed_m_per_s", 10.0),
        ({"walk_speed_m_per_s": "nan"}, 422, "invalid_value", "walk_speed_m_per_s", None),
        ({"transfer_slack_s": "1e9"}, 422, "invalid_value", "transfer_slack_s", None),
        ({"providers": "tram"}, 422, "invalid_value", "providers", None),
        ({"providers": ","}, 422, "invalid_value", "providers", None),
        ({"modes": "bus"}, 422, "invalid_value", "modes", None),
        ({"wheelchair": "perhaps"}, 422, "invalid_value", "wheelchair", None),
        ({"headway_wait": "long"}, 422, "invalid_value", "headway_wait", None),
        ({"weights": "price=1"}, 422, "invalid_value", "weights", None),
        ({"weights": "walk=-1"}, 422, "out_of_range", "weights", 0.0),
        ({"weights": "walk"}, 422, "invalid_value", "weights", None),
        ({"rider": "nobody"}, 422, "invalid_value", "rider", None),
        ({"form": "x"}, 422, "unknown_parameter", "form", None),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    change: dict[str, str], status: int, code: str, field: str, limit: object, client: TestClient
) -> None:
    found = error_of(client, "/api/v1/compare", status, **{**TRIP, **change})
    assert (found["code"], found["field"], found["limit"]) == (code, field, limit)


def test_a_missing_parameter_is_named(client: TestClient) -> None:
    found = error_of(client, "/api/v1/compare", 422, to="metro_C")
    assert (found["code"], found["field"]) == ("missing_parameter", "from")


def test_unknown_addresses_and_methods_have_the_same_shape(client: TestClient) -> None:
    assert error_of(client, "/api/v2/compare", 404) == {
        "error": "Not Found",
        "code": "not_found",
        "field": None,
        "limit": None,
    }
    refused = client.post("/api/v1/compare")
    assert refused.status_code == 405
    assert refused.headers["allow"] == "GET"
    assert refused.json()["code"] == "method_not_allowed"


def test_an_address_that_is_too_long_is_refused_with_its_limit(client: TestClient) -> None:
    found = error_of(client, "/api/v1/places", 414, q="x" * 9000)
    assert (found["code"], found["limit"]) == ("address_too_long", 8192.0)


def test_our_own_failure_is_told_without_its_inside(folder: Path) -> None:
    app = app_of(folder)

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("the password is 1234")

    with TestClient(app) as client:
        response = client.get("/broken")
    assert response.status_code == 500
    assert response.json()["code"] == "internal_error"
    assert "1234" not in response.text
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
