"""Networks drawn in text, for scenarios that a person can check with a finger.

    stop A 0 0                          metres east and north of the centre; stops not placed lie 10 km apart
    station Z: A B                      a parent station of every feed that calls at A or B
    entrance E 0 50 of Z                a part of every feed with that station; `node` is a generic node
    pathway x E <> A stairs 20 m        both ways, or `>`; measures are m, s (traversal_time) and stairs, or none
    boarding x A 2                      wheelchair_boarding of a stop; `access` is stop_access, `level` its floor
    zone x Europe/Berlin                time zone of feed x; the default is Asia/Jakarta
    days WK 1111100 2026-03-02 2026-03-08 +2026-03-07 -2026-03-03
    A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1, route R1, service WK, block 7
    A 0:00 > B 0:10 / x, every 600 from 06:00 to 10:00, exact 7200 from 12:00 to 20:00
    transfer x A > B 2 180              from, to, type and, if any, the time
    transfer x A > B 3, from trip T1, to route R2
    stay x T1 > T2                      type 4; `leave` is type 5

A call is a stop and its time, or arrival and departure; `(board)` or `(alight)` after the times allows only that. The
option `wheelchair 1` of a trip is its wheelchair_accessible.
Each feed has its own stop A, all at one place: on foot they are 0 m apart. `#` starts a comment.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle_vehicles import WEEKDAYS
from tests.support.oracle_walking import EARTH_RADIUS_M

CENTRE = (-6.2, 106.8)
ZONE = "Asia/Jakarta"
# Daily, in the dates of every scenario: they play in 2026.
MODES = ("walkway", "stairs", "travelator", "escalator", "elevator", "gate", "exit")
"""pathway_mode, from 1 on."""
MEASURES = {"m": "length", "s": "traversal_time", "stairs": "stair_count"}
ENTRANCE, NODE = 2, 3
PLACES = ("stop ", "station ", "entrance ", "node ")
EVERY_DAY = ("1111111", "2026-01-01", "2026-12-31")


def position(east_m: float, north_m: float, centre: tuple[float, float] = CENTRE) -> tuple[float, float]:
    """(lat, lon) so many metres east and north of `centre`."""
    degree_m = math.radians(EARTH_RADIUS_M)
    lat, lon = centre
    return lat + north_m / degree_m, lon + east_m / degree_m / math.cos(math.radians(lat))


def clock(seconds: int) -> str:
    """Seconds of a service day as GTFS writes them, such as 25:30:00."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def feeds_of(text: str) -> dict[str, GtfsFeed]:
    """The feeds of a drawn network, by feed id. Raises ValueError with the line that is no part of the language."""
    drawing = _Drawing()
    lines = [line.split("#")[0].strip() for line in text.splitlines()]
    # Stops and stations first: a feed's rows name what the whole drawing says of them.
    for line in sorted(filter(None, lines), key=lambda line: not line.startswith(PLACES)):
        drawing.read(line)
    return drawing.finish()


