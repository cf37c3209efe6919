"""The plain twin of routing.kernels.boarding and of what is built on it: whole columns of NumPy, one rider or several.

It looks at every instant of every rider, and takes no short way. The rule is in routing.headways.boarding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ingest.model import Floats, Int64s
from routing.headways.lines import Line

ROUNDING_S = 1e-6
TINY = 1e-12
NEVER = np.iinfo(np.int64).max


class Boarding(NamedTuple):
    """How riders fare for a while: sums over all of them. Lines are counted as they were given."""

    instants: Int64s
    """When a vehicle may leave, ascending                      [n]"""
    chance: Floats
    """That they board this line then                           [lines, n]"""
    came: Floats
    """That a vehicle of this line comes while they wait for faster ones [lines]"""
    taken: Floats
    """That they board it then                                  [lines]"""
    left: float
    """That they board none"""


class _Row(NamedTuple):
    """A row of a line. A rider's wait ends at begin..begin + n - 1, each with chance 1 / headway_s."""

    line: int
    ride_s: int
    begin: Int64s
    """                                                         [T]"""
    n: Int64s
    """                                                         [T]"""
    headway_s: int


def board_first(lines: Sequence[Line], ready: Int64s, riders: Floats, limit: int) -> list[Boarding]:
    """What riders board who are there from `ready` [T], ascending, on: `riders` [T] of them (as chances). lines[0] is
    the planned line. Whoever would arrive after `limit` does not arrive.

    Vehicles that come after a pause, such as those of the next morning, make a Boarding of their own: those who board
    none before wait for them together, no matter since when.
    """
    found: list[tuple[Boarding, float]] = []
    otherwise = {line.ride_s: float(limit) for line in lines}
    for rows in reversed(list(_between_pauses(_rows(lines, ready, limit), ready))):
        weights = riders if len(rows[0].begin) == len(ready) else np.ones(1)
        boarding, otherwise = _board(rows, lines, weights, otherwise)
        found.insert(0, (boarding, float(weights.sum())))
    return list(_one_after_the_other(found, float(riders.sum())))


def _one_after_the_other(found: list[tuple[Boarding, float]], riders: float) -> Iterator[Boarding]:
    """As many riders are in each as the one before has left."""
    for boarding, total in found:
        share = riders / total
        chance, came, taken = (share * figures for figures in (boarding.chance, boarding.came, boarding.taken))
        riders = share * boarding.left
        yield Boarding(boarding.instants, chance, came, taken, riders)


def _rows(lines: Sequence[Line], ready: Int64s, limit: int) -> list[_Row]:
    """The rows of which a vehicle may come, by the first second at which it may."""
    rows = []
    for number, line in enumerate(lines):
        for first, end, headway_s in zip(line.first.tolist(), line.end.tolist(), line.headway_s.tolist(), strict=True):
            open_until = min(end, limit - line.ride_s + 1)
            if open_until > max(first, int(ready[0])):
                begin = np.maximum(ready, first)
                n = np.maximum(np.minimum(open_until - begin, headway_s), 0)
                rows.append(_Row(number, line.ride_s, begin, n, headway_s))
    return sorted(rows, key=lambda row: int(row.begin[0]))


def _between_pauses(rows: Sequence[_Row], ready: Int64s) -> Iterator[list[_Row]]:
    """Rows of which vehicles may come at the same time, until the planned line must have come."""
    some: list[_Row] = []
    over = int(ready[-1]) + 1  # whoever is ready by then is among the riders of the first rows
    for row in rows:
        if int(row.begin[0]) >= over:
            if some:
                yield some
                if _surely(some) < NEVER:
                    return
            some = []
            row = row._replace(begin=row.begin[:1], n=row.n[:1])
        elif some and len(some[0].begin) == 1:
            row = row._replace(begin=row.begin[:1], n=row.n[:1])
        some.append(row)
        over = max(over, int((row.begin + row.n).max()))
    if some:
        yield some


def _surely(rows: Sequence[_Row]) -> int:
    """The second before which the planned line comes to each of the riders; NEVER if it may not."""
    ends = [np.where(row.n == row.headway_s, row.begin + row.n, NEVER) for row in rows if row.line == 0]
    return int(np.min(ends, axis=0).max()) if ends else NEVER


