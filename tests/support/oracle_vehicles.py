"""What runs: every vehicle of a feed in a span of days, at exact instants. Part of the test oracle.

Written from docs/semantics.md alone. Instants are whole seconds since 1970 (UTC), plain ints.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from zoneinfo import ZoneInfo

from tests.support.gtfs_feed import GtfsFeed, Row

Spot = tuple[str, str]
"""A stop, and the trip that stops there; "" for all trips that no row of transfers.txt tells from others."""
Instants = Mapping[Spot, int]
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


TRANSFER_KEY = tuple(f"{side}_{kind}_id" for side in ("from", "to") for kind in ("stop", "route", "trip"))
"""The primary key of transfers.txt: of rows that share it the first counts."""


@dataclass(frozen=True)
class Call:
    """A vehicle at a stop. Times are instants, or for headway trips seconds after leaving the first stop."""

    stop: str
    trip: str
    """As in Spot"""
    arrival: int
    departure: int
    can_board: bool
    can_alight: bool

    @property
    def spot(self) -> Spot:
        """Where the rider is told apart from riders of other trips."""
        return self.stop, self.trip

    def later(self, seconds: int) -> Call:
        """The same call `seconds` later."""
        return replace(self, arrival=self.arrival + seconds, departure=self.departure + seconds)


@dataclass(frozen=True)
class ScheduledVehicle:
    """One vehicle with a timetable on one service day, and the trips that it continues into."""

    provider: str
    trips: tuple[str, ...]
    calls: tuple[Call, ...]

    def is_under_way(self, first: int, last: int) -> bool:
        """Whether it may be on the road at some instant of first..last."""
        return self.calls[0].arrival <= last and self.calls[-1].departure >= first

    def alightings(self, ready: Instants) -> Iterator[tuple[Spot, int]]:
        """(spot, earliest arrival) for riders who are at spots from the instants `ready` on."""
        seated = False
        for call in self.calls:
            if seated and call.can_alight:
                yield call.spot, call.arrival
            if call.can_board and call.spot in ready and ready[call.spot] <= call.departure:
                seated = True

    def boardings(self, due: Instants) -> Iterator[tuple[Spot, int]]:
        """(spot, latest instant to be there) for riders who must be off at spots by the instants `due`."""
        useful = False
        for call in reversed(self.calls):
            if useful and call.can_board:
                yield call.spot, call.departure
            if call.can_alight and call.spot in due and call.arrival <= due[call.spot]:
                useful = True


@dataclass(frozen=True)
class HeadwayVehicle:
    """A headway trip on one service day. `rows` are (start, end, headway): two instants and seconds."""

    provider: str
    trips: tuple[str, ...]
    calls: tuple[Call, ...]
    rows: tuple[tuple[int, int, int], ...]
    wait: str = "expected"
    """The headway_wait of the question."""

    def is_under_way(self, first: int, last: int) -> bool:
        """As ScheduledVehicle.is_under_way."""
        duration = max(call.departure for call in self.calls)
        return any(start <= last and end + duration >= first for start, end, _ in self.rows)

    def wait_s(self, headway: int) -> int:
        """How long a rider waits for a vehicle that comes each `headway` seconds."""
        return {"expected": headway // 2, "worst": headway, "none": 0}[self.wait]

    def start(self, call: Call, ready: int) -> int | None:
        """When the vehicle leaves its first stop for a rider at `call` from `ready` on; None: no ride."""
        starts = [(max(ready - call.departure, start) + self.wait_s(headway), end) for start, end, headway in self.rows]
        return min((x for x, end in starts if x < end), default=None)

    def latest_ready(self, call: Call, latest_start: int) -> int | None:
        """The latest instant to be at `call` for a start by `latest_start`; None: no ride."""
        ready = [
            min(latest_start, end - 1) - self.wait_s(headway) + call.departure
            for start, end, headway in self.rows
            if start + self.wait_s(headway) <= min(latest_start, end - 1)
        ]
        return max(ready, default=None)

    def alightings(self, ready: Instants) -> Iterator[tuple[Spot, int]]:
        """As ScheduledVehicle.alightings."""
        for i, call in enumerate(self.calls):
            start = self.start(call, ready[call.spot]) if call.can_board and call.spot in ready else None
            if start is not None:
                yield from ((off.spot, start + off.arrival) for off in self.calls[i + 1 :] if off.can_alight)

    def boardings(self, due: Instants) -> Iterator[tuple[Spot, int]]:
        """As ScheduledVehicle.boardings."""
        for j, off in enumerate(self.calls):
            if not off.can_alight or off.spot not in due:
                continue
            for call in self.calls[:j]:
                ready = self.latest_ready(call, due[off.spot] - off.arrival) if call.can_board else None
                if ready is not None:
                    yield call.spot, ready


Vehicle = ScheduledVehicle | HeadwayVehicle


def seconds_of(text: str) -> int:
    """Seconds of a GTFS time such as `25:30:00`. Raises ValueError where it is blank or no time."""
    hours, minutes, seconds = text.strip().split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)


def date_of(text: str) -> dt.date:
    """The date of a GTFS date such as `20260302`."""
    return dt.datetime.strptime(text.strip(), "%Y%m%d").date()


def day_start(date: dt.date, zone: str) -> int:
    """The instant at which service day `date` starts: noon minus 12 hours in `zone`."""
    noon = dt.datetime.combine(date, dt.time(12), ZoneInfo(zone))
    return int(noon.timestamp()) - 12 * 3600


class Schedule:
    """Every vehicle of one feed. Stop and trip ids come out scoped `FEED_ID`.

    `told_apart`: ids of the trips that the spots of their calls name.
    """

    def __init__(self, feed_id: str, feed: GtfsFeed, provider: str, told_apart: Collection[str] = ()) -> None:
        self._feed_id = feed_id
        self._feed = feed
        self._provider = provider
        self._zones = _zones_of_trips(feed)
        self._headways = _rows_by(feed.rows("frequencies"), "trip_id")
        self._calls = {
            trip: calls
            for trip, rows in _rows_by(feed.rows("stop_times"), "trip_id").items()
            if len(calls := self._calls_of(rows, f"{feed_id}_{trip}" if trip in told_apart else "")) >= 2
        }
        ends = [seconds_of(row["end_time"]) for row in feed.rows("frequencies")]
        # An upper bound: a headway trip may start at the end of its last row.
        self.longest_s = max((calls[-1].arrival for calls in self._calls.values()), default=0) + max(ends, default=0)

    def _calls_of(self, rows: list[Row], trip: str) -> tuple[Call, ...]:
        rows = sorted(rows, key=lambda row: int(row["stop_sequence"]))
        return tuple(
            Call(
                f"{self._feed_id}_{row['stop_id']}",
                trip,
                seconds_of(row["arrival_time"]),
                seconds_of(row["departure_time"]),
                row.get("pickup_type") != "1",
                row.get("drop_off_type") != "1",
            )
            for row in rows
        )

    def vehicles_on(self, date: dt.date) -> list[Vehicle]:
        """All vehicles of service day `date`."""
        running = [
            row
            for row in self._feed.rows("trips")
            if row["trip_id"] in self._calls and runs_on(self._feed, row["service_id"], date)
        ]
        timetabled = {row["trip_id"]: row for row in running if row["trip_id"] not in self._headways}
        vehicles: list[Vehicle] = [*self._seated_chains(timetabled, date)]
        for row in running:
            if row["trip_id"] in self._headways:
                vehicles += self._by_frequency(row["trip_id"], date)
        return vehicles

    def _seated_chains(self, trips: dict[str, Row], date: dt.date) -> Iterator[ScheduledVehicle]:
        """One vehicle for each trip, and one for each way in which it continues into others."""
        runs = {}
        for trip in trips:
            midnight = day_start(date, self._zones[trip])
            runs[trip] = tuple(call.later(midnight) for call in self._calls[trip])
        following = self._continuations(trips, runs)
        chains: list[tuple[str, ...]] = [(trip,) for trip in runs]
        while chains:
            chain = chains.pop()
            yield ScheduledVehicle(self._provider, self._scoped(chain), _join([runs[trip] for trip in chain]))
            chains += [(*chain, trip) for trip in following.get(chain[-1], ()) if trip not in chain]

    def _continuations(self, trips: dict[str, Row], runs: dict[str, tuple[Call, ...]]) -> dict[str, set[str]]:
        """Into which trips each trip continues: type 4 rows, else blocks; less what type 5 rows cancel."""
        first_of_key: dict[tuple[str, ...], Row] = {}
        for row in self._feed.rows("transfers"):
            if row.get("from_trip_id") and row.get("to_trip_id"):
                first_of_key.setdefault(tuple(row.get(name) or "" for name in TRANSFER_KEY), row)
        rows = list(first_of_key.values())
        pairs = {
            kind: {(r["from_trip_id"], r["to_trip_id"]) for r in rows if r.get("transfer_type") == kind}
            for kind in ("4", "5")
        }
        linked = {first for first, _ in pairs["4"]}
        wanted = pairs["4"] | {pair for pair in _block_pairs(trips, runs) if pair[0] not in linked}
        following: dict[str, set[str]] = {}
        for first, second in wanted - pairs["5"]:
            if first in runs and second in runs and runs[second][0].departure >= runs[first][-1].arrival:
                following.setdefault(first, set()).add(second)
        return following

    def _by_frequency(self, trip: str, date: dt.date) -> Iterator[Vehicle]:
        midnight = day_start(date, self._zones[trip])
        calls = tuple(call.later(-self._calls[trip][0].departure) for call in self._calls[trip])
        headway_rows = []
        for row in self._headways[trip]:
            start, end = (midnight + seconds_of(row[name]) for name in ("start_time", "end_time"))
            headway = int(row["headway_secs"])
            if row.get("exact_times") == "1":
                for leaving in range(start, end, headway):
                    shifted = tuple(call.later(leaving) for call in calls)
                    yield ScheduledVehicle(self._provider, self._scoped((trip,)), shifted)
            else:
                headway_rows.append((start, end, headway))
        if headway_rows:
            yield HeadwayVehicle(self._provider, self._scoped((trip,)), calls, tuple(headway_rows))

    def _scoped(self, trips: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{self._feed_id}_{trip}" for trip in trips)


def runs_on(feed: GtfsFeed, service: str, date: dt.date) -> bool:
    """Whether `service` runs on `date`: calendar_dates.txt first, then calendar.txt."""
    for row in feed.rows("calendar_dates"):
        if row["service_id"] == service and date_of(row["date"]) == date:
            return row["exception_type"] == "1"
    return any(
        row[WEEKDAYS[date.weekday()]] == "1"
        for row in feed.rows("calendar")
        if row["service_id"] == service and date_of(row["start_date"]) <= date <= date_of(row["end_date"])
    )


def _join(runs: list[tuple[Call, ...]]) -> tuple[Call, ...]:
    """The calls of one vehicle that runs several trips; none is boarded at its last call or left at its first."""
    return tuple(
        replace(
            call,
            can_board=call.can_board and number < len(run) - 1,
            can_alight=call.can_alight and number > 0,
        )
        for run in runs
        for number, call in enumerate(run)
    )


def _block_pairs(trips: dict[str, Row], runs: dict[str, tuple[Call, ...]]) -> set[tuple[str, str]]:
    """Consecutive trips of a block where the first ends at the stop at which the second starts."""
    pairs = set()
    for block, rows in _rows_by(list(trips.values()), "block_id").items():
        ids = sorted(
            (row["trip_id"] for row in rows), key=lambda trip: (runs[trip][0].departure, runs[trip][-1].arrival)
        )
        for first, second in pairwise(ids):
            if block and runs[first][-1].stop == runs[second][0].stop:
                pairs.add((first, second))
    return pairs


def _zones_of_trips(feed: GtfsFeed) -> dict[str, str]:
    agencies = feed.rows("agency")
    zones = {row.get("agency_id", ""): row["agency_timezone"] for row in agencies}
    of_route = {
        row["route_id"]: zones[row.get("agency_id") or agencies[0].get("agency_id", "")] for row in feed.rows("routes")
    }
    return {row["trip_id"]: of_route[row["route_id"]] for row in feed.rows("trips")}


def _rows_by(rows: list[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.get(column, ""), []).append(row)
    return groups
