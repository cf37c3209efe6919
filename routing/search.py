"""Pareto searches over one timetable: arrays in, skeletons of journeys out.

routing.kernels.pareto says how they are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import Bits, Int32s
from routing.kernels.layout import UNREACHED, Ends, Limits, State
from routing.kernels.pareto import pareto
from routing.kernels.raptor import open_limits, search
from routing.least import LeastTimes
from routing.places import Reach
from routing.search_state import SearchState
from routing.timetable import Timetable
from routing.walks import WalkTable

HORIZON_S = 86_400


@dataclass(frozen=True, slots=True)
class RideStep:
    """Board pattern `pattern` at call `board`, leave it at call `alight` (positions of the forward side)."""

    pattern: int
    board: int
    alight: int


@dataclass(frozen=True, slots=True)
class Skeleton:
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


class Searcher:
    """Searches with arrays of its own: one for each thread."""

    def __init__(self) -> None:
        self._forward, self._backward = SearchState(0, 0, 0), SearchState(0, 0, 0)

    def pareto(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> list[Skeleton]:
        """Skeletons of the journeys that are not beaten on (time at the far end, vehicles)."""
        self._fit(timetable, task.max_rounds)
        forward = (timetable.forward, walks.forward, task.origin, self._forward.state)
        backward = (timetable.backward, walks.backward, task.destination, self._backward.state)
        (side, paths, near, state), (other_side, other_paths, far, other_state) = (
            (backward, forward) if task.arrive_by else (forward, backward)
        )
        time = self._time(task)
        answer = self._forward.answer
        n_found = pareto(
            side, other_side, paths, other_paths, task.allowed, Ends(near.stops, near.seconds, far.stops, far.seconds),
            time, task.least.table, self._limits(task, time), int(task.arrive_by),
            state, other_state, answer,
        )  # fmt: skip
        found = []
        for row in range(n_found):
            steps = answer.steps[row, : answer.n_rides[row]].tolist()
            rides = tuple(RideStep(*step) for step in steps)
            found.append(Skeleton(int(answer.departure[row]), int(answer.arrival[row]), rides))
        return sorted(found, key=lambda skeleton: skeleton.transfers)

    def one_to_all(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> Int32s:
        """When a vehicle is at each stop first (arrive_by: leaves it last, negated), or UNREACHED. Shape (S,)."""
        _, state = self.fill(timetable, walks, task)
        best = state.ride_limit[:-1]
        reached: Int32s = np.where(best < self._limits(task, self._time(task)).horizon + 2, best, UNREACHED)
        return reached

    def fill(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> tuple[int, State]:
        """(rounds, records) of a search without a destination. Valid until the next search."""
        self._fit(timetable, task.max_rounds)
        side, paths, near, state = (
            (timetable.backward, walks.backward, task.destination, self._backward.state)
            if task.arrive_by
            else (timetable.forward, walks.forward, task.origin, self._forward.state)
        )
        none = np.empty(0, np.int32)
        time = self._time(task)
        limits = self._limits(task, time)._replace(unit_s=0)
        open_limits(task.least.table.any_rides, limits, state)
        rounds = search(
            side, paths, task.allowed, near.stops, near.seconds, time, none, none, task.least.table, limits, state
        )
        return rounds, state

    def _time(self, task: SearchTask) -> int:
        return -task.time if task.arrive_by else task.time

    def _limits(self, task: SearchTask, time: int) -> Limits:
        return Limits(time + task.horizon_s, task.max_rounds, task.slack_s, task.max_walk_s, task.least.unit_s)

    def _fit(self, timetable: Timetable, max_rounds: int) -> None:
        self._forward = self._forward.fit(timetable.forward, timetable.n_stops, max_rounds)
        self._backward = self._backward.fit(timetable.backward, timetable.n_stops, max_rounds)
