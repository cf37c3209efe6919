"""Pareto searches over one timetable: arrays in, skeletons of journeys out.

A search runs one way first (forward for depart-at, backward for arrive-by) and finds for each number of vehicles the
best time at the far end. A second search, the other way, bounded by the labels of the first, then finds the best
time at the near end: the latest departure for that arrival, or the earliest arrival for that departure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ingest.model import Bits, Int32s
from routing.kernels.layout import UNREACHED, Labels, Limits, Side
from routing.kernels.raptor import search
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


class Searcher:
    """Searches with arrays of its own: one for each thread."""

    def __init__(self) -> None:
        self._first = SearchState(0, 0, 0)
        self._second = SearchState(0, 0, 0)

    def pareto(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> list[Skeleton]:
        """Skeletons of the journeys that are not beaten on (time at the far end, vehicles)."""
        self._fit(timetable, task.max_rounds)
        forward = (timetable.forward, walks.forward, task.origin)
        backward = (timetable.backward, walks.backward, task.destination)
        (side, paths, near), (other_side, other_paths, far) = (
            (backward, forward) if task.arrive_by else (forward, backward)
        )
        time = -task.time if task.arrive_by else task.time
        limits = Limits(time + HORIZON_S, task.max_rounds, task.slack_s, task.max_walk_s, 0)
        labels = self._first.labels
        search(
            side, paths, task.allowed, near.stops, _shift(near, time), far.stops, far.seconds,
            limits, labels, self._first.work,
        )  # fmt: skip
        reached = [(k, int(labels.reached[k])) for k in range(1, task.max_rounds + 1) if labels.reached[k] < UNREACHED]
        if not reached:
            return []
        # Seen from the other side, a vehicle must be boarded no sooner than the first search could be ready for it.
        np.negative(labels.best_ready, out=self._second.work.latest_ride)
        np.negative(labels.best_ride, out=self._second.work.latest_ready)
        found = []
        for k, far_time in reached:
            limits = Limits(-time, k, task.slack_s, task.max_walk_s, 1)
            search(
                other_side, other_paths, task.allowed, far.stops, _shift(far, -far_time), near.stops, near.seconds,
                limits, self._second.labels, self._second.work,
            )  # fmt: skip
            found.append(self._skeleton(timetable, task, k, far_time))
        return found

    def one_to_all(self, timetable: Timetable, walks: WalkTable, task: SearchTask) -> Labels:
        """Labels of a search without a destination. Valid until the next search."""
        self._fit(timetable, task.max_rounds)
        side, paths, near = (
            (timetable.backward, walks.backward, task.destination)
            if task.arrive_by
            else (timetable.forward, walks.forward, task.origin)
        )
        time = -task.time if task.arrive_by else task.time
        limits = Limits(time + HORIZON_S, task.max_rounds, task.slack_s, task.max_walk_s, 0)
        none = np.empty(0, np.int32)
        search(
            side, paths, task.allowed, near.stops, _shift(near, time), none, none,
            limits, self._first.labels, self._first.work,
        )  # fmt: skip
        return self._first.labels

    def _fit(self, timetable: Timetable, max_rounds: int) -> None:
        state = self._first
        if (
            state.n_stops != timetable.n_stops
            or state.n_patterns < timetable.n_patterns
            or state.max_rounds < max_rounds
        ):
            size = (timetable.n_stops, timetable.n_patterns, max(max_rounds, 8))
            self._first, self._second = SearchState(*size), SearchState(*size)

    def _skeleton(self, timetable: Timetable, task: SearchTask, k: int, far_time: int) -> Skeleton:
        """The best journey of the second search with at most k vehicles."""
        labels = self._second.labels
        best = max(j for j in range(1, k + 1) if labels.reached[j] < UNREACHED)
        if task.arrive_by:
            steps = tuple(_steps(timetable.forward, labels, best))[::-1]
            return Skeleton(-far_time, int(labels.reached[best]), steps)
        lengths = np.diff(timetable.forward.calls_ptr)
        mirrored = _steps(timetable.backward, labels, best)
        steps = tuple(
            RideStep(
                step.pattern, int(lengths[step.pattern]) - 1 - step.alight, int(lengths[step.pattern]) - 1 - step.board
            )
            for step in mirrored
        )
        return Skeleton(-int(labels.reached[best]), far_time, steps)


def _steps(side: Side, labels: Labels, k: int) -> Iterator[RideStep]:
    """The rides that lead to the destination with k vehicles, last one first."""
    stop = int(labels.reached_at[k])
    for ride in range(k, 0, -1):
        pattern, board, alight = (
            int(grid[ride, stop]) for grid in (labels.ride_pattern, labels.ride_board, labels.ride_alight)
        )
        yield RideStep(pattern, board, alight)
        board_stop = int(side.call_stops[side.calls_ptr[pattern] + board])
        stop = int(labels.ready_from[ride - 1, board_stop])


def _shift(reach: Reach, time: int) -> Int32s:
    return reach.seconds + np.int32(time)
