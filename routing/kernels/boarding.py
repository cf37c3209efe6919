"""Riders who wait for the first of several lines: when which one is boarded. The rule is in routing.headways.boarding."""

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
TOGETHER = 8
"""Riders looked at together: enough for the machine to count several at once, few enough for its cache."""


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
    last = ready[-1]
    merge = _merge_at(rows, last)
    start, merged, otherwise = _alone(_seen_from(rows, last, merge), merge, none, none)
    origin = ready[0]
    arrivals = np.zeros(max(start + len(merged) if len(merged) else 0, merge + rows.ride_s.max()) - origin)
    left = 0.0
    for block in range(0, len(ready), TOGETHER):
        some = slice(block, block + TOGETHER)
        begin, open_s = _windows(rows, ready[some], merge, True)
        first, found, stays = _board(rows, begin, open_s, otherwise, riders[some], none, none, none)
        left += stays
        for index in range(len(found)):
            arrivals[first - origin + index] += found[index]
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
        if first >= end or first >= _last_worth(rows, row, ready, last):
            manner[row] = NEVER
            continue
        end = min(end, max(first, last) + rows.headway_s[row])
        manner[row] = ALWAYS
        for faster in range(row):
            gain = rows.ride_s[row] - rows.ride_s[faster]
            over = min(rows.end[faster], max(rows.first[faster], last) + rows.headway_s[faster])
            if rows.ride_s[row] > rows.planned_s and gain > 1 and over > first + 1:
                if rows.first[faster] < end - 1 + gain:
                    manner[row] = PERHAPS


ALWAYS, NEVER, PERHAPS = range(3)


@kernel
def _last_worth(rows: Rows, row: int, ready: int, last: int) -> int:
    """From then on no rider boards the row: the planned line alone, if it surely comes, is there sooner on average.

    Nobody who waits on is there later than by the planned line alone, as what is boarded before rides no longer or is
    there no later on average. Of s in its headway the mean is halfway to the end.
    """
    worth = np.int64(2**62)
    if rows.ride_s[row] > rows.planned_s:
        for other in range(row):
            begin = max(rows.first[other], last)
            if rows.ride_s[other] == rows.planned_s and begin + rows.headway_s[other] <= rows.end[other]:
                slower_s = rows.ride_s[row] - rows.planned_s
                worth = min(worth, begin + rows.headway_s[other] - 2 * slower_s + 2)
    return worth


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
    begin, open_s = _windows(rows, np.array([ready]), rows.limit + 1, len(came) == 0)
    means = np.zeros(len(rows.line))
    otherwise = np.full(len(rows.line), float(rows.limit))
    origin, arrivals, _ = _board(rows, begin, open_s, otherwise, np.ones(1), means, came, taken)
    return origin, arrivals, means


