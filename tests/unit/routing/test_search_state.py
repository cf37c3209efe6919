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


def test_a_new_state_has_room_for_a_record_a_stop_and_round() -> None:
    state = SearchState(3, 5, 4)
    assert len(state.state.rides) >= 3 * 4
    assert len(state.state.readies) >= 3 * 5
    assert (state.state.ridden == UNREACHED).all()
    assert (state.state.egress == UNREACHED).all()
    assert state.nbytes == sum(array.nbytes for array in (*state.state, *state.answer)) > 0


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


def test_after_a_search_nothing_is_ridden() -> None:
    searcher = Searcher()
    router = router_of(CROSS)
    router._threads.searcher = searcher
    ask(router, "x_A", "x_C", "07:55")
    timetable = router.timetable(query_of("x_A", "x_C", "07:55"))
    for state, side in ((searcher._forward.state, timetable.forward), (searcher._backward.state, timetable.backward)):
        assert (state.egress == UNREACHED).all()
        assert (state.ridden == UNREACHED).all()
        assert state.last_chance.tolist() == side.call_last.tolist()


def test_so_it_is_where_more_segments_were_ridden_than_there_is_room_for() -> None:
    searcher = Searcher()
    router = router_of(CROSS)
    router._threads.searcher = searcher
    expected = ask(router, "x_A", "x_C", "07:55")
    for kept in (searcher._forward, searcher._backward):
        kept.state = kept.state._replace(segments=np.empty((0, 2), np.int32))
    assert [ask(router, "x_A", "x_C", "07:55") for _ in range(3)] == [expected] * 3
    assert (searcher._forward.state.ridden == UNREACHED).all()


def test_a_timetable_of_the_same_size_has_departures_of_its_own() -> None:
    router = router_of(CROSS)
    searcher = Searcher()
    router._threads.searcher = searcher
    for date in ("2026-03-02", "2026-03-04", "2026-03-02"):
        assert len(ask(router, "x_A", "x_C", "07:55", date=date)) == 1
        timetable = router.timetable(query_of("x_A", "x_C", "07:55", date=date))
        assert searcher._forward.state.last_chance.tolist() == timetable.forward.call_last.tolist()


def test_two_timetables_in_turn_keep_their_arrays() -> None:
    router = router_of(CROSS)
    router._threads.searcher = searcher = Searcher()
    states = []
    for date in ("2026-03-02", "2026-03-03", "2026-03-02", "2026-03-03", "2026-03-04", "2026-03-03", "2026-03-02"):
        found = ask(router, "x_A", "x_C", "07:55", date=date)
        assert found == ask(Router(router.network), "x_A", "x_C", "07:55", date=date) != []
        states.append(searcher._forward)
    first, second, *again, third, second_still, once_more = states
    assert (first is second, again) == (False, [first, second])
    # The third takes the place of the one that was not asked for longest.
    assert (third is first, second_still is second, once_more is third) == (True, True, True)
    assert searcher.nbytes == sum(kept.nbytes for kept in (first, second)) * 2


def test_more_rounds_than_ever_before_get_more_room() -> None:
    # Ten lines end to end take nine changes.
    text = "\n".join(f"S{n} {n + 5:02d}:00 > S{n + 1} {n + 5:02d}:30 / x" for n in range(10))
    router = router_of(text)
    assert ask(router, "x_S0", "x_S10", "04:00", max_transfers=8) == []
    assert len(ask(router, "x_S0", "x_S10", "04:00", max_transfers=9)) == 1
    assert len(ask(router, "x_S0", "x_S1", "04:00", max_transfers=0)) == 1
    assert router._threads.searcher._forward.max_rounds == 10
