"""When a vehicle with a timetable may become quicker than a journey by headway services that can start at any second.

A window is asked about again when its answers may change. A journey by headway services alone never leaves, so what is
quicker for a while, and is gone before the next question, would not be seen. So it is looked for by itself: riders who
leave in time for each vehicle with a timetable, at each stop that headway services bring them to, are sent on from
there all at once, as a search of a window does; and those who leave when a headway service begins. Who of them is
there sooner than who starts with the others says when to ask: from the first second on at which he is.

How long it takes them to their vehicle is told for a part of the window at a time, at best. So they may have to leave
sooner than is said here, but not later, and one who cannot be in time may hide another. The answers to a question show
some of them: nobody who leaves then or later is there before who answers with as many vehicles. They are put away, and
who was hidden by them is looked for.

The vehicles that bring riders to theirs are not counted in that search. Where transfers count, it is made for each
number of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from ingest.arrays import Bools
from ingest.model import Bits, Int32s, Int64s
from routing.kernels.layout import NO_WAY, UNREACHED, Side
from routing.least import LeastTimes
from routing.places import Reach
from routing.read_only import read_only

PART_S = 6 * 3600
"""One hour: a third more time for a duel. Twelve: no less, for more of them would have to leave sooner than is said."""
AND_MORE = 1.05
"""So much more than asked for is looked for, for it is seldom the longest journey that is met first."""


class Catches(NamedTuple):
    """Vehicles with a timetable that riders catch, and headway services as they begin. Seconds of a side.

    stop   where                                                       [catches]
    leave  when they leave the near end for it; the latest first       [catches]
    ready  when it leaves                                              [catches]
    """

    stop: Int32s
    leave: Int32s
    ready: Int32s

    def of(self, chosen: Bools) -> Catches:
        """Some of them."""
        return Catches(self.stop[chosen], self.leave[chosen], self.ready[chosen])


class Ahead(NamedTuple):
    """Riders of whom none leaves later than another and is there as soon, with as few vehicles from their first with a
    timetable on. Seconds of a side.

    leave    when they leave the near end        [riders]
    arrive   when they are at the far end        [riders]
    n_rides  vehicles with that first one        [riders]
    """

    leave: Int64s
    arrive: Int64s
    n_rides: Int64s

    def of(self, chosen: Bools) -> Ahead:
        """Some of them."""
        return Ahead(self.leave[chosen], self.arrive[chosen], self.n_rides[chosen])

    def and_also(self, others: Ahead) -> Ahead:
        """All of both."""
        return Ahead(*(np.append(mine, more) for mine, more in zip(self, others, strict=True)))


class Search(Protocol):
    """What is asked of a router. Instants are seconds of a side. `n_before`: with up to so many headway services."""

    def caught(self, begin: int, end: int, within_s: int) -> dict[int, Catches]:
        """n_before -> what riders who leave in [begin, end) may catch, and be at the far end in less than `within_s`.

        As far as the number makes a difference; only the largest where vehicles do not count.
        """

    def still_caught(self, caught: Catches, n_before: int, begin: int, end: int, within_s: int) -> Catches:
        """What of that riders who leave in a part of that time may catch: nothing that who leaves at `begin` misses."""

    def ahead(self, caught: Catches, within_s: int) -> Ahead:
        """Of who catch these, and take less than so long."""


class Rivals:
    """Riders who leave in a window in time for a vehicle with a timetable. Instants are seconds of a side.

    Looked for in a part of the window at a time, when it is needed: what can be quicker where journeys are short is
    soon found.
    """

    def __init__(self, begin: int, end: int, search: Search) -> None:
        self._begin, self._end, self._search = begin, end, search
        self._parts: dict[int, _Part] = {}

    def next_s(self, at: int, soonest: Int64s, elastic: Sequence[tuple[int, int]], before: int) -> int | None:
        """The first instant after `at` and before `before` from which on somebody is quicker than a journey that can be
        started at any instant; None if there is none.

        soonest: when the first is there, of all who leave at `at`, with so many vehicles or fewer; beyond its end, with
        as many as its last says. elastic: (instant, seconds) of the answers at `at` that can be started at any instant:
        who leaves at `at` waits until that one, and takes so long from then on. Who is quicker than that already has
        been found.
        """
        longest_s, found = max(duration_s for _, duration_s in elastic), before
        number = (at + 1 - self._begin) // PART_S
        # Somebody can be quicker than who starts long before him.
        while (begin := self._begin + number * PART_S) < min(found + longest_s, self._end):
            part = self._parts.get(number)
            if part is None or part.within_s < longest_s:
                part = self._parts[number] = self._look(begin, int(longest_s * AND_MORE))
            for n_before in part.ahead:
                self._put_right(part, n_before, max(at, begin), soonest)
                found = min(found, _quicker_from(part.ahead[n_before], elastic, found))
            number += 1
        return found if found < before else None

    def _look(self, begin: int, within_s: int) -> _Part:
        caught = self._search.caught(begin, min(begin + PART_S, self._end), within_s)
        return _Part(within_s, caught, {n: self._search.ahead(some, within_s) for n, some in caught.items()})

    def _put_right(self, part: _Part, n_before: int, at: int, soonest: Int64s) -> None:
        """Put away those who would leave at `at` or later and be there too soon; find those whom they have hidden."""
        told = part.ahead[n_before]
        is_wrong = _too_soon(told, n_before, at, soonest)
        if not is_wrong.any():
            return
        # Who leaves later than all of them is hidden by none.
        end = int(told.leave[is_wrong].max()) + 1
        caught = self._search.still_caught(part.caught[n_before], n_before, at, end, part.within_s)
        ahead = self._search.ahead(caught, part.within_s)
        # With more vehicles than may be ridden somebody may be too soon again.
        ahead = ahead.of(~_too_soon(ahead, n_before, at, soonest))
        part.ahead[n_before] = ahead.and_also(told.of(told.leave >= end))


class _Part(NamedTuple):
    """Of riders who leave in one part of a window, and take less than so long; by how many vehicles bring them to their
    first with a timetable at most."""

    within_s: int
    caught: dict[int, Catches]
    ahead: dict[int, Ahead]


def _too_soon(ahead: Ahead, n_before: int, at: int, soonest: Int64s) -> Bools:
    """Who cannot be: he would leave at `at` or later, and be there before anybody with so many vehicles."""
    n_rides = np.minimum(ahead.n_rides + n_before, len(soonest) - 1)
    return (ahead.leave >= at) & (ahead.arrive < soonest[n_rides])


def _quicker_from(ahead: Ahead, elastic: Sequence[tuple[int, int]], before: int) -> int:
    """The first instant from which on one of them is quicker than one of the journeys of Rivals.next_s."""
    found = before
    for start, duration_s in elastic:
        quicker_from = ahead.arrive - duration_s + 1
        is_later = (quicker_from > start) & (quicker_from <= ahead.leave)
        if is_later.any():
            found = min(found, int(quicker_from[is_later].min()))
    return found


def beginning_early(side: Side, by_s: int) -> Side:
    """`side` with its headway services beginning so much sooner: they take who leaves at some second as far as anybody
    who leaves up to so much later and waits for none of them to begin."""
    return side._replace(run_lo=read_only(side.run_lo - np.int32(by_s)))


def headways_only(side: Side, allowed: Bits) -> Bits:
    """Those of the allowed patterns that are headway services."""
    return read_only(allowed & (np.diff(side.runs_ptr) > 0).astype(np.uint8))


def reachable(near_s: Int32s, far: LeastTimes, within_s: int) -> Reach:
    """Where vehicles may be boarded by who is there in less than `within_s`.

    near_s [S]: seconds from the near end to each stop, UNREACHED where no way leads; far: least times to the far end.
    """
    stops = np.flatnonzero(near_s.astype(np.int64) + _seconds(far) < within_s).astype(np.int32)
    return Reach(stops, near_s[stops].astype(np.int32), np.zeros(len(stops), np.int32))


def _seconds(least: LeastTimes) -> Int64s | int:
    """Least times from every stop: 0 where nothing is known, more than any journey takes where there is no way."""
    if least.unit_s == 0:
        return 0
    units = least.table.any_rides.astype(np.int64)
    return np.where(units == NO_WAY, UNREACHED, units * least.unit_s)
