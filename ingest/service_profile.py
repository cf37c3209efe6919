"""What each provider runs on a service date: its vehicles, and the supply statistics that gtfs-kit makes of them.

The only importer of gtfs_kit. That import takes about a second, so it waits until statistics are asked for.
"""

from __future__ import annotations

import dataclasses
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ingest.gtfs_time import format_time
from ingest.model import Int32s, Int64s, Network

if TYPE_CHECKING:
    import gtfs_kit
    import pandas as pd

# warnings.catch_warnings changes the whole process, so two threads must not be inside it at once.
_QUIET = threading.Lock()


@dataclass(frozen=True, slots=True)
class RouteStatistics:
    """Supply of one route on one service date, both directions together. Blank (None) where it cannot be known."""

    route_id: str
    name: str
    route_type: int
    trips: int
    """Vehicle runs, each headway service counted vehicle by vehicle."""
    first_start: str
    """HH:MM:SS of the service day, past 24:00:00 where need be; `last_end` likewise."""
    last_end: str
    mean_headway_min: float | None
    """Minutes between starts of one direction from 07:00 to 19:00, as gtfs-kit measures it."""
    peak_trips: int
    km: float | None
    hours: float
    speed_km_h: float | None

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, JSON-ready; numbers to three decimals."""
        return _fields(self)


@dataclass(frozen=True, slots=True)
class ProviderStatistics:
    """Supply of one provider on one service date."""

    stops: int
    """Stops called at, whether or not riders may board there."""
    routes: int
    trips: int
    peak_trips: int
    """Most vehicles under way at once, from `peak_start` on (HH:MM:SS of the service day)."""
    peak_start: str | None
    km: float | None
    """Kilometres run, along shapes where there are shapes, else straight from stop to stop; None if unknown."""
    km_from: str
    """`shapes`, `stops` or `mixed`: what the kilometres were measured along. `stops` is a lower bound."""
    hours: float
    speed_km_h: float | None
    by_route: tuple[RouteStatistics, ...]
    """In the order of Network.routes; routes whose trips take no time are left out, as gtfs-kit does."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, JSON-ready; numbers to three decimals."""
        return {**_fields(self), "by_route": [route.to_dict() for route in self.by_route]}


NO_SERVICE = ProviderStatistics(0, 0, 0, 0, None, 0.0, "stops", 0.0, None, ())


@dataclass(frozen=True, slots=True)
class Vehicles:
    """Vehicles that run on a service date: the trip of each, and when it leaves its first stop. Shape (n,) each.

    A headway service has no timetable: its vehicles are counted as if the first one left at `start`.
    """

    trip: Int32s
    start_s: Int64s


def running_trips(network: Network, provider: int, on: date) -> NDArray[np.bool_]:
    """Which trips of provider number `provider` run on service date `on`; none on a date that no feed covers."""
    day = (on - network.first_date).days
    services = network.services.runs
    if not 0 <= day < services.shape[1]:
        return np.zeros(len(network.trips.route), np.bool_)
    running: NDArray[np.bool_] = (services[network.trips.service, day] == 1) & (
        network.routes.provider[network.trips.route] == provider
    )
    return running


def period_starts(network: Network, rows: NDArray[np.intp]) -> Vehicles:
    """The vehicles of rows of Headways: one each headway from `start` on, the last before `end`."""
    periods = network.headways
    starts = [
        np.arange(periods.start[row], periods.end[row], periods.headway_s[row], dtype=np.int64) for row in rows.tolist()
    ]
    trips = np.repeat(periods.trip[rows], [len(start) for start in starts])
    return Vehicles(trips.astype(np.int32), np.concatenate([np.empty(0, np.int64), *starts]))


def vehicles_on(network: Network, provider: int, on: date) -> Vehicles:
    """Every vehicle run of a provider that belongs to service date `on`."""
    running = running_trips(network, provider, on)
    scheduled = np.flatnonzero(running & (network.trips.is_headway == 0)).astype(np.int32)
    first = network.stop_times.departure[network.trips.times_ptr[:-1][scheduled]]
    repeated = period_starts(network, np.flatnonzero(running[network.headways.trip]))
    return Vehicles(
        np.concatenate([scheduled, repeated.trip]),
        np.concatenate([first.astype(np.int64), repeated.start_s]),
    )


