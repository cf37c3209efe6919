"""agency.txt: who runs the service, and in which time zone all its times are."""

from __future__ import annotations

import polars as pl

from ingest.gtfs_time import is_timezone
from ingest.rules.checks import TableChecks

COLUMNS = ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang")


def clean_agencies(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The agencies, one row an id. Raises FeedRejected where no agency has a usable time zone."""
    frame = checks.unique(raw, ["agency_id"])
    if frame.is_empty():
        raise checks.reject("missing_required_field", "no agency")
    if len(frame) > 1:
        checks.report(frame, pl.col("agency_id") == "", "missing_required_agency_id", "agency_id")
    frame = _repair_zones(frame, checks)
    frame = checks.addresses(frame, "agency_url")
    frame = checks.languages(frame, "agency_lang")
    checks.report(frame, pl.col("agency_name") == "", "missing_required_field", "agency_name")
    return frame.select(COLUMNS)


def _repair_zones(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """All agencies of a feed share a time zone by the GTFS text, so one that is unusable takes the others'."""
    zones = frame["agency_timezone"].to_list()
    usable = [zone for zone in zones if is_timezone(zone)]
    if not usable:
        row, zone = frame["row"][0], zones[0]
        code = "invalid_timezone" if zone else "missing_required_field"
        raise checks.reject(code, f"row {row}: agency_timezone {zone[:100]!r} is no time zone")
    bad = ~pl.col("agency_timezone").is_in(sorted(set(usable)))
    blank = pl.col("agency_timezone") == ""
    action = f"read as {usable[0]}"
    checks.report(frame, bad & blank, "missing_required_field", "agency_timezone", action)
    checks.report(frame, bad & ~blank, "invalid_timezone", "agency_timezone", action)
    zone = pl.when(bad).then(pl.lit(usable[0])).otherwise(pl.col("agency_timezone"))
    frame = frame.with_columns(zone.alias("agency_timezone"))
    other = pl.col("agency_timezone") != frame["agency_timezone"][0]
    checks.report(frame, other, "inconsistent_agency_timezone", "agency_timezone")
    return frame
