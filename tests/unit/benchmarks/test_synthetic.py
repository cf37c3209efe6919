"""Made-up feeds: deterministic, of the size asked for, and clean GTFS with the structure of a city."""

from __future__ import annotations

import dataclasses
import zipfile
from datetime import date
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.synthetic import LONDON, SyntheticPlan, draft, feed_paths, main, write_feeds
from benchmarks.synthetic_city import KINDS, build_city, staircase
from benchmarks.synthetic_timetable import EVERY_DAY, PERIODS, WEEK, count_trips, find_scale, line_trips
from ingest.notices import NoticeLog
from ingest.tables import FeedTables, read_feed

PLAN = SyntheticPlan(30_000, 300)
TODAY = date(2026, 6, 1)


def read_text(path: Path, file: str) -> pl.DataFrame:
    with zipfile.ZipFile(path) as feed:
        return pl.read_csv(feed.read(file), infer_schema=False)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("synthetic") / "city.zip"
    write_feeds(PLAN, path)
    return path


@pytest.fixture(scope="module")
def tables(feed: Path) -> FeedTables:
    return read_feed("city", feed, NoticeLog(), today=TODAY)


def test_one_plan_makes_the_same_bytes_and_another_seed_others(feed: Path, tmp_path: Path) -> None:
    write_feeds(PLAN, tmp_path / "again.zip")
    write_feeds(dataclasses.replace(PLAN, seed=2), tmp_path / "other.zip")
    assert (tmp_path / "again.zip").read_bytes() == feed.read_bytes()
    assert read_text(tmp_path / "other.zip", "stop_times.txt").height != read_text(feed, "stop_times.txt").height


def test_a_feed_has_about_the_stop_times_asked_for_and_tells_what_it_has(tmp_path: Path) -> None:
    made = write_feeds(PLAN, tmp_path / "city.zip")[0]
    assert made.stop_times == pytest.approx(PLAN.stop_times, rel=0.02)
    assert made.stop_times == read_text(made.path, "stop_times.txt").height == draft(PLAN).n_stop_times()
    assert made.trips == read_text(made.path, "trips.txt").height == draft(PLAN).n_trips()
    assert made.stops == (read_text(made.path, "stops.txt")["location_type"] == "0").sum()


def test_a_feed_is_read_without_a_single_notice(feed: Path, tables: FeedTables) -> None:
    log = NoticeLog()
    read_feed("city", feed, log, today=TODAY)
    assert [notice.code for notice in log] == []
    assert tables.trips.height == read_text(feed, "trips.txt").height


def test_times_go_forward_and_reach_past_midnight(tables: FeedTables) -> None:
    calls = tables.stop_times
    assert (calls["departure"] >= calls["arrival"]).all()
    legs = calls.select((pl.col("arrival") - pl.col("departure").shift(1)).over("trip").alias("leg"))[
        "leg"
    ].drop_nulls()
    assert legs.min() > 0  # type: ignore[operator]  # polars types a minimum as any literal
    assert (calls["departure"] > 24 * 3600).any()
    assert (calls["arrival"] % 60 != 0).any()


def test_every_line_runs_both_ways_and_more_on_weekdays_than_at_weekends(feed: Path) -> None:
    trips = read_text(feed, "trips.txt")
    ways = trips.group_by("route_id", "service_id", "direction_id").len()
    assert ways.height == trips["route_id"].n_unique() * 6
    assert (
        ways.filter(pl.col("direction_id") == "0")["len"].sum()
        == ways.filter(pl.col("direction_id") == "1")["len"].sum()
    )
    by_service = dict(trips.group_by("service_id").len().iter_rows())
    assert by_service["WD"] > by_service["SA"] > by_service["SU"]