@kernel
def _windows(rows: Rows, ready: Int64s, until: int, is_worth: bool) -> tuple[Int64Grid, Int64Grid]:
    """(begin, open_s), each [rows, T]: from when on, and for how long, the first vehicle of a row may come.

    Only until `until`, and until the first of the lines that are always boarded must have come. is_worth: and while
    it may be worth to board it.
    """
    shape = len(rows.line), len(ready)
    begin, open_s = np.empty(shape, np.int64), np.empty(shape, np.int64)
    for rider in range(len(ready)):
        surely = until
        for row in range(len(rows.line)):
            begin[row, rider] = max(rows.first[row], ready[rider])
            open_s[row, rider] = min(rows.end[row] - begin[row, rider], rows.headway_s[row])
            if rows.ride_s[row] <= rows.planned_s and open_s[row, rider] == rows.headway_s[row]:
                surely = min(surely, begin[row, rider] + open_s[row, rider])
        for row in range(len(rows.line)):
            over = min(surely, _last_worth(rows, row, ready[rider], ready[rider])) if is_worth else surely
            open_s[row, rider] = max(0, min(open_s[row, rider], over - begin[row, rider]))
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
    begin: Int64Grid,
    open_s: Int64Grid,
    otherwise: Floats,
    riders: Floats,
    means: Floats,
    came: Floats,
    taken: Floats,
) -> tuple[int, Floats, float]:
    """(origin, arrivals, left): of `riders` [T] so many board none of the rows in these windows [rows, T].

    otherwise [rows] is the mean arrival of who waits on after that, and for shorter rides than the row's only. Filled
    for one rider, unless they are empty: means [rows], came and taken [lines].
    """
    kept = _that_may_come(open_s)
    if len(kept) == 0:
        means[:] = otherwise[: len(means)]
        return rows.limit, np.zeros(0), riders.sum()
    instants = _instants(begin[kept], open_s[kept])
    n, start = len(instants), instants[0]
    waiting, arriving = np.ones((n, len(riders))), np.zeros((n, len(riders)))
    is_worth = np.ones((n, len(riders)))
    boards = np.empty((len(kept), n, len(riders)))
    missed = np.empty((len(kept), n + 1, len(riders)))
    index = 0
    for row in range(len(begin)):
        if row == 0 or rows.ride_s[row] > rows.ride_s[row - 1]:
            late = otherwise[row] - start
            if len(means):
                means[row] = start + arriving[:, 0].sum() + waiting[n - 1, 0] * late
            if rows.ride_s[row] > rows.planned_s:
                _find_worth(instants, rows.ride_s[row], waiting, arriving, late, is_worth)
        elif len(means):
            means[row] = means[row - 1]
        if index < len(kept) and kept[index] == row:
            if len(came):
                _count(rows, row, begin, open_s, instants, waiting, is_worth, came, taken)
            _wait(rows, row, begin, open_s, instants, is_worth, waiting, arriving, boards[index], missed[index])
            index += 1
    origin, arrivals = _arrivals(rows, kept, begin, open_s, instants, riders, boards, missed)
    return origin, arrivals, (waiting[n - 1] * riders).sum()


@kernel
def _that_may_come(open_s: Int64Grid) -> Int64s:
    may_come = np.zeros(len(open_s), np.bool_)
    for row in range(len(open_s)):
        may_come[row] = open_s[row].max() > 0
    return np.flatnonzero(may_come)


@kernel
def _instants(begin: Int64Grid, open_s: Int64Grid) -> Int64s:
    """When a vehicle may come to any of the riders, ascending."""
    order = np.argsort(begin[:, 0])
    end = np.empty(len(begin), np.int64)
    total, over = 0, begin[:, 0].min()
    for row in order:
        end[row] = (begin[row] + open_s[row]).max()
        total += max(0, end[row] - max(begin[row, 0], over))
        over = max(over, end[row])
    instants = np.empty(total, np.int64)
    total, over = 0, begin[:, 0].min()
    for row in order:
        for instant in range(max(begin[row, 0], over), end[row]):
            instants[total] = instant
            total += 1
        over = max(over, end[row])
    return instants


@kernel
def _find_worth(instants: Int64s, ride_s: int, waiting: Grid, arriving: Grid, late: float, is_worth: Grid) -> None:
    """1 where who boards arrives no later than, on average, those who have boarded none by that instant."""
    later = waiting[-1] * late
    for i in range(len(instants) - 1, -1, -1):
        arrival = instants[i] - instants[0] + ride_s - ROUNDING_S
        for rider in range(len(later)):
            left = waiting[i, rider]
            is_worth[i, rider] = 1.0 if left > TINY and arrival * left <= later[rider] else 0.0
            later[rider] += arriving[i, rider]


@kernel
def _count(
    rows: Rows,
    row: int,
    begin: Int64Grid,
    open_s: Int64Grid,
    instants: Int64s,
    waiting: Grid,
    is_worth: Grid,
    came: Floats,
    taken: Floats,
) -> None:
    """Before the first pause: what comes of the row while the rider waits for shorter rides, and what he boards."""
    pause = _pause(begin[:, 0], open_s[:, 0])
    for i in range(len(instants)):
        waited = instants[i] - begin[row, 0]
        if instants[i] < pause and 0 <= waited < open_s[row, 0]:
            comes = waiting[i, 0] / rows.headway_s[row]
            came[rows.line[row]] += comes
            taken[rows.line[row]] += comes * is_worth[i, 0]


