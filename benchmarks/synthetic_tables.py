"""The GTFS tables of one feed of a made-up city, as polars frames of text and whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from benchmarks.synthetic_city import City, degrees
from benchmarks.synthetic_timetable import LATEST_S, LineTrips, Service
from ingest.arrays import Floats, Int64s

ZONE = "Europe/London"
WALK_M_PER_S = 1.2
CHANGE_S = 30
"""What a change takes besides the walk."""
HOLIDAYS = ((1, 1), (5, 1), (12, 25), (12, 26))
"""(month, day) on which Sunday's trips run."""
FEED_APART_M = 4.0
"""Each feed has poles of its own, this far from the feed before."""
COLORS = {"grid": "0072B2", "radial": "009E73", "orbital": "CC79A7", "rail": "D55E00"}


@dataclass(frozen=True, slots=True)
class FeedPart:
    """One provider's share of a city: its lines, and the stops they call at."""

    city: City
    number: int
    """Of the provider, from 1."""
    lines: Int64s
    services: Sequence[Service]
    first_date: date
    last_date: date
    dense: bool
    """Whether transfers.txt links all stops of two neighbouring places, or only those of a rail station."""

    def used_stops(self) -> Int64s:
        """Stop numbers, ascending."""
        lines = [self.city.lines[number] for number in self.lines]
        return np.unique(np.concatenate([line.stops(direction) for line in lines for direction in (0, 1)]))

    def stations(self) -> Int64s:
        """Places where the part's own rail lines stop."""
        rail = [line.places for number in self.lines if (line := self.city.lines[number]).is_rail]
        return np.unique(np.concatenate([np.empty(0, np.int64), *rail]))

    def position(self, stops: Int64s) -> tuple[Floats, Floats]:
        """Latitude and longitude."""
        east, north = self.city.position_m(stops)
        return degrees(east + FEED_APART_M * (self.number - 1), north)


