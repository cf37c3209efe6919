"""One rider who waits in given windows for the first of several lines: which one is boarded when, with what chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import part
from routing.kernels.layout import Int64s
from routing.kernels.rows import Rows

Floats = NDArray[np.float64]
Grid = NDArray[np.float64]

ROUNDING_S = 1e-6
TINY = 1e-12


class Work(NamedTuple):
    """Room for what is known of one rider at each instant at which a vehicle may come."""

    instants: Int64s
    """Ascending                                                [n]"""
    waiting: Floats
    """The chance that no row so far has been boarded           [n]"""
    arriving: Floats
    """That one is boarded then, times the seconds from the first instant to the arrival [n]"""
    boards: Grid
    """That this row is boarded then and no shorter ride before [rows, n]"""
    missed: Grid
    """That this row was not boarded before                     [rows, n]"""
    is_worth: Floats
    """1 where who boards is there no later than who waits on   [n]"""
    remain: Floats
    """Who has boarded no longer ride before                    [n]"""
    starts: Int64s
    """row -> the instant at which it begins, by its number     [rows]"""
    rest: Floats
    """row -> the share of riders that it leaves                [rows]"""
    seconds: Floats
    """0, 1, 2 and so on, one more                              [n + 1]"""


@part
def room(n_rows: int, n: int) -> Work:
    return Work(
        np.empty(n, np.int64),
        np.empty(n),
        np.empty(n),
        np.empty((n_rows, n)),
        np.empty((n_rows, n)),
        np.empty(n),
        np.empty(n),
        np.empty(n_rows, np.int64),
        np.empty(n_rows),
        np.arange(n + 1).astype(np.float64),
    )


@part
def how_many(begin: Int64s, open_s: Int64s) -> int:
    """At how many instants a vehicle of any row may come."""
    total, over = 0, np.int64(-(2**62))
    for row in np.argsort(begin):
        if open_s[row] > 0:
            total += max(0, begin[row] + open_s[row] - max(begin[row], over))
            over = max(over, begin[row] + open_s[row])
    return total


@part
def wait_for_rows(
    rows: Rows,
    begin: Int64s,
    open_s: Int64s,
    otherwise: Floats,
    riders: float,
    work: Work,
    origin: int,
    arrivals: Floats,
    means: Floats,
    came: Floats,
    taken: Floats,
) -> float:
    """Adds to `arrivals`, from `origin` on, those of so many riders who wait in these windows; returns how many remain.

    otherwise [rows] is the mean arrival of who waits on after that, and for shorter rides than the row's only. Filled
    unless they are empty: means [rows], came and taken [lines].
    """
    n = _note_instants(begin, open_s, work)
    start = work.instants[0] if n else 0
    work.waiting[:n] = 1
    work.arriving[:n] = 0
    work.is_worth[:n] = 1
    left = 1.0
    for row in range(len(begin)):
        if row == 0 or rows.ride_s[row] > rows.ride_s[row - 1]:
            late = otherwise[row] - start
            if len(means):
                means[row] = start + work.arriving[:n].sum() + left * late
            if rows.ride_s[row] > rows.planned_s and _may_come(rows, row, open_s):
                _find_worth(work, n, rows.ride_s[row], left * late)
        elif len(means):
            means[row] = means[row - 1]
        if open_s[row] > 0:
            if len(came):
                _count(rows, row, begin, open_s, n, work, came, taken)
            work.starts[row] = np.searchsorted(work.instants[:n], begin[row])
            work.rest[row] = _wait(rows, row, open_s[row], n, work)
            left *= work.rest[row]
    _put(rows, begin, open_s, riders, n, work, origin, arrivals)
    return riders * left


@part
def _note_instants(begin: Int64s, open_s: Int64s, work: Work) -> int:
    """Notes these instants, ascending; returns how many there are."""
    total, over = 0, np.int64(-(2**62))
    for row in np.argsort(begin):
        if open_s[row] > 0:
            for instant in range(max(begin[row], over), begin[row] + open_s[row]):
                work.instants[total] = instant
                total += 1
            over = max(over, begin[row] + open_s[row])
    return total


@part
def _may_come(rows: Rows, row: int, open_s: Int64s) -> bool:
    """Whether any row that rides as long does."""
    return bool(np.any(open_s[rows.ride_s == rows.ride_s[row]] > 0))


@part
def _find_worth(work: Work, n: int, ride_s: int, later: float) -> None:
    """1 where who boards arrives no later than, on average, those who have boarded none by that instant; 0 elsewhere.

    later: the mean arrival of those who board none at all, times how many they are.
    """
    waiting, arriving, is_worth, instants = work.waiting[:n], work.arriving[:n], work.is_worth[:n], work.instants[:n]
    for i in range(n - 1, -1, -1):
        arrival = instants[i] - instants[0] + ride_s - ROUNDING_S
        is_worth[i] = 1.0 if waiting[i] > TINY and arrival * waiting[i] <= later else 0.0
        later += arriving[i]


@part
def _count(
    rows: Rows, row: int, begin: Int64s, open_s: Int64s, n: int, work: Work, came: Floats, taken: Floats
) -> None:
    """Before the first pause: what comes of the row while the rider waits for shorter rides, and what he boards."""
    pause = _pause(begin, open_s)
    for i in range(n):
        waited = work.instants[i] - begin[row]
        if work.instants[i] < pause and 0 <= waited < open_s[row]:
            comes = work.waiting[i] / rows.headway_s[row]
            came[rows.line[row]] += comes
            taken[rows.line[row]] += comes * work.is_worth[i]


@part
def _pause(begin: Int64s, open_s: Int64s) -> int:
    """When the rows are over that follow each other without a pause; what begins as the last one ends is after it."""
    kept = np.flatnonzero(open_s > 0)
    over = begin[kept].min() + 1
    for row in kept[np.argsort(begin[kept])]:
        if begin[row] >= over:
            break
        over = max(over, begin[row] + open_s[row])
    return int(over)


@part
def _wait(rows: Rows, row: int, open_s: int, n: int, work: Work) -> float:
    """What a row does to those who wait. Returns which share of them it leaves."""
    start = work.starts[row]
    here, after = slice(start, start + open_s), slice(start + open_s, n)
    waiting, arriving, boards, missed = work.waiting[here], work.arriving[here], work.boards[row], work.missed[row]
    headway_s, arrival = float(rows.headway_s[row]), float(work.instants[start] - work.instants[0] + rows.ride_s[row])
    if rows.ride_s[row] > rows.planned_s:
        seen = _choose(waiting, arriving, boards, missed, work.is_worth[here], headway_s, arrival)
    else:
        seen = float(open_s)
        _take(waiting, arriving, boards, work.seconds[:open_s], headway_s, arrival)
        _miss(missed, work.seconds[:open_s], headway_s)
    rest = (headway_s - seen) / headway_s
    _scale(work.waiting[after], rest)
    _scale(work.arriving[after], rest)
    return rest


@part
def _take(waiting: Floats, arriving: Floats, boards: Floats, seconds: Floats, headway_s: float, arrival: float) -> None:
    """Everyone boards what comes. Few arrays in one loop: so the machine does several seconds at once."""
    each = 1 / headway_s
    for i in range(len(seconds)):
        here = each * waiting[i]
        boards[i] = here
        arriving[i] = arriving[i] * ((headway_s - seconds[i]) * each) + here * (arrival + seconds[i])
        waiting[i] *= (headway_s - seconds[i] - 1) * each


@part
def _miss(missed: Floats, seconds: Floats, headway_s: float) -> None:
    each = 1 / headway_s
    for i in range(len(seconds)):
        missed[i] = (headway_s - seconds[i]) * each


@part
def _choose(
    waiting: Floats,
    arriving: Floats,
    boards: Floats,
    missed: Floats,
    is_worth: Floats,
    headway_s: float,
    arrival: float,
) -> float:
    """They board where that is worth it. Returns how many seconds that are."""
    each, seen = 1 / headway_s, 0.0
    for i in range(len(waiting)):
        missed[i] = (headway_s - seen) * each
        boards[i] = is_worth[i] * each * waiting[i]
        arriving[i] = arriving[i] * missed[i] + boards[i] * (arrival + i)
        seen += is_worth[i]
        waiting[i] *= (headway_s - seen) * each
    return seen


@part
def _scale(chance: Floats, share: float) -> None:
    for i in range(len(chance)):
        chance[i] *= share


@part
def _put(
    rows: Rows, begin: Int64s, open_s: Int64s, riders: float, n: int, work: Work, origin: int, arrivals: Floats
) -> None:
    """Of those who would board a row they do who have boarded no longer ride before: added to the arrivals."""
    work.remain[:n] = riders
    for row in range(len(begin) - 1, -1, -1):
        length, start = open_s[row], work.starts[row]
        if length > 0:
            first = begin[row] + rows.ride_s[row] - origin
            remain = work.remain[start : start + length]
            _add(arrivals[first : first + length], remain, work.boards[row], work.missed[row])
            _scale(work.remain[start + length : n], work.rest[row])


@part
def _add(arrivals: Floats, remain: Floats, boards: Floats, missed: Floats) -> None:
    for i in range(len(arrivals)):
        arrivals[i] += boards[i] * remain[i]
        remain[i] *= missed[i]
