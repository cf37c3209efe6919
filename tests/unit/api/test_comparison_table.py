"""A comparison as people read it in a terminal."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from api.comparing import CompareRequest, run_comparison
from api.comparison_table import clock, duration, print_comparison
from ingest.pipeline import ingest_feeds
from routing import Router
from tests.unit.api.small_city import HOSTILE, MONDAY, bus_feed, metro_feed

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def router(tmp_path: Path) -> Router:
    feeds = {
        "metro": metro_feed().write_zip(tmp_path / "metro.zip"),
        "bus": bus_feed(HOSTILE).write_zip(tmp_path / "bus.zip"),
    }
    network = ingest_feeds(feeds).network
    assert network is not None
    return Router(network)


def _printed(router: Router, origin: str, destination: str, time: str = "07:31", day: str = MONDAY) -> str:
    text = io.StringIO()
    found = run_comparison(router, CompareRequest(origin, destination, at=f"{day}T{time}"), NOW)
    print_comparison(Console(file=text, width=240, color_system=None), found)
    return text.getvalue()


def test_each_option_and_leg_is_a_row_with_providers_names_and_times(router: Router) -> None:
    rows = [
        [cell.strip() for cell in line.split("│")] for line in _printed(router, "metro_STA", "metro_C").splitlines()
    ]
    assert ["", "1", "07:40", "07:50", "Metro Kota", "10 min, no change", "walk 0 s (0 m)", "wait 0 s"] in [
        row[:8] for row in rows
    ]
    assert ["", "", "07:40", "07:50", "Metro Kota", "M1 Timur", "Alun-Alun", "Cikini", "", ""] in rows
    # Walked 07:31:00 to 07:35:02, waited the half of 10 minutes, rode 30, walked 4:02 again.
    assert ["", "2", "07:31", "08:14:04", "Bus Kota"] in [row[:5] for row in rows]
    ride = next(row for row in rows if row[5:6] == ["7"])
    assert ride[2:5] == ["07:40:02", "08:10:02", "Bus Kota"]
    assert ride[8] == "every 10 min"
    # Waits of 59 s and 539 s and less, in whole minutes around 08:10:03 and 08:18:03.
    option = next(row for row in rows if row[4:5] == ["Bus Kota"] and row[1] == "2")
    assert option[8].startswith("likely 08:10 to 08:19")


def test_lines_that_are_as_good_are_told_with_the_ride(tmp_path: Path) -> None:
    feed = bus_feed()
    for trip, route in (("U", "8"), ("V", "R")):
        if route == "8":
            feed.add("routes", route_id=route, agency_id="B", route_short_name=route, route_type=3)
        feed.add("trips", route_id=route, service_id="ALL", trip_id=trip)
        feed.add("frequencies", trip_id=trip, start_time="06:00:00", end_time="22:00:00", headway_secs=900)
        for call in [call for call in feed.rows("stop_times") if call["trip_id"] == "T"]:
            feed.tables["stop_times"].append(call | {"trip_id": trip})
    network = ingest_feeds({"bus": feed.write_zip(tmp_path / "bus.zip")}).network
    assert network is not None
    text = " ".join(_printed(Router(network), "bus_P", "bus_Q").replace("│", " ").split())
    assert "every 10 min, or 8 every 15 min, or 7 to Halte Cikini every 15 min" in text


def test_who_may_miss_the_last_vehicle_is_told(router: Router) -> None:
    late = _printed(router, "bus_P", "bus_Q", "21:54:30")
    assert "likely 22:25 to 06:38 (+1)" in late
    assert "likely 22:25 or much later" in _printed(router, "bus_P", "bus_Q", "21:54:30", day="2026-12-31")


def test_prices_are_told_with_their_tickets_and_unknown_ones_with_a_reason(tmp_path: Path) -> None:
    metro = metro_feed()
    metro.add("fare_attributes", fare_id="Tunggal", price=3500, currency_type="IDR", payment_method=1, transfers="")
    paths = {"metro": metro.write_zip(tmp_path / "metro.zip"), "bus": bus_feed().write_zip(tmp_path / "bus.zip")}
    network = ingest_feeds(paths).network
    assert network is not None
    text = _printed(Router(network), "metro_STA", "metro_C")
    rows = [[cell.strip() for cell in line.split("│")] for line in text.splitlines()]
    assert next(row for row in rows if row[1:2] == ["1"])[8].startswith("Rp 3,500, ")
    assert ["", "", "", "", "Metro Kota", "Tunggal", "fare Tunggal", "", "Rp 3,500", ""] in rows
    assert "fare unknown" in text
    assert "Nothing is known of the fares of" in text


def test_how_each_provider_stands_is_told(router: Router) -> None:
    assert "Bus Kota   │ served" in _printed(router, "metro_STA", "metro_C")
    assert "cannot: no_stop_in_reach" in _printed(router, "metro_STA", "metro_B")


def test_names_of_feeds_cannot_colour_the_terminal_or_break_the_line(router: Router) -> None:
    text = _printed(router, "bus_P", "bus_Q")
    assert "\x1b" not in text
    assert "\\x1b[31m" in text.replace("\n", "")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (89, "1 min"), (90, "2 min"), (3570, "1 h 00 min"), (7500, "2 h 05 min")],
)
def test_durations_are_short(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_clocks_show_seconds_and_days_only_where_they_matter() -> None:
    day = date(2026, 3, 2)
    assert clock(datetime(2026, 3, 2, 7, 5)) == "07:05"
    assert clock(datetime(2026, 3, 2, 7, 5, 9), day) == "07:05:09"
    assert clock(datetime(2026, 3, 3, 0, 5), day) == "00:05 (+1)"
    assert clock(datetime(2026, 3, 1, 23, 5), day) == "23:05 (-1)"
