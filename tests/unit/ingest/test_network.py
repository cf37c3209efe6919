"""All feeds in one frozen Network."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from ingest.model import CAN_ALIGHT, CAN_BOARD, Network
from ingest.pipeline import WalkOptions
from tests.scenarios.drawn import network_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

TWO_FEEDS = """
    station Z: B
    zone y Asia/Makassar
    days WK 1111100 2026-03-02 2026-03-08 +2026-03-07 -2026-03-03
    A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1, service WK, block 7
    A 09:00 > B 09:10 09:12 > C 09:20 / x, trip T2, block 7
    A 09:00 > B 09:10 (alight) > C 09:20 / x, trip T3
    A 10:00 > B 10:10 / y, trip T1, block 7, every 600 from 06:00 to 10:00
"""


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of(feeds_of(TWO_FEEDS), WalkOptions("off"))


def test_ids_are_scoped_by_their_feed(network: Network) -> None:
    assert list(network.stops.id) == ["x_A", "x_Z", "x_B", "x_C", "y_A", "y_Z", "y_B"]
    assert list(network.trips.id) == ["x_T1", "x_T2", "x_T3", "y_T1"]
    assert network.stops.id.find("y_B") == 6
    assert network.stops.feed.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_parents_are_rows_of_the_same_feed(network: Network) -> None:
    assert network.stops.parent.tolist() == [-1, -1, 1, -1, -1, -1, 5]
    assert network.stops.location_type.tolist() == [0, 1, 0, 0, 0, 1, 0]


def test_trips_with_the_same_stops_and_rules_share_a_sequence(network: Network) -> None:
    sequences = network.sequences
    assert network.trips.sequence.tolist() == [0, 0, 1, 2]
    assert sequences.ptr.tolist() == [0, 3, 6, 8]
    assert sequences.stops.tolist() == [0, 2, 3, 0, 2, 3, 4, 6]
    assert sequences.flags.tolist()[4] == CAN_ALIGHT
    assert set(sequences.flags[[0, 1, 2, 3, 5, 6, 7]].tolist()) == {CAN_BOARD | CAN_ALIGHT}


def test_stop_times_lie_trip_by_trip(network: Network) -> None:
    assert network.trips.times_ptr.tolist() == [0, 3, 6, 9, 11]
    assert network.stop_times.arrival[:3].tolist() == [28_800, 29_400, 30_000]
    assert network.stop_times.departure[:3].tolist() == [28_800, 29_520, 30_000]
    assert network.stop_times.stop_sequence[:3].tolist() == [1, 2, 3]


def test_blocks_of_the_same_name_are_one_in_a_feed_and_two_in_two(network: Network) -> None:
    block = network.trips.block.tolist()
    assert block[0] == block[1] >= 0
    assert block[2] == -1
    assert block[3] not in (-1, block[0])


def test_services_run_on_the_days_that_both_files_say(network: Network) -> None:
    service = network.services.id.find("x_WK")
    first = (date(2026, 3, 2) - network.first_date).days
    # Monday 2 to Sunday 8: not on Tuesday 3, but on Saturday 7.
    assert network.services.runs[service, first : first + 7].tolist() == [1, 0, 1, 1, 1, 1, 0]
    assert network.services.runs[service].sum() == 5
    assert network.first_date == date(2026, 1, 1)


def test_zones_are_those_of_the_agencies(network: Network) -> None:
    assert network.zones == ("Asia/Jakarta", "Asia/Makassar")
    assert network.agencies.zone.tolist() == [0, 1]
    assert network.stops.zone.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_what_lies_in_a_station_goes_by_the_clocks_of_the_station() -> None:
    feeds = feeds_of("station Z: B C\nA 08:00 > B 08:10 > C 08:20 / x")
    zones = {"Z": "Asia/Makassar", "C": "Asia/Tokyo", "A": "Asia/Tokyo"}
    for row in feeds["x"].rows("stops"):
        row["stop_timezone"] = zones.get(row["stop_id"], "")
    network = network_of(feeds)
    shown = {network.stops.id[row]: network.zones[zone] for row, zone in enumerate(network.stops.zone.tolist())}
    assert shown == {"x_A": "Asia/Tokyo", "x_B": "Asia/Makassar", "x_C": "Asia/Makassar", "x_Z": "Asia/Makassar"}


def test_headways_name_their_trip(network: Network) -> None:
    rows = network.headways
    assert (rows.trip.tolist(), rows.start.tolist(), rows.end.tolist(), rows.headway_s.tolist()) == (
        [3],
        [21_600],
        [36_000],
        [600],
    )
    assert network.trips.is_headway.tolist() == [0, 0, 0, 1]


def test_feeds_are_told_with_what_they_hold(network: Network) -> None:
    x, y = network.feeds
    assert (x.id, x.n_stops, x.n_trips, y.n_trips) == ("x", 4, 3, 1)
    assert (x.first_date, x.last_date) == (date(2026, 1, 1), date(2026, 12, 31))
    assert len(x.sha256) == 64
    assert x.sha256 != y.sha256


def test_a_service_that_never_runs_has_a_row_of_noughts() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x, trip T1, service NEVER\nA 08:00 > B 08:10 / x, trip T2")
    feeds["x"].add("calendar_dates", service_id="NEVER", date="20260101", exception_type="2")
    network = network_of(feeds, WalkOptions("off"))
    runs = dict(zip(network.services.id, network.services.runs.sum(axis=1).tolist(), strict=True))
    assert runs == {"x_DAILY": 365, "x_NEVER": 0}


def _with_agencies(feed: GtfsFeed) -> GtfsFeed:
    feed.add("agency", **(feed.rows("agency")[0] | {"agency_id": "B", "agency_name": "Second"}))
    return feed


def test_a_route_without_an_agency_is_its_feeds_first_agencys() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x, trip T1\nA 08:00 > B 08:10 / x, trip T2")
    feed = _with_agencies(feeds["x"])
    feed.rows("routes")[0]["agency_id"] = "B"
    feed.rows("routes")[1]["agency_id"] = ""
    network = network_of(feeds, WalkOptions("off"))
    assert network.routes.agency.tolist() == [1, 0]


def test_shapes_are_in_drawing_order_and_trips_name_them() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x, trip T1\nA 08:00 > B 08:10 / x, trip T2")
    feed = feeds["x"]
    feed.rows("trips")[1]["shape_id"] = "S"
    for sequence, lon in ((3, "3"), (1, "1"), (2, "2")):
        feed.add("shapes", shape_id="S", shape_pt_lat="0.5", shape_pt_lon=lon, shape_pt_sequence=sequence)
    network = network_of(feeds, WalkOptions("off"))
    assert network.trips.shape.tolist() == [-1, 0]
    assert network.shapes.lon.tolist() == [1, 2, 3]
    assert network.shapes.ptr.tolist() == [0, 3]
    assert np.isnan(network.shapes.distance).all()


def test_a_translation_of_one_record_beats_one_of_all_with_that_text() -> None:
    feeds = feeds_of("A 08:00 > B 08:10 / x, trip T1")
    feed = feeds["x"]
    for row in feed.rows("stops"):
        row["stop_name"] = "Pasar"
    row = {"table_name": "stops", "field_name": "stop_name", "language": "en"}
    feed.add("translations", **row, translation="Market", field_value="Pasar")
    feed.add("translations", **row, translation="Main market", record_id="A")
    network = network_of(feeds, WalkOptions("off"))
    texts = dict(zip(network.translations.row.tolist(), network.translations.text, strict=True))
    assert texts == {0: "Main market", 1: "Market"}
    assert list(network.translations.language) == ["en", "en"]


def test_the_same_feeds_make_the_same_network_and_the_order_of_rows_in_a_sequence_does_not_matter() -> None:
    again = network_of(feeds_of(TWO_FEEDS), WalkOptions("off"))
    assert again.snapshot_id == network_of(feeds_of(TWO_FEEDS), WalkOptions("off")).snapshot_id
    shuffled = feeds_of(TWO_FEEDS)
    shuffled["x"].tables["stop_times"].reverse()
    network = network_of(shuffled, WalkOptions("off"))
    assert network.stop_times.arrival.tolist() == again.stop_times.arrival.tolist()
    assert network.sequences.stops.tolist() == again.sequences.stops.tolist()