def provider_statistics(network: Network, provider: int, on: date) -> ProviderStatistics:
    """gtfs-kit's network and route statistics of provider number `provider` for service date `on`.

    Trips alike but for their time are given to gtfs-kit once, and their statistics repeated for every vehicle: its
    time goes with the number of trips. Vehicles of a headway service count one by one.
    """
    vehicles = vehicles_on(network, provider, on)
    if len(vehicles.trip) == 0:
        return NO_SERVICE
    alike = _first_alike(network, vehicles.trip)
    templates = np.unique(alike)
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feed, km_from = _gtfs_kit_feed(network, templates, on)
        trip_stats = _repeat(feed.compute_trip_stats(compute_dist_from_shapes=True), alike, vehicles.start_s)
        day = [f"{on:%Y%m%d}"]
        # gtfs-kit looks for a peak and fails where no trip takes any time.
        if not trip_stats["duration"].any():
            return _timeless(trip_stats, len(feed.stops), km_from)
        whole = feed.compute_network_stats(day, trip_stats).to_dict("records")[0]
        routes = feed.compute_route_stats(day, trip_stats).to_dict("records")
    by_route = [_route_row(network, row) for row in sorted(routes, key=lambda row: int(row["route_id"]))]
    return _provider_row(whole, km_from, tuple(by_route))


def _timeless(trip_stats: pd.DataFrame, stops: int, km_from: str) -> ProviderStatistics:
    """Statistics of a provider all of whose trips end when they start. Like gtfs-kit, it leaves their routes out."""
    return ProviderStatistics(
        stops=stops,
        routes=int(trip_stats["route_id"].nunique()),
        trips=len(trip_stats),
        peak_trips=0,
        peak_start=None,
        km=_known(trip_stats["distance"].sum(skipna=False)),
        km_from=km_from,
        hours=0.0,
        speed_km_h=None,
        by_route=(),
    )


def _first_alike(network: Network, trips: Int32s) -> Int32s:
    """For each trip, the first one with its route, direction, stops, shape and run times."""
    table, times = network.trips, network.stop_times.departure
    first: dict[tuple[int, int, int, int, bytes], int] = {}
    same: dict[int, int] = {}
    for trip in np.unique(trips).tolist():
        departure = times[table.times_ptr[trip] : table.times_ptr[trip + 1]]
        key = (
            int(table.route[trip]),
            int(table.direction[trip]),
            int(table.sequence[trip]),
            int(table.shape[trip]),
            (departure - departure[0]).tobytes(),
        )
        same[trip] = first.setdefault(key, trip)
    return np.array([same[trip] for trip in trips.tolist()], np.int32)


def _repeat(trip_stats: pd.DataFrame, trips: Int32s, start_s: Int64s) -> pd.DataFrame:
    """A row of trip statistics for each vehicle, moved to when it starts."""
    rows = trip_stats.set_index("trip_id").loc[trips.astype(str)].reset_index()
    end_s = start_s + np.rint(rows["duration"].to_numpy(np.float64) * 3600).astype(np.int64)
    return rows.assign(start_time=_clock(start_s), end_time=_clock(end_s))


def _clock(seconds: NDArray[np.integer[Any]]) -> list[str]:
    return [format_time(second) for second in seconds.tolist()]


def _gtfs_kit_feed(network: Network, trips: Int32s, on: date) -> tuple[gtfs_kit.Feed, str]:
    """A feed in memory with these trips only, all of them running on `on`, and what its shapes were made of."""
    import gtfs_kit

    shapes, shape_of, km_from = _shape_tables(network, trips)
    feed = gtfs_kit.Feed(
        dist_units="km",
        agency=_frame(agency_name=["A"], agency_url=["https://example.com"], agency_timezone=[network.zones[0]]),
        stops=_stops(network, trips),
        routes=_routes(network, trips),
        trips=_frame(
            trip_id=trips.astype(str),
            route_id=network.trips.route[trips].astype(str),
            service_id=["S"] * len(trips),
            direction_id=network.trips.direction[trips],
            shape_id=shape_of,
        ),
        stop_times=_stop_times(network, trips),
        calendar_dates=_frame(service_id=["S"], date=[f"{on:%Y%m%d}"], exception_type=[1]),
        shapes=shapes,
    )
    return feed, km_from


def _frame(**columns: Any) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def _calls(network: Network, trip: int) -> Int32s:
    pointers, sequence = network.sequences.ptr, network.trips.sequence[trip]
    return network.sequences.stops[pointers[sequence] : pointers[sequence + 1]]


def _stops(network: Network, trips: Int32s) -> pd.DataFrame:
    stops = np.unique(np.concatenate([_calls(network, trip) for trip in trips.tolist()]))
    table = network.stops
    return _frame(
        stop_id=stops.astype(str),
        stop_name=[table.name[stop] for stop in stops.tolist()],
        stop_lat=table.lat[stops],
        stop_lon=table.lon[stops],
    )


