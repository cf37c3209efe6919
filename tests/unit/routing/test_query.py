"""What a rider may ask."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from routing import Query, QueryError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_defaults_are_those_of_the_contract() -> None:
    query = Query("x_A", (1.0, 2.0), NOON)
    assert (query.arrive_by, query.max_transfers, query.max_walk_s, query.walk_speed_m_per_s) == (False, 7, 1200, 1.2)
    assert (query.transfer_slack_s, query.providers, query.modes) == (0, None, None)
    assert (query.wheelchair, query.use_realtime, query.headway_wait) == (False, True, "expected")


def test_a_query_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Query("x_A", "x_B", NOON).max_transfers = 3  # type: ignore[misc] # that it cannot be set is what is tested


def test_the_same_can_be_asked_at_another_instant() -> None:
    zone = timezone(timedelta(hours=7))
    query = Query("x_A", (1.0, 2.0), NOON.astimezone(zone), providers=frozenset("x"), max_transfers=2, rider="child")
    later = query.at(int(NOON.timestamp()) + 90)
    assert later == dataclasses.replace(query, time=query.time + timedelta(seconds=90))
    assert later.time.tzinfo is zone


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(QueryError, match="has no time zone") as error:
        Query("x_A", "x_B", NOON.replace(tzinfo=None))
    assert error.value.field == "time"


def test_an_unknown_wait_is_refused() -> None:
    with pytest.raises(QueryError, match=r"headway_wait is 'long'; it must be one of expected, worst, none") as error:
        Query("x_A", "x_B", NOON, headway_wait="long")
    assert error.value.field == "headway_wait"


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("max_transfers", 0, 15),
        ("max_walk_s", 0, 3600),
        ("walk_speed_m_per_s", 0.1, 10),
        ("transfer_slack_s", 0, 3600),
    ],
)
def test_a_number_must_lie_within_its_bounds(field: str, low: float, high: float) -> None:
    for value in (low, high):
        changes: dict[str, Any] = {field: value}
        assert getattr(Query("x_A", "x_B", NOON, **changes), field) == value
    for value, limit in ((low - 0.01, low), (high + 1, high), (float("nan"), low), (float("inf"), high)):
        with pytest.raises(QueryError) as error:
            Query("x_A", "x_B", NOON, **{field: value})  # type: ignore[arg-type] # a wrong value is the point
        assert (error.value.field, error.value.limit) == (field, limit)


@pytest.mark.parametrize("place", [(91.0, 0.0), (0.0, -180.1), (float("nan"), 0.0), (0.0, float("inf"))])
@pytest.mark.parametrize("end", ["origin", "destination"])
def test_a_coordinate_must_be_on_earth(end: str, place: tuple[float, float]) -> None:
    ends: dict[str, Any] = {"origin": "x_A", "destination": "x_B", end: place}
    with pytest.raises(QueryError) as error:
        Query(**ends, time=NOON)
    assert error.value.field == end


def test_lists_of_providers_and_modes_become_sets() -> None:
    query = Query("x_A", "x_B", NOON, providers=["y", "x", "y"], modes=[3])  # type: ignore[arg-type] # any iterable will do
    assert query.providers == frozenset({"x", "y"})
    assert query.modes == frozenset({3})
    assert hash(query) == hash(dataclasses.replace(query))
