"""trips.txt: the runs of vehicles, before their calls are known."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.rules.checks import TableChecks

COLUMNS = (
    "trip_id",
    "route_id",
    "service_id",
    "trip_headsign",
    "trip_short_name",
    "block_id",
    "shape_id",
    "direction_id",
    "wheelchair_accessible",
    "bikes_allowed",
)


def clean_trips(raw: pl.DataFrame, routes: pl.Series, services: pl.Series, checks: TableChecks) -> pl.DataFrame:
    """The trips of known routes and services, one row an id, with `row`."""
    frame = checks.require(raw, "trip_id")
    frame = checks.unique(frame, ["trip_id"])
    frame = checks.require(frame, "route_id", "service_id")
    frame = checks.known(frame, "route_id", routes, "trip dropped")
    frame = checks.known(frame, "service_id", services, "trip dropped")
    frame = checks.choices(frame, "direction_id", (0, 1), blank=-1)
    frame = checks.choices(frame, "wheelchair_accessible", range(3), blank=0)
    frame = checks.choices(frame, "bikes_allowed", range(3), blank=0)
    return frame.select(*COLUMNS, "row")


def forget_unknown_shapes(trips: pl.DataFrame, shapes: pl.Series, checks: TableChecks) -> pl.DataFrame:
    """Blanks shape_id where shapes.txt does not have it; the trip is drawn straight then."""
    found = (pl.col("shape_id") != "") & ~pl.col("shape_id").is_in(shapes.implode())
    return checks.blank(trips, found, "foreign_key_violation", "shape_id")


def report_short_trips(
    trips: pl.DataFrame, short: NDArray[np.bool_], has_rows: NDArray[np.bool_], checks: TableChecks
) -> None:
    """Reports the trips without any call, and those with too few that can be used; masks of shape (n_trips,)."""
    frame = trips.with_columns(pl.Series("short", short), pl.Series("has_rows", has_rows))
    found = pl.col("short") & ~pl.col("has_rows")
    checks.report(frame, found, "unused_trip", "trip_id", "trip dropped")
    found = pl.col("short") & pl.col("has_rows")
    checks.report(frame, found, "unusable_trip", "trip_id", "trip dropped")


def report_block_overlaps(trips: pl.DataFrame, spans: pl.DataFrame, checks: TableChecks) -> None:
    """Reports trips of one block and service that overlap: nobody can stay seated from the one to the other.

    spans   trip (UInt32, row of trips), start, end (Int32 seconds); trips run by headways are left out of it
    """
    blocks = trips.with_row_index("trip").filter(pl.col("block_id") != "").join(spans, on="trip")
    group = ["block_id", "service_id"]
    blocks = blocks.sort(*group, "start", "end")
    before = pl.col("end").cum_max().shift().over(group)
    checks.report(blocks, pl.col("start") < before, "block_trips_with_overlapping_stop_times", "trip_id")
