"""The arrays of a search are wiped between searches, and wide enough for the next."""

from __future__ import annotations

import numpy as np

from routing import Router
from routing.kernels.layout import UNREACHED
from routing.search import Searcher
from routing.search_state import SearchState
from tests.scenarios.drawn import ask, query_of, router_of

CROSS = """
    A 08:00 > B 08:10 / x, trip T1
    B 08:20 > C 08:30 / x, trip T2
    D 08:00 > B 08:05 / y, trip T3
"""


def test_a_new_state_has_reached_nothing() -> None:
    state = SearchState(3, 2, 5, 4)
    labels, work = state.labels, state.work
    assert labels.ride.shape == labels.ready.shape == (5, 3)
    assert (labels.ride == UNREACHED).all()
    assert (labels.best_ready == UNREACHED).all()
    assert work.first_position.tolist() == [-1, -1]
    assert work.ridden.tolist() == [UNREACHED] * 5
    assert work.touched.shape == (5, 3)


def test_no_patterns_still_leave_room_for_one() -> None:
    assert len(SearchState(0, 0, 0, 0).work.queue) == 1


def _task(router: Router, origin: str, destination: str, arrive_by: bool) -> list[tuple[int, int, int]]:
    query = query_of(origin, destination, "08:30" if arrive_by else "07:55", arrive_by=arrive_by)
    return [(s.departure, s.arrival, s.transfers) for s in router.skeletons(query, router.ends(query))]


def test_a_search_leaves_no_trace_in_the_next_one() -> None:
    router = router_of(CROSS)
    alone = {
        (origin, arrive_by): _task(Router(router.network), origin, "x_C", arrive_by)
        for origin in ("x_A", "y_D", "x_B", "x_C")
        for arrive_by in (False, True)
    }
    for _ in range(2):
        for (origin, arrive_by), expected in alone.items():
            assert _task(router, origin, "x_C", arrive_by) == expected


def test_after_a_search_every_queue_is_empty() -> None:
    searcher = Searcher()
    router = router_of(CROSS)
    router._threads.searcher = searcher
    ask(router, "x_A", "x_C", "07:55")
    for state in (searcher._first, searcher._second):
        assert (state.work.egress == UNREACHED).all()
        assert (state.work.first_position[: state.n_patterns] == -1).all()
        assert (state.work.ridden == UNREACHED).all()
        assert state.work.n_used.tolist() == [0]
        assert not state.work.is_marked.any()
        assert not state.work.is_improved.any()


def test_more_rounds_than_ever_before_get_more_room() -> None:
    # Ten lines end to end take nine changes.
    text = "\n".join(f"S{n} {n + 5:02d}:00 > S{n + 1} {n + 5:02d}:30 / x" for n in range(10))
    router = router_of(text)
    assert ask(router, "x_S0", "x_S10", "04:00", max_transfers=8) == []
    assert len(ask(router, "x_S0", "x_S10", "04:00", max_transfers=9)) == 1
    assert len(ask(router, "x_S0", "x_S1", "04:00", max_transfers=0)) == 1
    assert isinstance(router._threads.searcher._first.labels.ride, np.ndarray)
    assert router._threads.searcher._first.max_rounds == 10
