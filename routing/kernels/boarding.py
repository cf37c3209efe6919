"""Riders who wait for the first of several lines: which one is boarded when. routing.headways.boarding has the rule."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel
from routing.kernels.layout import Bits, Int64s

Floats = NDArray[np.float64]
Grid = NDArray[np.float64]
Int64Grid = NDArray[np.int64]

ROUNDING_S = 1e-6
TINY = 1e-12


class Rows(NamedTuple):
    """Rows of the lines between two stops, shorter rides first. Seconds of the timetable, at the first of the stops."""

    line: Int64s
    """row -> number of its line; 0 is the planned one          [rows]"""
    ride_s: Int64s
    """                                                         [rows]"""
    first: Int64s
    """When a vehicle may leave here at the earliest            [rows]"""
    end: Int64s
    """From when on none leaves that arrives in time            [rows]"""
    headway_s: Int64s
    """                                                         [rows]"""
    planned_s: int
    """The ride of the planned line: what rides no longer is boarded when it comes"""
    limit: int
    """Who is not there by then does not arrive"""


class _Work(NamedTuple):
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


@kernel
def board_alone(rows: Rows, ready: int, n_lines: int) -> tuple[int, Floats, Floats, Floats]:
    """How a rider fares who is there from `ready` on: (origin, arrivals, came, taken).

    arrivals[s] is the chance to arrive at origin + s. For each of n_lines: came, the chance that a vehicle of it comes
    while he waits for faster ones and before the first pause, and taken, that he boards it then.
    """
    came, taken = np.zeros(n_lines), np.zeros(n_lines)
    origin, arrivals, _ = _alone(rows, ready, came, taken)
    return origin, arrivals, came, taken


@kernel
def board_together(rows: Rows, ready: Int64s, riders: Floats) -> tuple[int, Floats]:
    """(origin, arrivals) of riders [T] who are there from `ready` [T] on, ascending: a sum over them, as above.

    No row begins after ready[0] and by ready[-1].
    """
    none = np.zeros(0)
    origin, last = ready[0], ready[-1]
    merge = _merge_at(rows, last)
    start, merged, otherwise = _alone(_seen_from(rows, last, merge), merge, none, none)
    arrivals = np.zeros(max(start + len(merged) if len(merged) else 0, merge + rows.ride_s.max()) - origin)
    work = _room(len(rows.line), merge - origin)
    left = 0.0
    for rider in range(len(ready)):
        begin, open_s = _windows(rows, ready[rider], merge, True)
        left += _board(rows, begin, open_s, otherwise, riders[rider], work, origin, arrivals, none, none, none)
    for index in range(len(merged)):
        arrivals[start - origin + index] += left * merged[index]
    return origin, arrivals


@kernel
def next_part(rows: Rows, ready: int, state: Bits) -> tuple[int, bool, int]:
    """(until, is_steady, longest_s): up to `until` the same is true of riders as of one who is there from `ready` on.

    Steady: every wait is as likely for all of them. longest_s: what comes first of the lines that are always boarded
    comes before that. state [rows] is filled with what each row does, OVER to NEAR_AN_END.
    """
    never = 2 * rows.limit + 1
    longest, until = never, never
    for row in range(len(rows.line)):
        fits = rows.end[row] - rows.headway_s[row]
        if rows.ride_s[row] <= rows.planned_s:
            if rows.first[row] <= ready <= fits:
                longest = min(longest, rows.headway_s[row])
            until = _sooner(until, fits + 1, ready)
    is_steady = longest < never
    for row in range(len(rows.line)):
        first, end = rows.first[row], rows.end[row]
        fits = end - min(rows.headway_s[row], longest)
        if ready >= end:
            state[row] = OVER
        elif first >= ready + longest:
            state[row] = LATER
        elif first <= ready <= fits:
            state[row] = RUNS
        else:
            state[row] = NEAR_AN_END
            is_steady = False
        for change in (first, end, fits + 1, first - longest + 1):
            until = _sooner(until, change, ready)
    return until, is_steady, longest


OVER, RUNS, LATER, NEAR_AN_END = range(4)


@kernel
def find_manners(rows: Rows, ready: int, last: int, manner: Bits) -> None:
    """What riders who are there from a second in ready..last on do when a vehicle of a row comes: fills manner [rows].

    ALWAYS board it, NEVER, or what only the mean of the other arrivals tells. No row may begin after `ready` and by
    `last`.
    """
    for row in range(len(rows.line)):
        first, end = max(rows.first[row], ready), rows.end[row]
        if first >= end or first >= _last_worth(rows, row, last):
            manner[row] = NEVER
            continue
        end = min(end, max(first, last) + rows.headway_s[row])
        manner[row] = ALWAYS
        for faster in range(row):
            gain = rows.ride_s[row] - rows.ride_s[faster]
            over = min(rows.end[faster], max(rows.first[faster], last) + rows.headway_s[faster])
            is_slower = rows.ride_s[row] > rows.planned_s and gain > 1
            if is_slower and over > first + 1 and rows.first[faster] < end - 1 + gain:
                manner[row] = PERHAPS


ALWAYS, NEVER, PERHAPS = range(3)


@kernel
def _last_worth(rows: Rows, row: int, last: int) -> int:
    """From then on no rider boards the row: the planned line alone, if it surely comes, is there sooner on average.

    Nobody who waits on is there later than by the planned line alone, as what is boarded before rides no longer or is
    there no later on average. From a second of its headway that mean is halfway to the end, before it in the middle.
    """
    worth = np.int64(2**62)
    if rows.ride_s[row] > rows.planned_s:
        for other in range(row):
            begin = max(rows.first[other], last)
            if rows.ride_s[other] == rows.planned_s and begin + rows.headway_s[other] <= rows.end[other]:
                spare_s = rows.headway_s[other] - 2 * (rows.ride_s[row] - rows.planned_s)
                worth = min(worth, begin + max(spare_s, spare_s // 2) + 2)
    return int(worth)


@kernel
def _sooner(until: int, change: int, after: int) -> int:
    return change if after < change < until else until


@kernel
def fold(chance: Floats, added: Floats) -> Floats:
    """The distribution of a sum, second by second. Quick where there are few chances above 0."""
    folded = np.zeros(len(chance) + len(added) - 1)
    for index in range(len(chance)):
        share = chance[index]
        if share > 0:
            for more in range(len(added)):
                folded[index + more] += share * added[more]
    return folded


@kernel
def _alone(rows: Rows, ready: int, came: Floats, taken: Floats) -> tuple[int, Floats, Floats]:
    """(origin, arrivals, means): means[row] is the mean arrival of who waits for shorter rides than the row's only."""
    begin, open_s = _windows(rows, ready, rows.limit + 1, len(came) == 0)
    means = np.zeros(len(rows.line))
    otherwise = np.full(len(rows.line), float(rows.limit))
    kept = np.flatnonzero(open_s > 0)
    origin, length = rows.limit, 0
    if len(kept):
        origin = (begin[kept] + rows.ride_s[kept]).min()
        length = (begin[kept] + open_s[kept] + rows.ride_s[kept]).max() - origin
    arrivals = np.zeros(length)
    work = _room(len(rows.line), _how_many(begin, open_s))
    _board(rows, begin, open_s, otherwise, 1.0, work, origin, arrivals, means, came, taken)
    return origin, arrivals, means


