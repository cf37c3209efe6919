"""Feeds and streets as ferrobus can read them, written from our network of the same feeds.

ferrobus merges stops, trips and routes of several feeds that share an id, refuses blank times and knows no
frequencies.txt: it gets one feed with scoped ids, filled times, the trips of one service day, and headways as
departures.
It walks along OpenStreetMap streets at 1.4 m/s: it gets streets with a way for each of our links, bent until it takes
it just the seconds that we need.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import osmium
import polars as pl
from osmium.osm.mutable import Node, Way
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from benchmarks.peers.links import Links
from ingest.arrays import Floats, Int32s, Int64s
from ingest.model import STOP, Network

WALKING_M_PER_S = 1.4
EARTH_M = 6_371_000.0
METRES_PER_DEGREE = EARTH_M * np.pi / 180
OVER_S = 0.4
"""ferrobus cuts seconds off: a way takes this much more than wanted."""
FAR_S = 86_400
"""Ways that only hold the streets together take so much longer than any walk: nobody walks all the way there."""


def write_feed(network: Network, day: date, fixed: Links, folder: Path) -> None:
    """One GTFS folder of the trips of `day`; transfers.txt has what the feeds' own rows fix."""
    folder.mkdir(parents=True, exist_ok=True)
    runs = _runs(network, day)
    trips = runs.unique("trip_id", maintain_order=True)
    ids = pl.Series(list(network.stops.id))
    stops = np.flatnonzero(network.stops.location_type == STOP)
    lat, lon = places(network)
    tables = {
        "stops": pl.DataFrame(
            {
                "stop_id": ids.gather(stops),
                "stop_name": ids.gather(stops),
                "stop_lat": lat[stops],
                "stop_lon": lon[stops],
            }
        ),
        "routes": pl.DataFrame({"route_id": list(network.routes.id), "route_type": network.routes.type}),
        "trips": trips.select("route_id", "trip_id", service_id=pl.lit("day")),
        "calendar": _calendar(day),
        "stop_times": _stop_times(network, runs, ids),
        "transfers": pl.DataFrame(
            {
                "from_stop_id": ids.gather(fixed.start),
                "to_stop_id": ids.gather(fixed.end),
                "min_transfer_time": fixed.seconds,
            }
        ).with_columns(transfer_type=pl.lit(2)),
    }
    for name, table in tables.items():
        table.write_csv(folder / f"{name}.txt")


def places(network: Network) -> tuple[Floats, Floats]:
    """Latitude and longitude as OpenStreetMap keeps them, bit for bit: a stop is then 0 m from its node."""
    return tuple(1e-9 * (100 * np.rint(degrees * 1e7)) for degrees in (network.stops.lat, network.stops.lon))  # type: ignore[return-value]  # two


def _runs(network: Network, day: date) -> pl.DataFrame:
    """Vehicles of `day`: trip (row of the network), route_id, trip_id, and seconds that all its times are later."""
    running = network.services.runs[network.trips.service, (day - network.first_date).days] == 1
    own = np.flatnonzero(running & (network.trips.is_headway == 0))
    rows, starts = _departures(network, running)
    first = network.stop_times.departure[network.trips.times_ptr[network.headways.trip[rows]]]
    trip = np.concatenate([own, network.headways.trip[rows]])
    later = np.concatenate([np.zeros(len(own), np.int64), starts - first])
    routes, ids = pl.Series(list(network.routes.id)), pl.Series(list(network.trips.id))
    numbered = ids.gather(network.headways.trip[rows]) + "#" + pl.Series(np.arange(1, len(rows) + 1)).cast(pl.String)
    return pl.DataFrame(
        {
            "trip": trip,
            "later": later,
            "route_id": routes.gather(network.trips.route[trip]),
            "trip_id": pl.concat([ids.gather(own), numbered]),
        }
    )


