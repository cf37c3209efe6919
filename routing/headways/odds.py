"""When the rider of one journey really arrives, and which other lines are as good. Worked out when asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ingest.model import Bits
from routing.headways.interchangeable import InterchangeableLine, interchangeable_lines
from routing.headways.lines import Ride, is_headway, scheduled_between
from routing.headways.spread import Spread, after_headway, after_scheduled
from routing.query import Query
from routing.reconstruct import Ends, TimedRide
from routing.runs import DAY_S
from routing.search import HORIZON_S, Skeleton
from routing.timetable import Timetable
from routing.walks import WalkTable

if TYPE_CHECKING:
    from routing.router import Router

SHARES = (0.1, 0.5, 0.9)
Arrivals = tuple[int | None, int | None, int | None]
"""UTC seconds by which the rider is there in these shares of all cases; None where that takes more than a day."""


class _Leg(NamedTuple):
    """A ride as it is planned, in the timetable of the odds."""

    ride: Ride
    vehicle: TimedRide
    """As it was asked for"""
    ready: int
    """When the rider can board it, as planned"""
    onward_s: int
    """From leaving it to being ready for the next one, or at the destination"""


class _Plan(NamedTuple):
    """A journey in a timetable that holds the day after its departure, whatever was asked for."""

    leaving: Query
    """Who leaves when it does"""
    timetable: Timetable
    allowed: Bits
    departure: int
    legs: list[_Leg]


class JourneyOdds:
    """The odds of one journey: the rider keeps to its stops, and waits for vehicles that come when they come.

    Up to the first headway ride everything happens as planned. Safe to share between threads.
    """

    __slots__ = ("_arrivals", "_ends", "_made", "_query", "_rides", "_router", "_skeleton", "_timetable")

    def __init__(
        self,
        router: Router,
        query: Query,
        ends: Ends,
        skeleton: Skeleton,
        timetable: Timetable,
        rides: Sequence[TimedRide],
    ) -> None:
        """`timetable` is the one of `router` that the skeleton is of, `rides` are its vehicles, replayed."""
        self._router, self._query = router, query
        self._ends, self._skeleton, self._timetable, self._rides = ends, skeleton, timetable, rides
        self._made: _Plan | None = None
        self._arrivals: Arrivals | None = None

    def arrivals(self) -> Arrivals:
        """When the rider is there in 10, 50 and 90 % of all cases."""
        if self._arrivals is None:
            spread, epoch_s = self._spread(), self._plan().timetable.epoch_s
            p10, p50, p90 = (None if at is None else at + epoch_s for at in spread.quantiles(SHARES))
            self._arrivals = p10, p50, p90
        return self._arrivals

    def interchangeable(self, ride: int) -> tuple[InterchangeableLine, ...]:
        """What the rider of the journey's ride number `ride`, a headway ride, boards as well, the best first."""
        leaving, timetable, allowed, departure, legs = self._plan()
        leg = legs[ride]
        lines = self._router.headway_lines(leaving, timetable, allowed, leg.ride)
        return interchangeable_lines(self._router.network, lines, leg.ready, departure + HORIZON_S)

    def _spread(self) -> Spread:
        leaving, timetable, allowed, departure, legs = self._plan()
        first = next(number for number, leg in enumerate(legs) if is_headway(timetable, leg.ride.pattern))
        spread = Spread.at(legs[first].ready, departure + HORIZON_S)
        for leg in legs[first:]:
            if is_headway(timetable, leg.ride.pattern):
                lines = self._router.headway_lines(leaving, timetable, allowed, leg.ride)
                spread = after_headway(spread, lines)
            else:
                providers = self._providers(self._timetable, leg.vehicle)
                spread = after_scheduled(spread, *scheduled_between(timetable, allowed, leg.ride, providers))
            spread = spread.later(leg.onward_s)
        return spread

    def _plan(self) -> _Plan:
        if self._made is None:
            router, query, skeleton = self._router, self._query, self._skeleton
            asked, walks = self._timetable, router.walks_in(query, self._timetable)
            leaving, known = self._leaving()
            shift = asked.epoch_s - known.epoch_s
            legs = [
                _Leg(_same_ride(asked, known, ride), ride, ready + shift, onward_s)
                for ride, ready, onward_s in self._timed(asked, walks, self._rides)
            ]
            self._made = _Plan(leaving, known, router.allowed(leaving, known), skeleton.departure + shift, legs)
        return self._made

    def _leaving(self) -> tuple[Query, Timetable]:
        """The question of who leaves when the journey does, and the timetable that it is answered on."""
        query, asked, departure = self._query, self._timetable, self._skeleton.departure
        is_same_day = not query.arrive_by and 0 <= departure < DAY_S
        if is_same_day and not query.use_realtime:
            return query, asked
        leaves = datetime.fromtimestamp(asked.epoch_s + departure, query.time.tzinfo)
        # Real time that comes in later has other patterns: what is asked now is asked of this router itself.
        leaving = replace(query, time=leaves, arrive_by=False, use_realtime=False)
        return leaving, asked if is_same_day else self._router.timetable(leaving)

    def _timed(
        self, timetable: Timetable, walks: WalkTable, rides: Sequence[TimedRide]
    ) -> Iterator[tuple[TimedRide, int, int]]:
        """(ride, when the rider is ready for it, seconds onward)."""
        access = self._ends.access
        ready = self._skeleton.departure + int(access.seconds[np.searchsorted(access.stops, rides[0].board_stop)])
        for ride, following in zip(rides, [*rides[1:], None], strict=True):
            if following is None:
                onward_s = self._skeleton.arrival - ride.arrival
            else:
                onward_s = _change_s(timetable, walks, ride, following) + self._query.transfer_slack_s
            yield ride, ready, onward_s
            ready = ride.arrival + onward_s

    def _providers(self, timetable: Timetable, ride: TimedRide) -> frozenset[int]:
        """Of the trips of a vehicle in which the rider is: those that he rides with."""
        network, found, start = self._router.network, [], 0
        for trip in _parts(timetable, ride.step.pattern, ride.trip):
            end = start + int(network.trips.times_ptr[trip + 1] - network.trips.times_ptr[trip])
            if max(ride.step.board, start) < min(ride.step.alight, end - 1):
                found.append(int(network.routes.provider[network.trips.route[trip]]))
            start = end
        return frozenset(found)


