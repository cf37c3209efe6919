"""When riders are there who are ready at each second of a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.kernels.curve import NO_RIDE, arrivals
from routing.kernels.layout import UNREACHED

SECONDS, HORIZON_S = 12, 9


@dataclass(frozen=True)
class Ride:
    start: int
    elastic: int
    duration: int
    first_wait: int


RIDES = st.builds(Ride, st.integers(0, 18), st.integers(0, 6), st.integers(1, 12), st.integers(0, 4))


def first_there(rides: list[Ride], ready: int) -> tuple[int, int, int]:
    """As `arrivals` says, by looking at every second at which every ride can be started."""
    starts = []
    for row, ride in enumerate(rides):
        last = ride.start if ride.start >= SECONDS else min(ride.start + ride.elastic, SECONDS - 1)
        starts += [(at + ride.duration, -at, ride.first_wait, row) for at in range(ride.start, last + 1) if at >= ready]
    # Of those that leave beyond the window the row of who is there first counts, whenever it leaves.
    beyond = [(there, 0, wait, row) for there, at, wait, row in starts if -at >= SECONDS]
    inside = [start for start in starts if -start[1] < SECONDS]
    best = min(inside, default=None)
    after = min(beyond, default=None)
    if after is not None and (best is None or after[0] <= best[0]):
        there, _, wait, row = after
        leaves = rides[row].start
    elif best is not None:
        there, leaves, wait, row = best[0], -best[1], best[2], best[3]
    else:
        return UNREACHED, 0, NO_RIDE
    return (there, leaves - ready + wait, row) if there - ready <= HORIZON_S else (UNREACHED, 0, NO_RIDE)


@given(st.lists(RIDES, max_size=6))
def test_whoever_is_ready_takes_what_is_there_first_and_leaves_last(rides: list[Ride]) -> None:
    columns = [(ride.start, ride.start + ride.elastic, ride.duration, ride.first_wait) for ride in rides]
    start, until, duration, first_wait = np.array(columns, np.int64).reshape(-1, 4).T.copy()
    found = zip(
        *(column.tolist() for column in arrivals(start, until, duration, first_wait, SECONDS, HORIZON_S)), strict=True
    )
    assert [*found] == [first_there(rides, ready) for ready in range(SECONDS)]