@dataclass
class _Drawing:
    feeds: dict[str, GtfsFeed] = field(default_factory=dict)
    zones: dict[str, str] = field(default_factory=dict)
    positions: dict[str, tuple[float, float]] = field(default_factory=dict)
    stations: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    said: list[tuple[str, str, str, str]] = field(default_factory=list)
    days: list[list[str]] = field(default_factory=list)

    def read(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        readers: dict[str, Callable[[str], None]] = {
            "stop": self._stop,
            "station": self._station,
            "entrance": lambda rest: self._inner(rest, ENTRANCE),
            "node": lambda rest: self._inner(rest, NODE),
            "pathway": self._pathway,
            "boarding": lambda rest: self._say(rest, "wheelchair_boarding"),
            "access": lambda rest: self._say(rest, "stop_access"),
            "level": lambda rest: self._say(rest, "level_id"),
            "zone": self._zone,
            "days": lambda rest: self.days.append(rest.split()),
            "transfer": self._transfer,
            "stay": lambda rest: self._seats(rest, "4"),
            "leave": lambda rest: self._seats(rest, "5"),
        }
        if word in readers:
            readers[word](rest)
        elif " / " in line and " > " in line:
            self._trip(line)
        else:
            raise ValueError(f"not a line of a timetable: {line!r}")

    def _stop(self, rest: str) -> None:
        name, east, north = rest.split()
        self.positions[name] = position(float(east), float(north))

    def _station(self, rest: str) -> None:
        name, _, stops = rest.partition(":")
        self.stations.update(dict.fromkeys(stops.split(), name.strip()))

    def _inner(self, rest: str, kind: int) -> None:
        place, _, station = rest.partition(" of ")
        self._stop(place)
        name = place.split()[0]
        self.stations[name], self.kinds[name] = station.strip(), kind

    def _pathway(self, rest: str) -> None:
        matched = re.fullmatch(r"(\S+) (\S+) (<?>) (\S+) ([a-z]+)((?: -?\d+ [a-z]+)*)", rest)
        if matched is None or matched[5] not in MODES:
            raise ValueError(f"not a pathway: {rest!r}")
        feed = self._feed(matched[1])
        for end in (matched[2], matched[4]):
            self._add_stop(feed, end)
        measures = matched[6].split()
        feed.add(
            "pathways",
            pathway_id=f"W{len(feed.rows('pathways')) + 1}",
            from_stop_id=matched[2],
            to_stop_id=matched[4],
            pathway_mode=MODES.index(matched[5]) + 1,
            is_bidirectional=int(matched[3] == "<>"),
            **{MEASURES[unit]: number for number, unit in zip(measures[::2], measures[1::2], strict=True)},
        )

    def _say(self, rest: str, column: str) -> None:
        feed_id, name, value = rest.split()
        self._add_stop(self._feed(feed_id), name)
        self.said.append((feed_id, name, column, value))

    def _zone(self, rest: str) -> None:
        feed_id, self.zones[feed_id] = rest.split()

    def _transfer(self, rest: str) -> None:
        pair, *named = rest.split(", ")
        matched = re.fullmatch(r"(\S+) (\S+) > (\S+) ([0-3])(?: (\d+))?", pair)
        if matched is None:
            raise ValueError(f"not a transfer: {rest!r}")
        feed_id, *ends, kind, time = matched.groups()
        for end in ends:
            self._add_stop(self._feed(feed_id), end)
        row = {"from_stop_id": ends[0], "to_stop_id": ends[1], "transfer_type": kind, "min_transfer_time": time}
        for option in named:
            if re.fullmatch(r"(from|to) (trip|route) \S+", option) is None:
                raise ValueError(f"not a trip or route of a transfer: {option!r}")
            side, of, value = option.split()
            row[f"{side}_{of}_id"] = value
        self._feed(feed_id).add("transfers", **row)

    def _seats(self, rest: str, kind: str) -> None:
        feed_id, first, arrow, second = rest.split()
        if arrow != ">":
            raise ValueError(f"not two trips: {rest!r}")
        self._feed(feed_id).add("transfers", transfer_type=kind, from_trip_id=first, to_trip_id=second)

    def _trip(self, line: str) -> None:
        calls, _, tail = line.rpartition(" / ")
        feed_id, *options = [part.strip() for part in tail.split(",")]
        feed = self._feed(feed_id)
        named = dict(option.split(" ", 1) for option in options)
        trip = named.pop("trip", f"T{len(feed.rows('trips')) + 1}")
        route = named.pop("route", f"R-{trip}")
        if route not in {row["route_id"] for row in feed.rows("routes")}:
            feed.add("routes", route_id=route, agency_id="A", route_short_name=route.removeprefix("R-"), route_type=3)
        feed.add(
            "trips",
            route_id=route,
            service_id=named.pop("service", "DAILY"),
            trip_id=trip,
            block_id=named.pop("block", ""),
            wheelchair_accessible=named.pop("wheelchair", None),
        )
        for number, call in enumerate(calls.split(" > "), 1):
            self._call(feed, trip, number, call.split())
        for option in options:
            if option.startswith(("every ", "exact ")):
                _frequency(feed, trip, option)
                named.pop(option.split()[0], None)
        if named:
            raise ValueError(f"unknown options {sorted(named)} in {line!r}")

    def _call(self, feed: GtfsFeed, trip: str, number: int, words: list[str]) -> None:
        name, *times = words
        only = times.pop() if times[-1] in ("(board)", "(alight)") else ""
        self._add_stop(feed, name)
        feed.add(
            "stop_times",
            trip_id=trip,
            arrival_time=_time(times[0]),
            departure_time=_time(times[-1]),
            stop_id=name,
            stop_sequence=number,
            pickup_type=int(only == "(alight)"),
            drop_off_type=int(only == "(board)"),
        )

    def _feed(self, feed_id: str) -> GtfsFeed:
        return self.feeds.setdefault(feed_id, GtfsFeed({"agency": []}))

    def _add_stop(self, feed: GtfsFeed, name: str) -> None:
        if any(row["stop_id"] == name for row in feed.rows("stops")):
            return
        is_station = name in self.stations.values()
        parent = self.stations.get(name, "")
        if parent:
            self._add_stop(feed, parent)
        # A row of places 10 km apart: nobody walks between them.
        at = self.positions.setdefault(name, position(10_000 * (len(self.positions) + 1), 50_000))
        feed.add(
            "stops",
            stop_id=name,
            stop_name=name,
            stop_lat=f"{at[0]:.7f}",
            stop_lon=f"{at[1]:.7f}",
            location_type=int(is_station) or self.kinds.get(name, 0),
            parent_station=parent,
        )

    def finish(self) -> dict[str, GtfsFeed]:
        """Add agencies and calendars: they depend on every line."""
        for name in self.kinds:
            for feed in self.feeds.values():
                if any(row["stop_id"] == self.stations[name] for row in feed.rows("stops")):
                    self._add_stop(feed, name)
        for feed_id, name, column, value in self.said:
            feed = self.feeds[feed_id]
            next(row for row in feed.rows("stops") if row["stop_id"] == name)[column] = value
            if column == "level_id" and all(row["level_id"] != value for row in feed.rows("levels")):
                feed.add("levels", level_id=value, level_index=value)
        for feed_id, feed in self.feeds.items():
            zone = self.zones.get(feed_id, ZONE)
            feed.add(
                "agency",
                agency_id="A",
                agency_name=feed_id,
                agency_url=f"https://{feed_id}.example.com",
                agency_timezone=zone,
            )
            for service, week, first, last, *exceptions in [["DAILY", *EVERY_DAY], *self.days]:
                add_service(feed, service, week, _date(first), _date(last))
                for exception in exceptions:
                    add_exception(feed, service, _date(exception[1:]), runs=exception[0] == "+")
        return self.feeds


def add_service(feed: GtfsFeed, service: str, week: str, first: dt.date, last: dt.date) -> None:
    """Add a calendar.txt row; `week` is seven digits from Monday on."""
    span = {"start_date": f"{first:%Y%m%d}", "end_date": f"{last:%Y%m%d}"}
    feed.add("calendar", service_id=service, **dict(zip(WEEKDAYS, week, strict=True)), **span)


def add_exception(feed: GtfsFeed, service: str, date: dt.date, *, runs: bool) -> None:
    """Add a calendar_dates.txt row: the service runs on `date`, or it does not."""
    feed.add("calendar_dates", service_id=service, date=f"{date:%Y%m%d}", exception_type=1 if runs else 2)


def _frequency(feed: GtfsFeed, trip: str, option: str) -> None:
    kind, headway, _, start, _, end = option.split()
    feed.add(
        "frequencies",
        trip_id=trip,
        start_time=_time(start),
        end_time=_time(end),
        headway_secs=headway,
        exact_times=int(kind == "exact"),
    )


def _time(text: str) -> str:
    hours, minutes, *seconds = text.split(":")
    return clock(int(hours) * 3600 + int(minutes) * 60 + int(seconds[0] if seconds else 0))


def _date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
