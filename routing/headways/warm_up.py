"""Compiles what the odds of a journey need, or reads it from the cache, before somebody waits for it."""

from __future__ import annotations

import numpy as np

from ingest.model import Bits
from routing.headways.lines import Line, Ride, rides_between, scheduled_between
from routing.headways.spread import Spread, after_headway, after_scheduled
from routing.timetable import Timetable


def warm_up_rides(timetable: Timetable, allowed: Bits) -> None:
    """Which vehicles go from one stop to another, and when those with a timetable do."""
    if len(allowed):
        ride = Ride(0, 0, 1)
        rides_between(timetable, allowed, ride)
        scheduled_between(timetable, allowed, ride, frozenset({0}))


def warm_up_spreads() -> None:
    """Of a made-up stop: a vehicle with a timetable; where every wait is alike, a row ends, and a line is let pass."""
    leaves, arrives = np.array([[3600], [4200]], np.int32)
    after_scheduled(Spread.at(3000, 90_000), leaves, arrives).quantiles((0.1, 0.9))
    planned, slower, ends = (_line(ride_s, end) for ride_s, end in ((600, 20_000), (650, 20_000), (650, 3900)))
    for lines in ([planned], [ends], [planned, slower, ends]):
        ready = Spread.at(3000, 90_000)
        for _ in range(2):
            ready = after_headway(ready, lines)


def _line(ride_s: int, end: int) -> Line:
    return Line(0, ride_s, *(np.array([second], np.int64) for second in (0, end, 600)))
