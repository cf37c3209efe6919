"""Query files: fixed by their seed, and read back as they were written."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.make_queries import make_pairs
from benchmarks.queries import (
    COLUMNS,
    QueryFileError,
    StopPair,
    draw_pairs,
    parse_hour,
    read_pairs,
    service_day_start_s,
    write_pairs,
)
from benchmarks.sets import SETS, MissingFeedError, find_feeds

STOPS = [f"a_{number}" for number in range(50)]
EMBEDDED = SETS["embedded"]


def test_the_same_seed_draws_the_same_pairs_and_another_seed_others() -> None:
    first = draw_pairs(STOPS, EMBEDDED, 20)
    assert first == draw_pairs(STOPS, EMBEDDED, 20)
    assert first[:5] == draw_pairs(STOPS, EMBEDDED, 5)
    assert first != draw_pairs(STOPS, replace(EMBEDDED, seed=2), 20)


def test_pairs_lie_in_the_hours_of_the_set_at_whole_minutes_between_different_stops() -> None:
    pairs = draw_pairs(STOPS, SETS["portoalegre"], 300)
    assert all(pair.origin != pair.destination for pair in pairs)
    assert all(time(12) <= pair.time.time() < time(15) and pair.time.second == 0 for pair in pairs)
    assert {pair.time.utcoffset() for pair in pairs} == {timedelta(hours=-3)}
    assert len({pair.time for pair in pairs}) > 100


def test_one_stop_is_too_few() -> None:
    with pytest.raises(QueryFileError, match="fewer than two stops"):
        draw_pairs(["a_1"], EMBEDDED, 1)


def test_a_query_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    pairs = draw_pairs(STOPS, EMBEDDED, 7)
    write_pairs(tmp_path / "q.csv", pairs)
    assert read_pairs(tmp_path / "q.csv", EMBEDDED.zone) == pairs


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,a_1,a_2,yesterday,depart", "row 2.*yesterday"),
        ("1,a_1,a_2,2026-11-25T08:00:00+07:00,arrive", "row 2.*arrive"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "q.csv").write_text("id,from,to,time,mode\n" + row + "\n", "utf-8")
    with pytest.raises(QueryFileError, match=message):
        read_pairs(tmp_path / "q.csv", EMBEDDED.zone)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(QueryFileError, match=r"benchmarks\.make_queries"):
        read_pairs(tmp_path / "none.csv", EMBEDDED.zone)


@pytest.mark.parametrize(("text", "hour"), [("7", time(7)), ("07:30", time(7, 30)), ("00:00", time(0))])
def test_hours_are_read(text: str, hour: time) -> None:
    assert parse_hour(text) == hour


@pytest.mark.parametrize("name", SETS)
def test_committed_query_files_hold_a_thousand_depart_queries_of_the_sets_day(name: str) -> None:
    found = SETS[name]
    with found.queries.open(encoding="utf-8", newline="") as handle:
        assert next(csv.reader(handle)) == list(COLUMNS)
    pairs = read_pairs(found.queries, found.zone)
    assert len(pairs) == 1000
    assert len({pair.id for pair in pairs}) == 1000
    assert {pair.time.date() for pair in pairs} == {found.day}
    assert all(found.start <= pair.time.time() < found.end for pair in pairs)
    feeds = ("city",) if found.made else found.feeds or ("tj", "mrt", "lrtj", "lrtjb", "krl")
    assert {pair.origin.partition("_")[0] for pair in pairs} <= set(feeds)


@pytest.mark.parametrize(
    "name",
    [
        "embedded",
        *(pytest.param(name, marks=pytest.mark.real_feeds) for name in ("portoalegre", "transjakarta")),
    ],
)
def test_the_committed_query_file_comes_from_its_seed(name: str) -> None:
    bench = SETS[name]
    try:
        find_feeds(bench)
    except MissingFeedError as missing:
        pytest.skip(str(missing))
    assert make_pairs(bench, 1000) == read_pairs(bench.queries, bench.zone)


@pytest.mark.parametrize(
    ("day", "start"),
    [
        (datetime(2026, 11, 25, 8, 30), datetime(2026, 11, 25, 5)),
        # Clocks went back at 02:00 local: noon minus 12 hours is 01:00, summer time.
        (datetime(2026, 11, 1, 8, 30), datetime(2026, 11, 1, 5)),
    ],
)
def test_a_service_day_starts_twelve_hours_before_noon(day: datetime, start: datetime) -> None:
    pair = StopPair("0", "a", "b", day.replace(tzinfo=ZoneInfo("America/New_York")))
    assert datetime.fromtimestamp(service_day_start_s(pair), UTC) == start.replace(tzinfo=UTC)
