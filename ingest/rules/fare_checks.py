"""What the tables of fares of both versions share: money, currencies, seconds, and times of the clock."""

from __future__ import annotations

import polars as pl

from ingest.currencies import known_currencies
from ingest.gtfs_time import parse_times
from ingest.rules.checks import TableChecks

DAY_S = 24 * 3600
MOST_SECONDS = 10_000_000
DEAREST = r"^-?[0-9]{1,9}(\.[0-9]{1,6})?$"
"""Plain decimals: a price with an exponent, or of a thousand million, is a mistake."""


def amounts(frame: pl.DataFrame, field: str, checks: TableChecks, *, negative: bool) -> pl.DataFrame:
    """Without the rows whose `field` is no amount of money. It stays text: an amount is decimal, never binary."""
    frame = checks.require(frame, field)
    frame = checks.drop(frame, ~pl.col(field).str.contains(DEAREST), "invalid_float", field)
    below = pl.col(field).str.starts_with("-") & pl.col(field).str.contains("[1-9]")
    return frame if negative else checks.drop(frame, below, "number_out_of_range", field)


def currencies(frame: pl.DataFrame, field: str, checks: TableChecks) -> pl.DataFrame:
    """Without the rows whose `field` is no currency."""
    frame = checks.require(frame, field)
    return checks.drop(frame, ~pl.col(field).is_in(list(known_currencies())), "invalid_currency", field)


def seconds(frame: pl.DataFrame, field: str, checks: TableChecks, *, least: int) -> pl.DataFrame:
    """`field` as Int32; -1 where it is blank or (reported) no whole number of at least `least`."""
    number, blank = pl.col(field).cast(pl.Int64, strict=False), pl.col(field) == ""
    valid = number.is_between(least, MOST_SECONDS).fill_null(value=False)
    checks.report(frame, ~blank & number.is_null(), "invalid_integer", field, "value blanked")
    checks.report(frame, number.is_not_null() & ~valid, "number_out_of_range", field, "value blanked")
    return frame.with_columns(pl.when(valid).then(number).otherwise(-1).cast(pl.Int32).alias(field))


def clock_times(frame: pl.DataFrame, field: str, blank: int, checks: TableChecks) -> pl.DataFrame:
    """`field` as Int32 seconds of the day, `blank` where it is blank; rows with what is no time are dropped."""
    frame = frame.with_columns(parse_times(frame[field]).alias("_s"))
    frame = checks.drop(frame, pl.col("_s").is_null() & (pl.col(field) != ""), "invalid_time", field)
    code = "timeframe_start_or_end_time_greater_than_twenty_four_hours"
    frame = checks.drop(frame, pl.col("_s") > DAY_S, code, field)
    return frame.with_columns(pl.col("_s").fill_null(blank).alias(field)).drop("_s")
