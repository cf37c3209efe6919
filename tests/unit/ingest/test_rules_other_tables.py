"""calendar, frequencies, transfers, shapes and the tables that are handed on as text."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, FeedRejected, NoticeLog
from ingest.tables import read_feed
from tests.support.gtfs_feed import GtfsFeed
from tests.support.told import Told
from tests.unit.ingest.reading import add_call, notices, one_notice, read_rows, small_feed


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("start_date", "2026-01-01", "invalid_date"),
        ("start_date", "20260230", "invalid_date"),
        ("end_date", "", "missing_required_field"),
        ("end_date", "20250101", "start_and_end_range_out_of_order"),
        ("service_id", "", "missing_required_field"),
    ],
)
def test_a_calendar_row_that_means_nothing_is_dropped(tmp_path: Path, field: str, value: str, code: str) -> None:
    feed = small_feed()
    feed.add("calendar", **{**feed.tables["calendar"][0], "service_id": "X", field: value})
    tables, log = read_rows(feed, tmp_path)
    assert tables.calendar["service_id"].to_list() == ["S"]
    assert one_notice(log, code).row == 3


def test_a_weekday_that_is_neither_0_nor_1_is_no_service(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["calendar"][0]["monday"] = "2"
    tables, log = read_rows(feed, tmp_path)
    assert tables.calendar["monday"].to_list() == [0]
    assert one_notice(log, "unexpected_enum_value").field == "monday"


@pytest.mark.parametrize(("day", "kind"), [("0000-00-00", "2"), ("20260310", "3"), ("20260310", ""), ("", "1")])
def test_an_exception_that_means_nothing_is_dropped(tmp_path: Path, day: str, kind: str) -> None:
    feed = small_feed()
    feed.add("calendar_dates", service_id="S", date=day, exception_type=kind)
    tables, log = read_rows(feed, tmp_path)
    assert tables.calendar_dates.is_empty()
    assert log.feed_class("f") == LOAD_WITH_WARNING


def test_a_feed_that_never_runs_is_refused(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["calendar"][0].update({day: "0" for day in feed.tables["calendar"][0] if day.endswith("day")})
    with pytest.raises(FeedRejected, match="no trip runs on any day"):
        read_rows(feed, tmp_path)


@pytest.mark.parametrize(
    ("today", "code"), [(date(2027, 1, 1), "expired_calendar"), (date(2025, 12, 31), "future_feed")]
)
def test_a_feed_of_another_time_is_reported(tmp_path: Path, today: date, code: str) -> None:
    log = NoticeLog()
    read_feed("f", small_feed().write_zip(tmp_path / "feed.zip"), log, today=today)
    assert one_notice(log, code).affects_riders


def headways(*rows: tuple[str, str, str, str]) -> GtfsFeed:
    feed = small_feed()
    for start, end, headway, exact in rows:
        feed.add("frequencies", trip_id="T1", start_time=start, end_time=end, headway_secs=headway, exact_times=exact)
    return feed


def test_headway_periods_are_seconds(tmp_path: Path) -> None:
    tables, log = read_rows(
        headways(("06:00:00", "10:00:00", "300", ""), ("10:00:00", "25:00:00", "99999", "1")), tmp_path
    )
    assert tables.frequencies.rows() == [(0, 21_600, 36_000, 300, 0), (0, 36_000, 90_000, 99_999, 1)]
    assert log.feed_class("f") == LOAD_CLEAN


@pytest.mark.parametrize(
    ("row", "code", "field", "value"),
    [
        (("12:00:00", "13:00:00", "0", "0"), "number_out_of_range", "headway_secs", "0"),
        (("12:00:00", "13:00:00", "-60", "0"), "number_out_of_range", "headway_secs", "-60"),
        (("12:00:00", "13:00:00", "1.5", "0"), "invalid_integer", "headway_secs", "1.5"),
        (("12:00:00", "12:00:00", "60", "0"), "start_and_end_range_equal", "end_time", "12:00:00"),
        (("12:00:00", "11:00:00", "60", "0"), "start_and_end_range_out_of_order", "end_time", "11:00:00"),
        (("00:00:00", "2400:00:00", "1", "1"), "invalid_time", "end_time", "2400:00:00"),
    ],
)
def test_a_headway_period_that_cannot_run_is_dropped(
    tmp_path: Path, row: tuple[str, str, str, str], code: str, field: str, value: str
) -> None:
    tables, log = read_rows(headways(("06:00:00", "10:00:00", "300", "0"), row), tmp_path)
    assert len(tables.frequencies) == 1
    notice = one_notice(log, code)
    assert (notice.row, notice.field, notice.value) == (3, field, value)


def test_a_trip_that_lost_all_its_headways_does_not_run_by_itself(tmp_path: Path) -> None:
    tables, log = read_rows(headways(("12:00:00", "13:00:00", "0", "0")), tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T2"]
    assert one_notice(log, "frequency_trip_without_period").value == "T1"


def test_overlapping_headways_are_reported_and_kept(tmp_path: Path) -> None:
    tables, log = read_rows(
        headways(("06:00:00", "10:00:00", "300", "0"), ("09:00:00", "11:00:00", "600", "0")), tmp_path
    )
    assert len(tables.frequencies) == 2
    assert one_notice(log, "overlapping_frequency").value == "09:00:00"


def transfer(**values: object) -> GtfsFeed:
    feed = small_feed()
    feed.add("transfers", **values)
    return feed


@pytest.mark.parametrize(
    "row",
    [
        {"from_stop_id": "A", "to_stop_id": "NOPE", "transfer_type": "2", "min_transfer_time": "60"},
        {"from_stop_id": "", "to_stop_id": "B", "transfer_type": "2", "min_transfer_time": "60"},
        {"from_stop_id": "A", "to_stop_id": "A", "transfer_type": "4"},
        {"from_stop_id": "A", "to_stop_id": "B", "transfer_type": "0", "from_route_id": "NOPE"},
        {"from_stop_id": "A", "to_stop_id": "B", "transfer_type": "0", "to_trip_id": "NOPE"},
    ],
)
def test_a_transfer_between_what_is_not_there_is_dropped(tmp_path: Path, row: dict[str, str]) -> None:
    tables, log = read_rows(transfer(**row), tmp_path)
    assert tables.transfers.is_empty()
    assert log.feed_class("f") == LOAD_WITH_WARNING


def test_transfers_are_typed_and_a_blank_time_is_minus_one(tmp_path: Path) -> None:
    feed = transfer(from_stop_id="A", to_stop_id="B", transfer_type="", min_transfer_time="")
    feed.add("transfers", from_stop_id="B", to_stop_id="A", transfer_type="2", min_transfer_time="180")
    feed.add("transfers", transfer_type="4", from_trip_id="T1", to_trip_id="T2")
    tables, log = read_rows(feed, tmp_path)
    assert tables.transfers.select("transfer_type", "min_transfer_time").rows() == [(0, -1), (2, 180), (4, -1)]
    assert log.feed_class("f") == LOAD_CLEAN


def test_the_first_of_two_transfers_with_one_key_is_used(tmp_path: Path) -> None:
    feed = transfer(from_stop_id="A", to_stop_id="B", transfer_type="2", min_transfer_time="180")
    feed.add("transfers", from_stop_id="A", to_stop_id="B", transfer_type="2", min_transfer_time="999")
    feed.add(
        "transfers", from_stop_id="A", to_stop_id="B", transfer_type="2", min_transfer_time="60", from_trip_id="T1"
    )
    tables, log = read_rows(feed, tmp_path)
    assert tables.transfers["min_transfer_time"].to_list() == [180, 60]
    assert one_notice(log, "duplicate_key").count == 1


def test_a_timed_transfer_without_a_time_is_kept_and_reported(tmp_path: Path) -> None:
    tables, log = read_rows(transfer(from_stop_id="A", to_stop_id="B", transfer_type="2"), tmp_path)
    assert tables.transfers["min_transfer_time"].to_list() == [-1]
    assert one_notice(log, "missing_transfer_time").row == 2


def test_shapes_are_sorted_and_points_that_are_nowhere_dropped(tmp_path: Path) -> None:
    feed = small_feed()
    points = [("2", "52.51", "9"), ("1", "52.50", ""), ("3", "x", "12"), ("1", "52.49", "1"), ("4", "52.52", "20")]
    for sequence, lat, distance in points:
        feed.add("shapes", shape_id="H", shape_pt_lat=lat, shape_pt_lon="13.4", shape_pt_sequence=sequence,
                 shape_dist_traveled=distance)  # fmt: skip
    tables, log = read_rows(feed, tmp_path)
    assert tables.shapes["shape_pt_lat"].to_list() == [52.50, 52.51, 52.52]
    assert math.isnan(tables.shapes["shape_dist_traveled"][0])
    assert one_notice(log, "invalid_float").value == "x"
    assert one_notice(log, "duplicate_key").file == "shapes.txt"


def test_other_tables_are_handed_on_as_text(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("fare_products", fare_product_id="P", fare_product_name="Single", amount="1e400", currency="XXXX")
    feed.add(
        "translations", table_name="stops", field_name="stop_name", language="de", translation="<b>", record_id="A"
    )
    tables, log = read_rows(feed, tmp_path)
    assert list(tables.extras) == ["fare_products.txt"]
    assert tables.extras["fare_products.txt"]["amount"].to_list() == ["1e400"]
    assert tables.translations["translation"].to_list() == ["<b>"]
    assert log.feed_class("f") == LOAD_WITH_WARNING  # nothing costs that much, and not in that currency


@pytest.mark.parametrize("text", ['{"type":', "[" * 100_000, "\udcff"])
def test_broken_zones_cost_nothing_but_a_notice(tmp_path: Path, text: str) -> None:
    folder = small_feed().write_folder(tmp_path / "feed")
    (folder / "locations.geojson").write_bytes(text.encode("utf-8", "surrogateescape"))
    log = NoticeLog()
    tables = read_feed("f", folder, log, today=date(2026, 3, 2))
    assert len(tables.trips) == 2
    assert one_notice(log, "malformed_json").action == "file ignored"


def test_progress_names_each_table(tmp_path: Path) -> None:
    told = Told()
    read_feed("f", small_feed().write_zip(tmp_path / "feed.zip"), NoticeLog(), told)
    assert set(told.stages) == {"agency.txt", "stops.txt", "routes.txt", "calendar.txt", "trips.txt", "stop_times.txt"}
    assert told.done == sorted(told.done)
    assert told.done[0] == 0 < told.done[-1] < 1


@pytest.mark.parametrize("table", ["agency", "stops", "routes", "trips", "stop_times"])
def test_a_feed_without_a_core_table_is_refused(tmp_path: Path, table: str) -> None:
    feed = small_feed()
    del feed.tables[table]
    with pytest.raises(FeedRejected, match=f"{table}.txt is missing"):
        read_rows(feed, tmp_path)


def test_a_feed_without_calendars_is_refused(tmp_path: Path) -> None:
    feed = small_feed()
    del feed.tables["calendar"]
    with pytest.raises(FeedRejected, match=r"calendar\.txt and calendar_dates\.txt"):
        read_rows(feed, tmp_path)


def test_ids_of_any_shape_come_through_untouched(tmp_path: Path) -> None:
    ids = [
        "001",
        "1",
        "None",
        "a/../b",
        "x\ny",
        "S5\r\nSet-Cookie: x=1",
        "S\u202e5",
        "S5\u200b",
        "'; DROP TABLE--",
        "*",
    ]
    feed = small_feed()
    for place, stop in enumerate(ids):
        feed.add("stops", stop_id=stop, stop_name="n", stop_lat=52.5 + place / 1000, stop_lon="13.4")
        add_call(feed, "T1", f"10:{place:02}:00", stop, 100 + place)
    tables, log = read_rows(feed, tmp_path)
    assert tables.stops["stop_id"].to_list()[3:] == ids
    assert not notices(log, "foreign_key_violation")
