"""Options by provider set: which sets, which journeys, which ids and badges."""

from __future__ import annotations

import dataclasses

import pytest

from routing import Query, QueryError, Router
from routing.compare.option import option_id
from routing.compare.options import Candidate, find_options, unbeaten
from tests.scenarios.drawn import query_of, router_of

RIVALS = """
    A 08:00 > C 08:20 / x, trip FAST
    A 08:05 > C 08:45 / y, trip SLOW
    A 08:00 > B 08:05 / y, trip FEEDER
    B 08:06 > C 08:12 / x, trip TRUNK
"""


def _found(router: Router, query: Query) -> list[tuple[list[str], str, int]]:
    journeys = find_options(router, query, router.ends(query))
    return sorted((sorted(j.providers), f"{j.arrival:%H:%M}", j.transfers) for j in journeys)


def test_every_set_that_gains_something_has_an_option() -> None:
    # x alone 08:20; y alone 08:45; y to B and x from there 08:12.
    assert _found(router_of(RIVALS), query_of("x_A", "x_C", "07:55")) == [
        (["x"], "08:20", 0),
        (["x", "y"], "08:12", 1),
        (["y"], "08:45", 0),
    ]


def test_only_providers_that_are_asked_for_compete() -> None:
    router = router_of(RIVALS)
    query = query_of("x_A", "x_C", "07:55", providers=frozenset({"y"}))
    assert _found(router, query) == [(["y"], "08:45", 0)]


def test_an_unknown_provider_is_refused() -> None:
    with pytest.raises(QueryError, match="no provider 'z'"):
        _found(router_of(RIVALS), query_of("x_A", "x_C", "07:55", providers=frozenset({"z"})))


def test_no_provider_at_all_leaves_walking() -> None:
    assert _found(router_of(RIVALS), query_of("x_A", "y_A", "07:55", providers=frozenset())) == [([], "07:55", 0)]


def test_there_may_be_any_number_of_providers() -> None:
    text = "\n".join(f"A 08:00 > C 08:{20 + n} / p{n}" for n in range(30))
    found = _found(router_of(text), query_of("p0_A", "p0_C", "07:55"))
    assert found == sorted(([f"p{n}"], f"08:{20 + n}", 0) for n in range(30))


def test_what_rides_fewer_providers_wins_where_all_else_is_equal() -> None:
    both, one = Candidate(0, 9, 1, 0b11, None), Candidate(0, 9, 1, 0b01, None)
    assert unbeaten([both, one]) == [one]
    assert unbeaten([one, both]) == [one]
    later = Candidate(1, 9, 1, 0b11, None)
    assert unbeaten([later, one]) == [later, one]


def test_of_equal_candidates_the_first_is_kept() -> None:
    first, second = Candidate(0, 9, 1, 0b11, None), Candidate(0, 9, 1, 0b11, None)
    assert unbeaten([first, second])[0] is first


def test_the_same_journey_has_the_same_id_and_another_one_another() -> None:
    router = router_of(RIVALS)
    ids = [[option_id(j) for j in router.journeys(query_of("x_A", "x_C", time))] for time in ("07:55", "07:56")]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0]) == 2


def test_badges_say_what_an_option_is_best_at_and_equals_share_them() -> None:
    options = router_of(RIVALS).compare(query_of("x_A", "x_C", "07:55")).options
    badges = {"+".join(sorted(option.providers)): set(option.badges) for option in options}
    # 12 minutes together, 20 on x, 40 on y; y's change between co-located stops is 0 m.
    assert badges == {
        "x": {"fewest_transfers", "least_walking", "single_provider"},
        "x+y": {"earliest_arrival", "fastest", "least_walking"},
        "y": {"latest_departure", "fewest_transfers", "least_walking", "single_provider"},
    }


def test_badges_compare_instants_not_clocks() -> None:
    # Clocks go back at 03:00. ONE arrives at the first 02:50, TWO at the second 02:10, which is 20 minutes later.
    router = router_of("""
        zone x Europe/Berlin
        zone y Europe/Berlin
        A 01:00 > C 01:50 / x, trip ONE
        A 01:00 > C 02:10 / y, trip TWO
    """)
    query = query_of("x_A", "x_C", "01:30", date="2026-10-25", zone="Europe/Berlin")
    options = router.compare(query).options
    badges = {"+".join(option.providers): option.badges for option in options}
    assert [option.journey.arrival.isoformat() for option in options] == [
        "2026-10-25T02:50:00+02:00",
        "2026-10-25T02:10:00+01:00",
    ]
    assert "earliest_arrival" in badges["x"]
    assert "fastest" in badges["x"]
    assert "earliest_arrival" not in badges["y"]


def test_an_option_is_json_as_the_contract_has_it() -> None:
    option = router_of(RIVALS).compare(query_of("x_A", "x_C", "07:55")).options[0]
    data = option.to_dict()
    assert {
        "id",
        "rank",
        "providers",
        "departure",
        "arrival",
        "duration_s",
        "transfers",
        "walk_s",
        "walk_m",
        "wait_s",
        "arrival_p10",
        "arrival_p90",
        "fare",
        "badges",
        "journey",
    } <= data.keys()
    assert data["rank"] == 1
    assert data["fare"] is not None or data["fare_unknown_reason"]
    assert data["duration_s"] == option.journey.duration_s
    with pytest.raises(dataclasses.FrozenInstanceError):
        option.rank = 2  # type: ignore[misc] # that it cannot be set is what is tested
