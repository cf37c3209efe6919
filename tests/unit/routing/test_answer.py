"""Journeys, or the one reason why there are none."""

from __future__ import annotations

import pytest

from routing import QueryError, Router
from routing.answer import answer
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.timetable_text import feeds_of, position

TEXT = """
    stop A 0 0
    stop P 99.9 0
    station Z: A
    A 08:00 > B 08:10 / x
    P 08:00 > C 08:10 / x
    D 08:00 > E 08:10 / x
"""


@pytest.mark.parametrize(
    ("origin", "destination", "reason"),
    [
        ("x_A", "x_B", None),
        ("x_NOPE", "x_B", "unknown_origin"),
        ("x_A", "x_NOPE", "unknown_destination"),
        ("x_NOPE", "x_NOPE", "unknown_origin"),
        ("x_A", "x_A", "same_place"),
        ("x_A", "x_Z", "same_place"),
        ("x_A", "x_P", "walk_only"),
        ("x_A", "x_E", "no_connection"),
        ("x_B", "x_A", "no_connection"),
        (position(0, 30_000), "x_B", "no_stop_in_reach"),
        ("x_A", position(0, 30_000), "no_stop_in_reach"),
    ],
)
def test_there_is_one_reason(
    origin: str | tuple[float, float], destination: str | tuple[float, float], reason: str | None
) -> None:
    found = answer(router_of(TEXT), query_of(origin, destination, "07:55"))
    assert found.reason == reason
    assert bool(found.journeys) == (reason in (None, "same_place", "walk_only"))


@pytest.mark.parametrize(
    ("date", "reason"), [("2025-12-30", "before_service"), ("2026-06-01", None), ("2027-01-02", "after_service")]
)
def test_a_time_at_which_nothing_runs_is_told_from_no_connection(date: str, reason: str | None) -> None:
    assert answer(router_of(TEXT), query_of("x_A", "x_B", "07:55", date=date)).reason == reason


def test_just_before_service_begins_its_first_journeys_are_answers() -> None:
    found = answer(router_of(TEXT), query_of("x_A", "x_B", "12:00", date="2025-12-31"))
    assert found.reason is None
    assert len(found.journeys) == 1


def test_a_provider_that_is_not_there_is_the_callers_mistake() -> None:
    with pytest.raises(QueryError, match="no provider 'z'; this snapshot has x") as error:
        answer(router_of(TEXT), query_of("x_A", "x_B", "07:55", providers=frozenset({"z"})))
    assert error.value.field == "providers"


def test_a_station_of_no_stops_is_a_place_that_can_be_walked_from() -> None:
    feeds = feeds_of(TEXT)
    row = next(row for row in feeds["x"].rows("stops") if row["stop_id"] == "A")
    feeds["x"].add("stops", **(row | {"stop_id": "EMPTY", "location_type": "1", "parent_station": ""}))
    assert answer(Router(network_of(feeds)), query_of("x_EMPTY", "x_B", "07:55")).reason is None
