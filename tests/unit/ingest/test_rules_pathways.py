"""levels.txt, pathways.txt, and what stops.txt says of stations."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ingest.notices import LOAD_CLEAN
from ingest.tables import FeedTables
from tests.support.gtfs_feed import GtfsFeed, Row
from tests.unit.ingest.reading import notices, one_notice, read_rows, small_feed


def station_feed() -> GtfsFeed:
    """The small feed with a station: A (row 2) and B on two levels, an entrance E, a node N, three pathways."""
    feed = small_feed()
    feed.add("feed_info", feed_publisher_name="M", feed_publisher_url="https://m.example", feed_lang="en")
    for row in feed.rows("stops")[:2]:
        row.update(parent_station="Z", level_id="L0")
    place = {"stop_lat": "52.5", "stop_lon": "13.4"}
    feed.add("stops", stop_id="Z", stop_name="Z", location_type=1, **place)
    feed.add("stops", stop_id="E", stop_name="E", location_type=2, parent_station="Z", level_id="L1", **place)
    feed.add("stops", stop_id="N", location_type=3, parent_station="Z", level_id="L1")
    feed.add("levels", level_id="L0", level_index=0)
    feed.add("levels", level_id="L1", level_index=1.5, level_name="Hall")
    _add_pathway(feed, "E", "N", 1, length="12.5")
    _add_pathway(feed, "N", "A", 5, traversal_time="40")
    _add_pathway(feed, "N", "B", 2, stair_count="-20", signposted_as="Trains")
    return feed


def _add_pathway(feed: GtfsFeed, start: str, end: str, mode: object, **more: object) -> Row:
    name = f"W{len(feed.rows('pathways')) + 1}"
    ends = {"pathway_id": name, "from_stop_id": start, "to_stop_id": end, "pathway_mode": mode}
    return feed.add("pathways", **{**ends, "is_bidirectional": 1, **more})


def _ids(tables: FeedTables) -> list[str]:
    return tables.pathways["pathway_id"].to_list()


def test_a_whole_station_is_read_without_a_word(tmp_path: Path) -> None:
    tables, log = read_rows(station_feed(), tmp_path)
    assert [notice.to_dict() for notice in log] == []
    assert log.feed_class("f") == LOAD_CLEAN
    assert tables.levels.rows() == [("L0", 0.0), ("L1", 1.5)]
    assert tables.stops["level_id"].to_list() == ["L0", "L0", "", "", "L1", "L1"]
    first, second, third = tables.pathways.rows(named=True)
    assert (first["pathway_mode"], first["is_bidirectional"], first["length"]) == (1, 1, 12.5)
    assert (second["traversal_time"], second["stair_count"], math.isnan(second["length"])) == (40, 0, True)
    assert (third["stair_count"], third["signposted_as"], third["reversed_signposted_as"]) == (-20, "Trains", "")


def test_a_feed_without_pathways_has_empty_tables(tmp_path: Path) -> None:
    tables, log = read_rows(small_feed(), tmp_path)
    assert (tables.levels.height, tables.pathways.height) == (0, 0)
    assert notices(log, "pathway_unreachable_location") == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("pathway_id", "", "missing_required_field"),
        ("pathway_id", "W1", "duplicate_key"),
        ("from_stop_id", "", "missing_required_field"),
        ("from_stop_id", "NOPE", "foreign_key_violation"),
        ("to_stop_id", "NOPE", "foreign_key_violation"),
        ("to_stop_id", "Z", "pathway_to_wrong_location_type"),
        ("to_stop_id", "E", "pathway_loop"),
    ],
)
def test_a_pathway_that_leads_nowhere_is_dropped(tmp_path: Path, field: str, value: str, code: str) -> None:
    feed = station_feed()
    _add_pathway(feed, "E", "A", 1)[field] = value
    tables, log = read_rows(feed, tmp_path)
    assert _ids(tables) == ["W1", "W2", "W3"]
    notice = one_notice(log, code)
    assert (notice.file, notice.row, notice.field, notice.value) == ("pathways.txt", 5, field, value)


@pytest.mark.parametrize(
    ("field", "value", "code", "read_as"),
    [
        ("pathway_mode", "8", "unexpected_enum_value", 0),
        ("pathway_mode", "stairs", "unexpected_enum_value", 0),
        ("pathway_mode", "", "missing_required_field", 0),
        ("is_bidirectional", "2", "unexpected_enum_value", 0),
        ("is_bidirectional", "", "missing_required_field", 0),
        ("length", "-1", "number_out_of_range", None),
        ("length", "1e300", "number_out_of_range", None),
        ("length", "inf", "invalid_float", None),
        ("length", "ten", "invalid_float", None),
        ("traversal_time", "0", "number_out_of_range", 0),
        ("traversal_time", "-5", "number_out_of_range", 0),
        ("traversal_time", "86401", "number_out_of_range", 0),
        ("traversal_time", "99999999999999999999", "invalid_integer", 0),
        ("traversal_time", "1.5", "invalid_integer", 0),
        ("stair_count", "100001", "number_out_of_range", 0),
        ("stair_count", "x", "invalid_integer", 0),
    ],
)
def test_a_value_that_cannot_be_is_blanked(
    tmp_path: Path, field: str, value: str, code: str, read_as: float | None
) -> None:
    feed = station_feed()
    _add_pathway(feed, "E", "A", 1)[field] = value
    tables, log = read_rows(feed, tmp_path)
    found = tables.pathways.row(3, named=True)[field]
    assert math.isnan(found) if read_as is None else found == read_as
    notice = one_notice(log, code)
    assert (notice.file, notice.row, notice.field, notice.value) == (
        "pathways.txt",
        5,
        field,
        {"-1": "-1.0", "1e300": "1e+300"}.get(value, value),
    )


def test_an_exit_gate_leads_out_only(tmp_path: Path) -> None:
    feed = station_feed()
    _add_pathway(feed, "A", "E", 7)
    tables, log = read_rows(feed, tmp_path)
    assert tables.pathways["is_bidirectional"].to_list() == [1, 1, 1, 0]
    assert one_notice(log, "bidirectional_exit_gate").row == 5


def test_a_node_with_one_neighbour_is_told_of(tmp_path: Path) -> None:
    feed = station_feed()
    feed.add("stops", stop_id="N2", location_type=3, parent_station="Z", level_id="L1")
    _add_pathway(feed, "N2", "E", 1)
    _, log = read_rows(feed, tmp_path)
    notice = one_notice(log, "pathway_dangling_generic_node")
    assert (notice.row, notice.value) == (5, "N2")


def test_a_platform_that_pathways_forget_is_told_of(tmp_path: Path) -> None:
    feed = station_feed()
    del feed.rows("pathways")[2]
    _, log = read_rows(feed, tmp_path)
    notice = one_notice(log, "pathway_unreachable_location")
    assert (notice.file, notice.row, notice.value) == ("stops.txt", 3, "B")


def test_a_platform_that_can_only_be_left_is_no_fault(tmp_path: Path) -> None:
    feed = station_feed()
    feed.rows("pathways")[2].update(from_stop_id="B", to_stop_id="N", is_bidirectional="0")
    _, log = read_rows(feed, tmp_path)
    assert notices(log, "pathway_unreachable_location") == []


def test_a_platform_is_reached_by_its_boarding_areas(tmp_path: Path) -> None:
    feed = station_feed()
    feed.add("stops", stop_id="B1", location_type=4, parent_station="B", stop_lat="52.5", stop_lon="13.4")
    feed.rows("pathways")[2]["to_stop_id"] = "B1"
    _, log = read_rows(feed, tmp_path)
    assert [notice.code for notice in log] == []
    feed.rows("pathways")[2]["to_stop_id"] = "B"
    _, log = read_rows(feed, tmp_path)
    assert one_notice(log, "pathway_to_platform_with_boarding_areas").value == "B"


def test_an_elevator_needs_floors(tmp_path: Path) -> None:
    feed = station_feed()
    feed.rows("stops")[0]["level_id"] = ""
    _, log = read_rows(feed, tmp_path)
    notice = one_notice(log, "missing_level_id")
    assert (notice.file, notice.row, notice.field) == ("stops.txt", 2, "level_id")


@pytest.mark.parametrize(("value", "code"), [("up", "invalid_float"), ("1001", "number_out_of_range")])
def test_a_floor_that_is_no_number_is_unknown(tmp_path: Path, value: str, code: str) -> None:
    feed = station_feed()
    feed.rows("levels")[1]["level_index"] = value
    tables, log = read_rows(feed, tmp_path)
    assert math.isnan(tables.levels["level_index"][1])
    assert (one_notice(log, code).file, one_notice(log, code).row) == ("levels.txt", 3)


def test_floors_have_ids_of_their_own(tmp_path: Path) -> None:
    feed = station_feed()
    feed.add("levels", level_id="L1", level_index=7)
    feed.add("levels", level_id="", level_index=7)
    feed.add("levels", level_id="L9", level_index="")
    feed.rows("stops")[0]["level_id"] = "L7"
    tables, log = read_rows(feed, tmp_path)
    assert tables.levels["level_id"].to_list() == ["L0", "L1", "L9"]
    assert one_notice(log, "duplicate_key").row == 4
    assert [(notice.row, notice.field) for notice in notices(log, "missing_required_field")] == [
        (5, "level_id"),
        (6, "level_index"),
    ]
    unknown = one_notice(log, "foreign_key_violation")
    assert (unknown.file, unknown.row, unknown.field, unknown.value) == ("stops.txt", 2, "level_id", "L7")
    assert tables.stops["level_id"][0] == ""


@pytest.mark.parametrize(
    ("stop", "value", "code", "read_as"),
    [
        (0, "1", None, 1),
        (0, "0", None, 0),
        (0, "2", "unexpected_enum_value", -1),
        (2, "1", "stop_access_specified_for_stop_with_no_parent_station", -1),
        (4, "0", "stop_access_specified_for_incorrect_location", -1),
    ],
)
def test_stop_access_is_for_stops_in_stations(
    tmp_path: Path, stop: int, value: str, code: str | None, read_as: int
) -> None:
    feed = station_feed()
    feed.rows("stops")[stop]["stop_access"] = value
    tables, log = read_rows(feed, tmp_path)
    assert tables.stops["stop_access"][stop] == read_as
    assert [(notice.code, notice.row) for notice in log] == ([(code, stop + 2)] if code else [])


def test_tables_that_cannot_be_read_cost_only_themselves(tmp_path: Path) -> None:
    feed = station_feed()
    for row in feed.rows("pathways"):
        del row["pathway_mode"]
    tables, log = read_rows(feed, tmp_path)
    assert tables.pathways.height == 0
    assert one_notice(log, "missing_required_column").file == "pathways.txt"
