"""Pareto searches over one timetable: arrays in, skeletons of journeys out.

routing.kernels.pareto says how they are made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s
from routing.cancel import check_cancelled, kernel_flag
from routing.kernels.addressed import Tables
from routing.kernels.layout import UNREACHED, Answer, Ends, Found, Int32Grid, Limits, Side, State, Walks
from routing.kernels.pareto import pareto
from routing.kernels.range_raptor import departures, departures_of_rivals, range_search
from routing.kernels.raptor import search_alone
from routing.kernels.sweep import sweep
from routing.least import LeastTimes
from routing.places import Reach
from routing.read_only import read_only
from routing.rivals import Ahead, Catches, reachable
from routing.search_state import SearchState, SearchStates
from routing.timetable import Timetable
from routing.walks import WalkTable

HORIZON_S = 86_400
FEW_FOUND = 512
"""Room for so many journeys of a profile at first."""


class RideStep(NamedTuple):
    """Board pattern `pattern` at call `board`, leave it at call `alight` (positions of the forward side)."""

    pattern: int
    board: int
    alight: int


class Skeleton(NamedTuple):
    """Which vehicles to ride in order, and when the rider leaves the origin and is there (window seconds)."""

    departure: int
    arrival: int
    steps: tuple[RideStep, ...]

    @property
    def transfers(self) -> int:
        """Vehicles minus one."""
        return len(self.steps) - 1


@dataclass(frozen=True, slots=True)
class SearchTask:
    """One question to a timetable: reaches of both ends, what may be ridden, and the rider's limits."""

    origin: Reach
    destination: Reach
    time: int
    arrive_by: bool
    allowed: Bits
    max_rounds: int
    slack_s: int
    max_walk_s: int
    least: LeastTimes
    """To the end that the search runs to: the destination, or the origin if arrive_by."""
    horizon_s: int
    """How long after `time` (arrive_by: before) labels are of interest."""
    known_s: int = 0
    """Seconds after `time` (before) that the far end is known to be away at least; 0 if nothing is known."""
    within_s: int = UNREACHED
    """In how many seconds from then on somebody is known to be there; UNREACHED if nobody is."""
    is_first_enough: bool = False
    """Whether only the journey is of interest that is first at the far end."""


class Wanted(NamedTuple):
    """What of the far end a search is to find, and what is known of it: the last fields of SearchTask.

    What is known only saves time.
    """

    horizon_s: int = HORIZON_S
    known_s: int = 0
    within_s: int = UNREACHED
    is_first_enough: bool = False


WHOLE_FRONT = Wanted()


def _skeleton(found: Found, row: int, *, arrive_by: bool) -> Skeleton:
    near, far, n_rides = int(found.near[row]), int(found.far[row]), int(found.n_rides[row])
    steps = _ridden(found.steps[row, :n_rides])
    return Skeleton(-far, -near, steps) if arrive_by else Skeleton(near, far, steps)


def _ridden(steps: Int32Grid) -> tuple[RideStep, ...]:
    return tuple(map(RideStep._make, steps.tolist()))


def _n_rides(skeleton: Skeleton) -> int:
    return len(skeleton.steps)


