"""On which dates each service runs: calendar.txt and calendar_dates.txt as one matrix."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.rules.calendars import WEEKDAYS

if TYPE_CHECKING:
    from ingest.tables import FeedTables


def service_calendar(tables: FeedTables) -> tuple[list[str], date, NDArray[np.uint8]]:
    """(service ids, first date, runs): runs[s, d] is 1 where service s runs on first date + d days.

    The dates span all of the feed's calendars, which reading has bounded. A feed without a single date
    gives a matrix of no columns and 1970-01-01.
    """
    return build_service_calendar(tables.calendar, tables.calendar_dates)


def build_service_calendar(calendar: pl.DataFrame, dates: pl.DataFrame) -> tuple[list[str], date, NDArray[np.uint8]]:
    """The same from the two tables as they are after cleaning."""
    services = pl.concat([calendar["service_id"], dates["service_id"]]).unique(maintain_order=True)
    span = pl.concat([calendar["start_date"], calendar["end_date"], dates["date"]])
    first, last = span.min(), span.max()
    if not isinstance(first, date) or not isinstance(last, date):
        return services.to_list(), date(1970, 1, 1), np.zeros((len(services), 0), np.uint8)
    runs = np.zeros((len(services), (last - first).days + 1), np.uint8)
    rows = {service: row for row, service in enumerate(services.to_list())}
    _add_weeks(runs, rows, first, calendar)
    _add_exceptions(runs, rows, first, dates)
    return services.to_list(), first, runs


def _add_weeks(runs: NDArray[np.uint8], rows: dict[str, int], first: date, calendar: pl.DataFrame) -> None:
    weekday = (first.weekday() + np.arange(runs.shape[1])) % 7
    for record in calendar.iter_rows(named=True):
        week = np.array([record[name] for name in WEEKDAYS], np.uint8)
        start, stop = (record["start_date"] - first).days, (record["end_date"] - first).days + 1
        runs[rows[record["service_id"]], start:stop] = week[weekday[start:stop]]


def _add_exceptions(runs: NDArray[np.uint8], rows: dict[str, int], first: date, dates: pl.DataFrame) -> None:
    if dates.is_empty():
        return
    row = np.array([rows[service] for service in dates["service_id"]])
    day = (dates["date"] - first).dt.total_days().to_numpy()
    runs[row, day] = dates["exception_type"].to_numpy() == 1


def date_of(first: date, day: int) -> date:
    """The date of column `day` of a service calendar that starts at `first`."""
    return first + timedelta(days=day)
