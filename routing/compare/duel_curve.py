"""When a rider arrives who is ready at each second of a window, and how long he waits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import Int64s
from routing.compare.fronts import Front, Ridden
from routing.kernels.curve import NO_RIDE, arrivals
from routing.kernels.layout import UNREACHED
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import HORIZON_S
from routing.timetable import trip_times

NOBODY, WALK = NO_RIDE, -2
"""In place of a ride: there is none within a day; walking all the way."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Of riders ready at second 0, 1, ... of a window.

    arrival  seconds from the window's begin, UNREACHED where there is none within a day         [seconds]
    wait     from being ready to leaving, with the wait for a first headway service               [seconds]
    ride     which of `rides` it is, or NOBODY, or WALK                                           [seconds]
    """

    arrival: Int64s
    wait: Int64s
    ride: Int64s
    rides: tuple[Ridden, ...]

    @property
    def is_reached(self) -> np.ndarray:
        """Where there is a journey. [seconds]"""
        return self.arrival < UNREACHED

    @property
    def travel(self) -> Int64s:
        """From being ready to arriving, where there is a journey."""
        ready = np.flatnonzero(self.is_reached)
        return self.arrival[ready] - ready


def walk_curve(seconds: int, walk_s: int | None) -> Curve:
    """Walking all the way, at any second; nothing at all where that is too far (None)."""
    none = np.zeros(seconds, np.int64)
    if walk_s is None:
        return Curve(none + UNREACHED, none, none + NOBODY, ())
    return Curve(np.arange(seconds) + walk_s, none, none + WALK, ())


def front_curve(router: Router, ends: Ends, front: Front, begin_s: int, seconds: int) -> Curve:
    """The earliest arrival by the rides of a front, and of these the latest departure.

    A ride that starts at any second is one departure a second. Who finds none in the window takes the first beyond.
    """
    rides = (*front.rides, *front.beyond)
    starts = [(ride.departure_s - begin_s, ride.until_s - begin_s, ride.duration_s) for ride in rides]
    start, until, duration = np.array(starts, np.int64).reshape(-1, 3).T.copy()
    first_wait = np.array([first_wait_s(router, ends, ride) for ride in rides], np.int64)
    return Curve(*arrivals(start, until, duration, first_wait, seconds, HORIZON_S), rides)


def first_wait_s(router: Router, ends: Ends, ride: Ridden) -> int:
    """How long the first vehicle is waited for inside the journey: as a search counts it, where it has headways."""
    timetable, step = router.timetable(ride.query), ride.skeleton.steps[0]
    side, trips = timetable.forward, timetable.trips
    runs = slice(int(side.runs_ptr[step.pattern]), int(side.runs_ptr[step.pattern + 1]))
    if runs.start == runs.stop:
        return 0
    call = int(side.calls_ptr[step.pattern]) + step.board
    stop = int(timetable.stops.stop_of[side.call_stops[call]])
    access = ends.access
    offset = int(trip_times(side, step.pattern, 0)[1][step.board])
    ready = ride.skeleton.departure + int(access.seconds[np.searchsorted(access.stops, stop)])
    starts = np.maximum(side.run_lo[runs].astype(np.int64), ready - offset) + side.run_board_wait[runs]
    starts = starts[starts < trips.run_end[runs]]
    return int(starts.min()) + offset - ready if len(starts) else 0


def with_walk(rides: Curve, walk: Curve) -> Curve:
    """The better of riding and walking; riding where both arrive at once."""
    walks = walk.arrival < rides.arrival
    return Curve(
        np.where(walks, walk.arrival, rides.arrival),
        np.where(walks, walk.wait, rides.wait),
        np.where(walks, walk.ride, rides.ride),
        rides.rides,
    )