def test_the_way_back_calls_at_the_same_places_on_the_other_side_of_the_street() -> None:
    for line in build_city(6, 8, np.random.default_rng(1)).lines:
        out, back = line.stops(0), line.stops(1)
        assert (out // 4 == back[::-1] // 4).all()
        assert not set(out.tolist()) & set(back.tolist())


def test_a_city_serves_each_pole_and_has_every_kind_of_line() -> None:
    city = build_city(12, 10, np.random.default_rng(1))
    poles = np.unique(np.concatenate([line.stops(way) for line in city.lines if not line.is_rail for way in (0, 1)]))
    assert poles.tolist() == [place * 4 + way for place in range(144) for way in (0, 1)]
    assert {line.kind for line in city.lines} == set(KINDS)
    assert all(len(line.places) > 1 for line in city.lines)


def test_places_are_closer_together_in_the_middle() -> None:
    city = build_city(41, 20, np.random.default_rng(1))
    along = city.x[20 * 41 : 21 * 41]
    steps = np.diff(along)
    assert (steps > 0).all()
    assert steps[18:22].mean() < 0.75 * steps[[0, 1, -2, -1]].mean()


def test_headways_are_shortest_in_the_peaks_and_vehicles_spread_evenly() -> None:
    counts = count_trips(np.array([600.0]), EVERY_DAY, 1.0)
    assert counts.tolist() == [[[6, 15, 26, 18, 15, 3]]]
    found = line_trips(build_city(5, 5, np.random.default_rng(1)), 0, 0, counts[0], np.random.default_rng(3))
    peak = [time for time in found.departures[:, 0].tolist() if PERIODS[1] <= time < PERIODS[2]]
    assert set(np.diff(peak).tolist()) == {600}


def test_the_scale_of_headways_meets_the_size_and_gives_its_best_where_it_cannot() -> None:
    headways, calls = np.array([300.0, 900.0]), np.array([20, 30])
    scale = find_scale(headways, calls, WEEK, 50_000)
    assert 2 * int((count_trips(headways, WEEK, scale).sum(axis=(1, 2)) * calls).sum()) == pytest.approx(
        50_000, rel=0.01
    )
    too_few = find_scale(headways, calls, WEEK, 1)
    assert (count_trips(headways, WEEK, too_few) == 1).all()


def test_holidays_run_as_sundays(feed: Path) -> None:
    dates = read_text(feed, "calendar_dates.txt")
    christmas = dates.filter(pl.col("date") == "20261225").sort("exception_type")  # a Friday
    assert christmas.rows() == [("SU", "20261225", "1"), ("WD", "20261225", "2")]
    saturday = dates.filter(pl.col("date") == "20261226").sort("exception_type")
    assert saturday["service_id"].to_list() == ["SU", "SA"]


def test_platforms_lie_in_stations_that_exist(feed: Path) -> None:
    stops = read_text(feed, "stops.txt")
    platforms = stops.filter(pl.col("stop_id").str.contains("p"))
    stations = stops.filter(pl.col("location_type") == "1")
    assert platforms.height
    assert set(platforms["parent_station"]) == set(stations["stop_id"])


@pytest.mark.parametrize("dense", [False, True])
def test_transfers_are_closed_so_that_one_change_never_needs_two(tmp_path: Path, dense: bool) -> None:
    path = write_feeds(dataclasses.replace(PLAN, dense_transfers=dense), tmp_path / "city.zip")[0].path
    rows = read_text(path, "transfers.txt")
    seconds = {(start, end): int(time) for start, end, _, time in rows.iter_rows()}
    assert len(seconds) == rows.height
    onward: dict[str, list[str]] = {}
    for start, end in seconds:
        onward.setdefault(start, []).append(end)
    for (start, middle), first in seconds.items():
        for end in onward[middle]:
            if end != start:
                assert seconds[start, end] <= first + seconds[middle, end]
    served = read_text(path, "stops.txt").filter(pl.col("location_type") == "0").height
    assert (len(onward) == served) is dense


def test_providers_share_out_the_lines_of_one_city(tmp_path: Path) -> None:
    plan = dataclasses.replace(PLAN, providers=3)
    made = write_feeds(plan, tmp_path / "city.zip")
    assert [feed.path.name for feed in made] == ["city-1.zip", "city-2.zip", "city-3.zip"]
    assert sum(feed.stop_times for feed in made) == draft(PLAN).n_stop_times()
    routes = [read_text(feed.path, "routes.txt")["route_id"].to_list() for feed in made]
    assert sorted(chain.from_iterable(routes)) == [
        f"R{number:05d}" for number in range(1, len(draft(PLAN).city.lines) + 1)
    ]
    for feed in made:
        log = NoticeLog()
        read_feed("part", feed.path, log, today=TODAY)
        assert [notice.code for notice in log] == []


def test_one_provider_keeps_the_name_given(tmp_path: Path) -> None:
    assert feed_paths(tmp_path / "a.zip", 1) == [tmp_path / "a.zip"]


def test_the_london_like_city_has_the_size_of_london() -> None:
    found = draft(LONDON)
    stops = len(found.parts[0].used_stops())
    assert (stops, found.n_trips(), found.n_stop_times()) == (19_072, 143_596, 5_798_490)  # as its README row says


def test_a_staircase_goes_one_step_at_a_time_and_near_the_straight_line() -> None:
    places = staircase(10, (0, 0), (3, 6))
    rows, columns = np.divmod(places, 10)
    assert (places[0], places[-1], len(places)) == (0, 36, 10)
    assert (np.abs(np.diff(rows)) + np.abs(np.diff(columns)) == 1).all()
    assert (np.abs(rows - columns / 2) <= 1).all()
    assert staircase(10, (3, 6), (0, 0))[-1] == 0
    assert staircase(10, (2, 2), (2, 2)).tolist() == [22]


def test_the_command_writes_a_feed_and_refuses_more_providers_than_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--stop-times", "5000", "--out", str(tmp_path / "new" / "a.zip")]) == 0
    assert "stop_times" in capsys.readouterr().out
    assert main(["--stop-times", "5000", "--providers", "999", "--out", str(tmp_path / "b.zip")]) == 2
    assert "999 providers for" in capsys.readouterr().err
    assert not (tmp_path / "b.zip").exists()


def test_a_city_needs_four_by_four_places() -> None:
    with pytest.raises(ValueError, match="4 x 4 places, not 3 x 3"):
        build_city(3, 5, np.random.default_rng(1))
