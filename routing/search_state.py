"""The arrays of one search. Allocated once for a thread and a timetable; each search leaves them as the next needs."""

from __future__ import annotations

import numpy as np

from routing.kernels.layout import NEVER, NO_WAY, UNREACHED, Answer, Int32s, RangeState, Side, State, Sweep

SEGMENTS_A_CALL = 2
MOST_STATES = 2
"""So many a thread and direction: two days of one window, or the schedule and real time, are asked in turn."""


class SearchStates:
    """The states of one direction that were used last. Not for use by two threads at once."""

    def __init__(self) -> None:
        self._kept: list[SearchState] = []  # the one that was used last comes first

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(state.nbytes for state in self._kept)

    def fit(self, side: Side, n_stops: int, max_rounds: int) -> SearchState:
        """The state for searches on a side: the one that was used for it last, or the one that was not for longest."""
        kept = self._kept
        if kept and kept[0].is_for(side) and kept[0].max_rounds >= max_rounds:
            return kept[0]
        found = next((number for number, state in enumerate(kept) if state.is_for(side)), None)
        if found is not None:
            state = kept.pop(found)
        elif len(kept) < MOST_STATES:
            state = SearchState(0, 0, 0)
        else:
            state = kept.pop()
        state = state.fit(side, n_stops, max_rounds)
        kept.insert(0, state)
        return state


class SearchState:
    """Records and limits for searches of at most `max_rounds` vehicles. Not for use by two threads at once."""

    def __init__(self, n_stops: int, n_calls: int, max_rounds: int) -> None:
        self.n_stops, self.n_calls, self.max_rounds = n_stops, n_calls, max_rounds
        rounds = max_rounds + 1
        self._call_last: Int32s | None = None
        self._range: RangeState | None = None
        self._sweep: Sweep | None = None
        self.state = State(
            rides=np.zeros((rounds * n_stops + 1, 6), np.int32),
            ride_ptr=np.zeros(rounds + 1, np.int32),
            readies=np.zeros((rounds * n_stops + 1, 3), np.int32),
            ready_ptr=np.zeros(rounds + 1, np.int32),
            ride_at=np.zeros(n_stops, np.int32),
            ready_at=np.zeros(n_stops, np.int32),
            ride_limit=np.full(n_stops + 1, NEVER, np.int32),
            ready_limit=np.full(n_stops, NEVER, np.int32),
            ride_need=np.zeros(n_stops + 1, np.uint8),
            ready_need=np.zeros(n_stops, np.uint8),
            ride_round=np.full(n_stops + 1, NO_WAY, np.uint8),
            ready_round=np.full(n_stops, NO_WAY, np.uint8),
            reached=np.full(rounds, UNREACHED, np.int32),
            reached_at=np.full(rounds, -1, np.int32),
            egress=np.full(n_stops + 1, UNREACHED, np.int32),
            ridden=np.full(n_calls + 1, UNREACHED, np.int32),
            last_chance=np.full(n_calls, UNREACHED, np.int32),
            segments=np.empty((SEGMENTS_A_CALL * n_calls + 1, 2), np.int32),
            n_segments=np.zeros(1, np.int32),
        )
        self.answer = Answer(
            departure=np.empty(rounds, np.int32),
            arrival=np.empty(rounds, np.int32),
            n_rides=np.empty(rounds, np.int32),
            steps=np.empty((rounds, rounds, 3), np.int32),
            soonest=np.empty(rounds, np.int32),
        )

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in (*self.state, *self.answer, *(self._range or ()), *(self._sweep or ())))

    def is_for(self, side: Side) -> bool:
        """Whether the last search was on this side."""
        return self._call_last is side.call_last

    def fit(self, side: Side, n_stops: int, max_rounds: int) -> SearchState:
        """The state for searches on a side: this one, made ready for it, or a new one."""
        n_calls = len(side.call_stops)
        if (self.n_stops, self.n_calls) != (n_stops, n_calls) or self.max_rounds < max_rounds:
            return SearchState(n_stops, n_calls, max(max_rounds, 8)).fit(side, n_stops, max_rounds)
        if self._call_last is not side.call_last:
            self.state.last_chance[:] = side.call_last
            self._call_last = side.call_last
            self._range = None
        return self

    def sweep(self, side: Side) -> Sweep:
        """What searches from one to all keep. Made when it is asked for first."""
        n_stops, n_patterns = self.n_stops, len(side.calls_ptr) - 1
        if self._sweep is None or len(self._sweep.first_call) != n_patterns:
            is_marked, is_ride = np.zeros((2, (n_stops + 8) // 8 * 8), np.uint8)
            self._sweep = Sweep(
                arrival=np.empty(n_stops + 1, np.int32),
                ready=np.empty(n_stops + 1, np.int32),
                is_marked=is_marked,
                marked_words=is_marked.view(np.int64),
                is_ride=is_ride,
                ride_words=is_ride.view(np.int64),
                first_call=np.full(n_patterns, UNREACHED, np.int32),
                last_call=np.empty(n_patterns, np.int32),
                chance=np.empty(self.n_calls, np.int32),
            )
        return self._sweep

    def range_state(self, side: Side) -> RangeState:
        """What searches over windows keep. Made when it is asked for first."""
        if self._range is None:
            n_kept = self.max_rounds + 1
            self._range = RangeState(
                ride_limit=np.full((n_kept, self.n_stops + 1), UNREACHED, np.int32),
                ready_limit=np.full((n_kept, self.n_stops), UNREACHED, np.int32),
                chance=np.repeat(side.call_last[np.newaxis], n_kept, axis=0),
                segments=np.empty((SEGMENTS_A_CALL * self.n_calls + 1, 3), np.int32),
                n_segments=np.zeros(1, np.int32),
            )
            self._range.ride_limit[:, -1] = NEVER
        return self._range
