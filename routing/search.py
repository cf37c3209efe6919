"""Pareto searches over one timetable: arrays in, skeletons of journeys out.

routing.kernels.pareto says how they are made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import Bits
from routing.kernels.layout import Labels, Limits
from routing.kernels.pareto import pareto
from routing.kernels.raptor import search
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
        self._first = self._second = SearchState(0, 0, 0, 0)

    def pareto(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> list[Skeleton]:
        """Skeletons of the journeys that are not beaten on (time at the far end, vehicles)."""
        self._fit(timetable, task.max_rounds)
        forward = (timetable.forward, walks.forward, task.origin)
        backward = (timetable.backward, walks.backward, task.destination)
        (side, paths, near), (other_side, other_paths, far) = (
            (backward, forward) if task.arrive_by else (forward, backward)
        )
        time = -task.time if task.arrive_by else task.time
        answer = self._first.answer
        n_found = pareto(
            side, other_side, paths, other_paths, task.allowed, near.stops, near.seconds, far.stops, far.seconds,
            time, task.least.table, self._limits(task, time), int(task.arrive_by),
            self._first.labels, self._first.work, self._second.labels, self._second.work, answer,
        )  # fmt: skip
        found = []
        for row in range(n_found):
            steps = answer.steps[row, : answer.n_rides[row]].tolist()
            rides = tuple(RideStep(*step) for step in steps)
            found.append(Skeleton(int(answer.departure[row]), int(answer.arrival[row]), rides))
        return sorted(found, key=lambda skeleton: skeleton.transfers)

    def one_to_all(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> Labels:
        """Labels of a search without a destination. Valid until the next search."""
        self._fit(timetable, task.max_rounds)
        side, paths, near = (
            (timetable.backward, walks.backward, task.destination)
            if task.arrive_by
            else (timetable.forward, walks.forward, task.origin)
        )
        time = -task.time if task.arrive_by else task.time
        none = np.empty(0, np.int32)
        limits = self._limits(task, time)._replace(unit_s=0)
        search(
            side, paths, task.allowed, near.stops, near.seconds, time, none, none, task.least.table, limits,
            self._first.labels, self._first.work,
        )  # fmt: skip
        return self._first.labels

    def _limits(self, task: SearchTask, time: int) -> Limits:
        return Limits(time + task.horizon_s, task.max_rounds, task.slack_s, task.max_walk_s, 0, task.least.unit_s)

    def _fit(self, timetable: Timetable, max_rounds: int) -> None:
        if not self._first.fits(timetable, max_rounds):
            rounds = max(max_rounds, 8)
            self._first, self._second = SearchState.of(timetable, rounds), SearchState.of(timetable, rounds)
