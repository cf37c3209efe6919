"""Pages of journeys: which stretch of time a page covers and what lies in it.

Time is cut into blocks. What a block holds depends on nothing but the block: the journeys that leave in it (arrive-by:
arrive in it) and that no journey at any other time beats. So pages share no journey and lose none, whichever way
they are turned.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from api.cursors import Cursor
from routing import Journey, Query, Router
from routing.reconstruct import Ends
from routing.runs import DAY_S
from routing.search import HORIZON_S, Wanted

SHORTEST_BLOCK_S, LONGEST_BLOCK_S = 60, 3600
MOST_SPAN_S = 86_400
"""How far a page looks for journeys."""
SKIPS = (256, 64, 16, 4)
"""How many blocks are tried at once whether they are empty."""

Times = tuple[int, int, int]
"""(departure, arrival, transfers), UTC seconds."""


@dataclass(frozen=True, slots=True)
class Page:
    """The journeys of [start, end) (UTC seconds of departures; arrive-by of arrivals), by departure."""

    journeys: tuple[Journey, ...]
    start: int
    end: int
    n_blocks: int


@dataclass(frozen=True, slots=True)
class PageSize:
    """A page covers `span_s` and goes on until it has `wanted` journeys; it never has more than `most`."""

    span_s: int
    wanted: int
    most: int
    timeout_s: float

    @property
    def block_s(self) -> int:
        """Equal parts of the span."""
        span = max(self.span_s, SHORTEST_BLOCK_S)
        return -(-span // -(-span // LONGEST_BLOCK_S))


@dataclass(slots=True)
class Timeline:
    """All journeys between two places, by time."""

    router: Router
    query: Query
    ends: Ends
    longest_s: int
    """Longer journeys are left out."""
    _fronts: dict[int, tuple[int, list[Times]]] = field(default_factory=dict)

    def block(self, start: int, end: int) -> list[Journey]:
        """The journeys of [start, end), by departure."""
        if self._is_empty(start, end):
            return []
        at = end - 1 if self.query.arrive_by else start
        found = sorted(self.router.window_rides(self._at(at), self.ends, end - start), key=_order)
        return [
            journey
            for place, journey in enumerate(found)
            if journey.duration_s <= self.longest_s
            and not self._is_beaten(journey, start, end)
            # A profile is made day by day: those of one day know nothing of the next.
            and not any(_beats(other, journey) for other in found[place + 1 :])
        ]

    def skip(self, start: int, end: int) -> bool:
        """Whether nothing at all lies in [start, end)."""
        return self._is_empty(start, end)

    def _is_empty(self, start: int, end: int) -> bool:
        """Whether nothing in [start, end) is worth leaving (arrive-by: arriving) for.

        The best that leave at an instant or later tell it: if they all leave at `end` or later, nothing before is.
        Day by day, UTC: a timetable knows one day and what is under way the next.
        """
        edges = [start, *range((start // DAY_S + 1) * DAY_S, end, DAY_S), end]
        return all(self._is_part_empty(*part) for part in pairwise(edges))

    def _is_part_empty(self, start: int, end: int) -> bool:
        horizon_s = HORIZON_S + end - start
        if self.query.arrive_by:
            return not any(arrival >= start for _, arrival, _ in self._front(end - 1, horizon_s))
        return not any(departure < end for departure, _, _ in self._front(start, horizon_s))

    def _is_beaten(self, journey: Journey, start: int, end: int) -> bool:
        """By a journey of another block: one that leaves later (arrive-by: arrives earlier) and is no worse."""
        if self.query.arrive_by:
            return any(
                departure >= journey.departure_s and transfers <= journey.transfers
                for departure, _, transfers in self._front(start - 1)
            )
        return any(
            arrival <= journey.arrival_s and transfers <= journey.transfers
            for _, arrival, transfers in self._front(end)
        )

    def _front(self, at: int, horizon_s: int = HORIZON_S) -> list[Times]:
        """What is best at an instant, looked for so far ahead."""
        known = self._fronts.get(at)
        if known is None or known[0] < horizon_s:
            query = self._at(at)
            epoch_s = self.router.timetable(query).epoch_s
            found = self.router.skeletons(query, self.ends, Wanted(horizon_s))
            times = [(epoch_s + ride.departure, epoch_s + ride.arrival, ride.transfers) for ride in found]
            known = self._fronts[at] = horizon_s, times
        return known[1]

    def _at(self, instant: int) -> Query:
        return replace(self.query, time=datetime.fromtimestamp(instant, UTC))


def make_page(timeline: Timeline, cursor: Cursor, size: PageSize) -> Page:
    """The page that a cursor stands for."""
    if cursor.kind == "WINDOW":
        assert cursor.other is not None
        return _collect(timeline, Cursor("LATER", cursor.edge), size, cursor.other - cursor.edge)
    return _collect(timeline, cursor, size, None)


def _collect(timeline: Timeline, cursor: Cursor, size: PageSize, exactly_s: int | None) -> Page:
    later = cursor.kind == "LATER"
    give_up = time.monotonic() + size.timeout_s
    journeys: list[Journey] = []
    edge, n_blocks = cursor.edge, 0
    for start, end in _blocks(timeline, cursor, size, exactly_s):
        found = timeline.block(start, end)
        journeys = journeys + found if later else found + journeys
        edge, n_blocks = end if later else start, n_blocks + 1
        is_full = len(journeys) >= size.wanted and abs(edge - cursor.edge) >= size.span_s
        if (exactly_s is None and is_full) or len(journeys) >= size.most or time.monotonic() > give_up:
            break
    else:
        edge = cursor.edge + (_span(size, exactly_s) if later else -_span(size, exactly_s))
    kept, edge = _cut(journeys, edge, size, later=later, by_arrival=timeline.query.arrive_by)
    start, end = sorted((cursor.edge, edge))
    return Page(tuple(sorted(kept, key=_order)), start, end, n_blocks)


def _span(size: PageSize, exactly_s: int | None) -> int:
    """How far a page may reach: whole blocks, so that the next one is cut alike."""
    return exactly_s if exactly_s is not None else -(-MOST_SPAN_S // size.block_s) * size.block_s


def _blocks(
    timeline: Timeline, cursor: Cursor, size: PageSize, exactly_s: int | None
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """The blocks of a page in its direction, without stretches in which there is nothing."""
    sign = 1 if cursor.kind == "LATER" else -1
    span, width, done = _span(size, exactly_s), size.block_s, 0
    while done < span:
        for n_blocks in SKIPS:
            reach = n_blocks * width
            if done + reach <= span and timeline.skip(*_stretch(cursor.edge, sign, done, reach)):
                done += reach
                break
        else:
            reach = min(width, span - done)
            yield _stretch(cursor.edge, sign, done, reach)
            done += reach


def _stretch(edge: int, sign: int, done: int, reach: int) -> tuple[int, int]:
    start, end = sorted((edge + sign * done, edge + sign * (done + reach)))
    return start, end


def _cut(
    journeys: list[Journey], edge: int, size: PageSize, *, later: bool, by_arrival: bool
) -> tuple[list[Journey], int]:  # fmt: skip
    """At most about `most` journeys: those at one instant stay together, so that the next page can begin after it."""
    if len(journeys) <= size.most:
        return journeys, edge
    times = sorted((_time(journey, by_arrival=by_arrival) for journey in journeys), reverse=not later)
    last = times[size.most - 1]
    if later:
        return [journey for journey in journeys if _time(journey, by_arrival=by_arrival) <= last], last + 1
    return [journey for journey in journeys if _time(journey, by_arrival=by_arrival) >= last], last


def _beats(later: Journey, journey: Journey) -> bool:
    """Whether a journey that leaves no earlier is as good in all else, and not the same in everything."""
    same = (later.departure_s, later.arrival_s) == (journey.departure_s, journey.arrival_s)
    is_no_worse = later.arrival_s <= journey.arrival_s and later.transfers <= journey.transfers
    return is_no_worse and not (same and later.transfers == journey.transfers)


def _time(journey: Journey, *, by_arrival: bool) -> int:
    return journey.arrival_s if by_arrival else journey.departure_s


def _order(journey: Journey) -> tuple[int, int, int]:
    return journey.departure_s, journey.arrival_s, journey.transfers
