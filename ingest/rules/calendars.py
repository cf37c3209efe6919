"""calendar.txt and calendar_dates.txt: on which dates a service runs."""

from __future__ import annotations

from datetime import date

import polars as pl

from ingest.rules.checks import TableChecks

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EARLIEST = date(2000, 1, 1)
LATEST = date(2060, 12, 31)
"""Service outside these dates is cut off: a year 9999 would ask for millions of days."""

CALENDAR_TYPES = {
    "service_id": pl.String,
    **dict.fromkeys(WEEKDAYS, pl.Int8),
    "start_date": pl.Date,
    "end_date": pl.Date,
}
DATES_TYPES = {"service_id": pl.String, "date": pl.Date, "exception_type": pl.Int8}


def clean_calendar(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The weekly services, one row an id, between EARLIEST and LATEST."""
    frame = checks.require(raw, "service_id")
    for weekday in WEEKDAYS:
        frame = checks.choices(frame, weekday, (0, 1), blank=0)
    frame = checks.dates(checks.dates(frame, "start_date"), "end_date")
    ends_early = pl.col("end_date") < pl.col("start_date")
    frame = checks.drop(frame, ends_early, "start_and_end_range_out_of_order", "end_date")
    frame = checks.unique(frame, ["service_id"])
    no_day = pl.sum_horizontal(WEEKDAYS) == 0
    checks.report(frame, no_day, "service_has_no_active_day_of_the_week", "service_id")
    return _cut_off(frame, checks).select(CALENDAR_TYPES.keys())


def _cut_off(frame: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    late, early = pl.col("end_date") > LATEST, pl.col("start_date") < EARLIEST
    checks.report(frame, late, "service_extends_far_in_the_future", "end_date", f"cut off after {LATEST}")
    checks.report(frame, early, "service_starts_far_in_the_past", "start_date", f"cut off before {EARLIEST}")
    frame = frame.filter((pl.col("end_date") >= EARLIEST) & (pl.col("start_date") <= LATEST))
    return frame.with_columns(pl.col("start_date", "end_date").clip(EARLIEST, LATEST))


def clean_calendar_dates(raw: pl.DataFrame, checks: TableChecks) -> pl.DataFrame:
    """The exceptions, one row a service and date; exception_type is 1 (added) or 2 (removed)."""
    frame = checks.require(raw, "service_id")
    frame = checks.dates(frame, "date")
    kind = pl.col("exception_type")
    frame = checks.drop(frame, ~kind.is_in(["1", "2"]), "unexpected_enum_value", "exception_type")
    frame = frame.with_columns(kind.cast(pl.Int8))
    frame = checks.unique(frame, ["service_id", "date"])
    late, early = pl.col("date") > LATEST, pl.col("date") < EARLIEST
    frame = checks.drop(frame, late, "service_extends_far_in_the_future", "date")
    frame = checks.drop(frame, early, "service_starts_far_in_the_past", "date")
    return frame.select(DATES_TYPES.keys())


def report_validity(calendar: pl.DataFrame, dates: pl.DataFrame, today: date, checks: TableChecks) -> None:
    """Says when all service of a feed is over, or none has begun."""
    added = dates.filter(pl.col("exception_type") == 1)["date"]
    first = pl.concat([calendar["start_date"], added]).min()
    last = pl.concat([calendar["end_date"], added]).max()
    if isinstance(last, date) and last < today:
        checks.note("expired_calendar", None, "end_date", f"{last:%Y%m%d}", 1, "kept")
    if isinstance(first, date) and first > today:
        checks.note("future_feed", None, "start_date", f"{first:%Y%m%d}", 1, "kept")


def running_services(calendar: pl.DataFrame, dates: pl.DataFrame) -> pl.Series:
    """Ids of the services that some day of the week or some date says run."""
    weekly = calendar.filter(pl.sum_horizontal(WEEKDAYS) > 0)["service_id"]
    return pl.concat([weekly, dates.filter(pl.col("exception_type") == 1)["service_id"]]).unique()
