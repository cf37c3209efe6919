"""For which riders all waits are alike, or nothing is let pass; and sums of distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel, part
from routing.kernels.layout import Bits
from routing.kernels.rows import Rows, last_worth

Floats = NDArray[np.float64]


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
        if first >= end or first >= last_worth(rows, row, last):
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


@part
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
