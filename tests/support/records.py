"""What a search has written, as dicts."""

from __future__ import annotations

from routing.kernels.layout import Int32Grid, Int32s, State

Round = dict[int, int]


def rounds_of(state: State, rounds: int) -> tuple[list[Round], list[Round]]:
    """(rides, readies): for round 0 to `rounds`, the time of each stop that has a label."""
    return _by_round(state.rides, state.ride_ptr, rounds), _by_round(state.readies, state.ready_ptr, rounds)


def _by_round(records: Int32Grid, ptr: Int32s, rounds: int) -> list[Round]:
    found = []
    for k in range(rounds + 1):
        rows = records[ptr[k] : ptr[k + 1], :2].tolist()
        assert len({stop for stop, _ in rows}) == len(rows), "a stop has two labels in a round"
        found.append(dict(rows))
    return found
