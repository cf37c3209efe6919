"""stops.txt, routes.txt and agency.txt: ids, places, parents, colours, zones."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, FeedRejected
from tests.unit.ingest.reading import calls_of, notices, one_notice, read_rows, small_feed

FIRST_STOP = "A"


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        ("0", "0", "point_near_origin"),
        ("NaN", "13.4", "invalid_float"),
        ("52,5", "13.4", "invalid_float"),
        ("inf", "13.4", "invalid_float"),
        ("1_0", "13.4", "invalid_float"),
        ("91", "13.4", "number_out_of_range"),
        ("52.5", "-180.5", "number_out_of_range"),
        ("89.99", "13.4", "point_near_pole"),
        ("", "13.4", "missing_required_field"),
    ],
)
def test_a_stop_that_is_nowhere_stays_without_a_place(tmp_path: Path, lat: str, lon: str, code: str) -> None:
    feed = small_feed()
    feed.tables["stops"][0].update(stop_lat=lat, stop_lon=lon)
    tables, log = read_rows(feed, tmp_path)
    stop = tables.stops.row(0, named=True)
    assert math.isnan(stop["stop_lat"])
    assert math.isnan(stop["stop_lon"])
    assert one_notice(log, code).row == 2
    assert calls_of(tables, "T1")[0][0] == FIRST_STOP
    assert log.feed_class("f") == LOAD_WITH_WARNING


def test_places_keep_all_their_digits(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["stops"][0].update(stop_lat="-6.2088" + "0" * 10_000, stop_lon="1.068456e2")
    tables, log = read_rows(feed, tmp_path)
    assert tables.stops.select("stop_lat", "stop_lon").row(0) == (-6.2088, 106.8456)
    assert not notices(log, "invalid_float")


def test_a_second_row_of_a_stop_and_a_row_without_an_id_are_dropped(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("stops", stop_id="A", stop_name="Again", stop_lat="1", stop_lon="1")
    feed.add("stops", stop_id="", stop_name="Blank", stop_lat="52", stop_lon="13")
    tables, log = read_rows(feed, tmp_path)
    assert tables.stops["stop_name"].to_list() == ["Stop A", "Stop B", "Stop C"]
    assert (one_notice(log, "duplicate_key").row, one_notice(log, "missing_required_field").row) == (5, 6)


def test_parents_that_cannot_be_are_blanked_and_chains_end(tmp_path: Path) -> None:
    feed = small_feed()
    stops = feed.tables["stops"]
    place = {"stop_lat": "52.5", "stop_lon": "13.4"}
    for number in range(1_000):
        feed.add(
            "stops", stop_id=f"P{number}", stop_name="P", location_type="1", parent_station=f"P{number + 1}", **place
        )
    feed.add("stops", stop_id="E", stop_name="Door", location_type="2", parent_station="P0", **place)
    feed.add("stops", stop_id="BA", location_type="4", parent_station="B", **place)
    stops[0]["parent_station"] = "A"
    stops[1]["parent_station"] = "P0"
    stops[2]["parent_station"] = "NOPE"
    tables, log = read_rows(feed, tmp_path)
    parents = dict(tables.stops.select("stop_id", "parent_station").rows())
    assert {stop: parent for stop, parent in parents.items() if parent} == {"B": "P0", "E": "P0", "BA": "B"}
    assert one_notice(log, "wrong_parent_location_type").value == "A"
    assert one_notice(log, "station_with_parent_station").count == 999
    assert {notice.value for notice in notices(log, "foreign_key_violation")} == {"NOPE"}


def test_a_call_at_a_station_is_kept_and_reported(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["stops"][1]["location_type"] = "1"
    tables, log = read_rows(feed, tmp_path)
    assert len(calls_of(tables, "T1")) == 3
    notice = one_notice(log, "location_with_unexpected_stop_time")
    assert (notice.file, notice.row, notice.value, notice.count) == ("stop_times.txt", 3, "B", 2)


def test_a_bad_stop_zone_is_blanked_and_a_good_one_kept(tmp_path: Path) -> None:
    feed = small_feed()
    for row, zone in zip(feed.tables["stops"], ("Europe/London", "Mars/Phobos", ""), strict=True):
        row["stop_timezone"] = zone
    tables, log = read_rows(feed, tmp_path)
    assert tables.stops["stop_timezone"].to_list() == ["Europe/London", "", ""]
    assert one_notice(log, "invalid_timezone").value == "Mars/Phobos"


@pytest.mark.parametrize("kind", ["0", "7", "11", "12", "109", "700", "1700"])
def test_basic_and_extended_route_types_are_clean(tmp_path: Path, kind: str) -> None:
    feed = small_feed()
    feed.tables["routes"][0]["route_type"] = kind
    tables, log = read_rows(feed, tmp_path)
    assert tables.routes["route_type"].to_list() == [int(kind)]
    assert log.feed_class("f") == LOAD_CLEAN


@pytest.mark.parametrize("kind", ["", "bus", "8", "99", "1800", "3.0", "-1", "99999999999"])
def test_an_unknown_route_type_is_read_as_miscellaneous(tmp_path: Path, kind: str) -> None:
    feed = small_feed()
    feed.tables["routes"][0]["route_type"] = kind
    tables, log = read_rows(feed, tmp_path)
    assert tables.routes["route_type"].to_list() == [1700]
    assert log.feed_class("f") == LOAD_WITH_WARNING


@pytest.mark.parametrize("color", ["red;background:url(javascript:alert(1))", "#FF0000", "FFF", "GG0000", "00FF00\n"])
def test_only_six_hex_digits_are_a_colour(tmp_path: Path, color: str) -> None:
    feed = small_feed()
    feed.tables["routes"][0].update(route_color=color, route_text_color="ffffFF")
    tables, _ = read_rows(feed, tmp_path)
    found = tables.routes.select("route_color", "route_text_color").row(0)
    assert found == ("00FF00" if color == "00FF00\n" else "", "ffffFF")


def test_routes_of_unknown_agencies_are_kept(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["routes"][0]["agency_id"] = "NOPE"
    tables, log = read_rows(feed, tmp_path)
    assert tables.routes["agency_id"].to_list() == ["M"]
    assert one_notice(log, "foreign_key_violation").action == "read as M"


def test_a_lone_agency_needs_no_id(tmp_path: Path) -> None:
    feed = small_feed()
    del feed.tables["agency"][0]["agency_id"], feed.tables["routes"][0]["agency_id"]
    tables, log = read_rows(feed, tmp_path)
    assert (tables.agencies["agency_id"][0], tables.routes["agency_id"][0]) == ("", "")
    assert log.feed_class("f") == LOAD_CLEAN


def test_a_blank_agency_among_several_is_reported(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add(
        "agency", agency_id="", agency_name="Rail", agency_url="https://r.example", agency_timezone="Europe/Berlin"
    )
    feed.tables["routes"][0]["agency_id"] = ""
    tables, log = read_rows(feed, tmp_path)
    assert tables.routes["agency_id"].to_list() == [""]
    assert {notice.file for notice in notices(log, "missing_required_agency_id")} == {"agency.txt", "routes.txt"}


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../../../etc/passwd", ""])
def test_a_feed_without_a_time_zone_is_refused(tmp_path: Path, zone: str) -> None:
    feed = small_feed()
    feed.tables["agency"][0]["agency_timezone"] = zone
    with pytest.raises(FeedRejected, match=r"agency\.txt: row 2: agency_timezone"):
        read_rows(feed, tmp_path)


def test_one_agency_without_a_zone_takes_the_others(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("agency", agency_id="N", agency_name="N", agency_timezone="Nowhere")
    tables, log = read_rows(feed, tmp_path)
    assert tables.agencies["agency_timezone"].to_list() == ["Europe/Berlin"] * 2
    assert one_notice(log, "invalid_timezone").row == 3


def test_agencies_in_two_zones_keep_theirs_with_a_warning(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("agency", agency_id="N", agency_name="N", agency_timezone="Asia/Jakarta")
    tables, log = read_rows(feed, tmp_path)
    assert tables.agencies["agency_timezone"].to_list() == ["Europe/Berlin", "Asia/Jakarta"]
    assert one_notice(log, "inconsistent_agency_timezone").value == "Asia/Jakarta"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "m.example", "http://a b"]
)
def test_only_web_addresses_may_become_links(tmp_path: Path, address: str) -> None:
    feed = small_feed()
    feed.tables["agency"][0]["agency_url"] = address
    tables, log = read_rows(feed, tmp_path)
    assert tables.agencies["agency_url"].to_list() == [""]
    assert one_notice(log, "invalid_url").value == address


def test_a_language_that_is_none_is_blanked(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["agency"][0]["agency_lang"] = "e" * 10_000
    feed.add("feed_info", feed_publisher_name="P", feed_publisher_url="https://p.example", feed_lang="xx-<script>")
    tables, log = read_rows(feed, tmp_path)
    assert (tables.agencies["agency_lang"][0], tables.feed_info["feed_lang"][0]) == ("", "")
    assert len(notices(log, "invalid_language_code")) == 2
