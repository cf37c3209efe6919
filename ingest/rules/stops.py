"""stops.txt: stops, stations, entrances, nodes and boarding areas."""

from __future__ import annotations

import polars as pl

from ingest.csv_table import ROW
from ingest.gtfs_time import is_timezone
from ingest.rules.checks import TableChecks

COLUMNS = (
    "stop_id",
    "stop_name",
    "stop_code",
    "platform_code",
    "zone_id",
    "parent_station",
    "stop_timezone",
    "level_id",
    "stop_lat",
    "stop_lon",
    "location_type",
    "wheelchair_boarding",
    "stop_access",
)
STOP, STATION, ENTRANCE, NODE, BOARDING_AREA = range(5)
ACCESS_UNKNOWN = -1


def clean_stops(raw: pl.DataFrame, levels: pl.Series, checks: TableChecks) -> pl.DataFrame:
    """The stops, one row an id; coordinates that are no place are NaN, parents and floors are real ones or blank.

    levels   the ids of levels.txt
    Has `row` still, for what only other files can say of a stop.
    """
    frame = checks.require(raw, "stop_id")
    frame = checks.unique(frame, ["stop_id"])
    frame = checks.choices(frame, "location_type", range(5), blank=STOP)
    frame = checks.choices(frame, "wheelchair_boarding", range(3), blank=0)
    frame = _repair_places(frame, checks)
    frame = _repair_parents(frame, checks)
    frame = _repair_access(frame, checks)
    checks.report(
        frame,
        (pl.col("stop_name") == "") & (pl.col("location_type") <= ENTRANCE),
        "missing_required_field",
        "stop_name",
    )
    zones = [zone for zone in frame["stop_timezone"].unique().to_list() if not is_timezone(zone)]
    bad_zone = (pl.col("stop_timezone") != "") & pl.col("stop_timezone").is_in(zones)
    frame = checks.blank(frame, bad_zone, "invalid_timezone", "stop_timezone")
    no_level = (pl.col("level_id") != "") & ~pl.col("level_id").is_in(levels.implode())
    frame = checks.blank(frame, no_level, "foreign_key_violation", "level_id")
    return frame.select(*COLUMNS, ROW)


def _repair_places(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    needs_place = pl.col("location_type") <= ENTRANCE
    for field in ("stop_lat", "stop_lon"):
        checks.report(frame, needs_place & (pl.col(field) == ""), "missing_required_field", field, "no walking")
        frame = checks.numbers(frame, field)
    lat, lon = pl.col("stop_lat"), pl.col("stop_lon")
    given = lat.is_not_nan() & lon.is_not_nan()  # polars holds NaN to be larger than any number
    beyond = given & ((lat.abs() > 90) | (lon.abs() > 180))
    at_origin = given & (lat.abs() <= 1) & (lon.abs() <= 1)
    at_pole = given & lat.abs().is_between(89, 90)
    checks.report(frame, beyond, "number_out_of_range", "stop_lat", "no walking")
    checks.report(frame, at_origin, "point_near_origin", "stop_lat", "no walking")
    checks.report(frame, at_pole, "point_near_pole", "stop_lat", "no walking")
    unusable = ~given | beyond | at_origin | at_pole
    nan = pl.lit(float("nan"))
    return frame.with_columns(
        pl.when(unusable).then(nan).otherwise(field).alias(name)
        for name, field in (("stop_lat", lat), ("stop_lon", lon))
    )


def _repair_parents(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """After this a parent is a station, or the platform of a boarding area, so no chain is longer than two."""
    parents = frame.select(parent_station="stop_id", parent_type="location_type")
    frame = frame.join(parents, on="parent_station", how="left", maintain_order="left")
    has_parent = pl.col("parent_station") != ""
    unknown = has_parent & pl.col("parent_type").is_null()
    frame = checks.blank(frame, unknown, "foreign_key_violation", "parent_station")
    nested = has_parent & (pl.col("location_type") == STATION)
    frame = checks.blank(frame, nested, "station_with_parent_station", "parent_station")
    right_type = pl.when(pl.col("location_type") == BOARDING_AREA).then(STOP).otherwise(STATION)
    wrong = has_parent & (pl.col("parent_type") != right_type)
    frame = checks.blank(frame, wrong, "wrong_parent_location_type", "parent_station")
    orphan = (pl.col("location_type") >= ENTRANCE) & (pl.col("parent_station") == "")
    checks.report(frame, orphan, "location_without_parent_station", "stop_id")
    return frame.drop("parent_type")


def _repair_access(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """stop_access is for the stops of a station; -1 where it says nothing."""
    given = pl.col("stop_access") != ""
    is_stop = pl.col("location_type") == STOP
    code = "stop_access_specified_for_incorrect_location"
    frame = checks.blank(frame, given & ~is_stop, code, "stop_access")
    code = "stop_access_specified_for_stop_with_no_parent_station"
    frame = checks.blank(frame, given & is_stop & (pl.col("parent_station") == ""), code, "stop_access")
    return checks.choices(frame, "stop_access", (0, 1), blank=ACCESS_UNKNOWN)
