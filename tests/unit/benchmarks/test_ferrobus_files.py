"""The feed and the streets that ferrobus gets: our times to the second, our walks to the second."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import osmium
import polars as pl
import pytest

from benchmarks.peers.ferrobus import Footing, footing_of, told
from benchmarks.peers.ferrobus_files import WALKING_M_PER_S, metres_between, places, write_feed, write_streets
from benchmarks.peers.peer import Site
from benchmarks.sets import UNLINKED, BenchSet, Conditions
from ingest.geometry import METRES_PER_DEGREE
from ingest.model import Network
from ingest.pipeline import ingest_feeds
from tests.support.gtfs_feed import GtfsFeed

DAY = date(2026, 11, 25)
PLACES = {"a": 0.0, "c": 99.5, "d": 248.8, "b": 9000.0}
"""Stops, metres north: a, c and d in reach of each other, b of none."""


def town() -> GtfsFeed:
    feed = GtfsFeed()
    feed.add("agency", agency_id="x", agency_name="X", agency_url="http://x.org", agency_timezone="UTC")
    for stop, metres in PLACES.items():
        feed.add("stops", stop_id=stop, stop_name=stop, stop_lat=10 + metres / METRES_PER_DEGREE, stop_lon=20)
    feed.add("stops", stop_id="s", stop_name="s", stop_lat=10.001, stop_lon=20, location_type=1)
    feed.add("routes", route_id="r", agency_id="x", route_short_name="R", route_type=3)
    for trip, service in (("t", "day"), ("h", "day"), ("n", "other")):
        feed.add("trips", route_id="r", service_id=service, trip_id=trip)
        for position, (stop, arrival, departure) in enumerate(
            (("a", "07:59:50", "08:00:00"), ("c", "", ""), ("b", "25:00:30", "25:00:30"))
        ):
            feed.add(
                "stop_times", trip_id=trip, stop_id=stop, stop_sequence=position, arrival_time=arrival or None,
                departure_time=departure or None,
            )  # fmt: skip
    feed.add("frequencies", trip_id="h", start_time="00:00:00", end_time="00:20:01", headway_secs=600)
    feed.add("transfers", from_stop_id="a", to_stop_id="c", transfer_type=2, min_transfer_time=500)
    feed.add("calendar_dates", service_id="day", date="20261125", exception_type=1)
    feed.add("calendar_dates", service_id="other", date="20261126", exception_type=1)
    return feed


def site_of(tmp_path: Path, conditions: Conditions) -> Site:
    feeds = {"n": town().write_zip(tmp_path / "n.zip")}
    network = ingest_feeds(feeds, conditions.walk_options).network
    assert network is not None
    return Site(feeds, network, BenchSet("t", "t", "UTC", DAY), conditions, tmp_path)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_of(tmp_path, Conditions())


def written(site: Site, table: str) -> pl.DataFrame:
    write_feed(site.network, DAY, footing_of(site).fixed, site.work / "feed")
    return pl.read_csv(site.work / "feed" / f"{table}.txt", infer_schema=False)


def named(network: Network, start: str, end: str) -> tuple[int, int]:
    found = (network.stops.id.find(f"n_{start}"), network.stops.id.find(f"n_{end}"))
    return found[0], found[1]


def test_trips_of_the_day_are_written_with_scoped_ids_and_filled_times(site: Site) -> None:
    times = written(site, "stop_times").filter(pl.col("trip_id") == "n_t")
    assert times["stop_id"].to_list() == ["n_a", "n_c", "n_b"]
    assert times["departure_time"].to_list()[::2] == ["08:00:00", "25:00:30"]
    assert times["arrival_time"][0] == "07:59:50"
    assert "08:00:00" < times["arrival_time"][1] < "25:00:30"
    assert "n_n" not in written(site, "trips")["trip_id"].to_list()


def test_headways_become_trips_that_leave_before_the_end(site: Site) -> None:
    times = written(site, "stop_times").filter(pl.col("stop_id") == "n_a")
    rows = dict(times.select("trip_id", "departure_time").iter_rows())
    assert rows == {"n_t": "08:00:00", "n_h#1": "00:00:00", "n_h#2": "00:10:00", "n_h#3": "00:20:00"}
    first = times.filter(pl.col("trip_id") == "n_h#1")["arrival_time"][0]
    assert first == "00:00:00"  # it would stand there from ten seconds before midnight on


def test_stations_are_not_stops_and_the_calendar_knows_one_day(site: Site) -> None:
    assert written(site, "stops")["stop_id"].to_list() == ["n_a", "n_c", "n_d", "n_b"]
    calendar = written(site, "calendar").row(0, named=True)
    assert (calendar["start_date"], calendar["end_date"], calendar["wednesday"]) == ("20261125", "20261125", "1")


def test_what_transfers_txt_fixes_is_written_beside_the_streets(site: Site) -> None:
    rows = written(site, "transfers")
    assert rows.select("from_stop_id", "to_stop_id", "min_transfer_time").rows() == [("n_a", "n_c", "500")]


def ways_of(path: Path) -> dict[tuple[int, int], float]:
    """Seconds that ferrobus takes for each way, by its two ends; every way is a footway with one bend."""
    found = {}
    for way in osmium.FileProcessor(str(path)).with_locations():
        if way.is_way():
            assert way.tags["highway"] == "footway"
            assert len(way.nodes) == 3
            lat = np.array([node.lat for node in way.nodes])
            lon = np.array([node.lon for node in way.nodes])
            metres = metres_between(lat[:-1], lon[:-1], lat[1:], lon[1:]).sum()
            found[way.nodes[0].ref - 1, way.nodes[2].ref - 1] = metres / WALKING_M_PER_S
    return found


def written_ways(site: Site, footing: Footing) -> Mapping[tuple[int, int], float]:
    write_streets(site.network, footing.streets, footing.limit_s, site.work / "streets.osm.pbf")
    return ways_of(site.work / "streets.osm.pbf")


def test_a_way_takes_ferrobus_the_whole_seconds_of_our_walk(site: Site) -> None:
    footing = footing_of(site)
    ways = written_ways(site, footing)
    assert footing.limit_s == 250
    for start, end, seconds in (("a", "c", 84), ("c", "d", 125), ("a", "d", 208)):  # whole metres / 1.2, rounded up
        assert int(ways[named(site.network, start, end)]) == seconds


def test_far_stops_are_held_on_the_streets_by_ways_too_long_to_walk(site: Site) -> None:
    footing = footing_of(site)
    ways = written_ways(site, footing)
    far = [seconds for (start, end), seconds in ways.items() if site.network.stops.id.find("n_b") in (start, end)]
    assert len(far) == 1
    assert far[0] > footing.limit_s


def test_where_no_distance_links_stops_the_streets_are_those_of_transfers_txt(tmp_path: Path) -> None:
    site = site_of(tmp_path, UNLINKED)
    footing = footing_of(site)
    ways = written_ways(site, footing)
    assert footing.limit_s == 500
    assert footing.fixed.start.size == 0
    # The row goes one way only: streets go both ways, so only rows that rise in stop order are drawn.
    assert int(ways[named(site.network, "a", "c")]) == 500
    assert [int(seconds) > 500 for pair, seconds in ways.items() if pair != named(site.network, "a", "c")] == [True] * 2


def test_stops_lie_where_openstreetmap_keeps_them(site: Site) -> None:
    lat, _ = places(site.network)
    assert lat == pytest.approx(site.network.stops.lat, abs=6e-8)
    assert (np.abs(lat * 1e7 - np.rint(lat * 1e7)) < 1e-6).all()


@pytest.mark.parametrize(
    ("kinds", "arrival", "text"),
    [
        (["transit a b", "transfer b c", "transfer c d"], 9, "it walks twice between two vehicles"),
        (["transit a a", "transfer a d"], 9, "it rides from a stop to itself"),
        (["access_walk a d"], 9, "it walks all the way over several links"),
        (["transit a b", "waiting b b", "transfer b d"], 8, "its legs arrive at another time than it says"),
        (["transit a b", "transfer b d"], 9, ""),
        (["transfer a b", "transit b d"], 9, "it counts the arrival of the last vehicle, not when that leaves again"),
        ([], 9, "its legs arrive at another time than it says"),
    ],
)
def test_legs_tell_what_ours_may_not_do(kinds: list[str], arrival: int, text: str) -> None:
    legs = [
        dict(zip(("leg_type", "from_name", "to_name"), kind.split(), strict=True), arrival_time=9) for kind in kinds
    ]
    assert told(legs, arrival) == text
