"""Journeys as itineraries of MOTIS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from api.motis.alerts import told_alert
from api.motis.asked import utc_text
from api.motis.fares import told_fare
from api.motis.itinerary_ids import itinerary_id
from api.motis.lines import encoded
from api.motis.modes import mode_of
from api.motis.place_writer import PlaceWriter
from api.motis.trip_names import TripNames, trip_names
from api.schemas.motis.itinerary import EncodedPolyline, FareTotal, Itinerary, MotisLeg
from api.schemas.motis.place import MotisPlace
from ingest.model import CAN_ALIGHT, CAN_BOARD
from ingest.realtime.patch import Alert
from routing import Journey, RideLeg, WalkLeg
from routing.along import AlongTrip, Point
from routing.fares import Fare, UnknownFare
from routing.fares.money import json_amount
from routing.instants import instant_s
from routing.journeys import PlaceName
from routing.trip_runs import TripRun, run_of_leg

START, END = "START", "END"


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
    detail: Detail = Detail()
    languages: tuple[str, ...] = ()
    """That names are wanted in, best first."""

    def itinerary(self, journey: Journey, rank: int | None = None, fare: Fare | UnknownFare | None = None) -> Itinerary:
        """The journey; `rank` is its place among others, `fare` what it costs if that is to be told."""
        told = told_fare(fare, self.languages)
        legs: list[MotisLeg] = []
        position = 0
        for group in self._groups(journey):
            ticket = told.of_leg.get(position)
            position += len(group)
            for leg in self._legs(group, journey):
                leg.fare_transfer_index = ticket
                leg.effective_fare_leg_index = None if ticket is None else 0
                legs.append(leg)
        return Itinerary(
            duration=journey.duration_s,
            start_time=_utc(journey.departure),
            end_time=_utc(journey.arrival),
            transfers=journey.transfers,
            id=itinerary_id(journey),
            legs=legs,
            providers=sorted(journey.providers),
            rank=rank,
            fare_transfers=list(told.transfers) or None,
            fare=FareTotal(amount=json_amount(fare.amount), currency=fare.currency) if isinstance(fare, Fare) else None,
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

    def _legs(self, group: list[RideLeg | WalkLeg], journey: Journey) -> list[MotisLeg]:
        first = group[0]
        if isinstance(first, WalkLeg):
            return [self._walk(first, journey)]
        return [self._ride([leg for leg in group if isinstance(leg, RideLeg)])]

    def _walk(self, leg: WalkLeg, journey: Journey) -> MotisLeg:
        is_first, is_last = leg is journey.legs[0], leg is journey.legs[-1]
        if is_first or is_last:
            points = leg.geometry if self.detail.legs else ()
        else:
            # Without detail a change is a straight line: clients draw a leg that has none as nothing at all.
            points = leg.geometry if self.detail.transfers else (_point(leg.from_place), _point(leg.to_place))
        start, end = self._end(leg.from_place, START), self._end(leg.to_place, END)
        times = _utc(leg.departure), _utc(leg.arrival)
        start.departure = start.scheduled_departure = times[0]
        end.arrival = end.scheduled_arrival = times[1]
        return MotisLeg(
            mode="WALK",
            from_=start,
            to=end,
            **_times(leg.departure, leg.arrival),  # type: ignore[arg-type] # the same six names for every leg
            distance=leg.distance_m,
            leg_geometry=self.line(points),
        )

    def _end(self, place: PlaceName, name: str) -> MotisPlace:
        """An end of a walk."""
        row = self.places.row(place.id)
        return self.places.stop(row) if row >= 0 else self.places.point(name, place.lat, place.lon)

    def _ride(self, legs: Sequence[RideLeg]) -> MotisLeg:
        """Rides in one vehicle: told by the first trip, up to the end of the last."""
        first, last = legs[0], legs[-1]
        runs = [run for leg in legs if (run := run_of_leg(leg)) is not None]
        network = self.places.network
        names = trip_names(network, first_run := runs[0])
        ends = [_positions(leg, run) for leg, run in zip(legs, runs, strict=True)]
        points = [point for leg in legs for point in (leg.geometry if self.detail.legs else ())]
        wheelchair = int(network.trips.wheelchair[first_run.trip])
        return MotisLeg(
            mode=mode_of(first.route.type, self.places.version),
            from_=self.places.call(first_run, ends[0][0], arrives=False),
            to=self.places.call(runs[-1], ends[-1][1], leaves=False),
            **_times(first.departure, last.arrival) | _live(legs),  # type: ignore[arg-type] # the same names for every leg
            interline_with_previous_leg=True if first.stay_seated else None,
            headsign=names.headsign,
            trip_from=self.places.call(first_run, 0),
            trip_to=self.places.call(runs[-1], len(runs[-1].stops) - 1),
            **_named(names),  # type: ignore[arg-type] # fields of the model by their names
            cancelled=False,
            alerts=[told_alert(alert, self.languages) for alert in _alerts(legs)] or None,
            intermediate_stops=self._passed(runs, ends),
            leg_geometry=self.line(points),
            wheelchair_accessible={1: "ACCESSIBLE", 2: "NOT_ACCESSIBLE"}.get(wheelchair),  # type: ignore[arg-type] # the two words of the schema
            reservation="NONE",
            headway=first.headway_s,
        )

    def _passed(self, runs: Sequence[TripRun], ends: Sequence[tuple[int, int]]) -> list[MotisPlace]:
        return [
            self.places.call(run, position)
            for place, (run, (board, alight)) in enumerate(zip(runs, ends, strict=True))
            for position in range(board + 1 if place == 0 else board, alight)
            if self.detail.passed_stops or int(run.flags[position]) & (CAN_BOARD | CAN_ALIGHT)
        ]

    def line(self, points: Sequence[Point]) -> EncodedPolyline:
        """(lon, lat) points, encoded as the version has it."""
        precision = self.places.version.precision
        text = encoded(points, precision)
        return EncodedPolyline(points=text, precision=precision, length=len(points) if text else 0)


def _point(place: PlaceName) -> Point:
    return place.lon, place.lat


def _positions(leg: RideLeg, run: TripRun) -> tuple[int, int]:
    """The numbers of the calls at which a leg boards and alights."""
    assert isinstance(leg.along, AlongTrip)
    return leg.along.board - run.rows.start, leg.along.alight - run.rows.start


def _named(names: TripNames) -> dict[str, object]:
    fields = (
        "route_id", "route_color", "route_text_color", "route_type", "direction_id", "agency_id", "agency_name",
        "agency_url", "trip_id", "route_short_name", "route_long_name", "trip_short_name", "display_name", "source",
        "provider",
    )  # fmt: skip
    return {name: getattr(names, name) for name in fields}


def _times(departure: datetime, arrival: datetime) -> dict[str, object]:
    start, end = _utc(departure), _utc(arrival)
    return {
        "duration": instant_s(arrival) - instant_s(departure),
        "start_time": start,
        "end_time": end,
        "scheduled_start_time": start,
        "scheduled_end_time": end,
        "real_time": False,
        "scheduled": True,
    }


def _live(legs: Sequence[RideLeg]) -> dict[str, object]:
    """What differs where real time is known. A vehicle that the schedule does not have is told as on time."""
    start, end = legs[0].scheduled_departure, legs[-1].scheduled_arrival
    return {
        "scheduled_start_time": _utc(start or legs[0].departure),
        "scheduled_end_time": _utc(end or legs[-1].arrival),
        "real_time": any(leg.realtime for leg in legs),
        "scheduled": start is not None,
    }


def _alerts(legs: Sequence[RideLeg]) -> list[Alert]:
    found: list[Alert] = []
    for leg in legs:
        found += [alert for alert in leg.alerts if alert not in found]
    return found


def _utc(time: datetime) -> str:
    return utc_text(instant_s(time))
