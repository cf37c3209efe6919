"""Compiles what the odds of a journey need, or reads it from the cache, before somebody waits for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ingest.compiled import is_cached
from ingest.model import Bits
from routing.headways.lines import Line, Ride, rides_between
from routing.headways.spread import Spread, after_headway
from routing.kernels.steady import after_steady_wait
from routing.timetable import Timetable

LONGEST_S = 300
ELSEWHERE = f"from {__name__} import warm_up_spreads; warm_up_spreads()"


@contextmanager
def compiled_elsewhere() -> Iterator[None]:
    """While the body compiles other kernels, another process compiles these, if there is nothing in the cache.

    numba compiles one kernel at a time, and these take a quarter of all the time. They share none with the others: so
    no two processes write the same files. Where that process cannot do it, whoever needs them compiles them.
    """
    if is_cached(after_steady_wait) is not False or (os.cpu_count() or 1) < 2:
        yield
        return
    other = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
        other.wait(LONGEST_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        other.kill()
        other.wait()


def warm_up_odds(timetable: Timetable, allowed: Bits) -> None:
    """Rides of a timetable, and of a made-up stop."""
    if len(allowed):
        rides_between(timetable, allowed, Ride(0, 0, 1))
    warm_up_spreads()


def warm_up_spreads() -> None:
    """Of a made-up stop: where every wait is alike, a row ends, and a line is let pass."""
    planned, slower, ends = (_line(ride_s, end) for ride_s, end in ((600, 20_000), (650, 20_000), (650, 3900)))
    for lines in ([planned], [ends], [planned, slower, ends]):
        ready = Spread.at(3000, 90_000)
        for _ in range(2):
            ready = after_headway(ready, lines)


def _line(ride_s: int, end: int) -> Line:
    return Line(0, ride_s, *(np.array([second], np.int64) for second in (0, end, 600)))
