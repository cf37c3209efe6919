"""The distribution of an instant, and what riding and walking make of it. Exact to the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.model import Floats, Int32s, Int64s
from routing.cancel import check_cancelled
from routing.headways.boarding import board_first
from routing.headways.lines import Line

ROUNDING = 1e-9
NOTHING = 1e-15
"""What is left of a chance of 0 by sums and products."""
AT_ONCE = 32
"""Instants looked at together: few enough for the cache."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The chance of each second from `first` on, none later than `limit`. What is missing to 1 is later or never."""

    first: int
    chance: Floats
    """                                                         [n]"""
    limit: int

    @classmethod
    def at(cls, instant: int, limit: int) -> Spread:
        """An instant that is certain."""
        return cls.of([(np.array([instant]), np.ones(1))], limit)

    @classmethod
    def of(cls, found: Iterable[tuple[Int64s, Floats]], limit: int) -> Spread:
        """The sum of (instants, chances); the instants of each are distinct."""
        kept = [(instants[instants <= limit], chance[instants <= limit]) for instants, chance in found]
        kept = [(instants, chance) for instants, chance in kept if len(instants)]
        first = min((int(instants.min()) for instants, _ in kept), default=limit)
        chance = np.zeros(max((int(instants.max()) + 1 for instants, _ in kept), default=first) - first)
        for instants, added in kept:
            chance[instants - first] += added
        return cls(first, chance, limit)

    def instants(self) -> Int64s:
        """The seconds that are possible, ascending."""
        return np.flatnonzero(self.chance) + self.first

    def later(self, seconds: int) -> Spread:
        """So many seconds (0 or more) later."""
        return Spread(self.first + seconds, self.chance[: max(0, self.limit - self.first - seconds + 1)], self.limit)

    def quantile(self, share: float) -> int | None:
        """The first second by which this share of cases has come; None if it never has."""
        row = int(np.searchsorted(np.cumsum(self.chance), share - ROUNDING))
        return self.first + row if row < len(self.chance) else None


def after_scheduled(ready: Spread, departures: Int32s, arrivals: Int32s) -> Spread:
    """When a rider arrives who takes the vehicle that is there first. Both columns: lines.scheduled_between."""
    instants = ready.instants()
    vehicle = np.searchsorted(departures, instants)
    caught = vehicle < len(departures)
    arrival, back = np.unique(arrivals[vehicle[caught]].astype(np.int64), return_inverse=True)
    chance = np.bincount(back, ready.chance[instants[caught] - ready.first], len(arrival)).astype(np.float64)
    return Spread.of([(arrival, chance)], ready.limit)


def after_headway(ready: Spread, lines: Sequence[Line]) -> Spread:
    """When a rider arrives who boards as routing.headways.boarding.board_first says."""
    return Spread.of(_ridden(ready, lines), ready.limit)


def _ridden(ready: Spread, lines: Sequence[Line]) -> Iterator[tuple[Int64s, Floats]]:
    """(instants, chance to arrive then), to be added up."""
    for instants, is_steady in _parts(lines, ready.instants(), ready.limit):
        if is_steady:
            # The wait does not depend on when the rider is ready, so what it adds is folded with that.
            first, last = int(instants[0]), int(instants[-1])
            added = _added(lines, instants[:1], ready.limit)
            folded = np.convolve(ready.chance[first - ready.first : last + 1 - ready.first], added)
            yield np.arange(first, first + len(folded)), folded
        else:
            for some in np.array_split(instants, -(-len(instants) // AT_ONCE)):
                yield from _arrivals(lines, some, ready.chance[some - ready.first], ready.limit)


def _added(lines: Sequence[Line], ready: Int64s, limit: int) -> Floats:
    """The chance of each number of seconds from being ready, at one instant, to the arrival."""
    arrival = Spread.of(_arrivals(lines, ready, np.ones(1), limit), limit)
    return np.concatenate([np.zeros(arrival.first - int(ready[0])), arrival.chance])


def _arrivals(lines: Sequence[Line], ready: Int64s, riders: Floats, limit: int) -> Iterator[tuple[Int64s, Floats]]:
    """(instants, how many arrive then), line by line."""
    check_cancelled()
    for boarding in board_first(lines, ready, riders, limit):
        for line, chance in zip(lines, boarding.chance, strict=True):
            boards = np.flatnonzero(chance > NOTHING)
            if len(boards):
                yield boarding.instants[boards] + line.ride_s, chance[boards]


OVER, RUNS, LATER, NEAR_AN_END = range(4)


def _parts(lines: Sequence[Line], instants: Int64s, limit: int) -> Iterator[tuple[Int64s, bool]]:
    """(instants, is_steady): cut where the rows that run change. Steady: every wait is the same for all of them."""
    if len(instants) == 0:
        return
    columns = zip(*((line.first, line.end, line.headway_s) for line in lines), strict=True)
    first, end, headway_s = (np.concatenate(column)[:, None] for column in columns)
    planned = slice(len(lines[0].first))
    comes = (first[planned] <= instants) & (instants + headway_s[planned] <= end[planned])
    longest = np.where(comes, headway_s[planned], limit).min(axis=0)  # the planned line comes before that
    state = np.full((len(first), len(instants)), NEAR_AN_END)
    state[first >= instants + longest] = LATER
    state[(first <= instants) & (instants + np.minimum(headway_s, longest) <= end)] = RUNS
    state[instants >= end] = OVER
    in_time = comes.any(axis=0) & (instants + longest + max(line.ride_s for line in lines) <= limit)
    is_steady = in_time & (state != NEAR_AN_END).all(axis=0)
    seen = np.vstack([state, longest, in_time])
    cuts = np.flatnonzero((seen[:, 1:] != seen[:, :-1]).any(axis=0)) + 1
    for part in np.split(np.arange(len(instants)), cuts):
        yield instants[part], bool(is_steady[part[0]])
