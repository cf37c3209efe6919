"""trips.txt and stop_times.txt: which trips survive, in which order, at which times."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, FeedRejected
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.ingest.reading import add_call, calls_of, notices, one_notice, read_rows, small_feed

EIGHT = 8 * 3600


def spoilt(field: str, value: str, call: int = 1, **more: str) -> GtfsFeed:
    """The small feed with one cell of a call of T1 changed; more changes as column=value."""
    feed = small_feed()
    feed.tables["stop_times"][call].update({field: value, **more})
    return feed


def test_calls_are_in_order_with_seconds_of_the_service_day(tmp_path: Path) -> None:
    tables, log = read_rows(small_feed(), tmp_path)
    expected = [("A", EIGHT, EIGHT), ("B", EIGHT + 600, EIGHT + 600), ("C", EIGHT + 1200, EIGHT + 1200)]
    assert calls_of(tables, "T1") == expected
    assert log.feed_class("f") == LOAD_CLEAN


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(6)), trips=st.permutations(range(2)))
def test_the_order_of_rows_does_not_matter(
    order: list[int], trips: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    feed = small_feed()
    feed.tables["stop_times"] = [feed.tables["stop_times"][row] for row in order]
    feed.tables["trips"] = [feed.tables["trips"][row] for row in trips]
    tables, log = read_rows(feed, folder)
    whole, _ = read_rows(small_feed(), folder)
    for trip in ("T1", "T2"):
        assert calls_of(tables, trip) == calls_of(whole, trip)
    keys = tables.stop_times.select("trip", "stop_sequence").rows()
    assert keys == sorted(keys)
    assert log.feed_class("f") == LOAD_CLEAN


@pytest.mark.parametrize(
    ("table", "row", "field", "value", "code"),
    [
        ("trips", 0, "route_id", "NOPE", "foreign_key_violation"),
        ("trips", 0, "service_id", "NOPE", "foreign_key_violation"),
        ("trips", 0, "route_id", "", "missing_required_field"),
        ("trips", 0, "service_id", "", "missing_required_field"),
        ("stop_times", 1, "arrival_time", "25:61:00", "invalid_time"),
        ("stop_times", 1, "departure_time", "06:10:00Z", "invalid_time"),
        ("stop_times", 1, "departure_time", "08:05:00", "start_and_end_range_out_of_order"),
        ("stop_times", 2, "arrival_time", "08:05:00", "stop_time_with_arrival_before_previous_departure_time"),
    ],
)
def test_a_trip_that_cannot_be_trusted_is_dropped_and_its_neighbour_stays(
    tmp_path: Path, table: str, row: int, field: str, value: str, code: str
) -> None:
    feed = small_feed()
    feed.tables[table][row][field] = value
    tables, log = read_rows(feed, tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T2"]
    assert len(calls_of(tables, "T2")) == 3
    notice = one_notice(log, code)
    assert (notice.file, notice.row, notice.field) == (f"{table}.txt", row + 2, field)
    assert notice.action in ("trip dropped", "row dropped")
    assert [other.code for other in log if other.affects_riders] == [code]


def test_calls_of_a_dropped_trip_get_no_notice_of_their_own(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["trips"][0]["route_id"] = "NOPE"
    feed.add("frequencies", trip_id="T1", start_time="08:00:00", end_time="09:00:00", headway_secs="600")
    feed.add("transfers", from_stop_id="B", to_stop_id="B", transfer_type="4", from_trip_id="T1", to_trip_id="T2")
    _, log = read_rows(feed, tmp_path)
    assert [notice.file for notice in log if notice.affects_riders] == ["trips.txt"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("stop_id", "NOPE", "foreign_key_violation"),
        ("stop_id", "", "missing_required_field"),
        ("trip_id", "NOPE", "foreign_key_violation"),
        ("trip_id", "", "missing_required_field"),
        ("stop_sequence", "", "missing_required_field"),
        ("stop_sequence", "1.0", "invalid_integer"),
        ("stop_sequence", "1e3", "invalid_integer"),
        ("stop_sequence", "1" + "0" * 4_400, "invalid_integer"),
        ("stop_sequence", "-1", "number_out_of_range"),
        ("stop_sequence", "4000000000", "number_out_of_range"),
    ],
)
def test_a_call_that_cannot_be_placed_is_dropped_and_the_others_stay(
    tmp_path: Path, field: str, value: str, code: str
) -> None:
    tables, log = read_rows(spoilt(field, value), tmp_path)
    assert [call[0] for call in calls_of(tables, "T1")] == ["A", "C"]
    notice = one_notice(log, code)
    assert (notice.row, notice.field, notice.count, notice.action) == (3, field, 1, "row dropped")


def test_blank_ids_do_not_join_to_each_other(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("trips", route_id="R", service_id="S", trip_id="")
    feed.add("stops", stop_id="", stop_name="x", stop_lat="52", stop_lon="13")
    add_call(feed, "", "08:00:00", "", 1)
    add_call(feed, "", "09:00:00", "", 2)
    feed.add("transfers", from_stop_id="A", to_stop_id="B", transfer_type="2", min_transfer_time="60")
    tables, log = read_rows(feed, tmp_path)
    assert (len(tables.trips), len(tables.stop_times), len(tables.transfers)) == (2, 6, 1)
    assert {notice.file for notice in notices(log, "missing_required_field")} == {
        "trips.txt",
        "stops.txt",
        "stop_times.txt",
    }


@pytest.mark.parametrize("sequence", ["+6", "06", "2000000000"])
def test_strange_but_whole_sequences_are_numbers(tmp_path: Path, sequence: str) -> None:
    tables, log = read_rows(spoilt("stop_sequence", sequence, call=2), tmp_path)
    assert tables.stop_times["stop_sequence"].to_list()[:3] == [1, 2, int(sequence)]
    assert log.feed_class("f") == LOAD_CLEAN


def test_trips_with_one_call_or_none_are_dropped_by_name(tmp_path: Path) -> None:
    feed = small_feed()
    for trip in ("ONE", "NONE"):
        feed.add("trips", route_id="R", service_id="S", trip_id=trip)
    add_call(feed, "ONE", "08:00:00", "A", 1)
    tables, log = read_rows(feed, tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T1", "T2"]
    assert (one_notice(log, "unusable_trip").value, one_notice(log, "unused_trip").value) == ("ONE", "NONE")


def test_rows_of_trips_are_numbered_again_when_one_goes(tmp_path: Path) -> None:
    feed = spoilt("arrival_time", "bad")
    feed.add("frequencies", trip_id="T2", start_time="09:00:00", end_time="10:00:00", headway_secs="600")
    tables, _ = read_rows(feed, tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T2"]
    assert tables.stop_times["trip"].to_list() == [0, 0, 0]
    assert tables.frequencies["trip"].to_list() == [0]


def test_of_two_calls_with_one_sequence_the_timed_one_stays(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["stop_times"].insert(1, {**feed.tables["stop_times"][1], "arrival_time": "", "departure_time": ""})
    tables, log = read_rows(feed, tmp_path)
    assert calls_of(tables, "T1")[1] == ("B", EIGHT + 600, EIGHT + 600)
    assert one_notice(log, "duplicate_key").count == 1
    assert not notices(log, "interpolated_times")


def test_of_two_timed_calls_with_one_sequence_the_first_stays(tmp_path: Path) -> None:
    feed = small_feed()
    add_call(feed, "T1", "08:12:00", "C", 2)
    tables, _ = read_rows(feed, tmp_path)
    assert [call[0] for call in calls_of(tables, "T1")] == ["A", "B", "C"]


@pytest.mark.parametrize("call", [0, 2])
def test_a_trip_without_a_time_at_an_end_is_dropped(tmp_path: Path, call: int) -> None:
    tables, log = read_rows(spoilt("arrival_time", "", call, departure_time=""), tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T2"]
    assert one_notice(log, "missing_trip_edge").row == call + 2


@pytest.mark.parametrize("field", ["arrival_time", "departure_time"])
def test_one_of_two_times_serves_as_both(tmp_path: Path, field: str) -> None:
    tables, log = read_rows(spoilt(field, ""), tmp_path)
    assert calls_of(tables, "T1")[1] == ("B", EIGHT + 600, EIGHT + 600)
    assert one_notice(log, "stop_time_with_only_arrival_or_departure_time").row == 3


def test_blank_times_are_interpolated_and_the_feed_stays_clean(tmp_path: Path) -> None:
    tables, log = read_rows(spoilt("arrival_time", "", departure_time="", timepoint="0"), tmp_path)
    assert calls_of(tables, "T1")[1] == ("B", EIGHT + 600, EIGHT + 600)
    assert (one_notice(log, "interpolated_times").count, log.feed_class("f")) == (1, LOAD_CLEAN)
    assert tables.stop_times["timepoint"].to_list() == [1, 0, 1, 1, 1, 1]


def test_a_trip_of_three_days_is_clean_and_one_of_eleven_is_dropped(tmp_path: Path) -> None:
    tables, log = read_rows(spoilt("arrival_time", "71:30:00", 2, departure_time="71:30:00"), tmp_path)
    assert (calls_of(tables, "T1")[2][1], log.feed_class("f")) == (257_400, LOAD_CLEAN)
    tables, log = read_rows(spoilt("arrival_time", "264:00:00", 2, departure_time="264:00:00"), tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T2"]


def test_boarding_rules_are_read_and_unknown_ones_count_as_regular(tmp_path: Path) -> None:
    feed = small_feed()
    for row, rule in zip(feed.tables["stop_times"], ("1", "2", "3", "", "0", "9"), strict=True):
        row.update(pickup_type=rule, drop_off_type="0")
    tables, log = read_rows(feed, tmp_path)
    assert tables.stop_times["pickup_type"].to_list() == [1, 2, 3, 0, 0, 0]
    assert one_notice(log, "unexpected_enum_value").value == "9"


def test_a_far_stop_in_no_time_is_suspicious_and_stays(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["stops"][1].update(stop_lat="13.4", stop_lon="52.5")
    tables, log = read_rows(feed, tmp_path)
    assert len(calls_of(tables, "T1")) == 3
    notice = one_notice(log, "fast_travel_between_consecutive_stops")
    assert (notice.row, notice.value, notice.count) == (3, "B", 4)
    assert log.feed_class("f") == LOAD_WITH_WARNING


def test_the_antimeridian_is_no_distance(tmp_path: Path) -> None:
    feed = small_feed()
    for row, lon in zip(feed.tables["stops"], ("179.99", "-179.99", "-179.98"), strict=True):
        row["stop_lon"] = lon
    _, log = read_rows(feed, tmp_path)
    assert log.feed_class("f") == LOAD_CLEAN


def test_flex_calls_are_left_out_and_counted(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("trips", route_id="R", service_id="S", trip_id="FLEX", safe_duration_factor="1.5",
             safe_duration_offset="60")  # fmt: skip
    for sequence in (1, 2):
        feed.add("stop_times", trip_id="FLEX", stop_id="", stop_sequence=sequence, location_id="Z",
                 start_pickup_drop_off_window="08:00:00", end_pickup_drop_off_window="09:00:00")  # fmt: skip
    tables, log = read_rows(feed, tmp_path)
    assert tables.trips["trip_id"].to_list() == ["T1", "T2"]
    assert one_notice(log, "flex_not_routed").count == 2


def test_overlapping_trips_of_a_vehicle_are_reported(tmp_path: Path) -> None:
    feed = small_feed()
    for row in feed.tables["trips"]:
        row["block_id"] = "V"
    _, log = read_rows(feed, tmp_path)
    assert log.feed_class("f") == LOAD_CLEAN  # 08:00 to 08:20, then 09:00 to 09:20
    feed.tables["stop_times"][2].update(arrival_time="09:05:00", departure_time="09:05:00")
    _, log = read_rows(feed, tmp_path)
    assert one_notice(log, "block_trips_with_overlapping_stop_times").value == "T2"


def test_a_shape_that_is_not_there_is_forgotten(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["trips"][0]["shape_id"] = "NOPE"
    tables, log = read_rows(feed, tmp_path)
    assert tables.trips["shape_id"].to_list() == ["", ""]
    assert one_notice(log, "foreign_key_violation").field == "shape_id"


def test_a_feed_with_nothing_to_ride_is_refused(tmp_path: Path) -> None:
    feed = small_feed()
    feed.tables["stop_times"] = feed.tables["stop_times"][:1]
    with pytest.raises(FeedRejected) as caught:
        read_rows(feed, tmp_path)
    assert caught.value.code == "no_usable_trip"


def test_ten_thousand_calls_and_a_stop_twice_in_a_row_are_one_trip(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("trips", route_id="R", service_id="S", trip_id="HUGE")
    for sequence in range(10_000):
        minutes = sequence // 2
        add_call(feed, "HUGE", f"{minutes // 60:02}:{minutes % 60:02}:00", "AABB"[sequence % 4], sequence)
    tables, _ = read_rows(feed, tmp_path)
    assert len(calls_of(tables, "HUGE")) == 10_000
