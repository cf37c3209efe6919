"""Tables of fares: what is kept, what is dropped, and what is said of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, NoticeLog
from ingest.tables import FeedTables
from tests.unit.ingest.reading import one_notice, read_files, read_rows, small_feed, small_files

Change = dict[str, Any]


def _read(folder: Path, rows: list[tuple[str, Change]]) -> tuple[FeedTables, NoticeLog]:
    feed = small_feed()
    for table, row in rows:
        feed.add(table, **row)
    for stop, zone in zip(feed.rows("stops"), ("Z1", "Z2", ""), strict=True):
        stop["zone_id"] = zone
    return read_rows(feed, folder)


FARE = {"fare_id": "F", "price": "3.50", "currency_type": "USD", "payment_method": 0, "transfers": "", "agency_id": "M"}


def test_a_fare_keeps_its_price_as_it_is_written(tmp_path: Path) -> None:
    tables, log = _read(tmp_path, [("fare_attributes", FARE | {"transfer_duration": 5400})])
    assert log.feed_class("f") == LOAD_CLEAN
    assert tables.fares.attributes.to_dicts() == [
        {
            "fare_id": "F",
            "price": "3.50",
            "currency_type": "USD",
            "payment_method": 0,
            "transfers": -1,
            "agency_id": "M",
            "transfer_duration": 5400,
        }
    ]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("price", "", "missing_required_field"),
        ("price", "free", "invalid_float"),
        ("price", "1e400", "invalid_float"),
        ("price", "-1", "number_out_of_range"),
        ("currency_type", "XXXX", "invalid_currency"),
        ("agency_id", "NOBODY", "foreign_key_violation"),
    ],
)
def test_a_fare_that_cannot_be_sold_is_dropped_with_its_rules(
    tmp_path: Path, field: str, value: str, code: str
) -> None:
    rows = [("fare_attributes", FARE | {field: value}), ("fare_rules", {"fare_id": "F", "route_id": "R"})]
    tables, log = _read(tmp_path, rows)
    assert tables.fares.attributes.is_empty()
    assert tables.fares.rules.is_empty()
    found = [n for n in log if n.file == "fare_attributes.txt"]
    assert [(n.code, n.row, n.field, n.value) for n in found] == [(code, 2, field, value)]
    assert log.feed_class("f") == LOAD_WITH_WARNING


@pytest.mark.parametrize(("written", "read"), [("0", 0), ("2", 2), ("5", 5), ("many", 0), ("", -1)])
def test_transfers_beyond_the_list_mean_what_they_say(tmp_path: Path, written: str, read: int) -> None:
    tables, _ = _read(tmp_path, [("fare_attributes", FARE | {"transfers": written})])
    assert tables.fares.attributes["transfers"].to_list() == [read]


@pytest.mark.parametrize("field", ["route_id", "origin_id", "destination_id", "contains_id"])
def test_a_rule_for_what_is_not_there_is_dropped(tmp_path: Path, field: str) -> None:
    rows = [("fare_attributes", FARE), ("fare_rules", {"fare_id": "F", "origin_id": "Z1"})]
    tables, log = _read(tmp_path, [*rows, ("fare_rules", {"fare_id": "F", field: "NOPE"})])
    assert len(tables.fares.rules) == 1
    notice = one_notice(log, "foreign_key_violation")
    assert (notice.file, notice.row, notice.field, notice.value) == ("fare_rules.txt", 3, field, "NOPE")


PRODUCT = {"fare_product_id": "P", "fare_product_name": "Single", "amount": "2.00", "currency": "USD"}


def test_products_may_be_discounts_and_refer_to_riders_and_media(tmp_path: Path) -> None:
    rows = [
        ("rider_categories", {"rider_category_id": "c", "rider_category_name": "C", "is_default_fare_category": ""}),
        ("fare_media", {"fare_media_id": "m", "fare_media_type": 2}),
        ("fare_products", PRODUCT | {"amount": "-0.50", "rider_category_id": "c", "fare_media_id": "m"}),
        ("fare_products", PRODUCT | {"rider_category_id": "x"}),
        ("fare_products", PRODUCT | {"fare_media_id": "x"}),
        ("fare_products", PRODUCT | {"amount": "2.00.0"}),
    ]
    tables, log = _read(tmp_path, rows)
    assert tables.fares.products["amount"].to_list() == ["-0.50"]
    dropped = sorted((n.code, n.row, n.field) for n in log if n.file == "fare_products.txt")
    assert dropped == [
        ("foreign_key_violation", 3, "rider_category_id"),
        ("foreign_key_violation", 4, "fare_media_id"),
        ("invalid_float", 5, "amount"),
    ]


def test_a_product_of_two_default_categories_is_reported(tmp_path: Path) -> None:
    rows: list[tuple[str, Change]] = [("fare_products", PRODUCT | {"rider_category_id": rider}) for rider in "ab"]
    for rider in "ab":
        row = {"rider_category_id": rider, "rider_category_name": rider, "is_default_fare_category": 1}
        rows.append(("rider_categories", row))
    _, log = _read(tmp_path, rows)
    assert one_notice(log, "fare_product_with_multiple_default_rider_categories").value == "P"


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        ("07:00:00", "", "timeframe_only_start_or_end_time_specified"),
        ("07:00:00", "25:00:00", "timeframe_start_or_end_time_greater_than_twenty_four_hours"),
        ("07:00:00", "07:00:00", "start_and_end_range_equal"),
        ("08:00:00", "07:00:00", "start_and_end_range_out_of_order"),
        ("8 o'clock", "09:00:00", "invalid_time"),
    ],
)
def test_a_timeframe_that_is_no_time_is_dropped(tmp_path: Path, start: str, end: str, code: str) -> None:
    row = {"timeframe_group_id": "T", "service_id": "S", "start_time": start, "end_time": end}
    tables, log = _read(tmp_path, [("timeframes", row)])
    assert tables.fares.timeframes.is_empty()
    assert one_notice(log, code).file == "timeframes.txt"


def test_a_timeframe_without_times_is_the_whole_day(tmp_path: Path) -> None:
    tables, log = _read(tmp_path, [("timeframes", {"timeframe_group_id": "T", "service_id": "S"})])
    assert tables.fares.timeframes.select("start_time", "end_time").row(0) == (0, 86400)
    assert log.feed_class("f") == LOAD_CLEAN


def test_overlapping_timeframes_are_reported_and_kept(tmp_path: Path) -> None:
    times = [("07:00:00", "09:00:00"), ("08:59:59", "10:00:00")]
    rows: list[tuple[str, Change]] = [
        ("timeframes", {"timeframe_group_id": "T", "service_id": "S", "start_time": a, "end_time": b}) for a, b in times
    ]
    tables, log = _read(tmp_path, rows)
    assert len(tables.fares.timeframes) == 2
    assert one_notice(log, "timeframe_overlap").row == 3


LEG = {"leg_group_id": "G", "network_id": "", "from_area_id": "", "to_area_id": "", "fare_product_id": "P"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("network_id", "NOPE"),
        ("from_area_id", "NOPE"),
        ("to_area_id", "NOPE"),
        ("from_timeframe_group_id", "NOPE"),
        ("to_timeframe_group_id", "NOPE"),
        ("fare_product_id", "NOPE"),
    ],
)
def test_a_leg_rule_for_what_is_not_there_is_dropped(tmp_path: Path, field: str, value: str) -> None:
    tables, log = _read(tmp_path, [("fare_products", PRODUCT), ("fare_leg_rules", LEG | {field: value})])
    assert tables.fares.leg_rules.is_empty()
    notice = one_notice(log, "foreign_key_violation")
    assert (notice.file, notice.row, notice.field, notice.value) == ("fare_leg_rules.txt", 2, field, value)


@pytest.mark.parametrize(
    ("header", "priority"), [("", -1), (",rule_priority", 0), (', "rule_priority" ', 0), (",RULE_PRIORITY", 0)]
)
def test_a_blank_column_of_priorities_says_something_else_than_none(tmp_path: Path, header: str, priority: int) -> None:
    files = small_files() | {
        "fare_products.txt": b"fare_product_id,amount,currency\nP,2.00,USD\n",
        "fare_leg_rules.txt": f"\ufefffare_product_id{header}\nP{',' if header else ''}\n".encode(),
    }
    tables, _ = read_files(files, tmp_path)
    assert tables.fares.leg_rules["rule_priority"].to_list() == [priority]


@pytest.mark.parametrize(
    ("groups", "count", "read", "code"),
    [
        ("GG", "", 1, "fare_transfer_rule_missing_transfer_count"),
        ("GG", "0", 1, "fare_transfer_rule_invalid_transfer_count"),
        ("GG", "-1", -1, None),
        ("GH", "2", 0, "fare_transfer_rule_with_forbidden_transfer_count"),
    ],
)
def test_transfer_counts_belong_to_rules_from_a_group_to_itself(
    tmp_path: Path, groups: str, count: str, read: int, code: str | None
) -> None:
    rows: list[tuple[str, Change]] = [("fare_products", PRODUCT)]
    rows += [("fare_leg_rules", LEG | {"leg_group_id": group}) for group in "GH"]
    row = {"from_leg_group_id": groups[0], "to_leg_group_id": groups[1], "transfer_count": count}
    tables, log = _read(tmp_path, [*rows, ("fare_transfer_rules", row | {"fare_transfer_type": 0})])
    assert tables.fares.transfer_rules["transfer_count"].to_list() == [read]
    if code is not None:
        assert one_notice(log, code).file == "fare_transfer_rules.txt"
    else:
        assert log.feed_class("f") == LOAD_CLEAN


@pytest.mark.parametrize(
    ("limit", "kind", "code"),
    [
        ("600", "", "fare_transfer_rule_duration_limit_without_type"),
        ("", "1", "fare_transfer_rule_duration_limit_type_without_duration_limit"),
        ("0", "1", "number_out_of_range"),
    ],
)
def test_a_time_limit_needs_both_of_its_fields(tmp_path: Path, limit: str, kind: str, code: str) -> None:
    row = {"duration_limit": limit, "duration_limit_type": kind, "transfer_count": 1, "fare_transfer_type": 0}
    _, log = _read(tmp_path, [("fare_transfer_rules", row)])
    assert one_notice(log, code).file == "fare_transfer_rules.txt"


def test_a_transfer_rule_of_no_type_or_for_no_group_is_dropped(tmp_path: Path) -> None:
    row = {"transfer_count": 1, "fare_transfer_type": 0}
    rows = [
        ("fare_transfer_rules", row | {"fare_transfer_type": 7}),
        ("fare_transfer_rules", row | {"from_leg_group_id": "NOPE", "transfer_count": ""}),
        ("fare_transfer_rules", row),
    ]
    tables, log = _read(tmp_path, rows)
    assert len(tables.fares.transfer_rules) == 1
    assert one_notice(log, "unexpected_enum_value").row == 2
    assert one_notice(log, "foreign_key_violation").row == 3


def test_routes_txt_speaks_of_networks_before_route_networks_txt(tmp_path: Path) -> None:
    feed = small_feed()
    feed.rows("routes")[0]["network_id"] = "OWN"
    feed.add("route_networks", route_id="R", network_id="OTHER")
    tables, log = read_rows(feed, tmp_path)
    assert tables.fares.networks.row(0) == ("R", "OWN")
    assert one_notice(log, "route_networks_specified_in_more_than_one_file").action == "file ignored"


def test_rows_of_areas_networks_and_joins_that_name_nothing_are_dropped(tmp_path: Path) -> None:
    rows: list[tuple[str, Change]] = [
        ("areas", {"area_id": "A"}),
        ("stop_areas", {"area_id": "A", "stop_id": "A"}),
        ("stop_areas", {"area_id": "NOPE", "stop_id": "B"}),
        ("stop_areas", {"area_id": "A", "stop_id": "NOPE"}),
        ("networks", {"network_id": "N"}),
        ("route_networks", {"network_id": "N", "route_id": "R"}),
        ("fare_leg_join_rules", {"from_network_id": "N", "to_network_id": "N", "from_stop_id": "A", "to_stop_id": ""}),
        ("fare_leg_join_rules", {"from_network_id": "N", "to_network_id": "X", "from_stop_id": "", "to_stop_id": ""}),
        ("fare_leg_join_rules", {"from_network_id": "N", "to_network_id": "N", "from_stop_id": "", "to_stop_id": ""}),
    ]
    tables, log = _read(tmp_path, rows)
    fares = tables.fares
    assert (len(fares.stop_areas), len(fares.networks), len(fares.joins)) == (1, 1, 1)
    assert len([notice for notice in log if notice.action == "row dropped"]) == 4


def test_tables_of_fares_that_cannot_be_read_leave_the_feed(tmp_path: Path) -> None:
    files = small_files() | {"fare_attributes.txt": b"price,currency_type\n1,USD\n"}
    tables, log = read_files(files, tmp_path)
    assert tables.fares.attributes.is_empty()
    assert one_notice(log, "missing_required_column").file == "fare_attributes.txt"
    assert isinstance(tables.fares.rules, pl.DataFrame)