def stop_ids(stops: Int64s) -> pl.Series:
    """Text ids: place and pole or platform."""
    kinds = pl.Series(["a", "b", "p1", "p2"]).gather(stops % 4)
    return _padded(stops // 4, 6) + kinds


def small_tables(part: FeedPart) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every file but trips.txt and stop_times.txt."""
    yield "agency.txt", _agency(part)
    yield "feed_info.txt", _feed_info(part)
    yield "stops.txt", _stops(part)
    yield "routes.txt", _routes(part)
    yield "calendar.txt", _calendar(part)
    dates = _calendar_dates(part)
    if len(dates):
        yield "calendar_dates.txt", dates
    yield "transfers.txt", _transfers(part)
    yield "shapes.txt", _shapes(part)


def _agency(part: FeedPart) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "agency_id": [f"A{part.number}"],
            "agency_name": [f"Made-up Transport {part.number}"],
            "agency_url": [f"https://provider{part.number}.example/"],
            "agency_timezone": [ZONE],
            "agency_lang": ["en"],
        }
    )


def _feed_info(part: FeedPart) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "feed_publisher_name": [f"Made-up Transport {part.number}"],
            "feed_publisher_url": [f"https://provider{part.number}.example/"],
            "feed_lang": ["en"],
            "feed_start_date": [f"{part.first_date:%Y%m%d}"],
            "feed_end_date": [f"{part.last_date:%Y%m%d}"],
            "feed_version": ["1"],
        }
    )


def _stops(part: FeedPart) -> pl.DataFrame:
    stops, stations = part.used_stops(), part.stations()
    lat, lon = part.position(np.concatenate([stops, stations * 4]))
    places = np.concatenate([stops // 4, stations])
    is_station = np.arange(len(places)) >= len(stops)
    inside = np.isin(places, stations) & ~is_station
    ids = pl.concat([stop_ids(stops), _station_ids(stations)])
    rows, columns = np.divmod(places, part.city.side)
    return pl.DataFrame(
        {
            "stop_id": ids,
            "stop_name": "Street "
            + pl.Series(rows + 1).cast(pl.String)
            + " & Avenue "
            + pl.Series(columns + 1).cast(pl.String),
            "stop_lat": lat.round(6),
            "stop_lon": lon.round(6),
            "location_type": is_station.astype(np.int8),
            "parent_station": pl.select(pl.when(pl.Series(inside)).then(_station_ids(places))).to_series(),
            "wheelchair_boarding": (1 + (places % 3 == 0)).astype(np.int8),
        }
    )


def _station_ids(places: Int64s) -> pl.Series:
    return "S" + _padded(places, 6)


def _routes(part: FeedPart) -> pl.DataFrame:
    lines = [part.city.lines[number] for number in part.lines]
    return pl.DataFrame(
        {
            "route_id": _route_ids(part.lines),
            "agency_id": [f"A{part.number}"] * len(lines),
            "route_short_name": [
                f"{line.kind[0].upper()}{number + 1}" for number, line in zip(part.lines, lines, strict=True)
            ],
            "route_type": [1 if line.is_rail else 3 for line in lines],
            "route_color": [COLORS[line.kind] for line in lines],
            "route_text_color": ["FFFFFF"] * len(lines),
        }
    )


def _route_ids(lines: Int64s) -> pl.Series:
    return "R" + _padded(lines + 1, 5)


def _calendar(part: FeedPart) -> pl.DataFrame:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    days = {name: [service.days[number] for service in part.services] for number, name in enumerate(names)}
    n = len(part.services)
    return pl.DataFrame(
        {
            "service_id": [service.id for service in part.services],
            **days,
            "start_date": [f"{part.first_date:%Y%m%d}"] * n,
            "end_date": [f"{part.last_date:%Y%m%d}"] * n,
        }
    )


def _calendar_dates(part: FeedPart) -> pl.DataFrame:
    """Holidays: the day's own service is taken out, Sunday's put in."""
    sunday = next(service for service in part.services if service.days[6])
    rows = []
    for year in range(part.first_date.year, part.last_date.year + 1):
        for day in (date(year, month, number) for month, number in HOLIDAYS):
            usual = next(service for service in part.services if service.days[day.weekday()])
            if part.first_date <= day <= part.last_date and usual is not sunday:
                rows += [(usual.id, f"{day:%Y%m%d}", 2), (sunday.id, f"{day:%Y%m%d}", 1)]
    return pl.DataFrame(rows, schema=["service_id", "date", "exception_type"], orient="row")


def _transfers(part: FeedPart) -> pl.DataFrame:
    """All ordered pairs of stops of one group: closed, as a plain RAPTOR needs it."""
    stops = part.used_stops()
    row, column = np.divmod(stops // 4, part.city.side)
    group = row * part.city.side + column // 2 if part.dense else stops // 4
    if not part.dense:
        inside = np.isin(stops // 4, part.stations())
        stops, group = stops[inside], group[inside]
    frame = pl.DataFrame({"stop": stops, "group": group})
    pairs = frame.join(frame, on="group").filter(pl.col("stop") != pl.col("stop_right")).sort("stop", "stop_right")
    start, end = (pairs[name].to_numpy() for name in ("stop", "stop_right"))
    (x1, y1), (x2, y2) = part.city.position_m(start), part.city.position_m(end)
    seconds = np.ceil(np.hypot(x1 - x2, y1 - y2) / WALK_M_PER_S) + CHANGE_S
    return pl.DataFrame(
        {
            "from_stop_id": stop_ids(start),
            "to_stop_id": stop_ids(end),
            "transfer_type": np.full(len(start), 2, np.int8),
            "min_transfer_time": seconds.astype(np.int32),
        }
    )


def _shapes(part: FeedPart) -> pl.DataFrame:
    """A point at each call and one between two."""
    frames = [_shape(part, int(number), direction) for number in part.lines for direction in (0, 1)]
    return pl.concat(frames)


def _shape(part: FeedPart, number: int, direction: int) -> pl.DataFrame:
    lat, lon = part.position(part.city.lines[number].stops(direction))
    points = [np.insert(way, np.arange(1, len(way)), (way[1:] + way[:-1]) / 2).round(6) for way in (lat, lon)]
    return pl.DataFrame(
        {
            "shape_id": [_shape_id(number, direction)] * len(points[0]),
            "shape_pt_lat": points[0],
            "shape_pt_lon": points[1],
            "shape_pt_sequence": np.arange(1, len(points[0]) + 1, dtype=np.int32),
        }
    )


def _shape_id(line: int, direction: int) -> str:
    return f"H{line + 1:05d}-{direction}"


def trips_table(part: FeedPart, found: LineTrips) -> pl.DataFrame:
    """trips.txt of one line and direction."""
    n = len(found.service)
    side = part.city.side
    row, column = divmod(int(part.city.lines[found.line].places[-1 if found.direction == 0 else 0]), side)
    services = pl.Series([service.id for service in part.services])
    return pl.DataFrame(
        {
            "route_id": _route_ids(np.full(n, found.line)),
            "service_id": services.gather(found.service),
            "trip_id": trip_ids(part, found),
            "trip_headsign": [f"Street {row + 1} & Avenue {column + 1}"] * n,
            "direction_id": np.full(n, found.direction, np.int8),
            "shape_id": [_shape_id(found.line, found.direction)] * n,
            "wheelchair_accessible": np.ones(n, np.int8),
        }
    )


def trip_ids(part: FeedPart, found: LineTrips) -> pl.Series:
    """Ids that say line, service, direction and number, as long as those of real feeds."""
    services = pl.Series([service.id for service in part.services]).gather(found.service)
    return f"R{found.line + 1:05d}-" + services + f"-{found.direction}-" + _padded(np.arange(len(services)), 6)


def stop_times_table(part: FeedPart, found: LineTrips, clock: pl.Series) -> pl.DataFrame:
    """stop_times.txt of one line and direction; `clock` is `clock_texts()`."""
    trips, calls = found.arrivals.shape
    stops = stop_ids(part.city.lines[found.line].stops(found.direction))
    return pl.DataFrame(
        {
            "trip_id": trip_ids(part, found).gather(np.repeat(np.arange(trips), calls)),
            "arrival_time": clock.gather(found.arrivals.ravel()),
            "departure_time": clock.gather(found.departures.ravel()),
            "stop_id": stops.gather(np.tile(np.arange(calls), trips)),
            "stop_sequence": np.tile(np.arange(1, calls + 1, dtype=np.int32), trips),
            "timepoint": np.tile((np.arange(calls) % 8 == 0).astype(np.int8), trips),
        }
    )


def clock_texts() -> pl.Series:
    """HH:MM:SS of every second up to the latest that a trip may reach."""
    seconds = np.arange(LATEST_S)
    parts = (_padded(part, 2) for part in (seconds // 3600, seconds // 60 % 60, seconds % 60))
    hours, minutes, rest = parts
    return hours + ":" + minutes + ":" + rest


def _padded(numbers: Int64s, width: int) -> pl.Series:
    return pl.Series(numbers).cast(pl.String).str.zfill(width)
