"""The plain twin of the kernels: RAPTOR in lists and dicts, written from the paper (Delling, Pajor, Werneck 2012).

It reads the forward side of a Timetable only. Depart-at scans patterns from their first call to the last;
arrive-by scans them from the last to the first, so that the mirrored `backward` side is judged, not used.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.kernels.layout import CAN_ALIGHT, CAN_BOARD, UNREACHED, Walks
from routing.timetable import Timetable, trip_times

HORIZON_S = 24 * 3600

Instants = dict[int, int]
"""Stop -> seconds of the timetable."""
Found = tuple[int, int, int]
"""(departure, arrival, transfers)."""


@dataclass(frozen=True)
class Pattern:
    """One pattern as lists. departures[i] and arrivals[i] hold the times of call i, trip by trip."""

    stops: list[int]
    can_board: list[bool]
    can_alight: list[bool]
    departures: list[list[int]]
    arrivals: list[list[int]]
    rows: list[tuple[int, int, int]]
    """Of a headway trip: (start, end, wait), `end` exclusive. Empty where there is a timetable."""

    def alightings(self, ready: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        """(stop, arrival) for a rider who takes the first vehicle that each call has to offer."""
        return self._headway_alightings(ready) if self.rows else self._scheduled_alightings(ready)

    def boardings(self, due: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        """(stop, latest instant to be ready there) for a rider who must be off at stops by `due`."""
        return self._headway_boardings(due) if self.rows else self._scheduled_boardings(due)

    def _scheduled_alightings(self, ready: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        trip = len(self.departures[0])
        none = trip
        for i, stop in enumerate(self.stops):
            if trip < none and self.can_alight[i]:
                yield stop, self.arrivals[i][trip]
            if self.can_board[i] and stop in ready:
                trip = min(trip, bisect_left(self.departures[i], ready[stop]))

    def _scheduled_boardings(self, due: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        trip = -1
        for i in reversed(range(len(self.stops))):
            stop = self.stops[i]
            if trip >= 0 and self.can_board[i]:
                yield stop, self.departures[i][trip]
            if self.can_alight[i] and stop in due:
                trip = max(trip, bisect_right(self.arrivals[i], due[stop]) - 1)

    def _headway_alightings(self, ready: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        start: int | None = None  # the soonest that a vehicle boarded so far leaves its first stop
        for i, stop in enumerate(self.stops):
            if start is not None and self.can_alight[i]:
                yield stop, start + self.arrivals[i][0]
            if self.can_board[i] and stop in ready:
                passing = ready[stop] - self.departures[i][0]
                starts = [max(passing, low) + wait for low, end, wait in self.rows if max(passing, low) + wait < end]
                start = min([*starts, start] if start is not None else starts, default=None)

    def _headway_boardings(self, due: Mapping[int, int]) -> Iterator[tuple[int, int]]:
        passing: int | None = None  # the latest that a rider may be ready, less the offset of the call
        for i in reversed(range(len(self.stops))):
            stop = self.stops[i]
            if passing is not None and self.can_board[i]:
                yield stop, passing + self.departures[i][0]
            if self.can_alight[i] and stop in due:
                latest = [(min(due[stop] - self.arrivals[i][0], end - 1), low, wait) for low, end, wait in self.rows]
                usable = [x - wait for x, low, wait in latest if x >= low + wait]
                passing = max([*usable, passing] if passing is not None else usable, default=None)


@dataclass(frozen=True)
class Task:
    """What is asked. access and egress: stop -> seconds on foot from the origin and to the destination."""

    access: Mapping[int, int]
    egress: Mapping[int, int]
    max_rounds: int = 8
    slack_s: int = 0
    max_walk_s: int = 1200


@dataclass
class Rounds:
    """Labels round by round, each only where that round improved on all before it.

    ride[k] is when the k-th vehicle arrives (arrive-by: leaves), ready[k] when the next one can be boarded (arrive-by:
    when the one before must have arrived). ready[0] is the walk at the end of the rider that the search starts from.
    """

    ride: list[Instants] = field(default_factory=list)
    ready: list[Instants] = field(default_factory=list)


class Twin:
    """A timetable and forward footpaths as plain Python. `allowed`: patterns that may be ridden, None for all."""

    def __init__(self, timetable: Timetable, walks: Walks, allowed: Collection[int] | None = None) -> None:
        patterns = range(timetable.n_patterns) if allowed is None else allowed
        self._patterns = [_pattern(timetable, pattern) for pattern in patterns]
        self._change = {stop: s for stop, s in enumerate(walks.change_s.tolist()) if s < UNREACHED}
        ptr, ends, durations, walked = (
            column.tolist() for column in (walks.ptr, walks.stops, walks.change_by_foot_s, walks.walk_s)
        )
        starts = [stop for stop in range(timetable.n_stops) for _ in range(ptr[stop], ptr[stop + 1])]
        self._paths = list(zip(starts, ends, durations, walked, strict=True))
        self._at: dict[int, set[int]] = {}
        for index, pattern in enumerate(self._patterns):
            for stop in pattern.stops:
                self._at.setdefault(stop, set()).add(index)

    def departing(self, task: Task, departure: int, limit: int) -> Rounds:
        """Labels of a rider who leaves at `departure`: nothing later than `limit` counts."""
        start = {stop: departure + seconds for stop, seconds in task.access.items() if departure + seconds <= limit}
        changes = self._changes(task)
        rounds, best_ride, best_ready = Rounds([{}], [start]), Instants(), dict(start)
        for _ in range(task.max_rounds):
            found = (
                ride for pattern in self._touched(rounds.ready[-1]) for ride in pattern.alightings(rounds.ready[-1])
            )
            ride = _improved(found, best_ride, limit)
            onward = ((b, ride[a] + seconds) for a, b, seconds in changes if a in ride)
            rounds.ride.append(ride)
            rounds.ready.append(_improved(onward, best_ready, limit))
        return rounds

    def arriving(self, task: Task, arrival: int, limit: int) -> Rounds:
        """Labels of a rider who arrives by `arrival`: nothing earlier than `limit` counts."""
        start = {stop: arrival - seconds for stop, seconds in task.egress.items() if arrival - seconds >= limit}
        changes = self._changes(task)
        rounds, best_ride, best_due = Rounds([{}], [start]), Instants(), dict(start)
        for _ in range(task.max_rounds):
            found = (
                ride for pattern in self._touched(rounds.ready[-1]) for ride in pattern.boardings(rounds.ready[-1])
            )
            ride = _improved(found, best_ride, limit, latest=True)
            onward = ((a, ride[b] - seconds) for a, b, seconds in changes if b in ride)
            rounds.ride.append(ride)
            rounds.ready.append(_improved(onward, best_due, limit, latest=True))
        return rounds

    def depart_at(self, task: Task, time: int) -> list[Found]:
        """Pareto on arrival and transfers, and the latest departure for each."""
        front: list[Found] = []
        for transfers, ride in enumerate(self.departing(task, time, time + HORIZON_S).ride[1:]):
            arrivals = [ride[stop] + seconds for stop, seconds in task.egress.items() if stop in ride]
            arrival = min(arrivals, default=UNREACHED)
            if arrival <= time + HORIZON_S and all(arrival < other[1] for other in front):
                rounds = self.arriving(task, arrival, time)
                departure = max(_departures(rounds.ride[1 : transfers + 2], task.access))
                front.append((departure, arrival, transfers))
        return front

    def arrive_by(self, task: Task, time: int) -> list[Found]:
        """Pareto on departure and transfers, and the earliest arrival for each."""
        front: list[Found] = []
        for transfers, ride in enumerate(self.arriving(task, time, time - HORIZON_S).ride[1:]):
            departure = max(_departures([ride], task.access), default=-UNREACHED)
            if departure >= time - HORIZON_S and all(departure > other[0] for other in front):
                rounds = self.departing(task, departure, time)
                arrivals = [
                    ride[stop] + seconds
                    for ride in rounds.ride[1 : transfers + 2]
                    for stop, seconds in task.egress.items()
                    if stop in ride
                ]
                front.append((departure, min(arrivals), transfers))
        return front

    def _changes(self, task: Task) -> list[tuple[int, int, int]]:
        same = [(stop, stop, seconds + task.slack_s) for stop, seconds in self._change.items()]
        return same + [(a, b, s + task.slack_s) for a, b, s, walked in self._paths if walked <= task.max_walk_s]

    def _touched(self, labels: Instants) -> list[Pattern]:
        """The patterns that call at a stop with a label of the last round."""
        return [self._patterns[index] for index in sorted({i for stop in labels for i in self._at.get(stop, ())})]


def overtaking_chains(groups: Sequence[Sequence[tuple[int, ...]]]) -> list[list[int]]:
    """For each group of runs (all their times, in order of the first departure) the chain that each run joins.

    A run joins the first chain whose last run is no later than it anywhere.
    """
    answer = []
    for runs in groups:
        tails: list[tuple[int, ...]] = []
        chains = []
        for run in runs:
            fitting = [n for n, tail in enumerate(tails) if all(a <= b for a, b in zip(tail, run, strict=True))]
            chain = fitting[0] if fitting else len(tails)
            tails[chain : chain + 1] = [run]
            chains.append(chain)
        answer.append(chains)
    return answer


def _pattern(timetable: Timetable, pattern: int) -> Pattern:
    side = timetable.forward
    calls = range(int(side.calls_ptr[pattern]), int(side.calls_ptr[pattern + 1]))
    trips = [trip_times(side, pattern, trip) for trip in range(int(np.diff(side.trips_ptr)[pattern]))]
    flags = [int(side.call_flags[call]) for call in calls]
    runs = range(int(side.runs_ptr[pattern]), int(side.runs_ptr[pattern + 1]))
    return Pattern(
        [int(side.call_stops[call]) for call in calls],
        [bool(flag & CAN_BOARD) for flag in flags],
        [bool(flag & CAN_ALIGHT) for flag in flags],
        [[int(departures[i]) for _, departures in trips] for i in range(len(calls))],
        [[int(arrivals[i]) for arrivals, _ in trips] for i in range(len(calls))],
        [(int(side.run_lo[run]), int(side.run_hi[run]) + 1, int(side.run_board_wait[run])) for run in runs],
    )


def _improved(found: Iterator[tuple[int, int]], best: Instants, limit: int, *, latest: bool = False) -> Instants:
    """The best found instant of each stop where it beats `best`, which is brought up to date."""
    improved: Instants = {}
    for stop, instant in found:
        known = improved.get(stop, best.get(stop))
        is_within = instant >= limit if latest else instant <= limit
        if is_within and (known is None or (instant > known if latest else instant < known)):
            improved[stop] = instant
    best.update(improved)
    return improved


def _departures(rides: Sequence[Instants], access: Mapping[int, int]) -> list[int]:
    return [ride[stop] - seconds for ride in rides for stop, seconds in access.items() if stop in ride]
