"""A right journey with one thing made wrong: the replay says exactly that, for every code that there is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline import WalkOptions
from ingest.replay import CODES, Fault, replay_journeys
from routing import Router
from routing.compare.comparison import query_dict
from tests.scenarios.drawn import network_of, query_of
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of, position

TEXT = """
    stop B 0 0
    stop P 99.9 0
    stop Q 20000 0
    stop R 20099.9 0
    station Z: Q R
    entrance EN 20300 0 of Z
    days WEEK 1111100 2026-01-01 2026-12-31
    A 08:00 > M 08:04 08:05 > N 08:06 > B 08:10 / x, trip T1, route R1, service WEEK, wheelchair 1
    A 08:30 > M 08:34 08:35 > N 08:36 > B 08:40 / x, trip T1B, route R1, wheelchair 1
    B 08:20 > C 08:30 / x, trip T2, route R2, wheelchair 1
    B 08:11 > C 08:21 / x, trip T2A, route R2, service NEVER, wheelchair 1
    P 08:20 > D 08:30 / y, trip T3
    A 0:00 > H 0:10 > I 0:20 / x, trip HW, every 600 from 06:00 to 10:00
    A 0:00 > J 0:10 / x, trip EX, exact 600 from 06:00 to 10:00
    A 08:00 > F 08:10 / x, trip S1, block 1
    F 08:15 > G 08:20 / x, trip S2, block 1
    A 08:00 > Q 08:40 / x, trip U1
    R 09:00 > V 09:10 / x, trip U2
    pathway x Q <> R stairs 30 m
    pathway x Q <> EN walkway 200 m
    pathway x R <> EN walkway 200 m
    transfer x B > B 2 120
"""
NEAR_A = "near A"

Journey = dict[str, Any]
Change = Callable[["Case"], None]


@dataclass
class Case:
    """A journey's JSON with its query, and the feeds that it is held against: changes make one of them wrong."""

    document: dict[str, Any]
    feeds: dict[str, GtfsFeed]
    terms: dict[str, Any] = field(default_factory=dict)

    @property
    def journey(self) -> Journey:
        """The only journey."""
        (journey,) = self.document["journeys"]
        assert isinstance(journey, dict)
        return journey

    def leg(self, number: int) -> dict[str, Any]:
        """A leg of it."""
        leg = self.journey["legs"][number]
        assert isinstance(leg, dict)
        return leg

    @property
    def query(self) -> dict[str, Any]:
        """What was asked."""
        query = self.document["query"]
        assert isinstance(query, dict)
        return query

    def row(self, table: str, key: str, value: str, number: int = 0, feed: str = "x") -> dict[str, str]:
        """A row of a table, the `number`th of those with that value."""
        return [row for row in self.feeds[feed].rows(table) if row[key] == value][number]


@cache
def drawn() -> tuple[dict[str, GtfsFeed], Router]:
    """The network, and the router on it."""
    feeds = feeds_of(TEXT)
    feeds["x"].add("calendar_dates", service_id="NEVER", date="20260601", exception_type=1)
    for feed in feeds.values():
        feed.add("translations", table_name="stops", field_name="stop_name", language="en", record_id="A")
    return feeds, Router(network_of(feeds, WalkOptions()))


def case(origin: str, destination: str, time: str = "07:55", date: str = "2026-03-02", **more: Any) -> Case:
    """The only journey in vehicles from one stop to another, with its query."""
    feeds, router = drawn()
    place = position(10_000 * 5, 50_000) if origin == NEAR_A else f"x_{origin}"
    if origin == NEAR_A:
        row = next(row for row in feeds["x"].rows("stops") if row["stop_id"] == "A")
        place = float(row["stop_lat"]) + 0.0009, float(row["stop_lon"])
    query = query_of(place, destination if "_" in destination else f"x_{destination}", time, date=date, **more)
    rides = [journey.to_dict() for journey in router.journeys(query) if journey.rides]
    assert len(rides) == 1
    return Case({"query": query_dict(query), "journeys": rides}, copy.deepcopy(feeds))


def replayed(wrong: Case, folder: Path) -> list[Fault]:
    """The faults that are found."""
    paths = {feed_id: feed.write_folder(folder / feed_id) for feed_id, feed in wrong.feeds.items()}
    return list(replay_journeys(json.loads(json.dumps(wrong.document)), paths).faults)


RIDE = ("A", "B")
CHANGE = ("A", "C")
ON_FOOT = ("A", "y_D")
ACCESS = (NEAR_A, "B")
HEADWAY = ("A", "H")
EXACT = ("A", "J")
SEATED = ("A", "G")
STATION = ("A", "V")


