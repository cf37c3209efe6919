"""Names in other languages, by HTTP and on the command line; and who made a feed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.cli import BAD_INPUT, DONE
from api.settings import Settings
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from tests.support.command_line import Shell
from tests.unit.api.small_city import MONDAY, bus_feed, metro_feed

TRIP = {"from": "metro_A", "to": "metro_C", "at": f"{MONDAY}T07:31"}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city; its metro, in Indonesian, has names in English."""
    folder = tmp_path_factory.mktemp("city")
    metro = metro_feed()
    metro.add("feed_info", feed_publisher_name="Kota", feed_publisher_url="https://kota.example", feed_lang="id",
              feed_version="9")  # fmt: skip
    metro.add("attributions", organization_name="Dinas", is_producer=1, attribution_url="https://dinas.example")
    texts = [
        ("stops", "stop_name", "Alun-Alun", "Town Square"),
        ("stops", "stop_name", "Béta", "Beta Market"),
        ("stops", "stop_name", "Cikini", "Cikini Station"),
        ("routes", "route_long_name", "Timur", "East Line"),
        ("agency", "agency_name", "Metro Kota", "City Metro"),
    ]
    for table, field, value, text in texts:
        metro.add("translations", table_name=table, field_name=field, language="en", field_value=value,
                  translation=text)  # fmt: skip
    feeds = {"metro": metro, "bus": bus_feed()}
    network = ingest_feeds({name: feed.write_zip(folder / f"{name}.zip") for name, feed in feeds.items()}).network
    assert network is not None
    write_snapshot(network, folder / "city")
    return folder / "city"


@pytest.fixture(scope="module")
def client(city: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(snapshot=city))) as client:
        yield client


def _ride(found: Any) -> dict[str, Any]:
    option = next(option for option in found["options"] if option["providers"] == ["metro"])
    return next(leg for leg in option["journey"]["legs"] if leg["kind"] == "ride")


def _names(found: Any) -> list[str]:
    ride = _ride(found)
    calls = [call["name"] for call in ride["intermediate_stops"]]
    return [ride["from_name"], *calls, ride["to_name"], ride["headsign"], ride["route_long_name"]]


def test_lines_that_are_as_good_have_their_names_translated_too(tmp_path: Path) -> None:
    feed = bus_feed()
    feed.add("feed_info", feed_publisher_name="Kota", feed_publisher_url="https://kota.example", feed_lang="id")
    feed.add("routes", route_id="8", agency_id="B", route_short_name="8", route_long_name="Barat", route_type=3)
    feed.add("trips", route_id="8", service_id="ALL", trip_id="U")
    feed.add("frequencies", trip_id="U", start_time="06:00:00", end_time="22:00:00", headway_secs=600)
    for call in [call for call in feed.rows("stop_times") if call["trip_id"] == "T"]:
        feed.tables["stop_times"].append(call | {"trip_id": "U"})
    for table, field, value, text in (
        ("routes", "route_long_name", "Barat", "West"),
        ("stops", "stop_name", "Halte Cikini", "Cikini Stop"),
    ):
        feed.add("translations", table_name=table, field_name=field, language="en", field_value=value,
                 translation=text)  # fmt: skip
    network = ingest_feeds({"bus": feed.write_zip(tmp_path / "bus.zip")}).network
    assert network is not None
    write_snapshot(network, tmp_path / "city")
    with TestClient(create_app(Settings(snapshot=tmp_path / "city"))) as client:
        for language, names in (("id", ("Barat", "Halte Cikini")), ("en", ("West", "Cikini Stop"))):
            asked = {"from": "bus_P", "to": "bus_Q", "at": f"{MONDAY}T07:31", "lang": language}
            found = client.get("/api/v1/compare", params=asked).json()
            (line,) = found["options"][0]["journey"]["legs"][0]["interchangeable"]
            assert (line["route_long_name"], line["headsign"]) == names
            jsonschema.validate(
                line, client.get("/openapi.json").json()["components"]["schemas"]["InterchangeableLine"]
            )


INDONESIAN = ["Alun-Alun", "Béta", "Cikini", "Cikini", "Timur"]
ENGLISH = ["Town Square", "Beta Market", "Cikini Station", "Cikini Station", "East Line"]


