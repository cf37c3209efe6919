"""Two rivals in a city small enough to work out by hand: a metro by timetable and a bus by headway.

Metro: Alun-Alun (a station of two platforms) - Béta - Cikini, every 10 minutes from 06:00 to 20:00, 5 minutes a hop.
Bus: Halte Alun - Halte Cikini, one every 600 s from 06:00 until 22:00, 30 minutes; its stops lie 222 m north of the
metro's, in reach on foot. So on foot to the bus, waiting 5 minutes and riding 30 loses to the metro, which needs 10.
"""

from __future__ import annotations

from pathlib import Path

from ingest.model import Network
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from tests.support.gtfs_feed import GtfsFeed

ZONE = "Asia/Jakarta"
MONDAY = "2026-03-02"
HOSTILE = '<img src=x onerror="alert(1)">\x1b[31m'


def metro_feed() -> GtfsFeed:
    """The metro."""
    feed = _empty("M", "Metro Kota")
    places = {"A": ("Alun-Alun", 106.80), "B": ("Béta", 106.82), "C": ("Cikini", 106.84)}
    feed.add("stops", stop_id="STA", stop_name="Alun-Alun", stop_lat=-6.2, stop_lon=106.8, location_type=1)
    for stop, (name, lon) in places.items():
        parent = "STA" if stop == "A" else None
        feed.add("stops", stop_id=stop, stop_name=name, stop_lat=-6.2, stop_lon=lon, parent_station=parent)
    feed.add("routes", route_id="R", agency_id="M", route_short_name="M1", route_long_name="Timur", route_type=1)
    for minute in range(6 * 60, 20 * 60, 10):
        trip = f"T{minute}"
        feed.add("trips", route_id="R", service_id="ALL", trip_id=trip, direction_id=0)
        for position, stop in enumerate(places):
            time = _clock(60 * (minute + 5 * position))
            feed.add(
                "stop_times", trip_id=trip, stop_id=stop, stop_sequence=position, arrival_time=time, departure_time=time
            )
    return feed


def bus_feed(name: str = "Halte Alun") -> GtfsFeed:
    """The bus; `name` is that of its first stop."""
    feed = _empty("B", "Bus Kota")
    feed.add("stops", stop_id="P", stop_name=name, stop_lat=-6.198, stop_lon=106.8)
    feed.add("stops", stop_id="Q", stop_name="Halte Cikini", stop_lat=-6.198, stop_lon=106.84)
    feed.add("routes", route_id="R", agency_id="B", route_short_name="7", route_type=3, route_color="AA0000")
    feed.add("trips", route_id="R", service_id="ALL", trip_id="T")
    feed.add("frequencies", trip_id="T", start_time="06:00:00", end_time="22:00:00", headway_secs=600)
    for position, (stop, time) in enumerate({"P": "06:00:00", "Q": "06:30:00"}.items()):
        feed.add(
            "stop_times", trip_id="T", stop_id=stop, stop_sequence=position, arrival_time=time, departure_time=time
        )
    return feed


def two_networks(folder: Path) -> tuple[Network, Network]:
    """Metro and bus, and the metro alone: two versions to swap."""
    feeds = write_feeds(folder)
    both, metro = ingest_feeds(feeds).network, ingest_feeds({"metro": feeds["metro"]}).network
    assert both is not None
    assert metro is not None
    return both, metro


def _empty(agency: str, name: str) -> GtfsFeed:
    feed = GtfsFeed()
    feed.add("agency", agency_id=agency, agency_name=name, agency_url="https://example.org", agency_timezone=ZONE)
    week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
    feed.add("calendar", service_id="ALL", start_date="20260101", end_date="20261231", **week)
    return feed


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def write_feeds(folder: Path) -> dict[str, Path]:
    """Both feeds, as `metro` and `bus`."""
    return {
        "metro": metro_feed().write_zip(folder / "metro.zip"),
        "bus": bus_feed().write_zip(folder / "bus.zip"),
    }


def write_city(folder: Path) -> Path:
    """A snapshot of both feeds under `folder`."""
    network = ingest_feeds(write_feeds(folder)).network
    assert network is not None
    write_snapshot(network, folder / "city")
    return folder / "city"
