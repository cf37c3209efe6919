"""Searches that are given up: between two kernels, in every kind of search, in threads of their own too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from routing import Query, Router
from routing.cancel import Cancel, SearchCancelled, cancelling, check_cancelled, kernel_flag
from routing.coverage import coverage
from routing.kernels.layout import UNREACHED
from tests.unit.api.small_city import MONDAY, write_city

AT = datetime.fromisoformat(f"{MONDAY}T07:31:00+07:00")
QUERY = Query("metro_STA", "metro_C", AT)


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Router:
    return Router.open(write_city(tmp_path_factory.mktemp("city")))


class _After(Cancel):
    """Says stop when it is asked for the `n`th time; counts how often it is asked after that."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left, self.asked_again = n, 0

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            self.asked_again += 1
            raise SearchCancelled("left")


SEARCHES: dict[str, Callable[[Router], object]] = {
    "journeys": lambda router: router.journeys(QUERY),
    "profile": lambda router: router.profile(QUERY, 3600),
    "compare": lambda router: router.compare(QUERY),
    "reach": lambda router: router.reach(QUERY),
    "matrix": lambda router: router.matrix(["metro_A", "bus_P"], ["metro_C"], [AT, AT]),
    "coverage": lambda router: coverage(router.network, AT.date(), 500, None),
}


@pytest.mark.parametrize("kind", SEARCHES)
def test_every_kind_of_search_stops_when_nobody_waits(router: Router, kind: str) -> None:
    cancel = Cancel()
    cancel.leave()
    with cancelling(cancel), pytest.raises(SearchCancelled, match="nobody waits"):
        SEARCHES[kind](router)
    SEARCHES[kind](router)  # outside nothing is given up, and the router has taken no harm


@pytest.mark.parametrize("n", [1, 3, 6])
def test_a_comparison_stops_between_its_subsets(router: Router, n: int) -> None:
    cancel = _After(n)
    with cancelling(cancel), pytest.raises(SearchCancelled):
        router.compare(QUERY)
    assert cancel.asked_again == 1


def test_a_window_of_headway_services_stops_between_its_steps(router: Router) -> None:
    bus = Query("bus_P", "bus_Q", AT, modes=frozenset({3}))
    whole = _After(10**9)
    with cancelling(whole):
        router.profile(bus, 7200)
    polls = 10**9 - whole.left
    assert polls > 20
    cancel = _After(polls // 2)
    with cancelling(cancel), pytest.raises(SearchCancelled):
        router.profile(bus, 7200)
    assert cancel.asked_again == 1


def test_when_riders_really_arrive_is_given_up_too(router: Router) -> None:
    (bus,) = router.journeys(Query("bus_P", "bus_Q", AT, modes=frozenset({3})))
    cancel = Cancel()
    cancel.leave()
    with cancelling(cancel), pytest.raises(SearchCancelled):
        _ = bus.arrival_p90
    assert bus.arrival_p90 is not None  # it was not kept half done


def test_a_deadline_passes_by_the_clock_it_is_given() -> None:
    now = 100.0
    cancel = Cancel(10, lambda: now)
    with cancelling(cancel):
        now = 109.9
        check_cancelled()
        now = 110.0
        with pytest.raises(SearchCancelled) as caught:
            check_cancelled()
    assert caught.value.why == "deadline"
    check_cancelled()


def test_leaving_counts_before_a_deadline() -> None:
    cancel = Cancel(0)
    assert cancel.why == "deadline"
    cancel.leave()
    assert cancel.why == "left"


def test_kernels_see_by_a_flag_that_somebody_has_left_or_that_the_time_is_over() -> None:
    assert kernel_flag().tolist() == [0]
    for end, why in ((Cancel.leave, "left"), (Cancel.expire, "deadline")):
        cancel = Cancel(60)
        with cancelling(cancel):
            flag = kernel_flag()
            assert flag.tolist() == [0]
            end(cancel)
            assert flag.tolist() == [1]
            assert cancel.why == why
    assert kernel_flag().tolist() == [0]


def test_a_window_is_given_up_in_the_kernel_and_leaves_no_trace(
    router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_train = replace(QUERY, providers=frozenset({"metro"}))  # headway services have no instants to leave at
    ends = router.ends(by_train)
    whole = router.profile_skeletons(by_train, ends, 3600)
    assert whole
    cancel = Cancel()
    cancel.leave()
    for module in ("search", "laid_out"):
        monkeypatch.setattr(f"routing.{module}.check_cancelled", lambda: None)
    with cancelling(cancel):
        assert router.profile_skeletons(by_train, ends, 3600) == []
    assert router.profile_skeletons(by_train, ends, 3600) == whole
    monkeypatch.undo()
    with cancelling(cancel), pytest.raises(SearchCancelled):
        router.profile_skeletons(by_train, ends, 3600)


@pytest.mark.parametrize("is_arrival", [False, True])
def test_searches_are_given_up_in_their_kernels_and_leave_no_trace(
    router: Router, monkeypatch: pytest.MonkeyPatch, is_arrival: bool
) -> None:
    query = replace(QUERY, arrive_by=is_arrival)
    ends = router.ends(query)
    journeys, reached = router.skeletons(query, ends), router.reach(query)
    cancel = Cancel()
    cancel.leave()
    for module in ("search", "laid_out"):
        monkeypatch.setattr(f"routing.{module}.check_cancelled", lambda: None)
    with cancelling(cancel):
        assert router.skeletons(query, ends) == []
        # The first round is done by then.
        assert 0 < (router.reach(query) < UNREACHED).sum() <= (reached < UNREACHED).sum()
    monkeypatch.undo()
    assert router.skeletons(query, ends) == journeys != []
    assert np.array_equal(router.reach(query), reached)


def test_a_search_that_is_given_up_does_no_further_round(router: Router) -> None:
    query = replace(QUERY, max_transfers=3)
    ends = router.ends(query)
    task, searcher = router.search_task(query, ends)
    timetable, walks = router.timetable(query), router.walks(query)
    rounds, _ = searcher.fill(timetable, walks, task)
    assert rounds > 0
    cancel = Cancel()
    cancel.leave()
    with cancelling(cancel), pytest.raises(SearchCancelled):
        searcher.fill(timetable, walks, task)
    with cancelling(cancel), pytest.MonkeyPatch.context() as patched:
        patched.setattr("routing.search.check_cancelled", lambda: None)
        assert searcher.fill(timetable, walks, task)[0] == 0
    assert searcher.fill(timetable, walks, task)[0] == rounds