@kernel
def _room(n_rows: int, n: int) -> _Work:
    return _Work(
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


@kernel
def _windows(rows: Rows, ready: int, until: int, is_worth: bool) -> tuple[Int64s, Int64s]:
    """(begin, open_s), each [rows]: from when on, and for how long, the first vehicle of a row may come.

    Only until `until`, and until the planned line must have come. is_worth: and until any line must have come that is
    always boarded, and while it may be worth to board the row; what comes later is not boarded, but it comes.
    """
    begin, open_s = np.empty(len(rows.line), np.int64), np.empty(len(rows.line), np.int64)
    surely = until
    for row in range(len(rows.line)):
        begin[row] = max(rows.first[row], ready)
        open_s[row] = min(rows.end[row] - begin[row], rows.headway_s[row])
        is_boarded = rows.line[row] == 0 or (is_worth and rows.ride_s[row] <= rows.planned_s)
        if is_boarded and open_s[row] == rows.headway_s[row]:
            surely = min(surely, begin[row] + open_s[row])
    for row in range(len(rows.line)):
        over = min(surely, _last_worth(rows, row, ready)) if is_worth else surely
        open_s[row] = max(0, min(open_s[row], over - begin[row]))
    return begin, open_s


@kernel
def _merge_at(rows: Rows, last: int) -> int:
    """From when on all that riders wait for is the same, whichever second up to `last` they are there from.

    A slower line that they let pass at different seconds must have come by then.
    """
    merge = last + 1
    for row in range(len(rows.line)):
        if rows.first[row] <= last:
            merge = max(merge, min(rows.end[row], last + rows.headway_s[row]))
    grows = True
    while grows:
        grows = False
        for row in range(len(rows.line)):
            over = min(rows.end[row], rows.first[row] + rows.headway_s[row])
            if rows.ride_s[row] > rows.planned_s and last < rows.first[row] < merge < over:
                merge, grows = over, True
    return merge


@kernel
def _seen_from(rows: Rows, last: int, merge: int) -> Rows:
    """The rows as whoever is left at `merge` sees them: what may come by then comes within the rest of its headway."""
    first, end, headway_s = rows.first.copy(), rows.end.copy(), rows.headway_s.copy()
    for row in range(len(first)):
        over = first[row] <= last or min(first[row] + headway_s[row], end[row]) <= merge
        if over:
            end[row] = first[row]
        elif first[row] < merge:
            headway_s[row] -= merge - first[row]
            first[row] = merge
    return Rows(rows.line, rows.ride_s, first, end, headway_s, rows.planned_s, rows.limit)


@kernel
def _board(
    rows: Rows,
    begin: Int64s,
    open_s: Int64s,
    otherwise: Floats,
    riders: float,
    work: _Work,
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


@kernel
def _how_many(begin: Int64s, open_s: Int64s) -> int:
    """At how many instants a vehicle of any row may come."""
    total, over = 0, np.int64(-(2**62))
    for row in np.argsort(begin):
        if open_s[row] > 0:
            total += max(0, begin[row] + open_s[row] - max(begin[row], over))
            over = max(over, begin[row] + open_s[row])
    return total


@kernel
def _note_instants(begin: Int64s, open_s: Int64s, work: _Work) -> int:
    """Notes these instants, ascending; returns how many there are."""
    total, over = 0, np.int64(-(2**62))
    for row in np.argsort(begin):
        if open_s[row] > 0:
            for instant in range(max(begin[row], over), begin[row] + open_s[row]):
                work.instants[total] = instant
                total += 1
            over = max(over, begin[row] + open_s[row])
    return total


@kernel
def _may_come(rows: Rows, row: int, open_s: Int64s) -> bool:
    """Whether any row that rides as long does."""
    return bool(np.any(open_s[rows.ride_s == rows.ride_s[row]] > 0))


@kernel
def _find_worth(work: _Work, n: int, ride_s: int, later: float) -> None:
    """1 where who boards arrives no later than, on average, those who have boarded none by that instant; 0 elsewhere.

    later: the mean arrival of those who board none at all, times how many they are.
    """
    waiting, arriving, is_worth, instants = work.waiting[:n], work.arriving[:n], work.is_worth[:n], work.instants[:n]
    for i in range(n - 1, -1, -1):
        arrival = instants[i] - instants[0] + ride_s - ROUNDING_S
        is_worth[i] = 1.0 if waiting[i] > TINY and arrival * waiting[i] <= later else 0.0
        later += arriving[i]


@kernel
def _count(
    rows: Rows, row: int, begin: Int64s, open_s: Int64s, n: int, work: _Work, came: Floats, taken: Floats
) -> None:
    """Before the first pause: what comes of the row while the rider waits for shorter rides, and what he boards."""
    pause = _pause(begin, open_s)
    for i in range(n):
        waited = work.instants[i] - begin[row]
        if work.instants[i] < pause and 0 <= waited < open_s[row]:
            comes = work.waiting[i] / rows.headway_s[row]
            came[rows.line[row]] += comes
            taken[rows.line[row]] += comes * work.is_worth[i]


@kernel
def _pause(begin: Int64s, open_s: Int64s) -> int:
    """When the rows are over that follow each other without a pause; what begins as the last one ends is after it."""
    kept = np.flatnonzero(open_s > 0)
    over = begin[kept].min() + 1
    for row in kept[np.argsort(begin[kept])]:
        if begin[row] >= over:
            break
        over = max(over, begin[row] + open_s[row])
    return int(over)


@kernel
def _wait(rows: Rows, row: int, open_s: int, n: int, work: _Work) -> float:
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


@kernel
def _take(waiting: Floats, arriving: Floats, boards: Floats, seconds: Floats, headway_s: float, arrival: float) -> None:
    """Everyone boards what comes. Few arrays in one loop: so the machine does several seconds at once."""
    each = 1 / headway_s
    for i in range(len(seconds)):
        here = each * waiting[i]
        boards[i] = here
        arriving[i] = arriving[i] * ((headway_s - seconds[i]) * each) + here * (arrival + seconds[i])
        waiting[i] *= (headway_s - seconds[i] - 1) * each


@kernel
def _miss(missed: Floats, seconds: Floats, headway_s: float) -> None:
    each = 1 / headway_s
    for i in range(len(seconds)):
        missed[i] = (headway_s - seconds[i]) * each


@kernel
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


@kernel
def _scale(chance: Floats, share: float) -> None:
    for i in range(len(chance)):
        chance[i] *= share


@kernel
def _put(
    rows: Rows, begin: Int64s, open_s: Int64s, riders: float, n: int, work: _Work, origin: int, arrivals: Floats
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


@kernel
def _add(arrivals: Floats, remain: Floats, boards: Floats, missed: Floats) -> None:
    for i in range(len(arrivals)):
        arrivals[i] += boards[i] * remain[i]
        remain[i] *= missed[i]
