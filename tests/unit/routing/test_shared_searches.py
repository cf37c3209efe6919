"""What one set of providers has shown is not searched for again, and changes no answer."""

from __future__ import annotations

import dataclasses

import pytest

from routing import Query, Router
from routing.compare.fronts import find_front, subsets
from routing.compare.shared_searches import SharedSearches
from routing.search import Searcher, Wanted
from tests.scenarios.drawn import query_of, router_of

LINES = """
    A 0:00 > B 0:10 / x, exact 900 from 06:00 to 12:00
    B 0:00 > C 0:20 / y, exact 1200 from 06:00 to 12:00
    B 0:00 > C 0:30 / x, every 600 from 06:00 to 12:00
    A 0:00 > C 0:50 / z, every 1500 from 07:00 to 09:00
    A 0:00 > D 0:15 / z, exact 1800 from 06:00 to 12:00
    D 0:00 > C 0:15 / x, exact 1500 from 06:00 to 12:00
"""
HOUR = 3600
NAMES = [frozenset(names) for names in ("xyz", "yz", "xz", "xy", "z", "y", "x")]


def _query(*, arrive_by: bool) -> Query:
    return query_of("x_A", "x_C", "09:00" if arrive_by else "07:00", arrive_by=arrive_by)


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each search."""
    count: list[int] = []
    pareto = Searcher.pareto

    def counted(self: Searcher, *args: object) -> object:
        count.append(1)
        return pareto(self, *args)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(Searcher, "pareto", counted)
    return count


def _fronts(router: Router, query: Query) -> list[list[tuple[object, ...]]]:
    found = []
    for chosen in NAMES:
        asked = dataclasses.replace(query, providers=chosen)
        front = find_front(router, asked, router.ends(query), HOUR)
        rides = [*front.rides, *front.beyond]
        found.append([(r.departure_s, r.arrival_s, r.transfers, r.until_s, r.providers) for r in rides])
    return found


@pytest.mark.parametrize("arrive_by", [False, True])
def test_fronts_are_those_of_each_set_alone(*, arrive_by: bool) -> None:
    router, query = router_of(LINES), _query(arrive_by=arrive_by)
    assert set(NAMES) == set(subsets("xyz")) - {frozenset()}
    assert _fronts(SharedSearches(router, HOUR), query) == _fronts(router, query)


def test_an_answer_is_not_searched_for_again(searched: list[int]) -> None:
    router, query = router_of(LINES), _query(arrive_by=False)
    _fronts(router, query)
    alone = len(searched)
    searched.clear()
    _fronts(SharedSearches(router, HOUR), query)
    assert 0 < len(searched) < alone


def test_an_answer_holds_until_the_first_of_its_journeys_leaves(searched: list[int]) -> None:
    router = router_of("A 08:00 > B 08:30 / x\nA 08:10 > B 09:00 / x\nA 07:50 > B 08:40 / y")
    shared, query = SharedSearches(router, HOUR), query_of("x_A", "x_B", "07:40", providers=frozenset("xy"))
    ends = router.ends(query)
    end = int(query.time.timestamp()) + HOUR

    def found(clock: str, providers: str) -> list[tuple[int, int]]:
        asked = query_of("x_A", "x_B", clock, providers=frozenset(providers))
        told = shared.skeletons(asked, ends, Wanted(end - int(asked.time.timestamp())))
        return [(ride.departure // 60 % 1440, ride.arrival // 60 % 1440) for ride in told]

    first = found("07:40", "xy")
    assert (len(first), len(searched)) == (1, 1)
    assert (found("07:45", "xy"), found("08:00", "x"), len(searched)) == (first, first, 1)
    later = found("08:01", "x")
    assert (later == first, len(searched)) == (False, 2)
    assert (found("07:45", "y") == first, len(searched)) == (False, 3)
