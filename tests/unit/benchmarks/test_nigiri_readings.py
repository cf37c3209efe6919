"""Our network read the way the peer reads it, checked by hand on small networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.blank_times import blank_calls, fill_by_position
from benchmarks.peers.nigiri_readings import expanded_headways, link_graph, minute_changes, steps, whole_minutes
from ingest.geometry import METRES_PER_DEGREE
from ingest.model import Headways, Network
from ingest.pipeline import WalkOptions, ingest_feeds
from tests.support.gtfs_feed import GtfsFeed


def feed_of(places: dict[str, float], calls: list[tuple[str, str, str]]) -> GtfsFeed:
    """Stops by id at metres north of 10 degrees, and one trip `t` with (stop, arrival, departure) calls."""
    feed = GtfsFeed()
    feed.add("agency", agency_id="x", agency_name="X", agency_url="http://x.org", agency_timezone="UTC")
    for stop, metres in places.items():
        feed.add("stops", stop_id=stop, stop_name=stop, stop_lat=10 + metres / METRES_PER_DEGREE, stop_lon=20)
    feed.add("routes", route_id="r", agency_id="x", route_short_name="R", route_type=3)
    feed.add("trips", route_id="r", service_id="s", trip_id="t")
    feed.add("calendar_dates", service_id="s", date="20261125", exception_type=1)
    for position, (stop, arrival, departure) in enumerate(calls):
        feed.add(
            "stop_times", trip_id="t", arrival_time=arrival, departure_time=departure, stop_id=stop,
            stop_sequence=position * 10,
        )  # fmt: skip
    return feed


def network_of(tmp_path: Path, **feeds: GtfsFeed) -> tuple[Network, dict[str, Path]]:
    """The feeds, ingested as benchmarks ingest them."""
    paths = {name: feed.write_zip(tmp_path / f"{name}.zip") for name, feed in feeds.items()}
    network = ingest_feeds(paths, WalkOptions(radius_m=300, detour=1.0)).network
    assert network is not None
    return network, paths


def minutes_between(network: Network, start: str, end: str, limit: int) -> int | None:
    """The footpath that the peer has, in minutes."""
    paths = minute_changes(network, 300, limit)
    here, there = network.stops.id.find(start), network.stops.id.find(end)
    rows = np.flatnonzero((paths.from_stop == here) & (paths.to_stop == there))
    return int(paths.min_time_s[rows[0]]) // 60 if len(rows) else None


RIDE = [("a", "08:00:59", "08:01:59"), ("b", "09:00:30", "09:00:30")]


def test_headways_become_whole_minutes_and_a_last_part_period_is_dropped() -> None:
    column = np.array([0, 1, 2], np.int32)
    rows = Headways(
        column,
        start=np.array([18_000, 18_059, 0], np.int32),
        end=np.array([18_650, 18_659, 600], np.int32),
        headway_s=np.array([290, 330, 20], np.int32),
        exact=np.zeros(3, np.uint8),
    )
    found = expanded_headways(rows)
    assert found.headway_s.tolist() == [300, 360, 60]
    assert found.start.tolist() == [18_000, 18_000, 0]
    assert found.end.tolist() == [18_600, 18_360, 600]
    assert found.exact.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("metres", "one_feed", "two_feeds"), [(10, 2, 2), (178, 2, 2), (182, 3, 2), (226, 3, 3), (272, 4, 3)]
)
def test_a_link_takes_the_minutes_that_the_peer_was_seen_to_take(
    tmp_path: Path, metres: float, one_feed: int, two_feeds: int
) -> None:
    near = feed_of({"a": 0, "b": 9000, "c": metres}, RIDE)
    network, _ = network_of(tmp_path, n=near)
    assert minutes_between(network, "n_a", "n_c", 20) == one_feed
    other = feed_of({"c": metres, "b": 9000}, [("c", "08:00:00", "08:00:00"), ("b", "09:00:00", "09:00:00")])
    network, _ = network_of(tmp_path, n=feed_of({"a": 0, "b": 5000}, RIDE), m=other)
    assert minutes_between(network, "n_a", "m_c", 20) == two_feeds


def test_links_are_chained_to_walks_shorter_than_the_limit(tmp_path: Path) -> None:
    network, _ = network_of(tmp_path, n=feed_of({"a": 0, "c": 170, "d": 340, "e": 510, "b": 9000}, RIDE))
    assert minutes_between(network, "n_a", "n_d", 5) == 4
    assert minutes_between(network, "n_a", "n_e", 5) is None
    assert minutes_between(network, "n_a", "n_e", 7) == 6
    assert minutes_between(network, "n_a", "n_a", 5) == 2


def test_walks_are_chained_through_stations_but_not_through_entrances(tmp_path: Path) -> None:
    for kind, minutes in (("1", 4), ("2", None)):
        feed = feed_of({"a": 0, "x": 170, "d": 340, "b": 9000}, RIDE)
        feed.add("stops", stop_id="m", stop_name="m", stop_lat=11, stop_lon=20, location_type=1)
        feed.rows("stops")[1]["location_type"] = kind
        if kind == "2":
            feed.rows("stops")[1]["parent_station"] = "m"
        network, _ = network_of(tmp_path, n=feed)
        assert minutes_between(network, "n_a", "n_d", 20) == minutes


def test_stops_of_one_name_are_linked_farther_and_given_transfers_anywhere(tmp_path: Path) -> None:
    feed = feed_of({"a": 0, "c": 450, "d": 4000, "b": 9000}, RIDE)
    feed.rows("stops")[1]["stop_name"] = "a"
    feed.add("transfers", from_stop_id="d", to_stop_id="a", transfer_type=2, min_transfer_time=290)
    network, _ = network_of(tmp_path, n=feed)
    links = link_graph(network, 300)
    index = {name: network.stops.id.find(f"n_{name}") for name in "acd"}
    assert links[index["a"]][index["c"]]["minutes"] == 5
    assert links[index["a"]][index["d"]]["minutes"] == 4
    assert not links.has_edge(index["c"], index["d"])


def test_seconds_are_cut_off(tmp_path: Path) -> None:
    network, _ = network_of(tmp_path, n=feed_of({"a": 0, "b": 9000}, RIDE))
    times = whole_minutes(network)
    assert times.arrival.tolist() == [8 * 3600, 9 * 3600]
    assert times.departure.tolist() == [8 * 3600 + 60, 9 * 3600]


def test_blank_times_are_placed_by_position_and_rounded_to_minutes(tmp_path: Path) -> None:
    places = {"a": 0.0, "c": 100.0, "d": 8000.0, "b": 9000.0}
    calls = [("a", "08:00:30", "08:00:30"), ("c", "", ""), ("d", "", ""), ("b", "08:05:40", "08:05:40")]
    network, paths = network_of(tmp_path, n=feed_of(places, calls))
    blank = blank_calls(network, paths)
    assert blank.tolist() == [False, True, True, False]
    filled = fill_by_position(network, blank)
    # 08:00 to 08:05: a third is 1.67, two thirds 3.33 minutes
    assert ((filled.arrival - 8 * 3600) / 60).tolist() == pytest.approx([0.5, 2, 3, 5 + 2 / 3])
    assert filled.departure[1:3].tolist() == filled.arrival[1:3].tolist()


def test_only_readings_that_change_something_are_steps(tmp_path: Path) -> None:
    network, paths = network_of(tmp_path, n=feed_of({"a": 0, "b": 9000}, RIDE))
    assert [name for name, _ in steps(network, paths, 300, 20)] == [
        "its change and walking times",
        "times cut to whole minutes",
    ]
    headway = feed_of({"a": 0, "c": 400, "b": 9000}, [RIDE[0], ("c", "", ""), RIDE[1]])
    headway.add("frequencies", trip_id="t", start_time="08:00:00", end_time="09:00:00", headway_secs=600)
    network, paths = network_of(tmp_path, n=headway)
    assert len(list(steps(network, paths, 300, 20))) == 4
