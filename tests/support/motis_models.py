"""Itineraries of MOTIS made as the models that describe them, field by field: what the quick writer must equal.

It shares no code with api.motis.itinerary_writer or what that keeps, but for the line of a ride, which has tests of
its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from api.motis.alerts import in_language
from api.motis.itinerary_ids import itinerary_id
from api.motis.itinerary_writer import END, START, Detail
from api.motis.lines import encoded
from api.motis.modes import mode_of
from api.motis.trip_ids import motis_trip_id
from api.motis.versions import ApiVersion
from api.schemas.motis.alert import AlertPeriod, MotisAlert
from api.schemas.motis.itinerary import EncodedPolyline, Itinerary, MotisLeg
from api.schemas.motis.place import MotisPlace
from api.stop_facts import StopFacts
from api.stop_groups import find_stop
from ingest.model import CAN_ALIGHT, CAN_BOARD, STATION, Network
from ingest.realtime.patch import Alert
from routing import Journey, RideLeg, WalkLeg
from routing.along import AlongTrip, Point, known
from routing.instants import instant_s
from routing.journeys import PlaceName
from routing.names import headsign
from routing.trip_runs import TripRun, run_of_leg


@dataclass(frozen=True, slots=True)
class ModelWriter:
    """Writes journeys of one network in one version."""

    network: Network
    facts: StopFacts
    version: ApiVersion
    detail: Detail
    languages: tuple[str, ...] = ()

    def itinerary(self, journey: Journey, rank: int | None = None) -> Itinerary:
        """The journey."""
        return Itinerary(
            duration=journey.arrival_s - instant_s(journey.legs[0].departure),
            start_time=_utc(journey.legs[0].departure),
            end_time=_utc(journey.arrival),
            transfers=journey.transfers,
            id=itinerary_id(journey),
            legs=[self._leg(group, journey) for group in self._groups(journey)],
            providers=sorted(journey.providers),
            rank=rank,
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

    def _leg(self, group: list[RideLeg | WalkLeg], journey: Journey) -> MotisLeg:
        first = group[0]
        if isinstance(first, WalkLeg):
            return self._walk(first, journey)
        return self._ride([leg for leg in group if isinstance(leg, RideLeg)])

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
            leg_geometry=self._line(points),
        )

    def _end(self, place: PlaceName, name: str) -> MotisPlace:
        """An end of a walk."""
        row = find_stop(self.network, place.id)
        if row >= 0:
            return MotisPlace(**self._stop(row))
        return MotisPlace(name=name, lat=place.lat, lon=place.lon, level=self._no_level, vertex_type="NORMAL")

    def _ride(self, legs: Sequence[RideLeg]) -> MotisLeg:
        """Rides in one vehicle: told by the first trip, up to the end of the last."""
        first, last = legs[0], legs[-1]
        runs = [run for leg in legs if (run := run_of_leg(leg)) is not None]
        network = self.network
        first_run = runs[0]
        ends = [_positions(leg, run) for leg, run in zip(legs, runs, strict=True)]
        points = [point for leg in legs for point in (leg.geometry if self.detail.legs else ())]
        wheelchair = int(network.trips.wheelchair[first_run.trip])
        return MotisLeg(
            mode=mode_of(first.route.type, self.version),
            from_=self._call(first_run, ends[0][0], arrives=False),
            to=self._call(runs[-1], ends[-1][1], leaves=False),
            **_times(first.departure, last.arrival) | _live(legs),  # type: ignore[arg-type] # the same names for every leg
            interline_with_previous_leg=True if first.stay_seated else None,
            trip_from=self._call(first_run, 0),
            trip_to=self._call(runs[-1], len(runs[-1].stops) - 1),
            **_names(network, first_run),
            cancelled=False,
            alerts=[_told_alert(alert, self.languages) for alert in _alerts(legs)] or None,
            intermediate_stops=self._passed(runs, ends),
            leg_geometry=self._line(points),
            wheelchair_accessible={1: "ACCESSIBLE", 2: "NOT_ACCESSIBLE"}.get(wheelchair),  # type: ignore[arg-type] # the two words of the schema
            reservation="NONE",
            headway=first.headway_s,
        )

    def _passed(self, runs: Sequence[TripRun], ends: Sequence[tuple[int, int]]) -> list[MotisPlace]:
        return [
            self._call(run, position)
            for place, (run, (board, alight)) in enumerate(zip(runs, ends, strict=True))
            for position in range(board + 1 if place == 0 else board, alight)
            if self.detail.passed_stops or int(run.flags[position]) & (CAN_BOARD | CAN_ALIGHT)
        ]

    def _line(self, points: Sequence[Point]) -> EncodedPolyline:
        precision = self.version.precision
        text = encoded(points, precision)
        return EncodedPolyline(points=text, precision=precision, length=len(points) if text else 0)

    def _stop(self, row: int) -> dict[str, Any]:
        stops = self.network.stops
        parent, level = int(stops.parent[row]), float(stops.level[row])
        track = stops.platform_code[row] or None
        return {
            "name": stops.name[row] or stops.id[row],
            "stop_id": stops.id[row],
            "parent_id": stops.id[parent] if parent >= 0 and stops.location_type[parent] == STATION else None,
            "importance": round(float(self.facts.importance[row]), 4),
            "lat": known(stops.lat[row]),
            "lon": known(stops.lon[row]),
            "level": level if math.isfinite(level) else self._no_level,
            "tz": self.network.zones[int(stops.zone[row])],
            "vertex_type": "TRANSIT",
            "track": track,
            "scheduled_track": track,
        }

    def _call(self, run: TripRun, position: int, *, arrives: bool = True, leaves: bool = True) -> MotisPlace:
        stops, flags = run.stops, int(run.flags[position])
        arrival = _text(run.arrival_s(position)) if arrives and position > 0 else None
        departure = _text(run.departure_s(position)) if leaves and position < len(stops) - 1 else None
        alerts = [_told_alert(alert) for alert in run.stop_alerts(position)]
        return MotisPlace(
            **self._stop(int(stops[position])),
            arrival=arrival,
            scheduled_arrival=_scheduled(run, position, "arrival", arrival),
            departure=departure,
            scheduled_departure=_scheduled(run, position, "departure", departure),
            pickup_type="NORMAL" if flags & CAN_BOARD else "NOT_ALLOWED",
            dropoff_type="NORMAL" if flags & CAN_ALIGHT else "NOT_ALLOWED",
            cancelled=run.is_skipped(position),
            alerts=alerts or None,
        )

    @property
    def _no_level(self) -> float | None:
        return 0.0 if self.version.needs_levels else None


def _point(place: PlaceName) -> Point:
    return place.lon, place.lat


def _positions(leg: RideLeg, run: TripRun) -> tuple[int, int]:
    """The numbers of the calls at which a leg boards and alights."""
    assert isinstance(leg.along, AlongTrip)
    return leg.along.board - run.rows.start, leg.along.alight - run.rows.start


def _scheduled(run: TripRun, position: int, event: str, live: str | None) -> str | None:
    at = None if live is None else run.scheduled_s(position, event)
    return live if at is None else _text(at)


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
    return _text(instant_s(time))


def _names(network: Network, run: TripRun) -> dict[str, Any]:
    trips, routes, agencies = network.trips, network.routes, network.agencies
    route = int(trips.route[run.trip])
    agency, direction = int(routes.agency[route]), int(trips.direction[run.trip])
    short, long = routes.short_name[route], routes.long_name[route]
    return {
        "trip_id": motis_trip_id(run),
        "trip_short_name": trips.short_name[run.trip],
        "display_name": short or long or trips.short_name[run.trip] or routes.id[route],
        "headsign": headsign(network, run.trip),
        "route_id": routes.id[route],
        "route_short_name": short,
        "route_long_name": long,
        "route_color": routes.color[route] or None,
        "route_text_color": routes.text_color[route] or None,
        "route_type": int(routes.type[route]),
        "direction_id": "" if direction < 0 else str(direction),
        "agency_id": agencies.id[agency],
        "agency_name": agencies.name[agency],
        "agency_url": agencies.url[agency],
        "provider": network.providers[int(routes.provider[route])].id,
        "source": f"{network.feeds[int(routes.feed[route])].id}/trips.txt:{trips.id[run.trip]}",
    }


def _told_alert(alert: Alert, languages: Sequence[str] = ()) -> MotisAlert:
    return MotisAlert(
        header_text=in_language(alert.header, languages),
        description_text=in_language(alert.description, languages),
        url=in_language(alert.url, languages) or None,
        cause=alert.cause or None,
        effect=alert.effect or None,
        severity_level=alert.severity or None,
        impact_period=[AlertPeriod(start=_text(start), end=_text(end)) for start, end in alert.periods],
    )


def _text(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
