"""/map/initial, /map/stops, /map/trips, /map/levels: what the MOTIS web interface draws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from api.motis.asked import Asked, Texts, box_of, instant_of, languages_of, utc_text
from api.motis.lines import encoded
from api.motis.modes import mode_of, route_types_of
from api.motis.place_writer import PlaceWriter, make_place_writer
from api.motis.plan_parameters import MOST_WALK_S
from api.motis.reachable import MOST_MANY, MOST_MINUTES
from api.motis.told import Told
from api.motis.trip_names import trip_names
from api.motis.versions import ApiVersion
from api.schemas.motis.map import InitialView, ServerConfig
from api.state import ServiceState
from ingest.geometry import haversine_m
from ingest.model import BOARDING_AREA, STATION, STOP, Network
from routing import QueryError
from routing.instants import instant_s
from routing.moving import Box, Segment, TooManyError
from routing.trip_runs import TripRun, ride_leg

MOST_STOPS = 5000
MOST_SEGMENTS = 10_000
MOST_TRIPS_WINDOW_S = 7200
CITY_ZOOM = 11.0
SMALLEST_ZOOM = {
    "BUS": 11,
    "TRAM": 9,
    "SUBWAY": 9,
    "FERRY": 8,
    "FUNICULAR": 9,
    "AERIAL_LIFT": 9,
    "ODM": 11,
    "OTHER": 11,
}
"""From which zoom on vehicles of a mode are shown; trains, coaches and aircraft always are."""

Bools = NDArray[np.bool_]


class BoxParameters(Asked):
    """A part of the map, by two opposite corners, whichever they are."""

    min: Annotated[str, Field(description="latitude,longitude of a corner")]
    max: Annotated[str, Field(description="latitude,longitude of the opposite corner")]


class MapStopsParameters(BoxParameters):
    """What /map/stops may be asked."""

    grouped: Annotated[bool, Field(description="A station in place of its stops.")] = False
    modes: Annotated[Texts, Field(description="Only stops where one of these stops. Default: all stops.")] = ()
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


class MapTripsParameters(BoxParameters):
    """What /map/trips may be asked."""

    zoom: Annotated[float, Field(ge=0, le=30, description="Small ones leave out buses, then trams and subways.")]
    start_time: Annotated[str, Field(description="ISO 8601")]
    end_time: Annotated[str, Field(description=f"ISO 8601; at most {MOST_TRIPS_WINDOW_S} s later")]
    precision: Annotated[int, Field(ge=0, le=7, description="Of the polylines.")] = 5
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


def initial(state: ServiceState, software: str) -> InitialView:
    """Where a map opens, and what this server can do."""
    lon, lat = state.providers["region"]["center"] or (0.0, 0.0)
    config = ServerConfig(
        motis_version=software,
        has_elevation=False,
        has_routed_transfers=state.network.walk == "streets",
        has_street_routing=state.network.walk == "streets",
        max_one_to_many_size=MOST_MANY,
        max_one_to_all_travel_time_limit=MOST_MINUTES,
        max_pre_post_transit_time_limit=MOST_WALK_S,
        max_direct_time_limit=MOST_WALK_S,
        shapes_debug_enabled=False,
    )
    return InitialView(lat=lat, lon=lon, zoom=CITY_ZOOM, server_config=config)


def map_stops(
    state: ServiceState, asked: MapStopsParameters, version: ApiVersion, accepted: str | None
) -> list[Told]:  # fmt: skip
    """Stops in a box, by id's row, each as schemas.motis.place.MotisPlace has it.

    Raises QueryError for a box that holds too many.
    """
    network, facts = state.network, state.stop_facts
    kinds, parent = network.stops.location_type, network.stops.parent
    inside = _inside(network, box_of(asked.min, asked.max)) & facts.is_served()
    has_station = (parent >= 0) & (kinds[parent] == STATION)
    inside &= (kinds == STATION) | ~has_station if asked.grouped else np.isin(kinds, (STOP, BOARDING_AREA))
    rows = np.flatnonzero(inside).tolist()
    if asked.modes:
        wanted = route_types_of(asked.modes, "modes", set(network.routes.type.tolist()))
        rows = [row for row in rows if wanted is None or not wanted.isdisjoint(facts.route_types(row))]
    if len(rows) > MOST_STOPS:
        raise QueryError(
            f"{len(rows)} stops lie in this box; ask for one that holds at most {MOST_STOPS}", "min", MOST_STOPS
        )
    writer = make_place_writer(state, network, languages_of(asked.language, accepted), version)
    return [writer.stop(row, with_modes=True) for row in rows]


def _inside(network: Network, box: Box) -> Bools:
    lat, lon = network.stops.lat, network.stops.lon
    found: Bools = (lat >= box.south) & (lat <= box.north) & (lon >= box.west) & (lon <= box.east)
    return found


def map_levels(state: ServiceState, asked: BoxParameters) -> list[float]:
    """The floors of stops in a box, highest first. Raises QueryError."""
    level = state.network.stops.level[_inside(state.network, box_of(asked.min, asked.max))]
    return sorted(set(level[np.isfinite(level)].tolist()), reverse=True)


def map_trips(
    state: ServiceState, asked: MapTripsParameters, version: ApiVersion, now: datetime, accepted: str | None
) -> list[Told]:  # fmt: skip
    """Vehicles between two stops in a box and a stretch of time, each as schemas.motis.map.TripSegment has it.

    Raises QueryError.
    """
    shown_now = state.shown()
    network = shown_now.running
    start, end = (
        instant_s(instant_of(text, field, now, network))
        for text, field in ((asked.start_time, "startTime"), (asked.end_time, "endTime"))
    )
    if not 0 <= end - start <= MOST_TRIPS_WINDOW_S:
        raise QueryError(
            f"endTime must lie at most {MOST_TRIPS_WINDOW_S} s after startTime, and not before",
            "endTime",
            MOST_TRIPS_WINDOW_S,
        )
    shown = frozenset(kind for kind in set(network.routes.type.tolist()) if _is_shown(kind, asked.zoom))
    try:
        found = shown_now.moving.segments(box_of(asked.min, asked.max), start, end, shown, MOST_SEGMENTS)
    except TooManyError as error:
        raise QueryError(f"{error}; ask for a smaller box or less time", "min", error.limit) from None
    writer = make_place_writer(state, network, languages_of(asked.language, accepted), version)
    return [_segment(state, writer, segment, asked.precision) for segment in found]


def _is_shown(route_type: int, zoom: float) -> bool:
    return zoom >= SMALLEST_ZOOM.get(mode_of(route_type, ApiVersion(6)), 0)


def _segment(state: ServiceState, writer: PlaceWriter, segment: Segment, precision: int) -> Told:
    run, position, version = segment.run, segment.position, writer.version
    names = trip_names(writer.network, writer.told, run)
    if run.follows_schedule:
        line: Sequence[tuple[float, float]] = state.hop_lines.line(run.scheduled_trip, position)
    else:
        line = ride_leg(run, position, position + 1).geometry
    departure, arrival = utc_text(run.departure_s(position)), utc_text(run.arrival_s(position + 1))
    name = {"routeShortName" if version.names_trips_by_route else "displayName": names["displayName"]}
    color = {"routeColor": names["routeColor"]} if "routeColor" in names else {}
    return {
        "trips": [{"tripId": names["tripId"], **name}],
        **color,
        "mode": mode_of(names["routeType"], version),
        "distance": round(_metres(line), 1),
        "from": writer.call(run, position),
        "to": writer.call(run, position + 1),
        "departure": departure,
        "arrival": arrival,
        "scheduledDeparture": _planned(run, position, "departure", departure),
        "scheduledArrival": _planned(run, position + 1, "arrival", arrival),
        "realTime": run.is_known(position) or run.is_known(position + 1),
        "polyline": encoded(line, precision),
    }


def _metres(line: Sequence[tuple[float, float]]) -> float:
    if len(line) < 2:
        return 0.0
    points = np.array(line)
    return float(haversine_m(points[:-1, 1], points[:-1, 0], points[1:, 1], points[1:, 0]).sum())


def _planned(run: TripRun, position: int, event: str, live: str) -> str:
    at = run.scheduled_s(position, event)
    return live if at is None else utc_text(at)
