"""frequencies.txt: trips that run every so many seconds."""

from __future__ import annotations

import polars as pl

from ingest.gtfs_time import parse_times
from ingest.rules.checks import TableChecks

TYPES = {
    "trip": pl.UInt32,
    "start_time": pl.Int32,
    "end_time": pl.Int32,
    "headway_secs": pl.Int32,
    "exact_times": pl.Int8,
}


def clean_frequencies(raw: pl.DataFrame, trips: pl.DataFrame, dropped: pl.Series, checks: TableChecks) -> pl.DataFrame:
    """The headway periods that can be used, with `trip` as row of `trips`.

    dropped   ids of trips.txt that were dropped before; their rows go without another notice
    """
    frame = checks.require(raw, "trip_id")
    frame = frame.filter(~pl.col("trip_id").is_in(dropped.implode()))
    frame = checks.known(frame, "trip_id", trips["trip_id"])
    for field in ("start_time", "end_time"):
        frame = checks.require(frame, field)
        frame = frame.with_columns(parse_times(frame[field]).alias("seconds"))
        frame = checks.drop(frame, pl.col("seconds").is_null(), "invalid_time", field)
        frame = frame.rename({"seconds": f"{field}_s"})
    frame = _usable_periods(frame, checks)
    frame = checks.choices(frame, "exact_times", (0, 1), blank=0)
    frame = checks.unique(frame, ["trip_id", "start_time_s"])
    rows = trips.select("trip_id", pl.int_range(pl.len(), dtype=pl.UInt32).alias("trip"))
    frame = frame.join(rows, on="trip_id", maintain_order="left").sort("trip", "start_time_s")
    overlaps = pl.col("start_time_s") < pl.col("end_time_s").cum_max().shift().over("trip")
    checks.report(frame, overlaps, "overlapping_frequency", "start_time")
    frame = frame.with_columns(start_time="start_time_s", end_time="end_time_s")
    return frame.select(TYPES.keys())


def _usable_periods(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    start, end = pl.col("start_time_s"), pl.col("end_time_s")
    frame = checks.drop(frame, start == end, "start_and_end_range_equal", "end_time")
    frame = checks.drop(frame, end < start, "start_and_end_range_out_of_order", "end_time")
    headway = pl.col("headway_secs").cast(pl.Int64, strict=False)
    frame = checks.require(frame, "headway_secs")
    frame = checks.drop(frame, headway.is_null(), "invalid_integer", "headway_secs")
    frame = checks.drop(frame, ~headway.is_between(1, 1_000_000), "number_out_of_range", "headway_secs")
    return frame.with_columns(headway.cast(pl.Int32).alias("headway_secs"))
