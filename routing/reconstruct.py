"""From a skeleton (which vehicles) to a journey (when, and what riders call things).

Each vehicle is the first of its pattern that can be caught, so a rider is never told to let one go by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from ingest.model import Int32s, Network
from routing.along import AlongTrip, AlongWalk, known
from routing.instants import after, clock_at
from routing.journeys import Journey, Leg, PlaceName, RideLeg, RouteName, WalkLeg
from routing.kept import kept_calls
from routing.kernels.layout import Int32Grid
from routing.kernels.replay import catch
from routing.names import headsign, route_name
from routing.on_foot import OnFoot
from routing.places import Reach, ResolvedPlace
from routing.search import RideStep, Skeleton
from routing.stop_places import MOST_STOPS, StopPlaces
from routing.timetable import Timetable
from routing.walks import WalkTable

if TYPE_CHECKING:
    from routing.headways.interchangeable import Lines
    from routing.headways.odds import JourneyOdds

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class TimedRide:
    """A step with its times, in window seconds. `trip` counts in the pattern; `run` is a headway run or -1.

    Stops are those of the network. `change_s` and `change_m` are those of the footpath from the vehicle before.
    """

    step: RideStep
    trip: int
    run: int
    departure: int
    arrival: int
    board_stop: int
    alight_stop: int
    change_s: int
    change_m: int


@dataclass(frozen=True, slots=True)
class Ends:
    """Both ends of a query, resolved."""

    origin: ResolvedPlace
    destination: ResolvedPlace
    access: Reach
    egress: Reach

    @property
    def is_same_place(self) -> bool:
        """Whether the rider is there already: a stop and its station count as one place."""
        if self.origin.stops and self.destination.stops:
            return not set(self.origin.stops).isdisjoint(self.destination.stops)
        return self.origin.place == self.destination.place


MOST_TRIPS = 8192
"""So many are kept, of some 600 bytes each."""


class _Trip(NamedTuple):
    """What a leg says of the trip it rides."""

    provider: str
    feed: str
    id: str
    route: RouteName
    headsign: str


class Reconstructor:
    """Makes journeys of one network."""

    def __init__(self, network: Network, on_foot: OnFoot) -> None:
        self._network, self._on_foot = network, on_foot
        self._places = StopPlaces(network)
        self._trip = kept_calls(MOST_TRIPS, self._ridden_trip)
        self._name = kept_calls(MOST_STOPS, self._place_name)

    def journey(
        self,
        timetable: Timetable,
        skeleton: Skeleton,
        rides: Sequence[TimedRide],
        ends: Ends,
        odds: JourneyOdds | None = None,
    ) -> Journey:
        """A skeleton with the vehicles that `replay` made of it."""
        first, last = rides[0], rides[-1]
        origin, destination = self._end_name(ends.origin), self._end_name(ends.destination)
        seconds, metres = _of_stop(ends.access, first.board_stop)
        clock = self._clock(timetable, first.board_stop)
        legs: list[Leg] = []
        ready = skeleton.departure + seconds
        if not ends.origin.stops or first.board_stop not in ends.origin.stops:
            legs.append(
                self._walk(origin, self._name(first.board_stop), clock.at(skeleton.departure), clock.at(ready), metres)
            )
        for index, ride in enumerate(rides):
            if index:
                before = rides[index - 1]
                ready = before.arrival
                if before.alight_stop != ride.board_stop:
                    legs.append(self._walk_leg(timetable, before, ride))
                    ready += ride.change_s
            lines = None if odds is None or ride.run < 0 else partial(odds.interchangeable, index)
            legs += self._ride_legs(timetable, ride, ready, lines)
        seconds, metres = _of_stop(ends.egress, last.alight_stop)
        clock = self._clock(timetable, last.alight_stop)
        arrival = clock.at(last.arrival + seconds)
        if not ends.destination.stops or last.alight_stop not in ends.destination.stops:
            legs.append(self._walk(self._name(last.alight_stop), destination, clock.at(last.arrival), arrival, metres))
        return Journey(
            departure=legs[0].departure if isinstance(legs[0], WalkLeg) else self._leave(timetable, skeleton, first),
            arrival=arrival,
            transfers=len(rides) - 1,
            providers=frozenset(leg.provider for leg in legs if isinstance(leg, RideLeg)),
            legs=tuple(legs),
            odds=odds,
        )

    def walk(self, ends: Ends, departure: datetime, seconds: int, metres: int) -> Journey:
        """Walking all the way. Times are shown in the zone of the origin's stop, or the network's first."""
        stop = ends.origin.stops[0] if ends.origin.stops else None
        departure = departure.astimezone(ZoneInfo(self._network.zones[0]) if stop is None else self.zone(stop))
        leg = self._walk(
            self._end_name(ends.origin),
            self._end_name(ends.destination),
            departure,
            after(departure, seconds),
            metres,
        )
        return Journey(leg.departure, leg.arrival, 0, frozenset(), (leg,), kind="walk")

    def _walk(self, start: PlaceName, end: PlaceName, departure: datetime, arrival: datetime, metres: int) -> WalkLeg:
        along = AlongWalk(self._on_foot, (start.lat, start.lon), (end.lat, end.lon), metres)
        return WalkLeg(start, end, departure, arrival, metres, along)

    def _leave(self, timetable: Timetable, skeleton: Skeleton, first: TimedRide) -> datetime:
        return self._clock(timetable, first.board_stop).at(skeleton.departure)

    def _walk_leg(self, timetable: Timetable, before: TimedRide, ride: TimedRide) -> WalkLeg:
        clock = self._clock(timetable, before.alight_stop)
        return self._walk(
            self._name(before.alight_stop),
            self._name(ride.board_stop),
            clock.at(before.arrival),
            clock.at(before.arrival + ride.change_s),
            ride.change_m,
        )

    def _ride_legs(self, timetable: Timetable, ride: TimedRide, ready: int, lines: Lines | None) -> list[Leg]:
        """One leg for each trip ridden: more than one where the rider stays seated."""
        trips = timetable.trips
        row = int(trips.pattern_first[ride.step.pattern]) + ride.trip
        parts = trips.parts[trips.parts_ptr[row] : trips.parts_ptr[row + 1]].tolist()
        day = int(trips.run_day[ride.run] if ride.run >= 0 else trips.service_day[row])
        legs: list[Leg] = []
        start = 0
        for part in parts:
            end = start + self._n_calls(part)
            board, alight = max(ride.step.board, start), min(ride.step.alight, end - 1)
            if board < alight:
                legs.append(
                    self._ride_leg(
                        timetable, ride, part, start, board, alight, day, ready, lines, stay_seated=bool(legs)
                    )
                )
            start = end
        return legs

    def _ride_leg(
        self,
        timetable: Timetable,
        ride: TimedRide,
        trip: int,
        start: int,
        board: int,
        alight: int,
        day: int,
        ready: int,
        lines: Lines | None,
        *,
        stay_seated: bool,
    ) -> RideLeg:
        """The leg in one trip, whose calls begin at position `start` of the pattern."""
        network, known_trip = self._network, self._trip(trip)
        times = _call_times(timetable, ride, board, alight)
        stops = _pattern_stops(timetable, ride.step.pattern, board, alight)
        (_, departure), (arrival, _) = times[0].tolist(), times[-1].tolist()
        boarded, left = self._places.of(int(stops[0])), self._places.of(int(stops[-1]))
        rows = int(network.trips.times_ptr[trip]) - start
        sequence = network.stop_times.stop_sequence
        return RideLeg(
            provider=known_trip.provider,
            feed=known_trip.feed,
            trip_id=known_trip.id,
            route=known_trip.route,
            headsign=known_trip.headsign,
            service_date=date.fromordinal(day),
            from_place=self._name(int(stops[0])),
            to_place=self._name(int(stops[-1])),
            from_stop_sequence=int(sequence[rows + board]),
            to_stop_sequence=int(sequence[rows + alight]),
            departure=clock_at(timetable.epoch_s + departure, boarded.zone),
            arrival=clock_at(timetable.epoch_s + arrival, left.zone),
            wait_s=0 if stay_seated else departure - ready,
            headway_s=int(timetable.trips.run_headway_s[ride.run]) if ride.run >= 0 else None,
            stay_seated=stay_seated,
            along=AlongTrip(
                network,
                trip,
                rows + board,
                rows + alight,
                stops,
                times[:, 0],
                times[:, 1],
                timetable.epoch_s,
                self._places,
            ),
            lines=lines,
        )

    def _ridden_trip(self, trip: int) -> _Trip:
        network = self._network
        route = int(network.trips.route[trip])
        return _Trip(
            network.providers[int(network.routes.provider[route])].id,
            network.feeds[int(network.routes.feed[route])].id,
            network.trips.id[trip],
            route_name(network, route),
            headsign(network, trip),
        )

    def _n_calls(self, trip: int) -> int:
        ptr = self._network.trips.times_ptr
        return int(ptr[trip + 1] - ptr[trip])

    def zone(self, stop: int) -> ZoneInfo:
        """In which times at a stop of the network are told."""
        return self._places.zone(stop)

    def _clock(self, timetable: Timetable, stop: int) -> _Clock:
        return _Clock(timetable.epoch_s, self.zone(stop))

    def _place_name(self, stop: int) -> PlaceName:
        return PlaceName(*self._places.of(stop)[:4])

    def _end_name(self, place: ResolvedPlace) -> PlaceName:
        if len(place.stops) == 1 and (found := self._places.of(place.stops[0])).id == place.place:
            return PlaceName(*found[:4])
        if isinstance(place.place, str):
            row = self._network.stops.id.find(place.place)
            name = self._network.stops.name[row] if row >= 0 else place.place
            return PlaceName(place.place, name, known(place.lat), known(place.lon))
        text = f"{place.lat:.6f},{place.lon:.6f}"
        return PlaceName(text, text, place.lat, place.lon)


def replay(timetable: Timetable, walks: WalkTable, skeleton: Skeleton, access: Reach, slack_s: int) -> list[TimedRide]:
    """The vehicles of a skeleton with their times, each the first that can be caught."""
    found = np.empty((len(skeleton.steps), 8), np.int32)
    steps = np.array(skeleton.steps, np.int64).reshape(-1, 3)
    stop_of = timetable.stops.stop_of
    leave = skeleton.departure, access.stops, access.seconds
    catch(timetable.forward, walks.forward, stop_of, steps, *leave, slack_s, found)
    return [TimedRide(step, *row) for step, row in zip(skeleton.steps, found.tolist(), strict=True)]


def _call_times(timetable: Timetable, ride: TimedRide, board: int, alight: int) -> Int32Grid:
    """(arrival, departure) at calls board..alight of a ride's pattern, in window seconds."""
    side, step = timetable.forward, ride.step
    start, first = side.trips[int(side.trips_ptr[step.pattern]) + ride.trip].tolist()
    if ride.run >= 0:
        start = ride.departure - int(side.offsets[first + step.board, 1])
    return side.offsets[first + board : first + alight + 1] + np.int32(start)


def _pattern_stops(timetable: Timetable, pattern: int, board: int, alight: int) -> Int32s:
    """The stops of calls board..alight of a pattern, as rows of Network.stops."""
    side = timetable.forward
    first = int(side.calls_ptr[pattern])
    return timetable.stops.stop_of[side.call_stops[first + board : first + alight + 1]]


class _Clock:
    """Window seconds to local time."""

    def __init__(self, epoch_s: int, zone: ZoneInfo) -> None:
        self._epoch_s, self._zone = epoch_s, zone

    def at(self, seconds: int) -> datetime:
        return datetime.fromtimestamp(self._epoch_s + seconds, self._zone)


def _of_stop(reach: Reach, stop: int) -> tuple[int, int]:
    """(seconds, metres) from or to a stop. Reach rows are sorted by stop."""
    row = int(np.searchsorted(reach.stops, stop))
    return int(reach.seconds[row]), int(reach.metres[row])
