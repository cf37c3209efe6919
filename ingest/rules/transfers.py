"""transfers.txt: what the feed says about changing vehicles."""

from __future__ import annotations

import polars as pl

from ingest.rules.checks import TableChecks
from ingest.rules.stops import STATION

IDS = ("from_stop_id", "to_stop_id", "from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
IN_SEAT = (4, 5)
TIMED = 2


def clean_transfers(
    raw: pl.DataFrame,
    stops: pl.DataFrame,
    routes: pl.Series,
    trips: pl.Series,
    dropped: pl.Series,
    checks: TableChecks,
) -> pl.DataFrame:
    """The transfers whose stops, routes and trips exist, one row a key (the first one).

    dropped   ids of trips.txt that were dropped before; their rows go without another notice
    """
    frame = checks.choices(raw, "transfer_type", range(6), blank=0)
    in_seat = pl.col("transfer_type").is_in(IN_SEAT)
    for field in ("from_trip_id", "to_trip_id"):
        frame = frame.filter(~pl.col(field).is_in(dropped.implode()))
        frame = checks.drop(frame, in_seat & (pl.col(field) == ""), "missing_required_field", field)
    for field in ("from_stop_id", "to_stop_id"):
        frame = checks.drop(frame, ~in_seat & (pl.col(field) == ""), "missing_required_field", field)
        frame = checks.known(frame, field, stops["stop_id"])
        places = stops.filter(pl.col("location_type") > STATION)["stop_id"]
        no_stop = pl.col(field).is_in(places.implode())
        frame = checks.drop(frame, no_stop, "transfer_with_invalid_stop_location_type", field)
    for field, ids in zip(IDS[2:], (routes, routes, trips, trips), strict=True):
        frame = checks.known(frame, field, ids)
    frame = _times(frame, checks)
    frame = checks.unique(frame, IDS[::-1])
    return frame.select(*IDS, "transfer_type", "min_transfer_time")


def _times(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    field = "min_transfer_time"
    seconds = pl.col(field).cast(pl.Int64, strict=False)
    valid = seconds.is_between(0, 1_000_000).fill_null(value=False)
    blank = pl.col(field) == ""
    checks.report(frame, ~blank & seconds.is_null(), "invalid_integer", field, "value blanked")
    checks.report(frame, ~blank & seconds.is_not_null() & ~valid, "number_out_of_range", field, "value blanked")
    checks.report(frame, blank & (pl.col("transfer_type") == TIMED), "missing_transfer_time", field)
    return frame.with_columns(pl.when(valid).then(seconds).otherwise(-1).cast(pl.Int32).alias(field))
