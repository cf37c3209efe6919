"""fare_products.txt, fare_leg_rules.txt and what they refer to: fares by leg and transfer (GTFS fares, version 2).

Ids stay as the feed has them. What a broken row would have said is not said: a leg that only it priced is unpriced.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from ingest.csv_table import ROW
from ingest.rules.checks import TableChecks
from ingest.rules.fare_checks import DAY_S, amounts, clock_times, currencies, seconds

NO_PRIORITY = -1
"""Of every leg rule, where fare_leg_rules.txt does not have the column rule_priority."""
UNLIMITED = -1
NETWORK_FIELDS = ("from_network_id", "to_network_id")


def clean_rider_categories(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """Categories of riders; is_default_fare_category (Int8)."""
    frame = checks.unique(checks.require(raw, "rider_category_id"), ["rider_category_id"])
    return checks.choices(frame, "is_default_fare_category", (0, 1), blank=0).drop(ROW)


def clean_fare_media(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """What fares are paid with; fare_media_type (Int8)."""
    frame = checks.unique(checks.require(raw, "fare_media_id"), ["fare_media_id"])
    return checks.choices(frame, "fare_media_type", range(5), blank=0).drop(ROW)


def clean_fare_products(raw: pl.DataFrame, checks: TableChecks, riders: pl.DataFrame, media: pl.Series) -> pl.DataFrame:
    """The products that can be bought; amount (String, may be negative)."""
    frame = checks.require(raw, "fare_product_id")
    frame = amounts(frame, "amount", checks, negative=True)
    frame = currencies(frame, "currency", checks)
    frame = checks.known(frame, "rider_category_id", riders["rider_category_id"])
    frame = checks.known(frame, "fare_media_id", media)
    frame = checks.unique(frame, ["fare_media_id", "rider_category_id", "fare_product_id"])
    _report_defaults(frame, riders, checks)
    return frame.drop(ROW)


def _report_defaults(frame: pl.DataFrame, riders: pl.DataFrame, checks: TableChecks) -> None:
    """A product of several default categories has no one price for a rider who says nothing."""
    defaults = riders.filter(pl.col("is_default_fare_category") == 1)["rider_category_id"]
    of_default = frame.filter(pl.col("rider_category_id").is_in(defaults.implode()))
    several = pl.col("rider_category_id").n_unique().over("fare_product_id") > 1
    checks.report(of_default, several, "fare_product_with_multiple_default_rider_categories", "fare_product_id")


def clean_timeframes(raw: pl.DataFrame, checks: TableChecks, services: pl.Series) -> pl.DataFrame:
    """Times of the clock, [start_time, end_time) in seconds (Int32), on the days of a service."""
    frame = checks.require(raw, "timeframe_group_id", "service_id")
    frame = checks.known(frame, "service_id", services)
    one = (pl.col("start_time") == "") != (pl.col("end_time") == "")
    frame = checks.drop(frame, one, "timeframe_only_start_or_end_time_specified", "start_time")
    frame = clock_times(frame, "start_time", 0, checks)
    frame = clock_times(frame, "end_time", DAY_S, checks)
    start, end = pl.col("start_time"), pl.col("end_time")
    frame = checks.drop(frame, start == end, "start_and_end_range_equal", "end_time")
    frame = checks.drop(frame, end < start, "start_and_end_range_out_of_order", "end_time")
    frame = frame.sort("timeframe_group_id", "service_id", "start_time", maintain_order=True)
    overlaps = start < end.shift().over("timeframe_group_id", "service_id")
    checks.report(frame, overlaps, "timeframe_overlap", "start_time")
    return frame.drop(ROW)


def clean_stop_areas(raw: pl.DataFrame, checks: TableChecks, areas: pl.Series, stops: pl.Series) -> pl.DataFrame:
    """Which stops and stations are in which area. A feed without areas.txt names areas here only."""
    frame = checks.require(raw, "area_id", "stop_id")
    frame = checks.known(frame, "stop_id", stops)
    if len(areas):
        frame = checks.known(frame, "area_id", areas)
    return checks.unique(frame, ["area_id", "stop_id"]).drop(ROW)


def clean_networks(raw: pl.DataFrame, checks: TableChecks, networks: pl.Series, routes: pl.DataFrame) -> pl.DataFrame:
    """route_id, network_id: the network of each route that has one; routes.txt speaks before route_networks.txt."""
    own = routes.filter(pl.col("network_id") != "").select("route_id", "network_id")
    if len(own):
        code = "route_networks_specified_in_more_than_one_file"
        checks.report(raw, pl.col("route_id") != "", code, "route_id", "file ignored")
        return own
    frame = checks.require(raw, "route_id", "network_id")
    frame = checks.known(frame, "route_id", routes["route_id"])
    if len(networks):
        frame = checks.known(frame, "network_id", networks)
    return checks.unique(frame, ["route_id"]).select("route_id", "network_id")


@dataclass(frozen=True, slots=True)
class LegReferences:
    """The ids that leg rules refer to."""

    products: pl.Series
    networks: pl.Series
    areas: pl.Series
    timeframes: pl.Series


def clean_leg_rules(
    raw: pl.DataFrame, checks: TableChecks, references: LegReferences, *, has_priority: bool
) -> pl.DataFrame:
    """The leg rules whose references exist; rule_priority (Int32, NO_PRIORITY everywhere without that column)."""
    frame = checks.known(checks.require(raw, "fare_product_id"), "fare_product_id", references.products)
    frame = checks.known(frame, "network_id", references.networks)
    for field in ("from_area_id", "to_area_id"):
        frame = checks.known(frame, field, references.areas)
    for field in ("from_timeframe_group_id", "to_timeframe_group_id"):
        frame = checks.known(frame, field, references.timeframes)
    if not has_priority:
        return frame.with_columns(pl.lit(NO_PRIORITY, pl.Int32).alias("rule_priority")).drop(ROW)
    field = "rule_priority"
    number, blank = pl.col(field).cast(pl.Int64, strict=False), pl.col(field) == ""
    frame = checks.drop(frame, ~blank & number.is_null(), "invalid_integer", field)
    frame = checks.drop(frame, ~number.is_between(0, 2_000_000_000), "number_out_of_range", field)
    return frame.with_columns(number.fill_null(0).cast(pl.Int32).alias(field)).drop(ROW)


def clean_leg_joins(raw: pl.DataFrame, checks: TableChecks, networks: pl.Series, stops: pl.Series) -> pl.DataFrame:
    """The changes at which two legs count as one. Both networks, or neither, and both stops, or neither."""
    frame = raw
    for field in NETWORK_FIELDS:
        frame = checks.known(checks.require(frame, field), field, networks)
    for field, other in (("from_stop_id", "to_stop_id"), ("to_stop_id", "from_stop_id")):
        frame = checks.drop(frame, (pl.col(field) == "") & (pl.col(other) != ""), "missing_required_field", field)
        frame = checks.known(frame, field, stops)
    return checks.unique(frame, ["from_network_id", "to_network_id", "from_stop_id", "to_stop_id"]).drop(ROW)


def clean_transfer_rules(
    raw: pl.DataFrame, checks: TableChecks, groups: pl.Series, products: pl.Series
) -> pl.DataFrame:
    """The rules of changing; transfer_count (Int32: -1 no limit, 0 where it may not be said), duration_limit (Int32,
    -1 none), duration_limit_type and fare_transfer_type (Int8)."""
    frame = raw
    for field in ("from_leg_group_id", "to_leg_group_id"):
        frame = checks.known(frame, field, groups)
    frame = checks.known(frame, "fare_product_id", products)
    kind = pl.col("fare_transfer_type").cast(pl.Int8, strict=False)
    frame = checks.require(frame, "fare_transfer_type")
    frame = checks.drop(
        frame, ~kind.is_in([0, 1, 2]).fill_null(value=False), "unexpected_enum_value", "fare_transfer_type"
    )
    frame = frame.with_columns(kind.alias("fare_transfer_type"))
    frame = _limits(_counts(frame, checks), checks)
    keys = ["from_leg_group_id", "to_leg_group_id", "fare_product_id", "transfer_count", "duration_limit"]
    return checks.unique(frame, keys[::-1]).drop(ROW)


def _counts(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    field = "transfer_count"
    repeats = pl.col("from_leg_group_id") == pl.col("to_leg_group_id")
    number, blank = pl.col(field).cast(pl.Int64, strict=False), pl.col(field) == ""
    valid = ((number == UNLIMITED) | number.is_between(1, 1000)).fill_null(value=False)
    missing, spare = "fare_transfer_rule_missing_transfer_count", "fare_transfer_rule_with_forbidden_transfer_count"
    checks.report(frame, repeats & blank, missing, field, "read as 1")
    checks.report(frame, repeats & ~blank & ~valid, "fare_transfer_rule_invalid_transfer_count", field, "read as 1")
    checks.report(frame, ~repeats & ~blank, spare, field, "value blanked")
    count = pl.when(~repeats).then(0).when(valid).then(number).otherwise(1)
    return frame.with_columns(count.cast(pl.Int32).alias(field))


def _limits(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    limit, kind = "duration_limit", "duration_limit_type"
    spare = (pl.col(limit) == "") & (pl.col(kind) != "")
    checks.report(frame, spare, "fare_transfer_rule_duration_limit_type_without_duration_limit", kind, "value blanked")
    untyped = (pl.col(limit) != "") & (pl.col(kind) == "")
    checks.report(frame, untyped, "fare_transfer_rule_duration_limit_without_type", limit, "read as type 0")
    return seconds(checks.choices(frame, kind, range(4), blank=0), limit, checks, least=1)