def _departures(network: Network, running: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Int64s, Int64s]:
    """(row of the headways, start) of every vehicle: at `start` and each headway after it, before `end`."""
    rows = network.headways
    n = np.where(running[rows.trip], np.maximum(-((rows.start - rows.end) // rows.headway_s), 0), 0).astype(np.int64)
    row = np.repeat(np.arange(len(n)), n)
    turn = np.arange(len(row)) - np.repeat(np.cumsum(n) - n, n)
    return row, rows.start[row] + turn * rows.headway_s[row]


def _calendar(day: date) -> pl.DataFrame:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    text = f"{day:%Y%m%d}"
    return pl.DataFrame(
        {"service_id": ["day"], **{name: [1] for name in names}, "start_date": [text], "end_date": [text]}
    )


def _stop_times(network: Network, runs: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    trip, later = runs["trip"].to_numpy(), runs["later"].to_numpy()
    ptr = network.trips.times_ptr
    n = ptr[trip + 1] - ptr[trip]
    run = np.repeat(np.arange(len(trip)), n)
    position = np.arange(len(run)) - np.repeat(np.cumsum(n) - n, n)
    call = ptr[trip][run] + position
    stop = network.sequences.stops[network.sequences.ptr[network.trips.sequence[trip]][run] + position]
    times = network.stop_times
    return pl.DataFrame(
        {
            "trip_id": runs["trip_id"].gather(run),
            "arrival_time": _clock(times.arrival[call] + later[run]),
            "departure_time": _clock(times.departure[call] + later[run]),
            "stop_id": ids.gather(stop),
            "stop_sequence": position,
        }
    )


def _clock(seconds: Int64s) -> pl.Series:
    seconds = np.maximum(seconds, 0)  # a vehicle that starts at midnight may stand at its first call before
    parts = (seconds // 3600, seconds // 60 % 60, seconds % 60)
    texts = [pl.Series(part).cast(pl.String).str.zfill(2) for part in parts]
    return texts[0] + ":" + texts[1] + ":" + texts[2]


class Ways(NamedTuple):
    """Streets to write: from node to node, in so many seconds."""

    start: Int32s
    end: Int32s
    seconds: Int32s


def write_streets(network: Network, walks: Links, limit_s: int, path: Path) -> None:
    """An OpenStreetMap extract with a footway for each walk, and long ones where nothing else is connected.

    ferrobus drops all but the largest connected part; `limit_s` is what it is told to walk at most.
    """
    stops = np.flatnonzero(network.stops.location_type == STOP)
    lat, lon = places(network)
    once = walks.start < walks.end
    ways = Ways(walks.start[once], walks.end[once], walks.walk_s[once])
    ways = Ways(*(np.concatenate(pair) for pair in zip(ways, _bridges(ways, stops, lat, lon, limit_s), strict=True)))
    middle_lat, middle_lon = _bends(ways, lat, lon)
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for stop in stops.tolist():
            writer.add_node(Node(id=stop + 1, location=(float(lon[stop]), float(lat[stop]))))
        first = len(lat) + 1
        for number, place in enumerate(zip(middle_lon.tolist(), middle_lat.tolist(), strict=True)):
            writer.add_node(Node(id=first + number, location=place))
        for number, (start, end) in enumerate(zip(ways.start.tolist(), ways.end.tolist(), strict=True)):
            nodes = [start + 1, first + number, end + 1]
            writer.add_way(Way(id=number + 1, nodes=nodes, tags={"highway": "footway"}))


def _bridges(ways: Ways, stops: Int64s, lat: Floats, lon: Floats, limit_s: int) -> Ways:
    """A chain of ways between the connected parts, all too long to be walked."""
    links = coo_array((np.ones(len(ways.start), np.int8), (ways.start, ways.end)), shape=(len(lat), len(lat)))
    _, part = connected_components(links, directed=False)
    _, first = np.unique(part[stops], return_index=True)
    heads = stops[np.sort(first)].astype(np.int32)
    start, end = heads[:-1], heads[1:]
    direct = np.ceil(metres_between(lat[start], lon[start], lat[end], lon[end]) / WALKING_M_PER_S).astype(np.int32)
    return Ways(start, end, np.maximum(direct, limit_s) + FAR_S)


def _bends(ways: Ways, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """A point beside the middle of each way, so far that the way over it has the wanted length."""
    straight = metres_between(lat[ways.start], lon[ways.start], lat[ways.end], lon[ways.end])
    wanted = np.maximum((ways.seconds + OVER_S) * WALKING_M_PER_S, straight)
    aside = np.sqrt(wanted**2 - straight**2) / 2
    middle_lat, middle_lon = (lat[ways.start] + lat[ways.end]) / 2, (lon[ways.start] + lon[ways.end]) / 2
    metres_per_degree_lon = METRES_PER_DEGREE * np.cos(np.radians(middle_lat))
    east = (lon[ways.end] - lon[ways.start]) * metres_per_degree_lon
    north = (lat[ways.end] - lat[ways.start]) * METRES_PER_DEGREE
    length = np.hypot(east, north)
    apart = length > 0
    unit = np.where(apart, length, 1.0)
    left, up = np.where(apart, -north / unit, 1.0), np.where(apart, east / unit, 0.0)
    return middle_lat + up * aside / METRES_PER_DEGREE, middle_lon + left * aside / metres_per_degree_lon


def metres_between(lat: Floats, lon: Floats, other_lat: Floats, other_lon: Floats) -> Floats:
    """Great circle, as ferrobus measures ways."""
    a, b, c, d = (np.radians(degrees) for degrees in (lat, lon, other_lat, other_lon))
    chord = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    metres: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(chord))
    return metres