@kernel
def _pause(begin: Int64s, open_s: Int64s) -> int:
    """When the rows are over that follow each other without a pause; one that begins as the last one ends comes after."""
    kept = np.flatnonzero(open_s > 0)
    over = begin[kept].min() + 1
    for row in kept[np.argsort(begin[kept])]:
        if begin[row] >= over:
            break
        over = max(over, begin[row] + open_s[row])
    return over


@kernel
def _wait(
    rows: Rows,
    row: int,
    begin: Int64Grid,
    open_s: Int64Grid,
    instants: Int64s,
    is_worth: Grid,
    waiting: Grid,
    arriving: Grid,
    boards: Grid,
    missed: Grid,
) -> None:
    """What a row does to those who wait: how many board it at each instant, and which share had not before.

    The last of `missed` is the share that never does. What lies outside of the row's time is not filled.
    """
    headway_s, each = rows.headway_s[row], 1 / rows.headway_s[row]
    start, stop = _positions(begin[row], open_s[row], instants)
    seen = np.zeros(waiting.shape[1])
    for i in range(start, stop):
        arrival = instants[i] - instants[0] + rows.ride_s[row]
        for rider in range(len(seen)):
            waited = instants[i] - begin[row, rider]
            comes = is_worth[i, rider] if 0 <= waited < open_s[row, rider] else 0.0
            before = (headway_s - seen[rider]) * each
            seen[rider] += comes
            here = comes * each * waiting[i, rider]
            boards[i, rider] = here
            missed[i, rider] = before
            arriving[i, rider] = arriving[i, rider] * before + here * arrival
            waiting[i, rider] *= (headway_s - seen[rider]) * each
    missed[-1] = (headway_s - seen) * each
    for i in range(stop, len(instants)):
        for rider in range(len(seen)):
            arriving[i, rider] *= missed[-1, rider]
            waiting[i, rider] *= missed[-1, rider]


@kernel
def _positions(begin: Int64s, open_s: Int64s, instants: Int64s) -> tuple[int, int]:
    """Where among the instants a row may come to any of the riders."""
    return np.searchsorted(instants, begin.min()), np.searchsorted(instants, (begin + open_s).max())


@kernel
def _arrivals(
    rows: Rows,
    kept: Int64s,
    begin: Int64Grid,
    open_s: Int64Grid,
    instants: Int64s,
    riders: Floats,
    boards: NDArray[np.float64],
    missed: NDArray[np.float64],
) -> tuple[int, Floats]:
    """(origin, arrivals): of those who would board a row they do who have boarded no slower one before."""
    origin = instants[0] + rows.ride_s[kept[0]]
    arrivals = np.zeros(instants[-1] + rows.ride_s[kept[-1]] + 1 - origin)
    remain = np.ones((len(instants), len(riders)))
    for index in range(len(kept) - 1, -1, -1):
        row = kept[index]
        start, stop = _positions(begin[row], open_s[row], instants)
        for i in range(start, stop):
            arrivals[instants[i] + rows.ride_s[row] - origin] += _total(boards[index, i], remain[i], riders)
            for rider in range(len(riders)):
                remain[i, rider] *= missed[index, i, rider]
        for i in range(stop, len(instants)):
            for rider in range(len(riders)):
                remain[i, rider] *= missed[index, -1, rider]
    return origin, arrivals


@kernel
def _total(boards: Floats, remain: Floats, riders: Floats) -> float:
    """The sum of the products, four by four: so the machine does four at once."""
    n = len(riders)
    a = b = c = d = 0.0
    for rider in range(0, n - 3, 4):
        a += boards[rider] * remain[rider] * riders[rider]
        b += boards[rider + 1] * remain[rider + 1] * riders[rider + 1]
        c += boards[rider + 2] * remain[rider + 2] * riders[rider + 2]
        d += boards[rider + 3] * remain[rider + 3] * riders[rider + 3]
    for rider in range(n - n % 4, n):
        a += boards[rider] * remain[rider] * riders[rider]
    return a + b + c + d
