"""Riders who wait for the first of several lines: which one is boarded when. routing.headways.boarding has the rule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel, part
from routing.kernels.layout import Int64s
from routing.kernels.rows import Rows, last_worth
from routing.kernels.waiting import how_many, room, wait_for_rows

Floats = NDArray[np.float64]


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
    work = room(len(rows.line), merge - origin)
    left = 0.0
    for rider in range(len(ready)):
        begin, open_s = _windows(rows, ready[rider], merge, True)
        left += wait_for_rows(rows, begin, open_s, otherwise, riders[rider], work, origin, arrivals, none, none, none)
    for index in range(len(merged)):
        arrivals[start - origin + index] += left * merged[index]
    return origin, arrivals


@part
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
    work = room(len(rows.line), how_many(begin, open_s))
    wait_for_rows(rows, begin, open_s, otherwise, 1.0, work, origin, arrivals, means, came, taken)
    return origin, arrivals, means


@part
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
        over = min(surely, last_worth(rows, row, ready)) if is_worth else surely
        open_s[row] = max(0, min(open_s[row], over - begin[row]))
    return begin, open_s


@part
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


@part
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
