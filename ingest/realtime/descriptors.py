"""Which vehicle a message means: its trip, its service date, and which of the trip's vehicles that day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.outcome import Reason

_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])")
LATEST_START_S = 240 * 3600
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAYS_AROUND = (0, -1, -2, -3, 1)
"""Without a date: which service dates from today's are thought of. A trip may run into a third day."""


class Ignored(Exception):
    """An entity of which nothing is used."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Run:
    """A vehicle. start_s: of a trip by frequencies.txt its first departure, -1 for all that the trip has that day.

    shift_s is what its schedule adds to the trip's stop_times.
    """

    trip: int
    day: int
    start_s: int = -1
    shift_s: int = 0


def text_of(value: str | bytes) -> str:
    """A text of a message; what is not UTF-8 is no id that a feed could have. Raises Ignored."""
    if isinstance(value, bytes):
        raise Ignored(Reason.UNREADABLE)
    return value


def parse_date(text: str) -> int:
    """YYYYMMDD as proleptic ordinal. Raises Ignored."""
    match = _DATE.fullmatch(text)
    try:
        if match is not None:
            return date(int(match[1]), int(match[2]), int(match[3])).toordinal()
    except ValueError:
        pass
    raise Ignored(Reason.BAD_START_DATE)


def parse_time(text: str) -> int:
    """H:MM:SS as seconds of a service day. Raises Ignored."""
    match = _TIME.fullmatch(text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]) if match else LATEST_START_S + 1
    if seconds > LATEST_START_S:
        raise Ignored(Reason.BAD_START_TIME)
    return seconds


class RunFinder:
    """Finds vehicles of one feed. `now_s` (UTC seconds) tells days apart where a message does not."""

    def __init__(self, index: FeedIndex, now_s: int) -> None:
        self._index, self._now_s = index, now_s
        self._dates: dict[str, int] = {}

    def find(self, said: gtfs_rt.TripDescriptor, at_s: int | None = None, *, whole_trip: bool = False) -> Run:
        """The vehicle that `said` describes, which is under way about `at_s`. Raises Ignored.

        whole_trip: without a start_time all vehicles that a trip by frequencies.txt has that day are meant.
        """
        trip = self.trip(said)
        day = self.date(text_of(said.start_date)) if said.start_date else None
        start_s = parse_time(text_of(said.start_time)) if said.start_time else None
        if self._index.network.trips.is_headway[trip]:
            return self._headway_run(trip, day, start_s, whole_trip=whole_trip)
        if start_s is not None and start_s != self._index.first_departure[trip]:
            raise Ignored(Reason.START_TIME_MISMATCH)
        return Run(trip, self._day(trip, at_s) if day is None else self._checked_day(trip, day))

    def trip(self, said: gtfs_rt.TripDescriptor) -> int:
        """The row of the trip that is named, or that route, direction and start tell. Raises Ignored."""
        index = self._index
        if not said.trip_id:
            return self._trip_of_route(said)
        trip = index.trips.get(text_of(said.trip_id), -1)
        if trip < 0:
            raise Ignored(Reason.UNKNOWN_TRIP)
        trips = index.network.trips
        if said.route_id and index.routes.get(text_of(said.route_id), -1) != trips.route[trip]:
            raise Ignored(Reason.ROUTE_MISMATCH)
        if said.HasField("direction_id") and trips.direction[trip] not in (-1, said.direction_id):
            raise Ignored(Reason.DIRECTION_MISMATCH)
        return trip

    def date(self, text: str) -> int:
        """As parse_date; a message has few dates and many trips."""
        day = self._dates.get(text)
        if day is None:
            day = self._dates[text] = parse_date(text)
        return day

    def _trip_of_route(self, said: gtfs_rt.TripDescriptor) -> int:
        """The one trip of a route that leaves then, in that direction, on that day."""
        if not (said.route_id and said.start_time and said.start_date):
            raise Ignored(Reason.TRIP_NOT_IDENTIFIED)
        index, trips = self._index, self._index.network.trips
        route = index.routes.get(text_of(said.route_id), -1)
        if route < 0:
            raise Ignored(Reason.UNKNOWN_ROUTE)
        day, start_s = self.date(text_of(said.start_date)), parse_time(text_of(said.start_time))
        rows = index.trips_of_route.get(route, np.empty(0, np.int64))
        rows = rows[index.first_departure[rows] == start_s]
        if said.HasField("direction_id"):
            rows = rows[trips.direction[rows] == said.direction_id]
        running = [trip for trip in rows.tolist() if index.runs_on(trip, day)]
        if len(running) != 1:
            raise Ignored(Reason.TRIP_NOT_IDENTIFIED)
        return int(running[0])

    def _checked_day(self, trip: int, day: int) -> int:
        if not self._index.runs_on(trip, day):
            raise Ignored(Reason.NOT_RUNNING)
        return day

    def _day(self, trip: int, at_s: int | None) -> int:
        """The service date on which the trip is under way at `at_s`, or nearest to it."""
        index, instant = self._index, self._now_s if at_s is None else at_s
        first, last = int(index.first_departure[trip]), int(index.last_arrival[trip])
        return self._nearest_day(trip, instant, first, last)

    def _nearest_day(self, trip: int, instant: int, first: int, last: int) -> int:
        index = self._index
        zone = index.zone_of(int(index.network.trips.route[trip]))
        today = _EPOCH_DAY + instant // 86_400 if 0 < instant < 2**40 else 0
        best, nearest = None, 0
        for offset in _DAYS_AROUND:
            if not index.runs_on(trip, today + offset):
                continue
            begin = index.day_start(today + offset, zone)
            away = max(begin + first - instant, instant - begin - last, 0)
            if best is None or away < nearest:
                best, nearest = today + offset, away
            if away == 0:
                break
        if best is None:
            raise Ignored(Reason.NOT_RUNNING)
        return best

    def _headway_run(self, trip: int, day: int | None, start_s: int | None, *, whole_trip: bool) -> Run:
        index = self._index
        if start_s is None:
            if not whole_trip or day is None:
                raise Ignored(Reason.START_TIME_MISSING)
            return Run(trip, self._checked_day(trip, day))
        first, last = int(index.first_departure[trip]), int(index.last_arrival[trip])
        if day is None:
            day = self._nearest_day(trip, self._now_s, start_s, start_s + last - first)
        else:
            day = self._checked_day(trip, day)
        if not any(self._may_start(row, start_s) for row in index.headways_of_trip.get(trip, ())):
            raise Ignored(Reason.START_TIME_MISMATCH)
        return Run(trip, day, start_s, start_s - first)

    def _may_start(self, row: int, start_s: int) -> bool:
        """Whether a vehicle of a row of frequencies.txt starts then: without exact times any instant will do."""
        rows = self._index.network.headways
        start, end = int(rows.start[row]), int(rows.end[row])
        on_time = not rows.exact[row] or (start_s - start) % int(rows.headway_s[row]) == 0
        return start <= start_s < end and on_time

    def is_exact(self, run: Run) -> bool:
        """Whether the schedule has this very vehicle."""
        rows = self._index.network.headways
        mine: Iterable[int] = self._index.headways_of_trip.get(run.trip, ())
        return any(bool(rows.exact[row]) and self._may_start(row, run.start_s) for row in mine)
