"""A small valid feed to spoil, and ways to read it: what the tests of reading share."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

from ingest.notices import Notice, NoticeLog
from ingest.tables import FeedTables, read_feed
from tests.support.gtfs_feed import ZIP_TIME, GtfsFeed

TODAY = date(2026, 3, 2)

Files = dict[str, bytes]


def small_feed() -> GtfsFeed:
    """Two trips A -> B -> C, at 08:00 and 09:00, ten minutes a hop, every day of 2026."""
    feed = GtfsFeed()
    feed.add(
        "agency", agency_id="M", agency_name="Metro", agency_url="https://m.example", agency_timezone="Europe/Berlin"
    )
    for place, stop in enumerate("ABC"):
        feed.add("stops", stop_id=stop, stop_name=f"Stop {stop}", stop_lat=52.5 + place / 100, stop_lon="13.4")
    feed.add("routes", route_id="R", agency_id="M", route_short_name="1", route_type="3")
    days = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "1")
    feed.add("calendar", service_id="S", **days, start_date="20260101", end_date="20261231")
    for trip, hour in (("T1", 8), ("T2", 9)):
        feed.add("trips", route_id="R", service_id="S", trip_id=trip)
        for place, stop in enumerate("ABC"):
            add_call(feed, trip, f"{hour:02}:{place * 10:02}:00", stop, place + 1)
    return feed


def add_call(feed: GtfsFeed, trip: str, time: str, stop: str, sequence: object, **more: object) -> None:
    """One row of stop_times with one time for arrival and departure."""
    feed.add("stop_times", trip_id=trip, arrival_time=time, departure_time=time, stop_id=stop,
             stop_sequence=sequence, **more)  # fmt: skip


def small_files() -> Files:
    """The small feed as the bytes of its files, to be spoilt below the level of rows."""
    tables = small_feed().tables
    return {
        f"{name}.txt": "".join(
            f"{','.join(row)}\n" for row in [list(rows[0]), *([*row.values()] for row in rows)]
        ).encode()
        for name, rows in tables.items()
    }


def zip_of(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip file of `files` at `path`."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = method
            archive.writestr(info, data)
    return path


def read(path: Path) -> tuple[FeedTables, NoticeLog]:
    """The feed at `path` and what was found in it."""
    log = NoticeLog()
    return read_feed("f", path, log, today=TODAY), log


def read_rows(feed: GtfsFeed, folder: Path) -> tuple[FeedTables, NoticeLog]:
    """Writes the feed as a zip file and reads it."""
    return read(feed.write_zip(folder / "feed.zip"))


def read_files(files: Files, folder: Path) -> tuple[FeedTables, NoticeLog]:
    """Zips the files and reads them."""
    return read(zip_of(folder / "feed.zip", files))


def notices(log: NoticeLog, code: str) -> list[Notice]:
    """All notices with that code."""
    return [notice for notice in log if notice.code == code]


def one_notice(log: NoticeLog, code: str) -> Notice:
    """The only notice with that code."""
    found = notices(log, code)
    assert len(found) == 1, f"{code}: {[notice.to_dict() for notice in log]}"
    return found[0]


def calls_of(tables: FeedTables, trip_id: str) -> list[tuple[str, int, int]]:
    """(stop id, arrival, departure) of the calls of a trip, in order."""
    trip = tables.trips["trip_id"].to_list().index(trip_id)
    calls = tables.stop_times.filter(tables.stop_times["trip"] == trip)
    stops = tables.stops["stop_id"].to_list()
    return [(stops[row["stop"]], row["arrival"], row["departure"]) for row in calls.iter_rows(named=True)]