def _change_s(timetable: Timetable, walks: WalkTable, ride: TimedRide, following: TimedRide) -> int:
    side = timetable.forward
    left = int(side.call_stops[side.calls_ptr[ride.step.pattern] + ride.step.alight])
    boarded = int(side.call_stops[side.calls_ptr[following.step.pattern] + following.step.board])
    return int(walks.forward.change_s[left]) if left == boarded else following.change_s


def _same_ride(asked: Timetable, known: Timetable, ride: TimedRide) -> Ride:
    """A ride of one timetable in another one: each numbers its patterns by itself."""
    pattern, board, alight = ride.step.pattern, ride.step.board, ride.step.alight
    if asked.epoch_s == known.epoch_s:
        return Ride(pattern, board, alight)
    parts = _parts(asked, pattern, ride.trip)
    day = asked.trips.service_day[asked.trips.pattern_first[pattern] + ride.trip]
    trips = known.trips
    rows = np.searchsorted(trips.parts_ptr, np.flatnonzero(trips.parts == parts[0]), "right") - 1
    for row in rows[trips.service_day[rows] == day].tolist():
        if trips.parts[trips.parts_ptr[row] : trips.parts_ptr[row + 1]].tolist() == parts:
            return Ride(int(np.searchsorted(trips.pattern_first, row, "right")) - 1, board, alight)
    raise ValueError("a vehicle of the journey does not run in the timetable of its departure")


def _parts(timetable: Timetable, pattern: int, trip: int) -> list[int]:
    """The trips that a vehicle makes, as rows of Network.trips."""
    trips = timetable.trips
    row = int(trips.pattern_first[pattern]) + trip
    parts: list[int] = trips.parts[trips.parts_ptr[row] : trips.parts_ptr[row + 1]].tolist()
    return parts