class Searcher:
    """Searches with arrays of its own: one for each thread."""

    def __init__(self) -> None:
        self._forward, self._backward = SearchState(0, 0, 0), SearchState(0, 0, 0)
        self._forwards, self._backwards = SearchStates(), SearchStates()
        self._both_ways, self._one_way, self._one_side = Tables(), Tables(), Tables()
        self._window, self._to_all = Tables(), Tables()

    @property
    def nbytes(self) -> int:
        """Bytes of what is kept from search to search."""
        return self._forwards.nbytes + self._backwards.nbytes

    def pareto(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> list[Skeleton]:
        """Skeletons of the journeys that are not beaten on (time at the far end, vehicles)."""
        answer, n_found = self._search(timetable, walks, task, self._time(task), goes_back=True)
        found = []
        columns = answer.n_rides, answer.departure, answer.arrival
        for row, (n_rides, departure, arrival) in enumerate(zip(*(c[:n_found].tolist() for c in columns), strict=True)):
            found.append(Skeleton(departure, arrival, _ridden(answer.steps[row, :n_rides])))
        found.sort(key=_n_rides)
        return found

    def soonest(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> int | None:
        """How many seconds after the task's time (arrive_by: before) a rider is at the far end; None if never."""
        time = self._time(task)
        asked = replace(task, is_first_enough=True)
        answer, _ = self._search(timetable, walks, asked, time, goes_back=False)
        there = int(answer.soonest[task.max_rounds])
        return there - time if there < UNREACHED else None

    def _search(
        self, timetable: Timetable, walks: WalkTable, task: SearchTask, time: int, *, goes_back: bool
    ) -> tuple[Answer, int]:
        """(answer, its journeys) of who leaves the near end at `time` of the side. Valid until the next search."""
        self._fit(timetable, task.max_rounds)
        forward = (timetable.forward, walks.forward, self._forward.state)
        backward = (timetable.backward, walks.backward, self._backward.state)
        near, far = task.origin, task.destination
        if task.arrive_by:
            forward, backward, near, far = backward, forward, far, near
        answer = self._forward.answer
        n_found = pareto(
            self._both_ways.of(*forward, *backward, answer), task.allowed,
            Ends(near.stops, near.seconds, far.stops, far.seconds), time, task.least.table, task.least.typical,
            self._limits(task, time), int(task.arrive_by), task.known_s, task.within_s, int(task.is_first_enough),
            int(goes_back), kernel_flag(),
        )  # fmt: skip
        check_cancelled()  # what was given up is not told
        return answer, n_found

    def departures(self, timetable: Timetable, task: SearchTask, window_s: int) -> tuple[Int32s, Int32s] | None:
        """When vehicles are caught at the near end in the `window_s` from the task's time on: routing.kernels has what.

        arrive_by: in that long before it. None where a headway service can be boarded there: then there is no last
        instant to leave at.
        """
        side, near = (timetable.backward, task.destination) if task.arrive_by else (timetable.forward, task.origin)
        begin = self._time(task)
        instants, rows, is_complete = departures(
            self._one_side.of(side), task.allowed, near.stops, near.seconds, begin, begin + window_s
        )
        return (instants, rows) if is_complete else None

    def profile(
        self, timetable: Timetable, walks: WalkTable, task: SearchTask, window_s: int, caught: tuple[Int32s, Int32s]
    ) -> list[Skeleton]:
        """Skeletons that none leaving later beats, of riders who leave in the `window_s` from the task's time on.

        arrive_by: who arrive in that long before it. Latest first. caught: the `departures` of the window.
        """
        bounds = self._bounds_after(timetable, walks, task, self._time(task) + window_s)
        near = task.destination if task.arrive_by else task.origin
        return self._departures(timetable, walks, task, near, caught, bounds)

    def _departures(
        self,
        timetable: Timetable,
        walks: WalkTable,
        task: SearchTask,
        near: Reach,
        caught: tuple[Int32s, Int32s],
        bounds: Int32s,
    ) -> list[Skeleton]:
        """caught: as of `departures` where they leave for `near`; bounds: as of routing.kernels.range_raptor."""
        self._fit(timetable, task.max_rounds)
        side, paths, _, far, own = self._outward(timetable, walks, task)
        limits = self._limits(task, self._time(task))._replace(horizon=task.horizon_s)
        tables = self._window.of(side, paths, own.state, own.range_state(side))
        n_found, room = FEW_FOUND, 0
        while n_found > room:
            room = n_found
            near_s, far_s, n_rides = np.empty((3, room), np.int32)
            found = Found(near_s, far_s, n_rides, np.empty((room, task.max_rounds, 3), np.int32))
            n_found = range_search(
                tables, task.allowed, near.stops, near.seconds, *caught, far.stops, far.seconds,
                task.least.table, limits, bounds.copy(), int(task.arrive_by), found, kernel_flag(),
            )  # fmt: skip
            check_cancelled()  # what was given up is not told
        return [_skeleton(found, row, arrive_by=task.arrive_by) for row in range(n_found)]

    def catches(self, timetable: Timetable, task: SearchTask, window_s: int, near_s: Int32s) -> Catches:
        """What riders catch who leave in the `window_s` from the task's time on and may be at the far end within its
        horizon.

        near_s [S]: seconds from the near end to each stop before a vehicle with a timetable is boarded.
        """
        begin, side = self._time(task), timetable.backward if task.arrive_by else timetable.forward
        stops = reachable(near_s, task.least, task.horizon_s)
        leave, rows = departures_of_rivals(
            self._one_side.of(side), task.allowed, stops.stops, stops.seconds, begin, begin + window_s,
            task.least.table.any_rides, task.least.unit_s, task.horizon_s,
        )  # fmt: skip
        return Catches(stops.stops[rows], leave, leave + stops.seconds[rows])

    def ahead(self, timetable: Timetable, walks: WalkTable, task: SearchTask, caught: Catches) -> Ahead:
        """Of who catch these: those that none who leaves later beats, within the task's horizon."""
        n_caught = len(caught.leave)
        if n_caught == 0:
            return Ahead(*np.empty((3, 0), np.int64))
        near = Reach(caught.stop, caught.ready - caught.leave, np.zeros(n_caught, np.int32))
        unknown = np.full(task.max_rounds + 1, UNREACHED, np.int32)
        rows = np.arange(n_caught, dtype=np.int32)
        found = self._departures(timetable, walks, task, near, (caught.leave, rows), unknown)
        times = [(one.departure, one.arrival, len(one.steps)) for one in found]
        begin, end, n_rides = np.array(times, np.int64).reshape(-1, 3).T
        return Ahead(-end, -begin, n_rides) if task.arrive_by else Ahead(begin, end, n_rides)

    def _bounds_after(self, timetable: Timetable, walks: WalkTable, task: SearchTask, end: int) -> Int32s:
        """When the far end is reached with up to k vehicles by who leaves just after a window (seconds of the side)."""
        answer, _ = self._search(timetable, walks, replace(task, is_first_enough=False), end, goes_back=False)
        return answer.soonest[: task.max_rounds + 1].copy()

    def one_to_all(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> Int32s:
        """When a vehicle is at each stop first (arrive_by: leaves it last, negated), or UNREACHED. Shape (S,)."""
        self._fit(timetable, task.max_rounds)
        side, paths, near, _, own = self._outward(timetable, walks, task)
        time, kept = self._time(task), own.sweep(side)
        sweep(
            self._to_all.of(side, paths, kept), task.allowed, near.stops, near.seconds, time, self._limits(task, time),
            kernel_flag(),
        )  # fmt: skip
        check_cancelled()
        return kept.arrival[:-1].copy()

    def ready_s(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> list[Int32s]:
        """Seconds from the task's time (arrive_by: before) until a rider is first at each stop and may board. [S] each

        One for each number of vehicles that he rides at most, none first, up to what makes a difference. UNREACHED
        where that is of no use to who must be at the far end by the horizon, whatever he rides from there.
        """
        rounds, state = self.fill(timetable, walks, task, is_bounded=True)
        begin, found = np.int32(self._time(task)), []
        near_s = np.full(timetable.n_stops, UNREACHED, np.int32)
        for k in range(rounds + 1):
            readies = state.readies[state.ready_ptr[k] : state.ready_ptr[k + 1]]
            near_s = near_s.copy() if k else near_s
            # A stop is in a round once, and only if that is sooner than before.
            near_s[readies[:, 0]] = readies[:, 1] - begin
            found.append(near_s)
        return found

    def fill(
        self, timetable: Timetable, walks: WalkTable, task: SearchTask, *, is_bounded: bool = False
    ) -> tuple[int, State]:
        """(rounds, records) of a search without a destination. Valid until the next search.

        is_bounded: only of riders who may be at the destination by the horizon.
        """
        self._fit(timetable, task.max_rounds)
        side, paths, near, _, own = self._outward(timetable, walks, task)
        state = own.state
        none = read_only(np.empty(0, np.int32))  # as the ends of other searches are, so that it is not compiled again
        time = self._time(task)
        limits = self._limits(task, time)
        if not is_bounded:
            limits = limits._replace(unit_s=0)
        rounds = search_alone(
            self._one_way.of(side, paths, state), task.allowed, Ends(near.stops, near.seconds, none, none), time,
            task.least.table, limits, kernel_flag(),
        )  # fmt: skip
        check_cancelled()
        return rounds, state

    def _outward(
        self, timetable: Timetable, walks: WalkTable, task: SearchTask
    ) -> tuple[Side, Walks, Reach, Reach, SearchState]:
        """Side, footpaths, near end, far end and state of a search that starts where the rider's time is given."""
        if task.arrive_by:
            return timetable.backward, walks.backward, task.destination, task.origin, self._backward
        return timetable.forward, walks.forward, task.origin, task.destination, self._forward

    def _time(self, task: SearchTask) -> int:
        return -task.time if task.arrive_by else task.time

    def _limits(self, task: SearchTask, time: int) -> Limits:
        return Limits(time + task.horizon_s, task.max_rounds, task.slack_s, task.max_walk_s, task.least.unit_s)

    def _fit(self, timetable: Timetable, max_rounds: int) -> None:
        self._forward = self._forwards.fit(timetable.forward, timetable.n_stops, max_rounds)
        self._backward = self._backwards.fit(timetable.backward, timetable.n_stops, max_rounds)
