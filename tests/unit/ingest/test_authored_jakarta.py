"""The embedded region: what riders of Jakarta must find in it, and that its figures are plausible."""

from __future__ import annotations

import zipfile
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import gtfs_kit
import pytest
from pyproj import Geod

from ingest.authored_description import Description, read_description
from ingest.region import embedded_region, read_region
from ingest.region_sources import locate_feed

TODAY = date(2028, 2, 29)
WEST, SOUTH, EAST, NORTH = 106.2, -6.75, 107.3, -5.95
FASTEST_KM_PER_H = 100
REGION = read_region(embedded_region())
FEED_IDS = [feed.id for feed in REGION.feeds]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("jakarta")
    return {feed.id: locate_feed(feed, embedded_region().parent, folder, TODAY, folder) for feed in REGION.feeds}


@pytest.fixture(scope="module")
def feeds(archives: dict[str, Path]) -> dict[str, Any]:
    """Feed id -> the feed as gtfs_kit reads it."""
    return {feed_id: gtfs_kit.read_feed(path, dist_units="km") for feed_id, path in archives.items()}


@pytest.fixture(scope="module")
def descriptions() -> dict[str, Description]:
    folder = embedded_region().parent
    return {feed.id: read_description(folder / feed.authored) for feed in REGION.feeds}


def test_five_providers_compete_with_one_feed_each() -> None:
    assert FEED_IDS == ["tj", "mrt", "lrtj", "lrtjb", "krl"]
    assert [provider.feeds for provider in REGION.providers] == [(feed_id,) for feed_id in FEED_IDS]
    assert len({provider.color for provider in REGION.providers}) == 5


@pytest.mark.parametrize("feed_id", FEED_IDS)
def test_compiling_twice_gives_the_same_bytes(archives: dict[str, Path], feed_id: str, tmp_path: Path) -> None:
    feed = next(feed for feed in REGION.feeds if feed.id == feed_id)
    again = locate_feed(feed, embedded_region().parent, tmp_path, TODAY, tmp_path)
    assert again.read_bytes() == archives[feed_id].read_bytes()


@pytest.mark.parametrize("feed_id", FEED_IDS)
def test_every_station_lies_in_greater_jakarta_and_is_served(
    descriptions: dict[str, Description], feed_id: str
) -> None:
    description = descriptions[feed_id]
    for station in description.stations.values():
        assert WEST < station.lon < EAST, station
        assert SOUTH < station.lat < NORTH, station
    served = {stop for line in description.lines for run in line.runs for stop in run.stops}
    assert served == set(description.stations)


@pytest.mark.parametrize("feed_id", FEED_IDS)
def test_no_vehicle_is_faster_than_a_train_can_be(descriptions: dict[str, Description], feed_id: str) -> None:
    geod = Geod(ellps="WGS84")
    stations = descriptions[feed_id].stations
    for line in descriptions[feed_id].lines:
        for run in line.runs:
            for (one, other), seconds in zip(pairwise(run.stops), run.run_s, strict=True):
                a, b = stations[one], stations[other]
                metres = geod.line_length([a.lon, b.lon], [a.lat, b.lat])
                assert metres > 0, (run.id, one, other)
                assert metres / seconds * 3.6 < FASTEST_KM_PER_H, (run.id, one, other, metres, seconds)


@pytest.mark.parametrize("feed_id", FEED_IDS)
def test_both_directions_take_about_as_long(descriptions: dict[str, Description], feed_id: str) -> None:
    # A BRT corridor may turn around far beyond its terminus; rails do not.
    tolerance = 0.4 if feed_id == "tj" else 0.2
    for line in descriptions[feed_id].lines:
        totals: dict[int, list[int]] = {0: [], 1: []}
        for run in line.runs:
            totals[run.direction].append(sum(run.run_s))
        assert max(totals[0]) == pytest.approx(max(totals[1]), rel=tolerance), line.id