@pytest.mark.parametrize(
    ("lang", "accepted", "names"),
    [
        (None, None, INDONESIAN),
        ("en", None, ENGLISH),
        ("en-GB", "id", ENGLISH),
        ("id", "en", INDONESIAN),
        (None, "en-US,en;q=0.9", ENGLISH),
        (None, "id,en;q=0.9", INDONESIAN),
        (None, "fr", INDONESIAN),
        (None, "\x01;;,q=", INDONESIAN),
    ],
)
def test_a_comparison_has_names_in_the_language_asked_for(
    lang: str | None, accepted: str | None, names: list[str], client: TestClient
) -> None:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    response = client.get("/api/v1/compare", params=TRIP | ({} if lang is None else {"lang": lang}), headers=headers)
    found = response.json()
    assert _names(found) == names
    provider = next(provider for provider in found["providers"] if provider["id"] == "metro")
    assert provider["name"] == ("City Metro" if names == ENGLISH else "Metro Kota")
    assert "Accept-Language" in response.headers["vary"]
    components = client.get("/openapi.json").json()["components"]
    jsonschema.validate(found, {"$ref": "#/components/schemas/Comparison", "components": components})


def test_only_names_differ_between_languages(client: TestClient) -> None:
    def bare(found: Any) -> Any:
        if isinstance(found, dict):
            words = ("name", "headsign", "short_name", "long_name")
            return {key: bare(value) for key, value in found.items() if not key.endswith(words)}
        return [bare(value) for value in found] if isinstance(found, list) else found

    here, there = (client.get("/api/v1/compare", params=TRIP | {"lang": lang}).json() for lang in ("id", "en"))
    assert here != there
    assert bare(here) == bare(there)


def test_places_are_found_by_any_of_their_names_and_told_in_the_language_asked_for(client: TestClient) -> None:
    for typed in ("town", "alun"):
        asked = [client.get("/api/v1/places", params={"q": typed, "lang": lang}).json() for lang in ("en", "id")]
        metro = [next(p for p in found["places"] if p["id"] == "metro_STA")["name"] for found in asked]
        assert metro == ["Town Square", "Alun-Alun"]


def test_providers_are_called_as_their_agency_is_in_that_language(client: TestClient) -> None:
    names = [row["name"] for row in client.get("/api/v1/providers", params={"lang": "en"}).json()["providers"]]
    assert names == ["City Metro", "Bus Kota"]
    assert client.get("/api/v1/providers").json()["providers"][0]["name"] == "Metro Kota"


@pytest.mark.parametrize("path", ["compare?from=metro_A&to=metro_C", "places?q=a", "providers?x=1"])
def test_what_is_no_language_tag_is_refused(path: str, client: TestClient) -> None:
    response = client.get(f"/api/v1/{path}&lang=english!")
    assert response.status_code == 422, response.text
    assert response.json()["field"] == "lang"


def test_feeds_say_who_made_them(client: TestClient) -> None:
    metro, bus = client.get("/api/v1/feeds").json()["feeds"]
    assert (metro["publisher_name"], metro["publisher_url"], metro["language"], metro["version"]) == (
        "Kota",
        "https://kota.example",
        "id",
        "9",
    )
    assert metro["attribution"] == "Dinas"
    assert metro["attributions"] == [
        {
            "organization_name": "Dinas",
            "is_producer": True,
            "is_operator": False,
            "is_authority": False,
            "url": "https://dinas.example",
            "email": "",
            "phone": "",
        }
    ]
    assert (bus["publisher_name"], bus["attributions"]) == ("", [])


def test_the_command_line_speaks_it_too(run: Shell, city: Path) -> None:
    trip = ("compare", city, "metro_A", "metro_C", "--at", f"{MONDAY}T07:31")
    assert _names(run(*trip, "--lang", "en", "--json").json) == ENGLISH
    assert _names(run(*trip, "--json").json) == INDONESIAN
    table = run(*trip, "--lang", "en")
    assert table.status == DONE
    for word in ("Town Square", "M1 East Line", "City Metro"):
        assert word in table.out
    bad = run(*trip, "--lang", "english!")
    assert bad.status == BAD_INPUT
    assert "lang is 'english!'" in bad.complaint
