"""What a replay reads of a raw feed: worked out anew, by the GTFS reference and what the manual says of mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingest.replay.feeds import Feeds, Providers, Wanted, read_raw_feed
from ingest.replay.raw_feed import RawFeed
from ingest.replay.reader import ReplayError
from ingest.replay.service import day_start_s, offset_s, parse_date, parse_time
from ingest.replay.transfers import Ridden
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of
from tests.unit.ingest.reading import add_call, small_feed, small_files, zip_of


def read(feed: GtfsFeed, folder: Path, *trips: str, **more: Any) -> RawFeed:
    """What is told of some trips."""
    return read_raw_feed("x", feed.write_folder(folder / "feed"), Wanted(set(trips), **more))


def times_of(feed: RawFeed, trip: str) -> list[tuple[int, int, int]]:
    """(sequence, arrival, departure) of the calls of a trip, in minutes after eight."""
    return [(c.sequence, c.arrival_s // 60 - 480, c.departure_s // 60 - 480) for c in feed.calls[trip]]


def with_calls(*times: str, distances: tuple[object, ...] = ()) -> GtfsFeed:
    """The small feed with a third trip A B C A B ..., one call a time."""
    feed = small_feed()
    feed.add("trips", route_id="R", service_id="S", trip_id="T")
    for place, time in enumerate(times):
        more = {"shape_dist_traveled": distances[place]} if distances else {}
        add_call(feed, "T", time, "ABC"[place % 3], place + 1, **more)
    return feed


@pytest.mark.parametrize(
    ("times", "distances", "placed"),
    [
        (("08:00:00", "", "", "08:30:00"), (), [0, 10, 20, 30]),
        (("08:00:00", "", "", "08:30:00"), (0, 1, 5, 10), [0, 3, 15, 30]),
        (("08:00:00", "", "", "08:30:00"), (0, 5, 1, 10), [0, 10, 20, 30]),  # a distance that falls says nothing
        (("08:00:00", "", "", "08:30:00"), (0, "", 5, 10), [0, 10, 20, 30]),
        (("08:00:00", "", "08:30:00"), (7, 7, 7), [0, 15, 30]),
        (("08:00:00", "", "08:10:00", "", "08:30:00"), (), [0, 5, 10, 20, 30]),
    ],
)
def test_blank_times_are_placed_by_distance_or_evenly(
    times: tuple[str, ...], distances: tuple[object, ...], placed: list[int], tmp_path: Path
) -> None:
    feed = read(with_calls(*times, distances=distances), tmp_path, "T")
    assert [minute for _, minute, _ in times_of(feed, "T")] == placed


def test_placed_times_are_rounded_down_to_the_second(tmp_path: Path) -> None:
    feed = read(with_calls("08:00:00", "", "", "08:00:10"), tmp_path, "T")
    assert [call.arrival_s - 28_800 for call in feed.calls["T"]] == [0, 3, 6, 10]


@pytest.mark.parametrize(
    "times",
    [
        ("08:00:00",),
        ("", "08:10:00", "08:20:00"),
        ("08:00:00", "08:10:00", ""),
        ("08:00:00", "08:10", "08:20:00"),
        ("08:00:00", "08:61:00", "08:20:00"),
        ("08:10:00", "08:00:00"),
    ],
)
def test_trips_that_cannot_be_ridden_are_not(times: tuple[str, ...], tmp_path: Path) -> None:
    feed = read(with_calls(*times), tmp_path, "T", "T1")
    assert feed.calls.keys() == {"T1"}
    assert feed.trips.keys() == {"T", "T1"}


def test_of_two_calls_with_one_sequence_the_timed_one_counts_and_rows_need_no_order(tmp_path: Path) -> None:
    feed = small_feed()
    rows = feed.tables["stop_times"]
    feed.tables["stop_times"] = rows[::-1]
    add_call(feed, "T1", "", "A", 2)
    add_call(feed, "T1", "08:15:00", "A", "1.5")
    add_call(feed, "T1", "08:16:00", "NOPE", 9)
    assert times_of(read(feed, tmp_path, "T1"), "T1") == [(1, 0, 0), (2, 10, 10), (3, 20, 20)]


def test_one_time_of_two_is_both_and_flexible_service_is_none(tmp_path: Path) -> None:
    feed = small_feed()
    feed.rows("stop_times")[1]["departure_time"] = ""
    feed.rows("stop_times")[0]["arrival_time"] = ""
    feed.rows("stop_times")[2]["location_id"] = "zone"
    assert times_of(read(feed, tmp_path, "T1"), "T1") == [(1, 0, 0), (2, 10, 10)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("8:00:00", 28_800),
        ("25:30:00", 91_800),
        ("240:00:00", 864_000),
        ("240:00:01", None),
        ("08:00", None),
        ("08:00:60", None),
        ("", None),
        ("-1:00:00", None),
    ],
)
def test_times_of_a_service_day(text: str, seconds: int | None) -> None:
    assert parse_time(text) == seconds


def test_dates_are_eight_digits() -> None:
    assert parse_date("20260302") == date(2026, 3, 2)
    assert [parse_date(text) for text in ("2026-03-02", "20260230", "", "202603021")] == [None] * 4


def test_a_service_day_begins_twelve_hours_before_noon() -> None:
    winter, spring = (day_start_s(date(2026, 3, day), "Europe/Berlin") for day in (28, 29))
    summer, autumn = (day_start_s(date(2026, 10, day), "Europe/Berlin") for day in (24, 25))
    assert (spring - winter, autumn - summer) == (23 * 3600, 25 * 3600)
    assert (offset_s(winter, "Europe/Berlin"), offset_s(spring + 12 * 3600, "Europe/Berlin")) == (3600, 7200)


def test_calendar_dates_speak_before_the_calendar_and_the_first_of_equal_rows_counts(tmp_path: Path) -> None:
    feed = small_feed()
    row = feed.rows("calendar")[0]
    row["sunday"], row["saturday"] = "0", "2"
    feed.add("calendar", **(row | {"sunday": "1"}))
    for day, kind in (("20260302", 2), ("20260302", 1), ("20260308", 1), ("20260303", 3), ("2026030", 2)):
        feed.add("calendar_dates", service_id="S", date=day, exception_type=kind)
    services = read(feed, tmp_path, "T1").services
    days = [day for day in range(1, 9) if services.runs_on("S", date(2026, 3, day))]
    assert days == [3, 4, 5, 6, 8]
    assert not services.runs_on("S", date(2025, 12, 31))
    assert not services.runs_on("OTHER", date(2026, 3, 4))


def test_agencies_without_a_zone_and_routes_without_an_agency_take_the_first(tmp_path: Path) -> None:
    feed = small_feed()
    agency = feed.rows("agency")[0]
    feed.tables["agency"] = [agency | {"agency_id": "N", "agency_timezone": "Mars/Olympus"}, agency]
    feed.add("agency", **(agency | {"agency_id": "L", "agency_timezone": "Europe/London"}))
    routes = {"R": "L", "R2": "", "R3": "NOPE", "R4": "M"}
    feed.tables["routes"] = [feed.rows("routes")[0] | {"route_id": r, "agency_id": a} for r, a in routes.items()]
    for number in range(4):
        feed.tables["trips"].append(feed.rows("trips")[0] | {"route_id": f"R{number + 1}", "trip_id": f"U{number}"})
    read_feed = read(feed, tmp_path, "T1", "U0", "U1", "U2", "U3")
    assert {trip.id: trip.route.agency for trip in read_feed.trips.values()} == {
        "T1": "L", "U1": "N", "U2": "N", "U3": "M",
    }  # fmt: skip
    zones = [read_feed.zone_of(read_feed.trips[trip]) for trip in ("T1", "U1")]
    assert zones == ["Europe/London", "Europe/Berlin"]
    assert read_feed.stops.by_id["A"].zone == "Europe/Berlin"


def test_places_take_from_their_station_what_they_do_not_say(tmp_path: Path) -> None:
    feed = small_feed()
    for name, kind, parent, more in (
        ("Z", 1, "", {"wheelchair_boarding": 2, "stop_timezone": "Europe/London"}),
        ("P", 0, "Z", {"stop_timezone": "Europe/Paris"}),
        ("Q", 0, "Z", {"wheelchair_boarding": 1}),
        ("AREA", 4, "P", {}),
        ("LOST", 0, "NOPE", {"stop_timezone": "Mars/Olympus"}),
        ("ODD", 0, "P", {}),
        ("E", 2, "Z", {}),
    ):
        feed.add("stops", stop_id=name, stop_name=name, location_type=kind, parent_station=parent, **more)
    stops = read(feed, tmp_path, "T1").stops
    known = stops.by_id
    assert {stop: known[stop].wheelchair for stop in ("P", "Q", "AREA", "LOST", "ODD")} == {
        "P": 2, "Q": 1, "AREA": 2, "LOST": 0, "ODD": 0,
    }  # fmt: skip
    assert {known[stop].zone for stop in ("Z", "P", "AREA", "E")} == {"Europe/London"}
    assert {known[stop].zone for stop in ("LOST", "ODD")} == {"Europe/Berlin"}
    assert [stop.id for stop in stops.standing_for(known["Z"])] == ["P", "Q"]
    assert [stop.id for stop in stops.standing_for(known["AREA"])] == ["AREA"]
    assert stops.standing_for(known["E"]) == []


@pytest.mark.parametrize(
    ("lat", "lon", "is_known"),
    [
        ("52.5", "13.4", True),
        ("0.5", "-0.5", False),
        ("0.5", "13.4", True),
        ("89.5", "13.4", False),
        ("91", "13.4", False),
        ("52.5", "181", False),
        ("nan", "13.4", False),
        ("", "13.4", False),
    ],
)
def test_coordinates_that_nobody_means_are_none(lat: str, lon: str, is_known: bool, tmp_path: Path) -> None:
    feed = small_feed()
    feed.rows("stops")[0].update(stop_lat=lat, stop_lon=lon)
    assert (read(feed, tmp_path, "T1").stops.by_id["A"].position is not None) == is_known


def test_a_frequency_row_that_cannot_be_is_none_and_without_any_the_trip_does_not_run(tmp_path: Path) -> None:
    feed = small_feed()
    rows = [
        ("T1", "08:00:00", "09:00:00", 600, 0),
        ("T1", "08:00:00", "10:00:00", 300, 0),
        ("T1", "09:00:00", "09:00:00", 600, 0),
        ("T1", "10:00:00", "11:00:00", 900, 2),
        ("T2", "10:00:00", "09:00:00", 600, 0),
        ("T2", "soon", "09:00:00", 600, 0),
        ("T2", "08:00:00", "09:00:00", 0, 0),
    ]
    for trip, start, end, headway, exact in rows:
        feed.add("frequencies", trip_id=trip, start_time=start, end_time=end, headway_secs=headway, exact_times=exact)
    found = read(feed, tmp_path, "T1", "T2")
    periods = [(p.start_s // 3600, p.end_s // 3600, p.headway_s, p.is_exact) for p in found.frequencies.periods["T1"]]
    assert periods == [(8, 9, 600, False), (10, 11, 900, False)]
    assert found.calls.keys() == {"T1"}


def test_route_types_and_colours_that_are_none(tmp_path: Path) -> None:
    feed = small_feed()
    for value, read_as in (("3", 3), ("+3", 3), ("700", 700), ("9", 1700), ("bus", 1700), ("", 1700)):
        feed.rows("routes")[0].update(route_type=value, route_color="red")
        route = read(feed, tmp_path, "T1").trips["T1"].route
        assert (route.type, route.color) == (read_as, "")


def test_of_rows_about_two_trips_the_most_specific_one_speaks(tmp_path: Path) -> None:
    feed = feeds_of("""
        station Z: B
        A 08:00 > B 08:10 / x, trip T1, route IN
        B 08:20 > C 08:30 / x, trip T2, route OUT
        transfer x Z > Z 2 60
        transfer x B > B 2 120
        transfer x B > B 2 999
        transfer x B > B 3, from route IN
        transfer x B > B 2 180, from route IN, to route OUT
        transfer x Z > Z 2 240, from trip T1, from route OUT
        transfer x B > Z 1, from trip T1, to route OUT
        transfer x NOPE > B 3, from trip T1, to trip T2
    """)["x"]
    feed.tables["stops"] = [row for row in feed.rows("stops") if row["stop_id"] != "NOPE"]
    found = read(feed, tmp_path, "T1", "T2")
    b = found.stops.by_id["B"]

    def said(left: Ridden, boarded: Ridden) -> tuple[int, int] | None:
        rule = found.transfers.rule(b, b, left, boarded)
        return None if rule is None else (rule.kind, rule.change_s)

    nobody, t1, t2 = Ridden("", ""), Ridden("T1", "IN"), Ridden("T2", "OUT")
    assert said(nobody, nobody) == (2, 120)
    assert said(t1, t2) == (1, 0)
    assert said(t1, nobody) == (2, 240)
    assert said(Ridden("T9", "IN"), t2) == (2, 180)
    assert said(Ridden("T9", "IN"), nobody) == (3, 0)


def test_names_may_be_translated_by_record_or_by_text(tmp_path: Path) -> None:
    feed = small_feed()
    rows = [
        ("stops", "stop_name", "A", "", "Alpha"),
        ("stops", "stop_name", "", "Stop B", "Beta"),
        ("trips", "stop_name", "A", "", "no table of stops"),
        ("stops", "stop_desc", "A", "", "not a name"),
    ]
    for table, field, record, value, text in rows:
        feed.add("translations", table_name=table, field_name=field, language="el", record_id=record,
                 field_value=value, translation=text)  # fmt: skip
    spoken = read(feed, tmp_path, "T1").translations.spoken
    assert spoken("stop_name", "A", "Stop A") == {"Stop A", "Alpha"}
    assert spoken("stop_name", "B", "Stop B") == {"Stop B", "Beta"}
    assert spoken("stop_name", "C", "Stop C") == {"Stop C"}


def test_a_table_that_the_feed_can_do_without_costs_only_itself(tmp_path: Path) -> None:
    files = small_files() | {"transfers.txt": b'"', "pathways.txt": b"pathway_id\n1\n"}
    path = zip_of(tmp_path / "feed.zip", files)
    assert read_raw_feed("x", path, Wanted({"T1"})).calls.keys() == {"T1"}


@pytest.mark.parametrize(
    ("file", "data", "complaint"),
    [
        ("stop_times.txt", b"trip_id;stop_id\n", "feed x (feed.zip): stop_times.txt: row 1: no column "),
        (
            "agency.txt",
            b"agency_id,agency_timezone\nM,Mars/Olympus\n",
            "feed x: agency.txt: agency_timezone: no agency",
        ),
        ("stops.txt", "stop_id\n".encode("utf-16"), "feed x (feed.zip): stops.txt: the text is UTF-16"),
    ],
)
def test_a_feed_that_cannot_be_read_is_one_clear_error(file: str, data: bytes, complaint: str, tmp_path: Path) -> None:
    path = zip_of(tmp_path / "feed.zip", small_files() | {file: data})
    with pytest.raises(ReplayError, match=r"^[^\n]*$") as error:
        read_raw_feed("x", path, Wanted({"T1"}))
    assert str(error.value).startswith(complaint)
    with pytest.raises(ReplayError, match="feed x: "):
        read_raw_feed("x", tmp_path / "none.zip", Wanted())


def test_places_are_stops_by_either_name_or_coordinates(tmp_path: Path) -> None:
    feed = small_feed()
    feed.rows("stops")[2]["stop_id"] = "1,2"
    one = Feeds({"x": read(feed, tmp_path)}, Providers())
    for name, place_id in (("x_A", "x_A"), ("A", "x_A"), ("1,2", "x_1,2"), ("52.5,13.4", "52.5,13.4")):
        place = one.find_place(name)
        assert place is not None
        assert place.id == place_id
    assert one.find_place("x_NOPE") is None
    two = Feeds({"x": one.raw["x"], "y": one.raw["x"]}, Providers())
    assert two.find_place("A") is None
