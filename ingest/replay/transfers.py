"""What transfers.txt says of changes, and which row speaks. GTFS reference: transfers.txt, Linked routes and trips."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from ingest.replay.feed_text import FeedText, first_of, is_one_of, whole
from ingest.replay.stops import STATION, STOP, Stop, Stops

RECOMMENDED, TIMED, MINIMUM, FORBIDDEN, IN_SEAT, NOT_IN_SEAT = range(6)
LONGEST_S = 1_000_000
TRIP_WEIGHT, ROUTE_WEIGHT = 3, 1
"""Added up over both ends they rank rows: two trips, a trip and a route, a trip, two routes, a route, none."""
KEY = tuple(f"{side}_{kind}_id" for side in ("from", "to") for kind in ("stop", "route", "trip"))

Row = Mapping[str, Any]


class Ridden(NamedTuple):
    """The trip at one end of a change; "" where it is walked to the first vehicle or from the last one."""

    trip: str
    route: str


NOBODY = Ridden("", "")


@dataclass(frozen=True, slots=True)
class Rule:
    """The row that speaks for a change."""

    kind: int
    min_time_s: int | None

    @property
    def forbids(self) -> bool:
        """Whether there is no change this way."""
        return self.kind == FORBIDDEN

    @property
    def walk_s(self) -> int | None:
        """What it fixes for a change on foot; None: as long as the walk takes."""
        return {TIMED: 0, MINIMUM: self.min_time_s}.get(self.kind)

    @property
    def change_s(self) -> int:
        """What a change at one stop takes."""
        return self.walk_s or 0


class Transfers:
    """The rows about some stops, and those that keep riders of some trips seated."""

    def __init__(self, stops: Stops, rows: Iterable[Row]) -> None:
        self._stops = stops
        self._changes: dict[tuple[str, str], list[Row]] = {}
        self.continued: dict[str, list[str]] = {}
        """Trip -> the trips that rows of type 4 continue it into."""
        self.cancelled: set[tuple[str, str]] = set()
        for row in rows:
            trips = row["from_trip_id"], row["to_trip_id"]
            if row["transfer_type"] == IN_SEAT:
                self.continued.setdefault(trips[0], []).append(trips[1])
            elif row["transfer_type"] == NOT_IN_SEAT:
                self.cancelled.add(trips)
            else:
                self._changes.setdefault((row["from_stop_id"], row["to_stop_id"]), []).append(row)

    def rule(self, start: Stop, end: Stop, left: Ridden = NOBODY, boarded: Ridden = NOBODY) -> Rule | None:
        """The row that speaks for a change between stops and trips: the most specific one, of equals the first."""
        best: tuple[int, int, int] | None = None
        rule = None
        for row in self._about(start, end):
            weights = _weight(row, "from", left), _weight(row, "to", boarded)
            if weights[0] is None or weights[1] is None:
                continue
            n_stops = (row["from_stop_id"] == start.id) + (row["to_stop_id"] == end.id)
            rank = weights[0] + weights[1], n_stops, -row["row"]
            if best is None or rank > best:
                best, rule = rank, Rule(row["transfer_type"], row["min_transfer_time"])
        return rule

    def _about(self, start: Stop, end: Stop) -> list[Row]:
        pairs = [(a, b) for a in self._names(start) for b in self._names(end)]
        return [row for pair in pairs for row in self._changes.get(pair, ())]

    def _names(self, stop: Stop) -> list[str]:
        """The ids by which rows may mean a stop: its own and its station's."""
        in_station = stop.kind == STOP and stop.parent and self._stops.by_id[stop.parent].kind == STATION
        return [stop.id, stop.parent] if in_station else [stop.id]


def _weight(row: Row, side: str, ridden: Ridden) -> int | None:
    """How specific one end is for who rides that trip; None: it is about another one. Beside a trip no route counts."""
    trip, route = row[f"{side}_trip_id"], row[f"{side}_route_id"]
    if trip:
        return TRIP_WEIGHT if trip == ridden.trip else None
    if route:
        return ROUTE_WEIGHT if route == ridden.route else None
    return 0


def read_transfer_rows(text: FeedText, stops: Stops, about: Collection[str], seated: Collection[str]) -> pl.DataFrame:
    """The rows between places `about`, and those that say where riders of trips `seated` stay seated, with `row`.

    Left out are rows about places that are not known or no stops, and repeated keys.
    """
    places = [stop.id for stop in stops.by_id.values() if stop.kind in (STOP, STATION)]
    rows = text.optional("transfers.txt", _concerns(about, seated)).with_columns(
        whole("transfer_type", 0, 5, RECOMMENDED), whole("min_transfer_time", 0, LONGEST_S, None)
    )
    in_seat = pl.col("transfer_type") >= IN_SEAT
    for side in ("from", "to"):
        stop, trip = pl.col(f"{side}_stop_id"), pl.col(f"{side}_trip_id")
        rows = rows.filter(stop.is_in(pl.Series(places, dtype=pl.String).implode()) | (in_seat & (stop == "")))
        rows = rows.filter(~in_seat | (trip != ""))
    return first_of(rows, *KEY).with_row_index("row")


def _concerns(about: Collection[str], seated: Collection[str]) -> pl.Expr:
    changes = is_one_of("from_stop_id", about) & is_one_of("to_stop_id", about)
    return changes | is_one_of("from_trip_id", seated)
