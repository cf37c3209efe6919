"""The whole answer."""

from __future__ import annotations

import json

import pytest

from routing import QueryError
from routing.compare import compare
from routing.places import UnknownPlaceError
from tests.scenarios.drawn import query_of, router_of

TEXT = """
    stop A 0 0
    stop P 99.9 0
    A 08:00 > C 08:20 / x, trip T1
    A 08:05 > C 08:30 / y, trip T2
    P 12:00 > D 12:10 / y, trip T3
"""


def test_it_has_the_parts_of_the_contract() -> None:
    data = json.loads(json.dumps(router_of(TEXT).compare(query_of("x_A", "x_C", "07:55")).to_dict()))
    assert {
        "query",
        "snapshot",
        "searched",
        "providers",
        "options",
        "trade_offs",
        "dropped",
        "ranking",
    } <= data.keys()
    assert data["snapshot"]["feeds"][0].keys() >= {"id", "sha256", "first_date", "last_date"}
    assert data["ranking"].keys() >= {"rule", "weights"}
    assert (data["query"]["from"], data["query"]["to"]) == ("x_A", "x_C")


def test_options_are_ranked_from_one_on_by_cost() -> None:
    options = router_of(TEXT).compare(query_of("x_A", "x_C", "07:55")).options
    assert [option.rank for option in options] == [1, 2]
    assert [option.cost for option in options] == sorted(option.cost for option in options)
    # 20 min of travel and half of the 5 minutes before; 25 and half of 10.
    assert [option.cost for option in options] == [1350, 1800]


def test_weights_of_the_question_are_used_and_told() -> None:
    comparison = compare(router_of(TEXT), query_of("x_A", "x_C", "07:55"), {"travel": 0, "margin": 1})
    assert [option.cost for option in comparison.options] == [300, 600]
    assert comparison.to_dict()["ranking"]["weights"]["margin"] == 1


def test_each_option_has_the_range_of_each_weight() -> None:
    comparison = router_of(TEXT).compare(query_of("x_A", "x_C", "07:55"))
    ranges = comparison.to_dict()["ranking"]["ranges"]
    assert [row["option"] for row in ranges] == [option.id for option in comparison.options]
    assert all(set(row["weights"]) == set(comparison.weights) for row in ranges)


@pytest.mark.parametrize(
    ("arrive_by", "searched"),
    [
        (False, ("2026-03-02T07:55:00+07:00", "2026-03-03T07:55:00+07:00")),
        (True, ("2026-03-01T07:55:00+07:00", "2026-03-02T07:55:00+07:00")),
    ],
)
def test_the_window_that_was_searched_is_told(arrive_by: bool, searched: tuple[str, str]) -> None:
    comparison = router_of(TEXT).compare(query_of("x_A", "x_C", "07:55", arrive_by=arrive_by))
    assert tuple(time.isoformat() for time in comparison.searched) == searched


def test_the_window_is_a_day_of_86400_seconds_when_clocks_change() -> None:
    query = query_of("x_A", "x_C", "12:00", date="2026-03-28", zone="Europe/Berlin")
    first, last = router_of(TEXT).compare(query).searched
    assert last.timestamp() - first.timestamp() == 86_400


@pytest.mark.parametrize(
    ("origin", "destination", "reason"),
    [("x_A", "x_C", None), ("x_A", "x_A", "same_place"), ("x_A", "y_P", "walk_only"), ("x_C", "x_A", "no_connection")],
)
def test_the_reason_is_the_answers(origin: str, destination: str, reason: str | None) -> None:
    comparison = router_of(TEXT).compare(query_of(origin, destination, "07:55"))
    assert comparison.reason == reason
    assert bool(comparison.options) == (reason != "no_connection")


def test_what_is_unknown_is_raised() -> None:
    router = router_of(TEXT)
    with pytest.raises(UnknownPlaceError, match="x_NOPE"):
        router.compare(query_of("x_NOPE", "x_C", "07:55"))
    with pytest.raises(QueryError, match="no weight 'speed'"):
        router.compare(query_of("x_A", "x_C", "07:55"), {"speed": 1})
