"""fare_attributes.txt and fare_rules.txt: fares by route and zone (GTFS fares, version 1)."""

from __future__ import annotations

import polars as pl

from ingest.csv_table import ROW
from ingest.rules.checks import TableChecks
from ingest.rules.fare_checks import amounts, currencies, seconds

ZONES = ("origin_id", "destination_id", "contains_id")
UNLIMITED = -1
MOST_TRANSFERS = 100


def clean_fare_attributes(raw: pl.DataFrame, checks: TableChecks, agencies: pl.Series) -> pl.DataFrame:
    """The fares that can be sold: price is text, transfers (Int8) -1 if unlimited, durations -1 if none."""
    frame = checks.unique(checks.require(raw, "fare_id"), ["fare_id"])
    frame = amounts(frame, "price", checks, negative=False)
    frame = currencies(frame, "currency_type", checks)
    frame = checks.choices(frame, "payment_method", (0, 1), blank=0)
    frame = _transfers(frame, checks)
    frame = checks.known(frame, "agency_id", agencies)
    if len(agencies) > 1:
        checks.report(frame, pl.col("agency_id") == "", "missing_required_field", "agency_id", "read as any")
    return seconds(frame, "transfer_duration", checks, least=0).drop(ROW)


def _transfers(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """Blank is unlimited. More than two are outside the list of GTFS, but mean what they say; anything else is none."""
    field = "transfers"
    number = pl.col(field).cast(pl.Int64, strict=False)
    told = number.is_between(0, MOST_TRANSFERS).fill_null(value=False)
    checks.report(frame, told & (number > 2), "unexpected_enum_value", field, "kept")
    checks.report(frame, ~told & (pl.col(field) != ""), "unexpected_enum_value", field, "read as 0")
    meant = pl.when(pl.col(field) == "").then(UNLIMITED).when(told).then(number).otherwise(0)
    return frame.with_columns(meant.cast(pl.Int8).alias(field))


def clean_fare_rules(
    raw: pl.DataFrame, checks: TableChecks, fares: pl.Series, routes: pl.Series, zones: pl.Series
) -> pl.DataFrame:
    """The rules whose fare, route and zones exist."""
    frame = checks.known(checks.require(raw, "fare_id"), "fare_id", fares)
    frame = checks.known(frame, "route_id", routes)
    for field in ZONES:
        frame = checks.known(frame, field, zones)
    return checks.unique(frame, [*ZONES, "route_id", "fare_id"]).drop(ROW)
