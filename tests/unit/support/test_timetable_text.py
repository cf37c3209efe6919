"""Drawn networks become the rows that one would write by hand."""

from __future__ import annotations

import pytest

from tests.support.oracle_walking import straight_m
from tests.support.timetable_text import CENTRE, feeds_of, position


def test_a_line_of_calls_becomes_a_trip() -> None:
    feed = feeds_of("A 8:00 > B 08:10 08:12 > C 25:20:05 (alight) / x, trip T9, block 7")["x"]
    assert [row["stop_id"] for row in feed.rows("stops")] == ["A", "B", "C"]
    assert feed.rows("trips")[0]["trip_id"] == "T9"
    assert feed.rows("trips")[0]["block_id"] == "7"
    times = [(row["arrival_time"], row["departure_time"]) for row in feed.rows("stop_times")]
    assert times == [("08:00:00", "08:00:00"), ("08:10:00", "08:12:00"), ("25:20:05", "25:20:05")]
    assert [row["pickup_type"] for row in feed.rows("stop_times")] == ["0", "0", "1"]


def test_each_feed_has_its_own_stop_at_one_place() -> None:
    feeds = feeds_of("""
        stop A 100 0
        A 08:00 > B 08:10 / x
        A 08:00 > B 08:10 / y
    """)
    places = [{(r["stop_lat"], r["stop_lon"]) for r in feed.rows("stops")} for feed in feeds.values()]
    assert places[0] == places[1]
    assert len(places[0]) == 2


def test_a_station_is_made_for_the_feeds_that_call_at_its_stops() -> None:
    feeds = feeds_of("""
        A 08:00 > B 08:10 / x
        C 08:00 > D 08:10 / y
        station Z: B C
    """)
    parents = {row["stop_id"]: row["parent_station"] for row in feeds["x"].rows("stops")}
    assert parents == {"A": "", "Z": "", "B": "Z"}
    assert [row["location_type"] for row in feeds["y"].rows("stops")] == ["1", "0", "0"]


def test_headways_days_zones_and_transfers_are_written() -> None:
    feed = feeds_of("""
        zone x Europe/Berlin
        days WK 1111100 2026-03-02 2026-03-08 +2026-03-07 -2026-03-03
        A 0:00 > B 0:10 / x, service WK, every 600 from 06:00 to 10:00, exact 900 from 10:00 to 11:00
        transfer x A > B 2 180
        leave x T1 > T2
    """)["x"]
    assert feed.rows("agency")[0]["agency_timezone"] == "Europe/Berlin"
    assert [row["exact_times"] for row in feed.rows("frequencies")] == ["0", "1"]
    assert [row["exception_type"] for row in feed.rows("calendar_dates")] == ["1", "2"]
    assert [row["transfer_type"] for row in feed.rows("transfers")] == ["2", "5"]
    assert feed.rows("calendar")[1]["saturday"] == "0"


def test_positions_are_metres_from_the_centre() -> None:
    assert straight_m(CENTRE, position(300, 400)) == pytest.approx(500, abs=0.01)


@pytest.mark.parametrize("line", ["A 08:00 to B 08:10", "transfer x A to B 2", "A 08:00 > B 08:10 / x, colour red"])
def test_a_line_that_is_not_understood_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"not a|unknown"):
        feeds_of(line)
