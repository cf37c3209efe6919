"""Riders who wait a long time for the planned line, and board something else long before it comes.

A row is sure for a rider if it runs, comes within its headway, and is boarded whenever it does: nothing faster is worth
waiting for, because it cannot come in time, or is not there sooner on average. The same then holds of every row that
rides no longer. Whoever has a sure row has boarded by the end of its headway, whatever comes later. So only what
may come until then is looked at, and riders of whom that is all the same are a sum of distributions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from routing.kernels.rows import Rows

ROUNDING_S = 1e-6
NEVER = int(np.iinfo(np.int64).max) // 2


class Piece(NamedTuple):
    """Riders who are there from a second in first..last on, and the rows of which they may board something."""

    first: int
    last: int
    is_steady: bool
    """Whether every wait is as likely for all of them"""
    is_choice: bool
    """Whether they may let something pass that comes"""
    rows: Rows


def pieces(rows: Rows, first: int, last: int) -> Iterator[Piece]:
    """Of riders of one part, of which each second first..last is in one piece.

    No row may begin or end at those seconds but the first.
    """
    table = [_Row(*row) for row in zip(*(column.tolist() for column in rows[1:5]), strict=True)]
    begin = first
    while begin <= last:
        sure = [row for row in _sure(table, rows.planned_s, begin) if row[1] >= begin]
        if not sure:
            yield from _by_choice(Piece(begin, last, False, True, rows), table, rows.planned_s)
            return
        within_s, until, ride_s = min(sure, key=lambda row: (row[0], -row[1], -row[2]))
        steady = min(until, last, _steady_until(table, begin, within_s))
        end = steady if steady >= begin else min(until, last)
        kept = _until(rows, begin, end + within_s)
        slower = [row for row in table if row.ride_s > ride_s and row.first < end + within_s]
        yield from _by_choice(Piece(begin, end, steady >= begin, True, kept), table, rows.planned_s, slower)
        begin = end + 1


def _by_choice(
    piece: Piece, table: list[_Row], planned_s: int, slower: Sequence[_Row] | None = None
) -> Iterator[Piece]:
    """A piece, cut where its riders let nothing pass from then on. slower: the rows that they may let pass."""
    asked = [
        row
        for row in (table if slower is None else slower)
        if row.ride_s > planned_s and max(row.first, piece.first) < row.end
    ]

    def is_choice(begin: int) -> bool:
        return any(_worth_until(row, table, planned_s, begin) < piece.last for row in asked)

    begin = piece.first
    if not piece.is_steady and is_choice(begin):
        # The later they come, the longer they wait for what runs before.
        low, begin = begin, piece.last + 1
        while begin - low > 1:
            middle = (low + begin) // 2
            low, begin = (middle, begin) if is_choice(middle) else (low, middle)
        yield piece._replace(last=begin - 1)
    if begin <= piece.last:
        yield piece._replace(first=begin, is_choice=False)


class _Row(NamedTuple):
    """As in Rows."""

    ride_s: int
    first: int
    end: int
    headway_s: int


def _sure(table: list[_Row], planned_s: int, ready: int) -> Iterator[tuple[int, int, int]]:
    """(headway, last second from which on a rider may be there for it to be sure, ride) of rows that run at `ready`."""
    for row in table:
        if row.first <= ready:
            until = row.end - row.headway_s
            yield row.headway_s, min(until, _worth_until(row, table, planned_s, ready)), row.ride_s


def _worth_until(row: _Row, table: list[_Row], planned_s: int, ready: int) -> int:
    """Up to when it is worth it for those who are there from `ready` on to board a row whenever it comes.

    It does not begin between the two.
    """
    if row.ride_s <= planned_s:
        return NEVER
    over_s = max(row.first - ready, 0) + row.headway_s
    faster = [other for other in table if other.ride_s < row.ride_s and other.end > ready]
    # Boarded in the last second of its headway, it is there before whoever waits for one that begins so late.
    too_late = [other.first + other.ride_s - row.ride_s - over_s + 1 for other in faster]
    if all(until >= ready for until in too_late):
        return min(too_late, default=NEVER)
    # Together they may be worth waiting for, though none is that alone. But nobody lets the planned line pass, nor
    # what is faster: what begins after that must have come is of no use.
    boarded = [other for other in faster if other.ride_s <= planned_s and other.first <= ready]
    ends_s, until = min(
        ((other.headway_s, other.end - other.headway_s) for other in boarded if ready + other.headway_s <= other.end),
        default=(NEVER, NEVER),
    )
    rivals = [other for other in faster if other.first < ready + ends_s]
    until = min([until, *(other.first - ends_s for other in faster if other.first >= ready + ends_s)])
    gain_s = row.ride_s - min(other.ride_s for other in rivals)
    least_s = _least_wait_s([other.headway_s - over_s for other in rivals])
    return until if gain_s <= least_s else ready - 1


def _least_wait_s(rests_s: list[int]) -> float:
    """How long whoever has let a vehicle pass waits at least for the first of several rows, on average.

    rests_s: how many seconds of the headway of each are left when that one comes in the last second of its own. A row
    that has not begun, or may end before, comes no sooner than one that runs.
    """
    fewest = min(rests_s)
    if fewest <= 1:
        return 1.0
    seconds = np.arange(fewest)
    still = np.ones(fewest)
    for rest_s in rests_s:
        still *= 1 - seconds / rest_s
    return float(still.sum()) - ROUNDING_S


def _steady_until(table: list[_Row], ready: int, within_s: int) -> int:
    """Up to when every wait within so many seconds is as likely as it is for one who is there from `ready` on."""
    return min(
        (
            end - min(headway_s, within_s) if first <= ready else first - within_s
            for _, first, end, headway_s in table
            if end > ready
        ),
        default=ready,
    )


def _until(rows: Rows, ready: int, over: int) -> Rows:
    """What may come from `ready` on and before `over`."""
    kept = (rows.end > ready) & (rows.first < over)
    line, ride_s, first, end, headway_s = (column[kept] for column in rows[:5])
    return Rows(line, ride_s, first, np.minimum(end, over), headway_s, rows.planned_s, rows.limit)
