"""routes.txt: what riders call a line."""

from __future__ import annotations

import polars as pl

from ingest.rules.checks import TableChecks

COLUMNS = (
    "route_id",
    "agency_id",
    "route_short_name",
    "route_long_name",
    "route_desc",
    "route_color",
    "route_text_color",
    "route_type",
    "network_id",
)
BASIC_TYPES = (*range(8), 11, 12)
EXTENDED_TYPES = range(100, 1800)
MISCELLANEOUS = 1700
"""The extended type that says nothing of the vehicle."""


def clean_routes(raw: pl.DataFrame, agencies: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The routes, one row an id; every one has an agency of agency.txt."""
    frame = checks.require(raw, "route_id")
    frame = checks.unique(frame, ["route_id"])
    frame = _repair_types(frame, checks)
    frame = _repair_agencies(frame, agencies, checks)
    nameless = (pl.col("route_short_name") == "") & (pl.col("route_long_name") == "")
    checks.report(frame, nameless, "route_both_short_and_long_name_missing", "route_id")
    for field in ("route_color", "route_text_color"):
        bad = (pl.col(field) != "") & ~pl.col(field).str.contains(r"^[0-9A-Fa-f]{6}$")
        frame = checks.blank(frame, bad, "invalid_color", field)
    same = (pl.col("route_color") != "") & (pl.col("route_color") == pl.col("route_text_color"))
    checks.report(frame, same, "route_color_contrast", "route_color")
    return frame.select(COLUMNS)


def _repair_types(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    number = pl.col("route_type").cast(pl.Int32, strict=False)
    known = number.is_in([*BASIC_TYPES, *EXTENDED_TYPES]).fill_null(value=False)
    blank = pl.col("route_type") == ""
    action = f"read as {MISCELLANEOUS}"
    checks.report(frame, blank, "missing_required_field", "route_type", action)
    checks.report(frame, ~blank & ~known, "unexpected_enum_value", "route_type", action)
    kind = pl.when(known).then(number).otherwise(MISCELLANEOUS).cast(pl.Int16)
    return frame.with_columns(kind.alias("route_type"))


def _repair_agencies(frame: pl.DataFrame, agencies: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """A blank agency is right where there is one agency only; an unknown one is read as the first."""
    first = agencies["agency_id"][0]
    agency = pl.col("agency_id")
    unknown = ~agency.is_in(agencies["agency_id"].implode())
    if len(agencies) > 1:
        blank_is_known = "" in agencies["agency_id"]
        checks.report(
            frame,
            agency == "",
            "missing_required_agency_id",
            "agency_id",
            "kept" if blank_is_known else f"read as {first}",
        )
    checks.report(frame, unknown & (agency != ""), "foreign_key_violation", "agency_id", f"read as {first}")
    return frame.with_columns(pl.when(unknown).then(pl.lit(first)).otherwise(agency).alias("agency_id"))
