"""Real feeds: every row that their publishers mean to be ridden comes through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ingest.notices import NoticeLog
from ingest.tables import FeedTables, read_feed

FEEDS = Path(__file__).parents[4] / "shared" / "feeds"
pytestmark = pytest.mark.real_feeds
if not FEEDS.exists():
    pytest.skip("the real feeds are not beside the checkout", allow_module_level=True)


def read(name: str) -> tuple[FeedTables, dict[str, int]]:
    """The tables, and the number of findings by code."""
    log = NoticeLog()
    tables = read_feed("f", FEEDS / name, log, today=date(2026, 11, 24))
    counts: dict[str, int] = {}
    for notice in log:
        counts[notice.code] = counts.get(notice.code, 0) + notice.count
    return tables, counts


# stops, routes, trips, stop_times, headway periods: counted in the files themselves
SIZES = {
    "jakarta/krl_derived.zip": (82, 5, 1105, 17738, 0),
    "jakarta/lrt_jabodebek_derived.zip": (18, 2, 430, 5588, 0),
    "jakarta/lrt_jakarta.zip": (48, 1, 204, 1224, 0),
    "jakarta/mrt.zip": (128, 1, 504, 6528, 0),
    "jakarta/transjakarta_2023-12.zip": (7912, 245, 492, 13538, 2195),
    "jakarta/transjakarta_2024-06.zip": (8043, 244, 579, 18353, 595),
    "portoalegre/eptc.zip": (3986, 115, 2374, 130019, 0),
    "portoalegre/trensurb.zip": (24, 2, 1248, 14855, 0),
    "newyork/mta_lirr.zip": (127, 13, 2081, 22730, 0),
}


@pytest.mark.parametrize("name", SIZES)
def test_no_row_of_a_real_feed_is_lost(name: str) -> None:
    tables, _ = read(name)
    found = (tables.stops, tables.routes, tables.trips, tables.stop_times, tables.frequencies)
    assert tuple(map(len, found)) == SIZES[name]


@pytest.mark.parametrize("name", SIZES)
def test_times_of_a_real_feed_never_run_backwards(name: str) -> None:
    calls = read(name)[0].stop_times
    trip, arrival, departure = (calls[column].to_numpy() for column in ("trip", "arrival", "departure"))
    assert np.all(departure >= arrival)
    assert np.all((arrival[1:] >= departure[:-1]) | (trip[1:] != trip[:-1]))
    assert calls.null_count().sum_horizontal()[0] == 0


def test_porto_alegre_gets_its_blank_times() -> None:
    tables, counts = read("portoalegre/eptc.zip")
    assert counts["interpolated_times"] == 125_271
    assert tables.stop_times.filter(pl.col("timepoint") == 0).height == 125_271


def test_notices_of_jakarta_are_few() -> None:
    assert read("jakarta/transjakarta_2024-06.zip")[1] == {"missing_recommended_file": 1}
    assert read("jakarta/transjakarta_2023-12.zip")[1] == {
        "expired_calendar": 1,
        "missing_recommended_file": 1,
        "leading_or_trailing_whitespaces": 1,
    }
