"""Journeys as itineraries of MOTIS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.leg_lines import LegLines
from api.motis.alerts import told_alert
from api.motis.asked import utc_text
from api.motis.fares import told_fare
from api.motis.itinerary_ids import itinerary_id
from api.motis.lines import encoded
from api.motis.modes import mode_of
from api.motis.place_writer import PlaceWriter
from api.motis.run_calls import RunCalls
from api.motis.told import Told, without_none
from api.motis.trip_names import trip_names
from ingest.model import CAN_ALIGHT, CAN_BOARD
from ingest.realtime.patch import Alert
from routing import Journey, RideLeg, WalkLeg
from routing.along import AlongTrip, Point
from routing.fares import Fare, UnknownFare
from routing.instants import instant_s
from routing.journeys import PlaceName
from routing.trip_runs import TripRun, run_of_leg

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
        legs: list[Told] = []
        position = 0
        for group in self._groups(journey):
            ticket = told.of_leg.get(position)
            position += len(group)
            for leg in self._legs(group, journey):
                if ticket is not None:
                    leg["fareTransferIndex"], leg["effectiveFareLegIndex"] = ticket, 0
                legs.append(leg)
        return without_none(
            duration=journey.duration_s,
            startTime=utc_text(journey.departure_s),
            endTime=utc_text(journey.arrival_s),
            transfers=journey.transfers,
            id=itinerary_id(journey),
            legs=legs,
            providers=sorted(journey.providers),
            rank=rank,
            fareTransfers=[row.model_dump(by_alias=True, exclude_none=True) for row in told.transfers] or None,
            fare={"amount": float(fare.amount), "currency": fare.currency} if isinstance(fare, Fare) else None,
        )

    def _groups(self, journey: Journey) -> list[list[RideLeg | WalkLeg]]:
        """Legs; those of one vehicle together, if they are to be joined."""
        groups: list[list[RideLeg | WalkLeg]] = []
        for leg in journey.legs:
            if self.detail.joined and isinstance(leg, RideLeg) and leg.stay_seated:
                groups[-1].append(leg)
            else:
                groups.append([leg])
        return groups

    def _legs(self, group: list[RideLeg | WalkLeg], journey: Journey) -> list[Told]:
        first = group[0]
        if isinstance(first, WalkLeg):
            return [self._walk(first, journey)]
        return [self._ride([leg for leg in group if isinstance(leg, RideLeg)])]

    def _walk(self, leg: WalkLeg, journey: Journey) -> Told:
        is_first, is_last = leg is journey.legs[0], leg is journey.legs[-1]
        if is_first or is_last:
            points = leg.geometry if self.detail.legs else ()
        else:
            # Without detail a change is a straight line: clients draw a leg that has none as nothing at all.
            points = leg.geometry if self.detail.transfers else (_point(leg.from_place), _point(leg.to_place))
        start, end = self._end(leg.from_place, START), self._end(leg.to_place, END)
        times = _times(leg.departure, leg.arrival)
        start["departure"] = start["scheduledDeparture"] = times["startTime"]
        end["arrival"] = end["scheduledArrival"] = times["endTime"]
        return {
            "mode": "WALK",
            "from": start,
            "to": end,
            **times,
            "distance": float(leg.distance_m),
            "legGeometry": self._line(points),
        }

    def _end(self, place: PlaceName, name: str) -> Told:
        """An end of a walk."""
        row = self.places.row(place.id)
        return self.places.stop(row) if row >= 0 else self.places.point(name, place.lat, place.lon)

    def _ride(self, legs: Sequence[RideLeg]) -> Told:
        """Rides in one vehicle: told by the first trip, up to the end of the last."""
        first, last = legs[0], legs[-1]
        calls = [RunCalls(run) for leg in legs if (run := run_of_leg(leg)) is not None]
        places, run = self.places, calls[0].run
        names = trip_names(places.network, places.told, run)
        ends = [_positions(leg, called.run) for leg, called in zip(legs, calls, strict=True)]
        told: Told = {
            "mode": mode_of(first.route.type, places.version),
            "from": places.made_call(calls[0], ends[0][0], arrives=False),
            "to": places.made_call(calls[-1], ends[-1][1], leaves=False),
            **_times(first.departure, last.arrival),
            **_live(legs, calls),
            "tripFrom": places.made_call(calls[0], 0),
            "tripTo": places.made_call(calls[-1], calls[-1].last),
            **names,
            "cancelled": False,
            "intermediateStops": self._passed(calls, ends),
            "legGeometry": self._ride_line(legs),
            "reservation": "NONE",
        }
        return told | without_none(
            interlineWithPreviousLeg=True if first.stay_seated else None,
            alerts=self._told_alerts(legs) if calls[0].has_alerts else None,
            wheelchairAccessible=ACCESS.get(int(places.network.trips.wheelchair[run.trip])),
            headway=first.headway_s,
        )

    def _told_alerts(self, legs: Sequence[RideLeg]) -> list[Told] | None:
        return [told_alert(alert, self.languages) for alert in _alerts(legs)] or None

    def _passed(self, calls: Sequence[RunCalls], ends: Sequence[tuple[int, int]]) -> list[Told]:
        return [
            self.places.made_call(called, position)
            for place, (called, (board, alight)) in enumerate(zip(calls, ends, strict=True))
            for position in range(board + 1 if place == 0 else board, alight)
            if self.detail.passed_stops or called.flags[position] & (CAN_BOARD | CAN_ALIGHT)
        ]

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


def _positions(leg: RideLeg, run: TripRun) -> tuple[int, int]:
    """The numbers of the calls at which a leg boards and alights."""
    assert isinstance(leg.along, AlongTrip)
    return leg.along.board - run.rows.start, leg.along.alight - run.rows.start


def _times(departure: datetime, arrival: datetime) -> Told:
    start_s, end_s = instant_s(departure), instant_s(arrival)
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


def _live(legs: Sequence[RideLeg], calls: Sequence[RunCalls]) -> Told:
    """What differs where real time is known. A vehicle that the schedule does not have is told as on time."""
    if all(called.is_as_scheduled for called in calls):
        return {}
    start, end = legs[0].scheduled_departure, legs[-1].scheduled_arrival
    return {
        "scheduledStartTime": utc_text(instant_s(start or legs[0].departure)),
        "scheduledEndTime": utc_text(instant_s(end or legs[-1].arrival)),
        "realTime": any(leg.realtime for leg in legs),
        "scheduled": start is not None,
    }


def _alerts(legs: Sequence[RideLeg]) -> list[Alert]:
    found: list[Alert] = []
    for leg in legs:
        found += [alert for alert in leg.alerts if alert not in found]
    return found
