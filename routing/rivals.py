"""When a vehicle with a timetable may become quicker than a journey by headway services that can start at any second.

A window is asked about again when its answers may change. A journey by headway services alone never leaves, so what is
quicker for a while, and is gone before the next question, would not be seen. So it is looked for by itself: riders who
leave in time for each vehicle with a timetable, at each stop that headway services bring them to, are sent on from
there all at once, as a search of a window does; and those who leave when a headway service begins. Who of them is
there sooner than who starts with the others says when to ask: from the first second on at which he is.

How long it takes them to their vehicle is told for a part of the window at a time, at best. So they may have to leave
sooner than is said here, but not later; and one who cannot be in time may hide another. And the vehicles that bring
them there are not counted in that search. So one who is beaten there by somebody who leaves later, with fewer vehicles
from there on but more before, is not asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s, Int64s
from routing.kernels.layout import NO_WAY, UNREACHED, Side
from routing.least import LeastTimes
from routing.places import Reach
from routing.read_only import read_only

PART_S = 6 * 3600
"""One hour: a third more time for a duel. Twelve: no less, for more of them would have to leave sooner than is said."""
AND_MORE = 1.05
"""So much more than asked for is looked for, for it is seldom the longest journey that is met first."""


class Rivals:
    """Riders who leave in a window in time for a vehicle with a timetable. Instants are seconds of a side.

    find(begin, end, within_s): the latest departures and first arrivals of those who leave in [begin, end) and take
    less than so long, as far as they beat each other. Asked for a part of the window at a time, when it is needed:
    what can be quicker where journeys are short is soon found.
    """

    def __init__(self, begin: int, end: int, find: Callable[[int, int, int], tuple[Int64s, Int64s]]) -> None:
        self._begin, self._end, self._find = begin, end, find
        self._parts: dict[int, _Part] = {}

    def next_s(self, at: int, durations_s: Sequence[int], before: int) -> int | None:
        """The first instant after `at` and before `before` from which on somebody is quicker than a journey that takes
        one of `durations_s` from any instant; None if there is none.

        Who is quicker already has been found at `at`, or is not: his way to the first vehicle with a timetable takes
        longer then than it does at best.
        """
        longest_s, found = max(durations_s), before
        number = (at + 1 - self._begin) // PART_S
        # Somebody can be quicker than who starts long before him.
        while (begin := self._begin + number * PART_S) < min(found + longest_s, self._end):
            part = self._part(number, begin, longest_s)
            for duration_s in durations_s:
                quicker_from = part.arrive - duration_s + 1
                is_later = (quicker_from > at) & (quicker_from <= part.leave)
                if is_later.any():
                    found = min(found, int(quicker_from[is_later].min()))
            number += 1
        return found if found < before else None

    def _part(self, number: int, begin: int, longest_s: int) -> _Part:
        known = self._parts.get(number)
        if known is None or known.within_s < longest_s:
            within_s = int(longest_s * AND_MORE)
            known = self._parts[number] = _Part(within_s, *self._find(begin, min(begin + PART_S, self._end), within_s))
        return known


class _Part(NamedTuple):
    """Who leaves in one part of a window, and takes less than so long."""

    within_s: int
    leave: Int64s
    arrive: Int64s


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
