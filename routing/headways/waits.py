"""The wait for a headway service that a search counts with: a compiled timetable with another wait in it."""

from __future__ import annotations

import numpy as np

from ingest.model import Int32s
from ingest.waits import expected_wait_s
from routing.timetable import Timetable


def waits_s(timetable: Timetable, headway_wait: str) -> Int32s:
    """run of the forward side -> seconds of wait; `headway_wait` is that of a Query."""
    headway_s = timetable.trips.run_headway_s
    waits = {"expected": expected_wait_s(headway_s), "worst": headway_s, "none": np.zeros_like(headway_s)}
    return waits[headway_wait]


def with_waits(timetable: Timetable, wait_s: Int32s) -> Timetable:
    """`timetable` with these seconds of wait for its headway runs; nothing else is copied.

    Itself where it has no such runs.
    """
    if len(wait_s) == 0:
        return timetable
    forward, backward = timetable.forward, timetable.backward
    # As routing.sides.mirrored has it: seen from the end of the row, a vehicle waited for leaves by then at the latest.
    latest = -(forward.run_lo + wait_s)
    for column in (wait_s, latest):
        column.flags.writeable = False
    return timetable._replace(
        forward=forward._replace(run_board_wait=wait_s),
        backward=backward._replace(run_alight_wait=wait_s, run_hi=latest),
    )
