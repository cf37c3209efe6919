"""The search for cheap journeys by the kernel, where fares can be said in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from routing.cancel import check_cancelled, kernel_flag
from routing.cheapest.layout import LaidOut
from routing.cheapest.passes import UNIT
from routing.cheapest.task import CheapTask, Found, Step
from routing.kernels.layout import UNREACHED
from routing.kernels.priced import search_priced
from routing.kernels.priced_layout import (
    ALIGHT,
    BOARD,
    FULL,
    GROUPS,
    KNOWN_BEFORE,
    NEAR,
    PAID,
    PARENT,
    PATTERN,
    RIDDEN,
    TRIP,
    Asked,
    Labels,
    Stops,
)

ROOM, MOST_ROOM = 1 << 17, 1 << 18
ENDS = 4096


class TooManyLabelsError(Exception):
    """The question is too wide."""


def search_quickly(task: CheapTask, laid_out: LaidOut, known: Sequence[Found] = ()) -> list[Found]:
    """The journeys that none beats (routing.cheapest.task.beats), one of equals. Raises TooManyLabelsError, and
    SearchCancelled.

    known: journeys that were found before; what they beat is left out, and they themselves.
    """
    n_stops = task.timetable.n_stops
    egress = np.full(n_stops, UNREACHED, np.int32)
    egress[task.far.stops] = task.far.seconds
    asked = Asked(
        task.time, task.limit, task.max_rounds, task.slack_s, task.max_walk_s, task.least.unit_s,
        int(task.arrive_by), laid_out.same_until,
    )  # fmt: skip
    stops = Stops(task.board_by, task.alight_by, egress, laid_out.later_until)
    room, n_ends, n = ROOM, ENDS, FULL
    before = np.array(
        [
            (KNOWN_BEFORE, one.far, one.near, one.transfers + 1, int(one.amount * UNIT), one.ridden)
            for one in known
            if one.currency == laid_out.currency
        ],
        np.int64,
    ).reshape(-1, 6)
    n_ends += len(before)
    while n == FULL:
        labels = Labels(
            np.empty((room, 18), np.int32), np.empty((room, 4), np.int64), np.empty((2, n_stops, GROUPS), np.int32),
            np.empty((n_ends, 6), np.int64), np.array([len(before)], np.int64),
        )  # fmt: skip
        labels.ends[: len(before)] = before
        n = search_priced(
            task.side, task.walks, task.allowed, task.near.stops, task.near.seconds, task.least.table, asked, stops,
            laid_out.passes, laid_out.spans, labels, kernel_flag(),
        )  # fmt: skip
        check_cancelled()  # before a search that was given up, or has no room, is begun again
        if n == FULL:
            room, n_ends = 2 * room, 2 * n_ends
            if room > MOST_ROOM:
                raise TooManyLabelsError
    return [
        _found(task, labels, int(label), int(far), laid_out.currency)
        for label, far, *_ in labels.ends[: int(labels.n_ends[0])].tolist()
        if label >= 0
    ]


def _found(task: CheapTask, labels: Labels, label: int, far: int, currency: str) -> Found:
    numbers, side = labels.numbers, task.side
    near, ridden = int(numbers[label, NEAR]), int(labels.sums[label, RIDDEN])
    amount = Decimal(int(labels.sums[label, PAID])) / UNIT
    steps = []
    while label >= 0:
        row = numbers[label]
        ready = int(row[PARENT])
        if ready < 0:
            break
        pattern, board, alight, trip = (int(row[column]) for column in (PATTERN, BOARD, ALIGHT, TRIP))
        is_headway = side.runs_ptr[pattern] < side.runs_ptr[pattern + 1]
        if task.arrive_by:
            last = int(side.calls_ptr[pattern + 1] - side.calls_ptr[pattern]) - 1
            board, alight = last - alight, last - board
            trip = int(side.trips_ptr[pattern + 1] - side.trips_ptr[pattern]) - 1 - trip
        steps.append(Step(pattern, board, alight, -1 if is_headway else trip))
        label = int(numbers[ready, PARENT])
    if not task.arrive_by:
        steps.reverse()
    return Found(near, far, ridden, amount, currency, tuple(steps))