def _board(
    rows: Sequence[_Row], lines: Sequence[Line], riders: Floats, otherwise: Mapping[int, float]
) -> tuple[Boarding, dict[int, float]]:
    """How `riders` fare, and for each length of a ride the mean arrival of those who wait for shorter ones only.

    `otherwise` is that for those who board none of these rows.
    """
    surely = _surely(rows)
    ranges = [np.arange(int(row.begin[0]), min(int((row.begin + row.n).max()), surely)) for row in rows]
    instants = np.unique(np.concatenate(ranges))
    waiting = np.repeat(riders[:, None], len(instants), axis=1)  # those who have boarded none so far
    arrivals = np.zeros_like(waiting)  # of those who board then, times how many they are
    came, taken = np.zeros(len(lines)), np.zeros(len(lines))
    boarded: list[tuple[int, Floats, Floats]] = []
    means: dict[int, float] = {}
    for ride_s in sorted(otherwise):
        means[ride_s] = float(arrivals.sum() + waiting[:, -1].sum() * otherwise[ride_s]) / float(riders.sum())
        equals = sorted((row for row in rows if row.ride_s == ride_s), key=lambda row: row.line)
        is_worth: Floats | float = 1.0
        if equals and ride_s > lines[0].ride_s:
            is_worth = _is_worth(instants + ride_s, waiting, arrivals, otherwise[ride_s])
        for row in equals:
            comes = -np.diff(_none_came(row, instants), prepend=1.0)
            came[row.line] += (comes * waiting).sum()
            comes *= is_worth
            missed = 1 - np.cumsum(comes, axis=1)
            missed_before = np.concatenate([np.ones((len(riders), 1)), missed[:, :-1]], axis=1)
            boards = comes * waiting  # of two that come at once the faster one
            taken[row.line] += boards.sum()
            arrivals = arrivals * missed_before + boards * (instants + ride_s)
            waiting = waiting * missed
            boarded.append((row.line, boards, missed_before))
    return Boarding(instants, _less_slower(boarded, len(lines)), came, taken, float(waiting[:, -1].sum())), means


def _less_slower(boarded: Sequence[tuple[int, Floats, Floats]], n_lines: int) -> Floats:
    """The chance of each line: of those who would board it they do who have boarded no slower one before."""
    _, boards, _ = boarded[0]
    chance, missed = np.zeros((n_lines, boards.shape[1])), np.ones_like(boards)
    for line, boards, missed_before in reversed(boarded):
        chance[line] += (boards * missed).sum(axis=0)
        missed *= missed_before
    return chance


def _none_came(row: _Row, instants: Int64s) -> Floats:
    """The chance that no vehicle of the row has come by each instant, that second included: [T, n]."""
    waited = np.minimum(np.maximum(instants - (row.begin[:, None] - 1), 0), row.n[:, None])
    none: Floats = 1 - waited / row.headway_s
    return none


def _is_worth(arrival: Int64s, waiting: Floats, arrivals: Floats, otherwise: float) -> Floats:
    """[T, n]: 1 where who boards arrives no later than, on average, those who have boarded none by that instant."""
    later = np.cumsum(arrivals[:, ::-1], axis=1)[:, ::-1] - arrivals + waiting[:, -1:] * otherwise
    mean = np.divide(later, waiting, out=np.full(waiting.shape, -np.inf), where=waiting > TINY)
    worth: Floats = (arrival <= mean + ROUNDING_S).astype(np.float64)
    return worth


def arrivals_by(lines: Sequence[Line], ready: Mapping[int, float], limit: int) -> dict[int, float]:
    """Arrival -> chance, of riders who are there from these seconds on with these chances, each looked at alone."""
    found: dict[int, float] = {}
    for instant, riders in ready.items():
        for boarding in board_first(lines, np.array([instant]), np.ones(1), limit):
            for line, chance in zip(lines, boarding.chance, strict=True):
                for leaves, share in zip(boarding.instants.tolist(), chance.tolist(), strict=True):
                    arrival = leaves + line.ride_s
                    found[arrival] = found.get(arrival, 0.0) + share * riders
    return found