def _routes(network: Network, trips: Int32s) -> pd.DataFrame:
    routes = np.unique(network.trips.route[trips])
    return _frame(
        route_id=routes.astype(str),
        route_short_name=[_route_name(network, route) for route in routes.tolist()],
        route_type=network.routes.type[routes],
    )


def _stop_times(network: Network, trips: Int32s) -> pd.DataFrame:
    table, times = network.trips, network.stop_times
    rows = np.concatenate([np.arange(table.times_ptr[trip], table.times_ptr[trip + 1]) for trip in trips.tolist()])
    lengths = np.diff(table.times_ptr)[trips]
    return _frame(
        trip_id=np.repeat(trips.astype(str), lengths),
        arrival_time=_clock(times.arrival[rows]),
        departure_time=_clock(times.departure[rows]),
        stop_id=np.concatenate([_calls(network, trip) for trip in trips.tolist()]).astype(str),
        stop_sequence=times.stop_sequence[rows],
    )


def _shape_tables(network: Network, trips: Int32s) -> tuple[pd.DataFrame | None, list[str | None], str]:
    """shapes.txt for these trips, the shape of each, and what it was made of: a trip without one runs straight."""
    points: dict[str, tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]] = {}
    shape_of: list[str | None] = []
    for trip in trips.tolist():
        name, lat, lon = _line(network, trip)
        if len(lat) >= 2:
            points[name] = (lat, lon)
        shape_of.append(name if len(lat) >= 2 else None)
    if not points:
        return None, shape_of, "stops"
    lengths = [len(lat) for lat, _ in points.values()]
    frame = _frame(
        shape_id=np.repeat(list(points), lengths),
        shape_pt_lat=np.concatenate([lat for lat, _ in points.values()]),
        shape_pt_lon=np.concatenate([lon for _, lon in points.values()]),
        shape_pt_sequence=np.concatenate([np.arange(length) for length in lengths]),
    )
    kinds = {"stops" if name.startswith("straight") else "shapes" for name in points}
    return frame, shape_of, kinds.pop() if len(kinds) == 1 else "mixed"


def _line(network: Network, trip: int) -> tuple[str, NDArray[np.floating[Any]], NDArray[np.floating[Any]]]:
    """Name, latitudes and longitudes of a trip's shape, or of the straight lines through its stops."""
    shape = int(network.trips.shape[trip])
    if shape >= 0:
        rows = slice(network.shapes.ptr[shape], network.shapes.ptr[shape + 1])
        if rows.stop - rows.start >= 2:
            return f"shape {shape}", network.shapes.lat[rows], network.shapes.lon[rows]
    stops = _calls(network, trip)
    stops = stops[np.isfinite(network.stops.lat[stops]) & np.isfinite(network.stops.lon[stops])]
    return f"straight {network.trips.sequence[trip]}", network.stops.lat[stops], network.stops.lon[stops]


def _provider_row(row: Mapping[str, Any], km_from: str, by_route: tuple[RouteStatistics, ...]) -> ProviderStatistics:
    return ProviderStatistics(
        stops=int(row["num_stops"]),
        routes=int(row["num_routes"]),
        trips=int(row["num_trips"]),
        peak_trips=int(row["peak_num_trips"]),
        peak_start=str(row["peak_start_time"]),
        km=_known(row["service_distance"]),
        km_from=km_from,
        hours=float(row["service_duration"]),
        speed_km_h=_speed(row),
        by_route=by_route,
    )


def _route_row(network: Network, row: Mapping[str, Any]) -> RouteStatistics:
    route = int(row["route_id"])
    return RouteStatistics(
        route_id=network.routes.id[route],
        name=_route_name(network, route),
        route_type=int(row["route_type"]),
        trips=int(row["num_trips"]),
        first_start=str(row["start_time"]),
        last_end=str(row["end_time"]),
        mean_headway_min=_known(row["mean_headway"]),
        peak_trips=int(row["peak_num_trips"]),
        km=_known(row["service_distance"]),
        hours=float(row["service_duration"]),
        speed_km_h=_speed(row),
    )


def _route_name(network: Network, route: int) -> str:
    return network.routes.short_name[route] or network.routes.long_name[route] or network.routes.id[route]


def _fields(record: RouteStatistics | ProviderStatistics) -> dict[str, Any]:
    values = ((field.name, getattr(record, field.name)) for field in dataclasses.fields(record))
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in values}


def _speed(row: Mapping[str, Any]) -> float | None:
    """gtfs-kit says 0 where no time was spent: that is an unknown speed, not a standstill."""
    return _known(row["service_speed"]) if row["service_duration"] > 0 else None


def _known(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None
