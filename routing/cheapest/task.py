"""One question to the search for cheap journeys, as both of its ways to answer take it.

Like routing.kernels.layout it has a near end, where the search begins, and a far end: the origin and the destination,
or, arrive-by, the other way round with time negated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from ingest.model import Bits, Int32s, Network
from routing.fares import FareBook
from routing.kernels.layout import NEVER, UNREACHED, Side, Walks
from routing.least import LeastTimes
from routing.places import Reach
from routing.search import Searcher, SearchTask
from routing.timetable import Timetable
from routing.walks import WalkTable


@dataclass(frozen=True, slots=True)
class CheapTask:
    """Seconds of the side throughout. `limit`: the far end must be reached by then.

    board_by   stop -> a rider who is not ready to board there by then cannot be at the far end in time     [S]
    alight_by  stop -> a vehicle that is not there by then is of no use                                     [S]
    """

    network: Network
    book: FareBook
    rider: str | None
    timetable: Timetable
    walk_table: WalkTable
    access: Reach
    """From the origin to stops of the network, whatever the near end is."""
    side: Side
    walks: Walks
    allowed: Bits
    near: Reach
    far: Reach
    time: int
    limit: int
    arrive_by: bool
    max_rounds: int
    slack_s: int
    max_walk_s: int
    least: LeastTimes
    board_by: Int32s
    alight_by: Int32s


@dataclass(frozen=True, slots=True)
class Step:
    """A ride of the forward side: calls are positions in the pattern. `trip`: its trip, -1 of a headway service."""

    pattern: int
    board: int
    alight: int
    trip: int


@dataclass(frozen=True, slots=True)
class Found:
    """Rides in the order of travel. Seconds of the side that was searched.

    near    when the rider is at the near end; of a journey that begins there with a headway service, the time asked for
    ridden  bit i for the network's provider i
    """

    near: int
    far: int
    ridden: int
    amount: Decimal
    currency: str
    steps: tuple[Step, ...]

    @property
    def transfers(self) -> int:
        """Vehicles minus one."""
        return len(self.steps) - 1


def cheap_task(
    book: FareBook,
    rider: str | None,
    network: Network,
    timetable: Timetable,
    walks: WalkTable,
    access: Reach,
    task: SearchTask,
    limit: int,
    searcher: Searcher,
) -> CheapTask:
    """For a task of the router; `limit` in seconds of the side, no later than the task's horizon."""
    time = -task.time if task.arrive_by else task.time
    back = replace(task, arrive_by=not task.arrive_by, time=limit if not task.arrive_by else -limit,
                   horizon_s=limit - time, known_s=0, within_s=UNREACHED)  # fmt: skip
    _, state = searcher.fill(timetable, walks, back)
    unreached = back.horizon_s - limit + 2  # what routing.kernels.raptor.open_limits opens stops with
    board_by, alight_by = (
        np.where(first < unreached, -first, NEVER).astype(np.int32)
        for first in (state.ride_limit[:-1], state.ready_limit)
    )
    side, paths, near, far = (
        (timetable.backward, walks.backward, task.destination, task.origin)
        if task.arrive_by
        else (timetable.forward, walks.forward, task.origin, task.destination)
    )
    return CheapTask(
        network, book, rider, timetable, walks, access, side, paths, task.allowed, near, far, time, limit,
        task.arrive_by, task.max_rounds, task.slack_s, task.max_walk_s, task.least, board_by, alight_by,
    )  # fmt: skip


def beats(one: Found, other: Found) -> bool:
    """Whether `one` is as good as `other` in all that counts, riding no provider that `other` does not ride.

    The near end counts only where time at the far end and transfers are equal: as for journeys without prices.
    """
    if one.ridden & ~other.ridden or one.far > other.far or one.transfers > other.transfers:
        return False
    if one.currency != other.currency or one.amount > other.amount:
        return False
    return one.far < other.far or one.transfers < other.transfers or one.near >= other.near
