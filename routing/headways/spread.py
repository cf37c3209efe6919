"""The distribution of an instant, and what riding and walking make of it. Exact to the second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.model import Floats, Int32s, Int64s
from routing.cancel import check_cancelled
from routing.headways.boarding import rows_of, unlimited_rows_of
from routing.headways.folding import NOTHING, folded
from routing.headways.lines import Line
from routing.headways.stretches import before_a_pause, ridden_in_stretches, without_choice
from routing.headways.surely import pieces
from routing.kernels.boarding import board_alone, board_together
from routing.kernels.next_vehicle import after_next_vehicle, quantile_rows
from routing.kernels.parts import next_part
from routing.kernels.rows import Rows
from routing.kernels.steady import ARRIVALS, OTHERWISE, WAITS, after_steady_wait

ROUNDING = 1e-9


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
        return cls(instant, np.ones(1 if instant <= limit else 0), limit)

    @classmethod
    def of(cls, found: Iterable[tuple[int, Floats]], limit: int) -> Spread:
        """The sum of (first instant, chance of each second from then on)."""
        kept = [(first, chance[: max(0, limit + 1 - first)]) for first, chance in found]
        kept = [(first, chance) for first, chance in kept if len(chance)]
        first = min((first for first, _ in kept), default=limit)
        chance = np.zeros(max((start + len(added) for start, added in kept), default=first) - first)
        for start, added in kept:
            chance[start - first : start - first + len(added)] += added
        return cls(first, chance, limit)

    def instants(self) -> Int64s:
        """The seconds that are possible, ascending."""
        return np.flatnonzero(self.chance) + self.first

    def later(self, seconds: int) -> Spread:
        """So many seconds (0 or more) later."""
        most = max(0, self.limit - self.first - seconds + 1)
        return Spread(self.first + seconds, self.chance if len(self.chance) <= most else self.chance[:most], self.limit)

    def quantile(self, share: float) -> int | None:
        """The first second by which this share of cases has come; None if it never has."""
        (found,) = self.quantiles([share])
        return found

    def quantiles(self, shares: Sequence[float]) -> list[int | None]:
        """That of each share, ascending."""
        rows = quantile_rows(self.chance, np.array(shares) - ROUNDING).tolist()
        return [self.first + row if row < len(self.chance) else None for row in rows]


def after_scheduled(ready: Spread, departures: Int32s, arrivals: Int32s) -> Spread:
    """When a rider arrives who takes the vehicle that is there first. Both columns: lines.scheduled_between."""
    return Spread(*after_next_vehicle(ready.first, ready.chance, departures, arrivals, ready.limit), ready.limit)


def after_headway(ready: Spread, lines: Sequence[Line]) -> Spread:
    """When a rider arrives who boards as routing.headways.boarding says."""
    check_cancelled()
    what, origin, chance = after_steady_wait(unlimited_rows_of(lines), ready.limit, ready.first, ready.chance)
    if what == OTHERWISE:
        return after_any_wait(ready, lines)
    if what == WAITS:
        there = np.flatnonzero(ready.chance)
        chance = folded(ready.chance[there[0] : there[-1] + 1], chance)
        chance[chance < NOTHING] = 0
    return Spread(origin, chance, ready.limit)


def after_any_wait(ready: Spread, lines: Sequence[Line]) -> Spread:
    """The same, whatever the rows of the lines do meanwhile."""
    found = Spread.of(_ridden(ready, rows_of(lines, ready.limit)), ready.limit)
    found.chance[found.chance < NOTHING] = 0
    return found


def _ridden(ready: Spread, rows: Rows) -> Iterator[tuple[int, Floats]]:
    """(first instant, chance to arrive then and each second after), to be added up."""
    for first, riders, is_steady in _parts(rows, ready):
        check_cancelled()
        if is_steady:
            yield from _alike(rows, first, riders)
        elif len(riders) > 1 and (boarded := without_choice(rows, first, first + len(riders) - 1)) is not None:
            yield from ridden_in_stretches(boarded, first, riders)
        elif len(riders) > 1 and (paused := before_a_pause(rows, first, first + len(riders) - 1)) is not None:
            yield from ridden_in_stretches(paused.boarded, first, riders)
            origin, added, _, _ = board_alone(paused.after, paused.begin, 0)
            if len(added):
                yield origin, paused.left(first, riders) * added
        else:
            for piece in pieces(rows, first, first + len(riders) - 1):
                check_cancelled()
                inside = riders[piece.first - first : piece.last + 1 - first]
                there = np.flatnonzero(inside)
                if piece.is_steady or len(inside) == 1:
                    yield from _alike(piece.rows, piece.first, inside)
                elif not piece.is_choice:
                    yield from ridden_in_stretches(piece.rows, piece.first, inside)
                elif len(there):
                    yield board_together(piece.rows, there + piece.first, inside[there])


def _alike(rows: Rows, first: int, riders: Floats) -> Iterator[tuple[int, Floats]]:
    """The wait does not depend on when the rider is ready, so what it adds is folded with that."""
    what, origin, chance = after_steady_wait(rows, rows.limit, first, riders)
    if what == ARRIVALS:
        yield origin, chance
        return
    origin, added, _, _ = board_alone(rows, first, 0)
    if len(added):
        yield origin, folded(riders, added)


def _parts(rows: Rows, ready: Spread) -> Iterator[tuple[int, Floats, bool]]:
    """(first instant, riders of each second from then on, is_steady): cut where what the rows do changes.

    Steady: every wait is as likely for all of them.
    """
    start, stop = ready.first, ready.first + len(ready.chance)
    state, before = np.empty((2, len(rows.line)), np.uint8)
    begun = start
    while begun < stop:
        until, is_steady, longest_s = next_part(rows, begun, state)
        end = min(until, stop)
        while is_steady and end < stop:
            until, goes_on, still_s = next_part(rows, end, before)
            if not goes_on or still_s != longest_s or (state != before).any():
                break
            end = min(until, stop)
        there = np.flatnonzero(ready.chance[begun - start : end - start])
        if len(there):
            low, high = int(there[0]) + begun, int(there[-1]) + begun
            yield low, ready.chance[low - start : high + 1 - start], is_steady
        begun = end
