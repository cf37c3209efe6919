"""Many riders at once, where rows begin and end meanwhile but no line is let pass.

Then the chance to board a row at s when there from t on is a product of functions of s - t (of the rows that run from
before t), of s (of those that begin in between) and of t (of those that have ended by s).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ingest.model import Floats, Int64s
from routing.headways.folding import NOTHING, folded
from routing.kernels.parts import ALWAYS, PERHAPS, find_manners
from routing.kernels.rows import Rows

NEVER = int(np.iinfo(np.int64).max)


def without_choice(rows: Rows, start: int, last: int) -> Rows | None:
    """The rows that riders board who are there from a second in start..last on; None if they let some pass at times.

    No row may begin or end at those seconds but the first.
    """
    manner = np.empty(len(rows.line), np.uint8)
    find_manners(rows, start, last, manner)
    boarded = _chosen(rows, manner == ALWAYS)
    if (rows.first[manner == PERHAPS] < _surely(boarded, last)).any():
        return None
    return boarded


class Pause(NamedTuple):
    """From `begin` on all riders who are still there see the same, whenever they came."""

    begin: int
    boarded: Rows
    """What may come before, all of it boarded"""
    after: Rows

    def left(self, start: int, riders: Floats) -> float:
        """How many are still there, of those who are there from each second from `start` on."""
        ready = np.arange(start, start + len(riders))[:, None]
        rows = self.boarded
        waited = np.minimum(rows.end, ready + rows.headway_s) - np.maximum(rows.first, ready)
        return float((riders * (1 - waited / rows.headway_s).prod(axis=1)).sum())


def before_a_pause(rows: Rows, start: int, last: int) -> Pause | None:
    """What riders board who are there from a second in start..last on, where nothing begins before all that runs then
    is over for them; None where they let some of it pass at times. As without_choice otherwise."""
    manner = np.empty(len(rows.line), np.uint8)
    find_manners(rows, start, last, manner)
    runs = (rows.first <= start) & (rows.end > start)
    later = rows.first > start
    if (manner[runs] == PERHAPS).any():
        return None
    boarded = _chosen(rows, runs & (manner == ALWAYS))
    begin = int(np.minimum(boarded.end, last + boarded.headway_s).max(initial=last + 1))
    if (rows.first[later] < begin).any():
        return None
    return Pause(begin, boarded, _chosen(rows, later))


def _chosen(rows: Rows, which: NDArray[np.bool_]) -> Rows:
    line, ride_s, first, end, headway_s = (column[which] for column in rows[:5])
    return Rows(line, ride_s, first, end, headway_s, rows.planned_s, rows.limit)


def ridden_in_stretches(rows: Rows, start: int, riders: Floats) -> Iterator[tuple[int, Floats]]:
    """(first instant, chance to arrive then and each second after), to be added up.

    riders [n]: those who are there from each second from `start` on. rows: `without_choice`.
    """
    last = start + len(riders) - 1
    surely = _surely(rows, last)
    ready = np.arange(start, last + 1)
    stretch = start
    for cut in sorted({cut for cut in [*rows.first.tolist(), *rows.end.tolist(), surely] if start < cut <= surely}):
        if cut == NEVER:
            return
        active = np.flatnonzero((rows.first <= stretch) & (rows.end > stretch))
        if len(active):
            yield from _stretch(rows, active, start, riders, stretch, cut)
        for row in active[rows.end[active] == cut].tolist():
            waited = cut - np.maximum(rows.first[row], ready)
            riders = riders * np.maximum(1 - waited / rows.headway_s[row], 0)
        if riders.sum() < NOTHING:
            return
        stretch = cut


def _surely(rows: Rows, last: int) -> int:
    """The second before which those have boarded who are there from `last` on."""
    begin = np.maximum(rows.first, last)
    fits = begin + rows.headway_s <= rows.end
    return int(np.min((begin + rows.headway_s)[fits], initial=NEVER))


def _stretch(
    rows: Rows, active: Int64s, start: int, riders: Floats, begin: int, end: int
) -> Iterator[tuple[int, Floats]]:
    """What leaves in [begin, end), in which the active rows run and none begins or ends."""
    first, ride_s = rows.first[active], rows.ride_s[active]
    is_late = first > start
    least = max(0, begin - (start + len(riders) - 1))
    at = slice(begin - start - least, end - start - least)
    headway_s = rows.headway_s[active, None]
    since_ready = _chances(headway_s, np.arange(least, end - start), ~is_late)
    if not is_late.any():
        for each in np.unique(ride_s).tolist():
            yield begin + each, folded(riders, since_ready[ride_s == each].sum(axis=0))[at]
        return
    since_first = _chances(headway_s, np.arange(begin, end) - first[:, None], is_late)
    for row, each in enumerate(ride_s.tolist()):
        met = riders.sum() if is_late.all() else folded(riders, since_ready[row])[at]
        yield begin + each, met * since_first[row]


def _chances(headway_s: Int64s, waited: Int64s, counts: NDArray[np.bool_]) -> Floats:
    """[active rows, n]: the factor, of the chance to board each row, of those rows that count. Faster rows go first."""
    ones = np.ones((1, waited.shape[-1]))
    not_yet = np.where(counts[:, None], np.maximum(1 - waited / headway_s, 0), 1)
    comes = np.where(counts[:, None], (waited < headway_s) / headway_s, 1)
    no_more = np.where(counts[:, None], np.maximum(1 - (waited + 1) / headway_s, 0), 1)
    faster = np.cumprod(np.concatenate([ones, no_more[:-1]]), axis=0)
    slower = np.cumprod(np.concatenate([ones, not_yet[:0:-1]]), axis=0)[::-1]
    found: Floats = faster * comes * slower
    return found
