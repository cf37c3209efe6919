"""The arrays of one search. Allocated once for a thread and a timetable, wiped between queries."""

from __future__ import annotations

import numpy as np

from routing.kernels.layout import UNREACHED, Answer, Int32Grid, Labels, Work
from routing.timetable import Timetable


class SearchState:
    """Labels and queues for searches of at most `max_rounds` vehicles. Not for use by two threads at once."""

    def __init__(self, n_stops: int, n_patterns: int, n_calls: int, max_rounds: int) -> None:
        self.n_stops, self.n_patterns, self.n_calls, self.max_rounds = n_stops, n_patterns, n_calls, max_rounds
        rounds = max_rounds + 1

        def grid(value: int) -> Int32Grid:
            return np.full((rounds, n_stops), value, np.int32)

        self.labels = Labels(
            ready=grid(UNREACHED),
            ready_from=grid(-1),
            ride=grid(UNREACHED),
            ride_pattern=grid(-1),
            ride_board=grid(-1),
            ride_alight=grid(-1),
            best_ready=np.full(n_stops, UNREACHED, np.int32),
            best_ride=np.full(n_stops, UNREACHED, np.int32),
            reached=np.full(rounds, UNREACHED, np.int32),
            reached_at=np.full(rounds, -1, np.int32),
        )
        self.work = Work(
            egress=np.full(n_stops, UNREACHED, np.int32),
            first_position=np.full(max(n_patterns, 1), -1, np.int32),
            last_position=np.full(max(n_patterns, 1), -1, np.int32),
            ridden=np.full(max(n_calls, 1), UNREACHED, np.int32),
            used=np.empty(max(n_patterns, 1), np.int32),
            n_used=np.zeros(1, np.int32),
            queue=np.empty(max(n_patterns, 1), np.int32),
            is_improved=np.zeros(n_stops, np.uint8),
            improved=np.empty(n_stops, np.int32),
            is_marked=np.zeros(n_stops, np.uint8),
            marked=np.empty(n_stops, np.int32),
            touched=np.empty((rounds, n_stops), np.int32),
            n_touched=np.zeros(rounds, np.int32),
            latest_ride=np.full(n_stops, UNREACHED, np.int32),
            latest_ready=np.full(n_stops, UNREACHED, np.int32),
        )
        self.answer = Answer(
            departure=np.empty(rounds, np.int32),
            arrival=np.empty(rounds, np.int32),
            n_rides=np.empty(rounds, np.int32),
            steps=np.empty((rounds, rounds, 3), np.int32),
        )

    @classmethod
    def of(cls, timetable: Timetable, max_rounds: int) -> SearchState:
        """Arrays for searches of a timetable."""
        return cls(timetable.n_stops, timetable.n_patterns, len(timetable.forward.call_stops), max_rounds)

    def fits(self, timetable: Timetable, max_rounds: int) -> bool:
        """Whether it can be used for a timetable."""
        return (
            self.n_stops == timetable.n_stops
            and self.n_patterns >= timetable.n_patterns
            and self.n_calls >= len(timetable.forward.call_stops)
            and self.max_rounds >= max_rounds
        )
