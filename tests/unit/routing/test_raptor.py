"""The search kernel alone, on timetables of a few vehicles. Its twin judges it on many (tests/differential)."""

from __future__ import annotations

import numpy as np
import pytest

from routing import Router
from routing.cancel import kernel_flag
from routing.kernels.addressed import Tables
from routing.kernels.layout import UNREACHED, Ends, Limits, State
from routing.kernels.raptor import search_alone
from routing.least import NOTHING_KNOWN
from routing.search_state import SearchState
from routing.walks import walk_table
from tests.scenarios.drawn import query_of, router_of
from tests.support.records import rounds_of

HOUR = 3600
FAR = 10 * HOUR
# B and P: 99.9 m, 130 m on foot, 109 s. Times of the timetable begin at 07:00 in Jakarta.
TEXT = """
    stop B 0 0
    stop P 99.9 0
    A 08:00 > B 08:10 > C 08:30 / x, trip T1
    P 08:15 > C 08:20 / x, trip T2
    C 08:25 > D 08:40 / x, trip T3
"""


class Run:
    """One forward search and what it found, stop names without their feed."""

    def __init__(self, access: dict[str, int], egress: dict[str, int] | None = None, **limits: int) -> None:
        self.router: Router = router_of(TEXT)
        timetable = self.router.timetable(query_of("x_A", "x_D", "15:00"))
        walks = walk_table(self.router.network, 1.2)
        self.state: State = SearchState(0, 0, 0).fit(timetable.forward, timetable.n_stops, 8).state
        bounds = {"horizon": FAR, "max_rounds": 8, "slack_s": 0, "max_walk_s": 1200, "unit_s": 0}
        asked = Limits(**{**bounds, **limits})
        self.rounds = search_alone(
            Tables().of(timetable.forward, walks.forward, self.state),
            np.ones(timetable.n_patterns, np.uint8),
            Ends(*self._arrays(access), *self._arrays(egress or {})),
            0,
            NOTHING_KNOWN.table,
            asked,
            kernel_flag(),
        )

    def _arrays(self, stops: dict[str, int]) -> tuple[np.ndarray, np.ndarray]:
        rows = [self.router.network.stops.id.find(f"x_{stop}") for stop in stops]
        return np.array(rows, np.int32), np.array(list(stops.values()), np.int32)

    def ride(self, k: int) -> dict[str, int]:
        return self._named(rounds_of(self.state, self.rounds)[0][k : k + 1])

    def ready(self, k: int) -> dict[str, int]:
        return self._named(rounds_of(self.state, self.rounds)[1][k : k + 1])

    def _named(self, found: list[dict[int, int]]) -> dict[str, int]:
        ids = self.router.network.stops.id
        return {ids[stop][2:]: time for labels in found for stop, time in sorted(labels.items())}


def test_round_by_round_one_vehicle_more() -> None:
    run = Run({"A": HOUR})
    # One vehicle: T1. Two: over to P, and T2 is at C before T1. Three: T3 catches that.
    assert run.ride(1) == {"B": HOUR + 600, "C": HOUR + 1800}
    assert run.ride(2) == {"C": HOUR + 1200}
    assert run.ride(3) == {"D": HOUR + 2400}
    assert run.ride(4) == {}
    assert run.rounds == 3


def test_after_each_vehicle_the_next_is_boarded_here_or_one_footpath_on() -> None:
    run = Run({"A": HOUR})
    assert run.ready(0) == {"A": HOUR}
    assert run.ready(1) == {"B": HOUR + 600, "P": HOUR + 709, "C": HOUR + 1800}
    assert run.ready(2) == {"C": HOUR + 1200}


def test_slack_delays_what_comes_after_a_vehicle() -> None:
    run = Run({"A": HOUR}, slack_s=191)
    # 08:11:49 + 191 s = 08:15:00: T2 is just caught; T3 at 08:25 too (08:20 + 191 s).
    assert run.ready(1)["P"] == HOUR + 900
    assert run.ride(2) == {"C": HOUR + 1200}
    assert Run({"A": HOUR}, slack_s=192).ride(2) == {}


def test_walks_over_the_limit_are_not_taken() -> None:
    assert "P" in Run({"A": HOUR}, max_walk_s=109).ready(1)
    assert "P" not in Run({"A": HOUR}, max_walk_s=108).ready(1)


def test_rounds_and_horizon_end_the_search() -> None:
    assert Run({"A": HOUR}, max_rounds=2).ride(3) == {}
    assert Run({"A": HOUR}, horizon=HOUR + 2399).state.reached[3] == UNREACHED
    assert Run({"A": HOUR + 1}).ride(1) == {}
    assert Run({"A": HOUR}, horizon=HOUR - 1).rounds == 0


def test_at_a_destination_each_round_that_betters_it_is_told() -> None:
    run = Run({"A": HOUR}, {"C": 60, "D": 0})
    # T1 is at C at 08:30, a minute from there; with two vehicles 08:20 + 1 min; D by 08:40 is later than both.
    assert run.state.reached[:5].tolist() == [UNREACHED, HOUR + 1860, HOUR + 1260, UNREACHED, UNREACHED]
    ids = run.router.network.stops.id
    assert [ids[run.state.rides[run.state.reached_at[k], 0]] for k in (1, 2)] == ["x_C", "x_C"]


def test_the_way_back_can_be_read() -> None:
    run = Run({"A": HOUR}, {"D": 0})
    ids, side = run.router.network.stops.id, run.router.timetable(query_of("x_A", "x_D", "15:00")).forward
    record, way = int(run.state.reached_at[3]), []
    for _ in (3, 2, 1):
        stop, _time, pattern, board, _alight, ready = run.state.rides[record].tolist()
        boarded = int(side.call_stops[side.calls_ptr[pattern] + board])
        assert run.state.readies[ready, 0] == boarded
        way.append((ids[boarded], ids[stop]))
        record = int(run.state.readies[ready, 2])
    assert record == -1
    assert way == [("x_C", "x_D"), ("x_P", "x_C"), ("x_A", "x_B")]


def test_no_access_is_no_search() -> None:
    run = Run({})
    assert run.rounds == 0
    assert all(run.ride(k) == {} for k in range(9))


@pytest.mark.parametrize("blocked", ["T1", "T2", "T3"])
def test_patterns_that_are_not_allowed_are_not_ridden(blocked: str) -> None:
    router = router_of(TEXT)
    timetable = router.timetable(query_of("x_A", "x_D", "15:00"))
    state = SearchState(0, 0, 0).fit(timetable.forward, timetable.n_stops, 8).state
    trip = router.network.trips.id.find(f"x_{blocked}")
    parts, first = timetable.trips.parts, timetable.trips.pattern_first
    allowed = np.array([parts[timetable.trips.parts_ptr[row]] != trip for row in first], np.uint8)
    limits, nowhere = Limits(FAR, 8, 0, 1200, 0), np.empty(0, np.int32)
    rounds = search_alone(
        Tables().of(timetable.forward, walk_table(router.network, 1.2).forward, state),
        allowed,
        Ends(np.array([router.network.stops.id.find("x_A")], np.int32), np.array([HOUR], np.int32), nowhere, nowhere),
        0,
        NOTHING_KNOWN.table,
        limits,
        kernel_flag(),
    )
    ridden = set(state.rides[: state.ride_ptr[rounds + 1], 2].tolist())
    assert int(np.flatnonzero(allowed == 0)[0]) not in ridden