def put(number: int, name: str, value: Any) -> Change:
    """A field of a leg said wrong."""

    def change(wrong: Case) -> None:
        assert wrong.leg(number)[name] != value
        wrong.leg(number)[name] = value

    return change


def put_whole(name: str, value: Any) -> Change:
    """A field of the journey said wrong."""

    def change(wrong: Case) -> None:
        assert wrong.journey[name] != value
        wrong.journey[name] = value

    return change


def ask_for(name: str, value: Any) -> Change:
    """Something else asked for."""

    def change(wrong: Case) -> None:
        assert wrong.query.get(name) != value
        wrong.query[name] = value

    return change


def later(name: str, number: int | None, seconds: int) -> Change:
    """A time of a leg or of the journey some seconds later."""

    def change(wrong: Case) -> None:
        place = wrong.journey if number is None else wrong.leg(number)
        place[name] = _later(place[name], seconds)

    return change


def _later(text: str, seconds: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat()


def cell(table: str, key: str, value: str, column: str, text: str, number: int = 0) -> Change:
    """A cell of the feed that says something else."""

    def change(wrong: Case) -> None:
        row = wrong.row(table, key, value, number)
        assert row.get(column) != text
        row[column] = text

    return change


def add_row(table: str, **values: object) -> Change:
    """A row more in the feed."""

    def change(wrong: Case) -> None:
        wrong.feeds["x"].add(table, **values)

    return change


def drop_walk(wrong: Case) -> None:
    """The walk to the second vehicle left out."""
    del wrong.journey["legs"][1]


def move_the_agency(wrong: Case) -> None:
    """The agency goes by other clocks; what riders see at stops stays."""
    for row in wrong.feeds["x"].rows("stops"):
        row["stop_timezone"] = "Asia/Jakarta"
    wrong.row("agency", "agency_id", "A")["agency_timezone"] = "Asia/Makassar"


def turn_the_pathway(wrong: Case) -> None:
    """The way between the platforms leads back only, and so does that from the second one to the entrance."""
    wrong.row("pathways", "pathway_id", "W3")["is_bidirectional"] = "0"
    row = wrong.row("pathways", "pathway_id", "W1")
    row |= {"from_stop_id": row["to_stop_id"], "to_stop_id": row["from_stop_id"], "is_bidirectional": "0"}


def walk_twice(wrong: Case) -> None:
    """The walk cut in two where nothing is: each half is right by itself."""
    walk = wrong.leg(1)
    again = copy.deepcopy(walk)
    again |= {"departure": walk["arrival"], "distance_m": 0, "from_place": walk["to_place"]}
    again |= {f"from_{name}": walk[f"to_{name}"] for name in ("name", "lat", "lon")}
    wrong.journey["legs"].insert(2, again)


def walk_on_the_spot(wrong: Case) -> None:
    """A walk of 0 m between two vehicles at one stop, so that its change time would not count."""
    left = wrong.leg(0)
    walk = {"kind": "walk", "from_place": "x_B", "to_place": "x_B", "distance_m": 0}
    wrong.journey["legs"].insert(1, walk | {"departure": left["arrival"], "arrival": left["arrival"]})


def close_the_stop(wrong: Case) -> None:
    """A wheelchair in a trip that takes it, to a stop that does not."""
    wrong.query["wheelchair"] = True
    wrong.row("stops", "stop_id", "B")["wheelchair_boarding"] = "2"


def take_the_earlier_trip(wrong: Case) -> None:
    """The second trip of the route, which leaves a minute after the first vehicle is there."""
    wrong.row("trips", "trip_id", "T2A")["service_id"] = "DAILY"
    leg = wrong.leg(1)
    leg |= {"trip_id": "x_T2A", "wait_s": 60}
    leg |= {name: _later(leg[name], -540) for name in ("departure", "arrival")}
    wrong.journey["arrival"] = leg["arrival"]


def leave_before_arriving(wrong: Case) -> None:
    """A trip that has left when the rider comes."""
    take_the_earlier_trip(wrong)
    for row in wrong.feeds["x"].rows("stop_times"):
        if row["trip_id"] == "T2A":
            for name in ("arrival_time", "departure_time"):
                row[name] = f"08:{int(row[name][3:5]) - 2:02d}:00"
    leg = wrong.leg(1)
    leg |= {name: _later(leg[name], -120) for name in ("departure", "arrival")}
    leg["wait_s"] = -60
    wrong.journey["arrival"] = leg["arrival"]


def ride_past_the_window(wrong: Case) -> None:
    """A vehicle an hour after the last one."""
    for place in (wrong.leg(0), wrong.journey):
        place |= {name: _later(place[name], 3 * 3600) for name in ("departure", "arrival")}
    wrong.query["time"] = wrong.journey["departure"]


FAULTS: list[tuple[str, tuple[str, str], Change]] = [
    ("unknown_feed", RIDE, put(0, "trip_id", "z_T1")),
    ("wrong_feed", RIDE, put(0, "feed", "y")),
    ("unknown_trip", RIDE, put(0, "trip_id", "x_T9")),
    ("unknown_trip", RIDE, cell("trips", "trip_id", "T1", "route_id", "R9")),
    ("unusable_trip", RIDE, cell("stop_times", "trip_id", "T1", "departure_time", "soon", 2)),
    ("unusable_trip", RIDE, cell("stop_times", "trip_id", "T1", "arrival_time", "08:03:00", 2)),
    ("wrong_route", RIDE, put(0, "route_id", "x_R2")),
    ("wrong_provider", RIDE, put(0, "provider", "y")),
    ("wrong_label", RIDE, put(0, "route_short_name", "R7")),
    ("wrong_label", RIDE, put(0, "route_long_name", "Elsewhere")),
    ("wrong_label", RIDE, put(0, "route_color", "FF0000")),
    ("wrong_label", RIDE, put(0, "route_type", 1)),
    ("wrong_label", RIDE, put(0, "headsign", "Elsewhere")),
    ("wrong_label", RIDE, put(0, "from_name", "Elsewhere")),
    ("wrong_label", ON_FOOT, put(1, "to_name", "Elsewhere")),
    ("not_running", RIDE, put(0, "service_date", "2026-03-01")),
    ("not_running", RIDE, add_row("calendar_dates", service_id="WEEK", date="20260302", exception_type=2)),
    ("unknown_call", RIDE, put(0, "to_stop_sequence", 9)),
    ("wrong_stop", RIDE, put(0, "from_stop", "x_M")),
    ("wrong_stop", RIDE, put(0, "from_stop_sequence", 2)),
    ("wrong_order", RIDE, lambda wrong: wrong.leg(0).update(to_stop="x_A", to_stop_sequence=1)),
    ("no_boarding", RIDE, cell("stop_times", "trip_id", "T1", "pickup_type", "1")),
    ("no_alighting", RIDE, cell("stop_times", "trip_id", "T1", "drop_off_type", "1", 3)),
    ("wrong_calls", RIDE, lambda wrong: wrong.leg(0)["intermediate_stops"].pop()),
    ("wrong_calls", RIDE, lambda wrong: wrong.leg(0)["intermediate_stops"][0].update(stop="x_N")),
    ("wrong_calls", RIDE, cell("stop_times", "trip_id", "T1", "departure_time", "08:04:30", 1)),
    ("wrong_position", RIDE, put(0, "from_lat", -6.1)),
    ("wrong_position", ON_FOOT, put(1, "to_lon", 106.7)),
    ("wrong_position", RIDE, lambda wrong: wrong.leg(0)["intermediate_stops"][1].update(lat=0.0)),
    ("wrong_time", RIDE, later("departure", 0, 60)),
    ("wrong_time", RIDE, later("arrival", 0, -1)),
    ("wrong_time", CHANGE, put(0, "trip_id", "x_T1B")),
    ("wrong_time", HEADWAY, later("arrival", 0, 1)),
    ("wrong_time", EXACT, later("arrival", 0, 1)),
    ("wrong_time", RIDE, move_the_agency),
    ("wrong_time", ON_FOOT, later("departure", 1, 30)),
    ("wrong_offset", RIDE, put(0, "arrival", "2026-03-02T01:10:00+00:00")),
    ("off_grid", EXACT, later("departure", 0, 1)),
    ("outside_window", HEADWAY, ride_past_the_window),
    ("wrong_headway", HEADWAY, put(0, "headway_s", 300)),
    ("wrong_headway", HEADWAY, put(0, "headway_s", None)),
    ("wrong_headway", RIDE, put(0, "headway_s", 600)),
    ("wrong_headway_wait", HEADWAY, later("departure", 0, 60)),
    ("wrong_headway_wait", HEADWAY, ask_for("headway_wait", "worst")),
    ("wrong_headway_wait", HEADWAY, ask_for("headway_wait", "none")),
    ("wrong_wait", RIDE, put(0, "wait_s", 60)),
    ("wrong_wait", ON_FOOT, put(2, "wait_s", 600)),
    ("wrong_wait", RIDE, later("departure", None, -60)),
    ("not_seated", SEATED, cell("trips", "trip_id", "S2", "block_id", "2")),
    ("not_seated", SEATED, add_row("transfers", from_trip_id="S1", to_trip_id="S2", transfer_type=5)),
    ("not_seated", SEATED, add_row("transfers", from_trip_id="S1", to_trip_id="T2", transfer_type=4)),
    ("not_seated", RIDE, put(0, "stay_seated", True)),
    ("not_scheduled", RIDE, put(0, "realtime", True)),
    ("not_scheduled", RIDE, put(0, "alerts", [{"header": "Late"}])),
    ("not_scheduled", RIDE, put(0, "scheduled_departure", "2026-03-02T07:59:00+07:00")),
    ("not_scheduled", RIDE, put(0, "scheduled_arrival", None)),
    ("unknown_place", ON_FOOT, put(1, "to_place", "nowhere")),
    ("wrong_distance", ON_FOOT, put(1, "distance_m", 50)),
    ("wrong_walk_time", ON_FOOT, later("arrival", 1, 1)),
    ("wrong_walk_time", ON_FOOT, put(1, "distance_m", 140)),
    ("wrong_walk_time", ACCESS, ask_for("walk_speed_m_per_s", 1.5)),
    ("wrong_walk_time", STATION, cell("pathways", "pathway_id", "W1", "traversal_time", "200")),
    ("wrong_distance", STATION, cell("pathways", "pathway_id", "W1", "length", "31")),
    ("no_way", STATION, turn_the_pathway),
    ("no_way", CHANGE, walk_on_the_spot),
    ("walk_too_long", ON_FOOT, ask_for("max_walk_s", 108)),
    ("gap", ON_FOOT, drop_walk),
    ("gap", ON_FOOT, lambda wrong: wrong.leg(1).update(from_place="x_N")),
    ("two_walks", ON_FOOT, walk_twice),
    ("out_of_order", CHANGE, leave_before_arriving),
    ("out_of_order", ON_FOOT, later("departure", 1, -60)),
    ("change_too_short", CHANGE, take_the_earlier_trip),
    ("change_too_short", CHANGE, ask_for("transfer_slack_s", 481)),
    ("change_too_short", CHANGE, cell("transfers", "to_stop_id", "B", "min_transfer_time", "601")),
    ("change_forbidden", CHANGE, cell("transfers", "to_stop_id", "B", "transfer_type", "3")),
    (
        "change_forbidden",
        CHANGE,
        add_row("transfers", from_stop_id="B", to_stop_id="B", from_route_id="R1", to_trip_id="T2", transfer_type=3),
    ),
    ("change_forbidden", STATION, add_row("transfers", from_stop_id="Z", to_stop_id="R", transfer_type=3)),
    ("wrong_total", RIDE, later("arrival", None, 60)),
    ("wrong_total", RIDE, later("departure", None, 60)),
    ("wrong_total", ACCESS, later("departure", None, -60)),
    ("wrong_total", CHANGE, put_whole("transfers", 0)),
    ("wrong_total", ON_FOOT, put_whole("providers", ["x"])),
    ("outside_search", RIDE, ask_for("time", "2026-03-02T08:00:01+07:00")),
    ("outside_search", RIDE, ask_for("arrive_by", True)),
    ("outside_search", RIDE, ask_for("time", "2026-03-01T08:09:59+07:00")),
    ("wrong_end", RIDE, ask_for("from", "x_M")),
    ("wrong_end", RIDE, ask_for("to", "nowhere")),
    ("wrong_end", ACCESS, ask_for("from", "-6.2,106.8")),
    ("too_many_transfers", CHANGE, ask_for("max_transfers", 0)),
    ("provider_not_asked", ON_FOOT, ask_for("providers", ["x"])),
    ("mode_not_asked", RIDE, ask_for("modes", [0, 1])),
    ("no_wheelchairs", RIDE, close_the_stop),
    ("no_wheelchairs", ("A", "F"), ask_for("wheelchair", True)),
]


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize(("code", "trip", "change"), FAULTS, ids=_name)
def test_one_thing_wrong_is_one_fault_of_its_kind(
    code: str, trip: tuple[str, str], change: Change, tmp_path: Path
) -> None:
    right = case(*trip)
    assert replayed(right, tmp_path / "right") == []
    change(right)
    faults = replayed(right, tmp_path / "wrong")
    assert faults
    # A leg that is wholly elsewhere in time has two times wrong.
    fields = ["departure", "arrival"] if len(faults) == 2 and code == "wrong_time" else [faults[0].field]
    assert [(fault.code, fault.field) for fault in faults] == [(code, field) for field in fields], faults
    for fault in faults:
        where = "journeys[0]" if fault.leg is None else f"journeys[0].legs[{fault.leg}]"
        assert fault.expected != fault.found
        told = f"{where}: {fault.field} is {fault.found}, expected {fault.expected}: {CODES[code]}"
        assert fault.message == told


def test_every_code_has_a_fault_that_shows_it() -> None:
    assert {code for code, _, _ in FAULTS} == CODES.keys()