def test_all_fourteen_numbered_corridors_run_both_ways_by_headway(feeds: dict[str, Any]) -> None:
    feed = feeds["tj"]
    assert feed.routes["route_short_name"].tolist() == [str(number) for number in range(1, 15)]
    directions = feed.trips.groupby("route_id")["direction_id"].nunique()
    assert directions.tolist() == [2] * 14
    assert set(feed.trips["trip_id"]) == set(feed.frequencies["trip_id"])
    assert set(feed.frequencies["exact_times"]) == {0}
    assert feed.frequencies["headway_secs"].between(60, 45 * 60).all()


def test_rail_runs_by_timetable(feeds: dict[str, Any]) -> None:
    assert all(feeds[feed_id].frequencies is None for feed_id in ("mrt", "lrtj", "lrtjb", "krl"))
    assert feeds["krl"].routes["route_id"].tolist() == ["B", "C", "R", "T", "TP"]
    assert len(feeds["krl"].trips) > 1000


def test_the_stops_of_a_line_are_called_at_in_order_and_time_moves_on(archives: dict[str, Path]) -> None:
    for feed_id, path in archives.items():
        last: tuple[str, int, str] = ("", -1, "")
        with zipfile.ZipFile(path) as archive:
            lines = archive.read("stop_times.txt").decode().splitlines()[1:]
        for line in lines:
            trip, arrival, departure, _, number, _ = line.split(",")
            if trip == last[0]:
                assert int(number) == last[1] + 1, (feed_id, line)
                assert last[2] < arrival <= departure, (feed_id, line)
            last = (trip, int(number), departure)


def test_known_stops_have_their_operators_codes(feeds: dict[str, Any]) -> None:
    names = feeds["mrt"].stops.set_index("stop_id")["stop_name"]
    assert names["LBB"] == "Stasiun Lebak Bulus"
    assert feeds["krl"].stops.set_index("stop_id")["stop_name"][["BOO", "THB"]].tolist() == [
        "Stasiun Bogor",
        "Stasiun Tanah Abang",
    ]


@pytest.mark.parametrize(
    ("feed_id", "table", "record", "text"),
    [
        ("mrt", "stops", "LBB", "Lebak Bulus Station"),
        ("krl", "routes", "B", "Bogor Line"),
        ("tj", "routes", "1", "Corridor 1: Blok M - Kota"),
        ("lrtjb", "routes", "CB", "Cibubur Line"),
        ("lrtj", "stops", "VEL", "Velodrome LRT Station"),
    ],
)
def test_names_have_an_english_translation(
    archives: dict[str, Path], feed_id: str, table: str, record: str, text: str
) -> None:
    with zipfile.ZipFile(archives[feed_id]) as archive:
        rows = archive.read("translations.txt").decode().splitlines()
    field = {"stops": "stop_name", "routes": "route_long_name"}[table]
    assert f"{table},{field},en,{text},{record}" in rows


@pytest.mark.parametrize(
    ("feed_id", "first", "last", "minutes"),
    [("mrt", "LBB", "BHI", 30), ("krl", "BOO", "JAKK", 87), ("krl", "RK", "THB", 99), ("lrtjb", "DKA", "JTM", 49)],
)
def test_end_to_end_takes_what_the_timetable_says(
    descriptions: dict[str, Description], feed_id: str, first: str, last: str, minutes: int
) -> None:
    run = next(
        run
        for line in descriptions[feed_id].lines
        for run in line.runs
        if (run.stops[0], run.stops[-1]) == (first, last)
    )
    seconds = sum(run.run_s) + run.dwell_s * (len(run.stops) - 2)
    assert seconds / 60 == pytest.approx(minutes, abs=2)


def test_a_monday_and_a_sunday_have_service_whenever_it_is_compiled(feeds: dict[str, Any]) -> None:
    for feed_id, feed in feeds.items():
        for day in ("20280228", "20280229", "20280305"):
            assert len(feed.get_trips(date=day)) > 0, (feed_id, day)


def test_the_example_trips_start_and_end_at_stops_that_exist(feeds: dict[str, Any]) -> None:
    stops = {f"{feed_id}_{stop}" for feed_id, feed in feeds.items() for stop in feed.stops["stop_id"]}
    assert len(REGION.trips) == 12
    for trip in REGION.trips:
        assert set(trip.name) == {"en", "id"}
        for place in (trip.origin, trip.destination):
            assert place in stops or place.startswith("-6."), place
