"""Our network read more simply, rule by rule: what the answers become."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from benchmarks.engines import SearchEngine
from benchmarks.peers.readings import simpler
from benchmarks.queries import StopPair
from benchmarks.sets import UNLINKED
from ingest.model import Network
from ingest.pipeline import WalkOptions, ingest_feeds
from routing import Router
from tests.support.gtfs_feed import GtfsFeed

DAY = date(2026, 11, 25)
HEADWAYS = "headways as departures at fixed times"
CALLS = "every call open to board and to leave"
CHANGES = "neither change times at a stop, nor staying seated, nor rules between trips"


def town() -> GtfsFeed:
    """Trip 1 from a by b to c; trip 2 from c to d, 60 s after; trip 9 from a to c on the next day alone."""
    feed = GtfsFeed()
    feed.add("agency", agency_id="x", agency_name="X", agency_url="http://x.org", agency_timezone="UTC")
    for number, stop in enumerate("abcd"):
        feed.add("stops", stop_id=stop, stop_name=stop, stop_lat=10 + number / 10, stop_lon=20)
    for trip, service, calls in (
        ("1", "s", [("a", "08:00:00"), ("b", "08:10:00"), ("c", "08:20:00")]),
        ("2", "s", [("c", "08:21:00"), ("d", "08:30:00")]),
        ("9", "later", [("a", "06:00:00"), ("c", "06:30:00")]),
    ):
        feed.add("routes", route_id=trip, agency_id="x", route_short_name=trip, route_type=3)
        feed.add("trips", route_id=trip, service_id=service, trip_id=trip)
        for position, (stop, time) in enumerate(calls):
            feed.add(
                "stop_times", trip_id=trip, stop_id=stop, stop_sequence=position, arrival_time=time, departure_time=time
            )
    for service, day in (("s", "20261125"), ("later", "20261126")):
        feed.add("calendar_dates", service_id=service, date=day, exception_type=1)
    return feed


def readings(feed: GtfsFeed, tmp_path: Path, days_before: int = 0) -> dict[str, Network]:
    network = ingest_feeds({"n": feed.write_zip(tmp_path / "n.zip")}, WalkOptions(walk="off")).network
    assert network is not None
    return {"as it is": network, **dict(simpler(network, DAY, days_before))}


def arrival(network: Network, origin: str, destination: str, hour: int = 7) -> str | None:
    """Local time of the earliest arrival."""
    engine = SearchEngine(Router(network), UNLINKED)
    pair = StopPair("0", f"n_{origin}", f"n_{destination}", datetime(2026, 11, 25, hour, tzinfo=UTC))
    found = engine.arrival(engine.prepare(pair), engine.run(engine.prepare(pair)))
    return None if found is None else f"{datetime.fromtimestamp(found, UTC):%d %H:%M:%S}"


def test_only_what_a_network_has_is_left_out(tmp_path: Path) -> None:
    assert list(readings(town(), tmp_path)) == ["as it is", CHANGES, "trips of that day alone"]
    assert list(readings(town(), tmp_path, 1))[-1] == "trips of that day and the day before alone"


def test_headway_vehicles_leave_at_fixed_times(tmp_path: Path) -> None:
    feed = town()
    feed.add("frequencies", trip_id="1", start_time="07:00:00", end_time="09:00:00", headway_secs=1500)
    read = readings(feed, tmp_path)
    assert arrival(read["as it is"], "a", "b") == "25 07:22:30"  # half a headway, and ten minutes
    assert arrival(read[HEADWAYS], "a", "b") == "25 07:10:00"


def test_calls_are_open_whatever_the_feed_says(tmp_path: Path) -> None:
    feed = town()
    feed.rows("stop_times")[1]["drop_off_type"] = "1"
    read = readings(feed, tmp_path)
    assert arrival(read["as it is"], "a", "b") is None
    assert arrival(read[CALLS], "a", "b") == "25 08:10:00"


def test_changes_at_a_stop_take_no_time(tmp_path: Path) -> None:
    feed = town()
    feed.add("transfers", from_stop_id="c", to_stop_id="c", transfer_type=2, min_transfer_time=90)
    read = readings(feed, tmp_path)
    assert arrival(read["as it is"], "a", "d") is None
    assert arrival(read[CHANGES], "a", "d") == "25 08:30:00"


@pytest.mark.parametrize("way", ["block", "transfer"])
def test_nobody_stays_seated(tmp_path: Path, way: str) -> None:
    feed = town()
    feed.add("transfers", from_stop_id="c", to_stop_id="c", transfer_type=3)
    if way == "block":
        for row in feed.rows("trips")[:2]:
            row["block_id"] = "k"
    else:
        feed.add("transfers", from_trip_id="1", to_trip_id="2", transfer_type=4)
    read = readings(feed, tmp_path)
    assert arrival(read["as it is"], "a", "d") == "25 08:30:00"  # seated: no change, so none is forbidden
    assert read[CHANGES].trips.block.tolist() == [-1, -1, -1]
    assert 4 not in read[CHANGES].transfers.type.tolist()
    assert arrival(read[CHANGES], "a", "d") == "25 08:30:00"  # and the change is free


def test_other_days_are_not_there(tmp_path: Path) -> None:
    read = readings(town(), tmp_path)
    assert arrival(read[CHANGES], "a", "c", hour=9) == "26 06:30:00"
    assert arrival(read["trips of that day alone"], "a", "c", hour=9) is None
    assert arrival(read["trips of that day alone"], "a", "c") == "25 08:20:00"
