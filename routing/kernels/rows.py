"""The rows of the lines between two stops, and what can be said of one without looking at the others that come."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routing.kernels.compiled import part
from routing.kernels.layout import Int64s


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


@part
def last_worth(rows: Rows, row: int, last: int) -> int:
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
