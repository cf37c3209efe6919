"""Which dates a service runs on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from ingest.service_days import date_of, service_calendar
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.ingest.reading import read_rows, small_feed


def runs_of(feed: GtfsFeed, folder: Path, service: str) -> set[date]:
    tables, _ = read_rows(feed, folder)
    services, first, runs = service_calendar(tables)
    return {date_of(first, int(day)) for day in np.flatnonzero(runs[services.index(service)])}


def test_weekdays_within_the_range_run(tmp_path: Path) -> None:
    feed = small_feed()
    row = feed.tables["calendar"][0]
    row.update(dict.fromkeys(("tuesday", "thursday", "friday", "saturday", "sunday"), "0"))
    row.update(start_date="20260302", end_date="20260312")  # a Monday to a Thursday
    expected = {date(2026, 3, day) for day in (2, 4, 9, 11)}
    assert runs_of(feed, tmp_path, "S") == expected


def test_exceptions_add_and_remove(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["calendar"][0].update(start_date="20260302", end_date="20260303")
    feed.add("calendar_dates", service_id="S", date="20260302", exception_type="2")
    feed.add("calendar_dates", service_id="S", date="20260310", exception_type="1")
    assert runs_of(feed, tmp_path, "S") == {date(2026, 3, 3), date(2026, 3, 10)}


def test_a_feed_of_dates_alone_runs_on_them(tmp_path: Path) -> None:
    feed = small_feed()
    del feed.tables["calendar"]
    feed.add("calendar_dates", service_id="S", date="20260310", exception_type="1")
    assert runs_of(feed, tmp_path, "S") == {date(2026, 3, 10)}


def test_the_last_day_of_a_range_runs(tmp_path: Path) -> None:
    assert max(runs_of(small_feed(), tmp_path, "S")) == date(2026, 12, 31)


def test_years_1_and_9999_do_not_ask_for_millions_of_days(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["calendar"][0].update(start_date="00010101", end_date="99991231")
    tables, log = read_rows(feed, tmp_path)
    _, first, runs = service_calendar(tables)
    assert runs.shape[1] < 25_000
    assert runs[0, (date(2039, 3, 1) - first).days] == 1
    codes = {notice.code for notice in log}
    assert {"service_extends_far_in_the_future", "service_starts_far_in_the_past"} <= codes
