"""Journeys as itineraries of MOTIS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orjson import Fragment

from api.leg_lines import LegLines
from api.motis.alerts import told_alert
from api.motis.asked import utc_text
from api.motis.fares import told_fare
from api.motis.itinerary_ids import packed_id, ride_part, walk_part
from api.motis.lines import encoded
from api.motis.modes import mode_of
from api.motis.place_writer import PlaceWriter
from api.motis.run_calls import RunCalls
from api.motis.told import Told, without_none
from api.motis.trip_ids import motis_trip_id
from api.motis.trip_names import KnownNames, trip_names
from ingest.model import CAN_ALIGHT, CAN_BOARD
from ingest.realtime.patch import Alert
from routing import Journey, RideLeg, WalkLeg
from routing.along import AlongTrip, Point
from routing.fares import Fare, UnknownFare
from routing.instants import instant_s
from routing.journeys import PlaceName
from routing.trip_runs import run_of_leg

START, END = "START", "END"
ACCESS = {1: "ACCESSIBLE", 2: "NOT_ACCESSIBLE"}


@dataclass(frozen=True, slots=True)
class Detail:
    """How much of a leg is told."""

    legs: bool = True
    transfers: bool = True
    joined: bool = True
    """Trips in which a rider stays seated as one leg."""
    passed_stops: bool = False
    """Also stops where riders may neither board nor alight."""


class _Walk(NamedTuple):
    """A leg on foot, with the UTC seconds of its ends."""

    leg: WalkLeg
    start_s: int
    end_s: int


class _Ride(NamedTuple):
    """A leg in a vehicle, whose calls number `board` and `alight` are its ends."""

    leg: RideLeg
    start_s: int
    end_s: int
    calls: RunCalls
    trip_id: str
    board: int
    alight: int


_Part = _Walk | _Ride


@dataclass(frozen=True, slots=True)
class ItineraryWriter:
    """Writes journeys of one network in one version."""

    places: PlaceWriter
    lines: LegLines
    detail: Detail = Detail()
    languages: tuple[str, ...] = ()
    """That names are wanted in, best first."""

    def itinerary(self, journey: Journey, rank: int | None = None, fare: Fare | UnknownFare | None = None) -> Told:
        """As schemas.motis.itinerary.Itinerary has it; `rank` is its place among others, `fare` what it costs if that
        is to be told."""
        told = told_fare(fare, self.languages)
        parts = [_part(leg) for leg in journey.legs]
        legs: list[Told] = []
        position = 0
        for group in self._groups(parts):
            leg = self._leg(group, is_edge=position in (0, len(parts) - 1))
            if (ticket := told.of_leg.get(position)) is not None:
                leg["fareTransferIndex"], leg["effectiveFareLegIndex"] = ticket, 0
            position += len(group)
            legs.append(leg)
        # Clients hold an itinerary to its first leg: the wait for a headway vehicle there comes before both.
        start_s, end_s = parts[0].start_s, journey.arrival_s
        return without_none(
            duration=end_s - start_s,
            startTime=utc_text(start_s),
            endTime=utc_text(end_s),
            transfers=journey.transfers,
            id=packed_id([_id_part(part) for part in parts], journey.departure_s, start_s),
            legs=legs,
            providers=sorted(journey.providers),
            rank=rank,
            fareTransfers=[row.model_dump(by_alias=True, exclude_none=True) for row in told.transfers] or None,
            fare={"amount": float(fare.amount), "currency": fare.currency} if isinstance(fare, Fare) else None,
        )

    def _groups(self, parts: Sequence[_Part]) -> list[list[_Part]]:
        """Legs; those of one vehicle together, if they are to be joined."""
        groups: list[list[_Part]] = []
        for part in parts:
            if self.detail.joined and isinstance(part, _Ride) and part.leg.stay_seated:
                groups[-1].append(part)
            else:
                groups.append([part])
        return groups

    def _leg(self, group: list[_Part], *, is_edge: bool) -> Told:
        first = group[0]
        if isinstance(first, _Walk):
            return self._walk(first, is_edge=is_edge)
        return self._ride([ride for ride in group if isinstance(ride, _Ride)])

    def _walk(self, walk: _Walk, *, is_edge: bool) -> Told:
        """is_edge: it is the first leg or the last."""
        leg = walk.leg
        if self.detail.legs if is_edge else self.detail.transfers:
            points = leg.geometry
        else:
            # Without detail a change is a straight line: clients draw a leg that has none as nothing at all.
            points = () if is_edge else (_point(leg.from_place), _point(leg.to_place))
        times = _times(walk.start_s, walk.end_s)
        return {
            "mode": "WALK",
            "from": self.places.end_of_walk(leg.from_place, START, "departure", times["startTime"]),
            "to": self.places.end_of_walk(leg.to_place, END, "arrival", times["endTime"]),
            **times,
            "distance": float(leg.distance_m),
            "legGeometry": self._line(points),
        }

    def _ride(self, rides: Sequence[_Ride]) -> Told:
        """Rides in one vehicle: told by the first trip, up to the end of the last."""
        places, first, last = self.places, rides[0], rides[-1]
        known = KnownNames(first.leg.trip_id, first.trip_id, first.leg.headsign)
        told: Told = {
            "mode": mode_of(first.leg.route.type, places.version),
            "from": places.made_call(first.calls, first.board, arrives=False),
            "to": places.made_call(last.calls, last.alight, leaves=False),
            **_times(first.start_s, last.end_s),
            **_live(rides),
            "tripFrom": places.made_call(first.calls, 0),
            "tripTo": places.made_call(last.calls, last.calls.last),
            **trip_names(places.network, places.told, first.calls.run, known),
            "cancelled": False,
            "intermediateStops": self._passed(rides),
            "legGeometry": self._ride_line([ride.leg for ride in rides]),
            "reservation": "NONE",
        }
        if first.leg.stay_seated:
            told["interlineWithPreviousLeg"] = True
        if first.calls.has_alerts and (alerts := _alerts(rides)):
            told["alerts"] = [told_alert(alert, self.languages) for alert in alerts]
        if (access := ACCESS.get(int(places.network.trips.wheelchair[first.calls.run.trip]))) is not None:
            told["wheelchairAccessible"] = access
        if first.leg.headway_s is not None:
            told["headway"] = first.leg.headway_s
        return told

    def _passed(self, rides: Sequence[_Ride]) -> Fragment:
        return self.places.made_calls(
            (ride.calls, position)
            for place, ride in enumerate(rides)
            for position in range(ride.board + 1 if place == 0 else ride.board, ride.alight)
            if self.detail.passed_stops or ride.calls.flags[position] & (CAN_BOARD | CAN_ALIGHT)
        )

    def _ride_line(self, legs: Sequence[RideLeg]) -> Told:
        """Of one trip it is kept; where riders stay seated the lines are put together first."""
        (along, *more) = (leg.along for leg in legs)
        if more or not self.detail.legs or not isinstance(along, AlongTrip):
            return self._line([point for leg in legs for point in (leg.geometry if self.detail.legs else ())])
        return self._told_line(*self.lines.line(along, self.places.version.precision))

    def _line(self, points: Sequence[Point]) -> Told:
        """(lon, lat) points, encoded as the version has it."""
        text = encoded(points, self.places.version.precision)
        return self._told_line(text, len(points) if text else 0)

    def _told_line(self, text: str, length: int) -> Told:
        return {"points": text, "precision": self.places.version.precision, "length": length}


def _point(place: PlaceName) -> Point:
    return place.lon, place.lat


def _part(leg: RideLeg | WalkLeg) -> _Part:
    times = instant_s(leg.departure), instant_s(leg.arrival)
    if isinstance(leg, WalkLeg):
        return _Walk(leg, *times)
    run = run_of_leg(leg)
    assert run is not None
    assert isinstance(leg.along, AlongTrip)
    calls = RunCalls(run)
    trip_id = motis_trip_id(run, leg.trip_id)
    return _Ride(leg, *times, calls, trip_id, leg.along.board - calls.begin, leg.along.alight - calls.begin)


def _id_part(part: _Part) -> dict[str, Any]:
    if isinstance(part, _Walk):
        return walk_part(part.leg, part.start_s, part.end_s)
    return ride_part(part.leg, part.trip_id)


def _times(start_s: int, end_s: int) -> Told:
    start, end = utc_text(start_s), utc_text(end_s)
    return {
        "duration": end_s - start_s,
        "startTime": start,
        "endTime": end,
        "scheduledStartTime": start,
        "scheduledEndTime": end,
        "realTime": False,
        "scheduled": True,
    }


def _live(rides: Sequence[_Ride]) -> Told:
    """What differs where real time is known. A vehicle that the schedule does not have is told as on time."""
    if all(ride.calls.is_as_scheduled for ride in rides):
        return {}
    legs = [ride.leg for ride in rides]
    start, end = legs[0].scheduled_departure, legs[-1].scheduled_arrival
    return {
        "scheduledStartTime": utc_text(instant_s(start or legs[0].departure)),
        "scheduledEndTime": utc_text(instant_s(end or legs[-1].arrival)),
        "realTime": any(leg.realtime for leg in legs),
        "scheduled": start is not None,
    }


def _alerts(rides: Sequence[_Ride]) -> list[Alert]:
    found: list[Alert] = []
    for ride in rides:
        found += [alert for alert in ride.leg.alerts if alert not in found]
    return found
