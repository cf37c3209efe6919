"""The trips of trips.txt and the routes they are on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ingest.replay.feed_text import FeedText, first_of, is_one_of, whole
from ingest.replay.stops import Agencies

NOT_SAID = 1700
"""route_type of a route whose own is none: docs/notices.md, unexpected_enum_value."""
BASIC_TYPES, EXTENDED_TYPES = (*range(8), 11, 12), range(100, 1800)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Route:
    """A row of routes.txt; `agency` is one of agency.txt."""

    id: str
    agency: str
    type: int
    short_name: str
    long_name: str
    color: str
    """Six hex digits, or "" where it is none."""


@dataclass(frozen=True, slots=True)
class Trip:
    """A row of trips.txt; `place` is its place among them."""

    id: str
    route: Route
    service: str
    headsign: str
    block: str
    wheelchair: int
    place: int


def read_trip_rows(text: FeedText) -> pl.DataFrame:
    """Every trip with an id, in order, with `place`; of several with one id the first."""
    rows = text.table("trips.txt").filter(pl.col("trip_id") != "")
    return first_of(rows, "trip_id").with_row_index("place").with_columns(whole("wheelchair_accessible", 0, 2, 0))


def read_trips(text: FeedText, rows: pl.DataFrame, agencies: Agencies) -> dict[str, Trip]:
    """The trips of some rows by id, those whose route is known."""
    table = first_of(text.table("routes.txt", is_one_of("route_id", set(rows["route_id"]))), "route_id")
    routes = {row["route_id"]: _route(row, agencies) for row in table.iter_rows(named=True) if row["route_id"]}
    return {
        row["trip_id"]: Trip(
            row["trip_id"],
            routes[row["route_id"]],
            row["service_id"],
            row["trip_headsign"],
            row["block_id"],
            row["wheelchair_accessible"],
            row["place"],
        )
        for row in rows.iter_rows(named=True)
        if row["route_id"] in routes and row["service_id"]
    }


def _route(row: Row, agencies: Agencies) -> Route:
    return Route(
        id=row["route_id"],
        agency=agencies.known(row["agency_id"]),
        type=_route_type(row["route_type"]),
        short_name=row["route_short_name"],
        long_name=row["route_long_name"],
        color=row["route_color"] if re.fullmatch(r"[0-9A-Fa-f]{6}", row["route_color"]) else "",
    )


def _route_type(text: str) -> int:
    number = int(text) if re.fullmatch(r"\+?[0-9]{1,9}", text) else -1
    return number if number in BASIC_TYPES or number in EXTENDED_TYPES else NOT_SAID
