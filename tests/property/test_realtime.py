"""What real time says equals a feed that says so itself; and no message, however broken, costs more than itself."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Network
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from routing import Query, Router
from routing.compile import compile_timetable
from routing.timetable import check_timetable
from tests.scenarios.drawn import network_of, query_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.realtime import NOW, Trip, Update, call, heard, message, trip_update
from tests.support.timetable_text import clock, feeds_of

TRIPS = {f"T{number}": 8 * 3600 + 300 * number for number in range(6)}
STOPS = ("A", "B", "C", "D")
TEXT = (
    "\n".join(
        " > ".join(f"{stop} {clock(start + 600 * place)}" for place, stop in enumerate(STOPS)) + f" / x, trip {trip}"
        for trip, start in TRIPS.items()
    )
    + """
    B 08:05 > E 08:25 > D 08:31 / y, trip U1
    B 08:45 > E 09:05 > D 09:11 / y, trip U2
    D 08:30 > F 08:50 / x, trip V1, block 1
    F 08:50 > G 09:10 / x, trip V2, block 1
    transfer x B > B 2 120, from trip T1
"""
)
DAY = {"start_date": "20260302"}


@cache
def base() -> tuple[GtfsFeed, GtfsFeed, Network]:
    feeds = feeds_of(TEXT)
    return feeds["x"], feeds["y"], network_of(feeds)


def edited(delays: dict[str, list[int | None]]) -> Network:
    """The feed as it would be if it said itself what real time says: None means that the trip does not run."""
    feed, other, _ = base()
    changed = copy.deepcopy(feed)
    for table in ("trips", "stop_times", "transfers"):
        changed.tables[table] = [
            row for row in changed.rows(table) if delays.get(row.get("trip_id", row.get("from_trip_id", ""))) != [None]
        ]
    for row in changed.rows("stop_times"):
        late = delays.get(row["trip_id"])
        if late is not None:
            place = int(row["stop_sequence"]) - min(
                int(other["stop_sequence"]) for other in feed.rows("stop_times") if other["trip_id"] == row["trip_id"]
            )
            for name in ("arrival_time", "departure_time"):
                hours, minutes, seconds = map(int, row[name].split(":"))
                row[name] = clock(hours * 3600 + minutes * 60 + seconds + (late[place] or 0))
    return network_of({"x": changed, "y": other})


def said(delays: dict[str, list[int | None]]) -> bytes:
    feed = base()[0]
    entities = []
    for trip, late in delays.items():
        if late == [None]:
            entities.append(trip_update({"trip_id": trip, **DAY, "schedule_relationship": Trip.CANCELED}))
            continue
        numbers = sorted(int(row["stop_sequence"]) for row in feed.rows("stop_times") if row["trip_id"] == trip)
        calls = [call(number, arrival=s, departure=s) for number, s in zip(numbers, late, strict=True)]
        entities.append(trip_update({"trip_id": trip, **DAY}, *calls))
    return message(*entities)


def answers(router: Router, query: Query) -> list[Any]:
    """Journeys of that Monday: what real time says is for one date."""
    return [
        (journey.departure, journey.arrival, journey.transfers, [leg.trip_id for leg in journey.rides])
        for journey in router.journeys(query)
        if journey.departure.date() == query.time.date()
    ]


# A hop takes ten minutes: delays that differ by less never turn time around.
LATE = st.lists(st.integers(0, 599), min_size=4, max_size=4)
DELAYS = st.dictionaries(st.sampled_from([*TRIPS]), st.one_of(st.just([None]), LATE), max_size=5)


@thorough(10)
@given(DELAYS, st.sampled_from([("x_A", "x_D"), ("x_A", "y_E"), ("x_B", "x_G"), ("x_A", "x_C")]), st.booleans())
def test_a_patched_timetable_answers_as_a_feed_that_says_so_itself(
    delays: dict[str, list[int | None]], ends: tuple[str, str], arrive_by: bool
) -> None:
    _, patch = heard(base()[2], said(delays))
    live, plain = Router(base()[2]).live([patch]), Router(edited(delays))
    for time in ("07:55", "08:11", "09:15"):
        query = query_of(*ends, time, arrive_by=arrive_by)
        mine, theirs = answers(live, query), answers(plain, query)
        assert [row[:3] for row in mine] == [row[:3] for row in theirs]


def calls() -> st.SearchStrategy[Update]:
    number = st.one_of(st.none(), st.integers(0, 6), st.integers(0, 2**32 - 1))
    value = st.one_of(st.none(), st.integers(-2000, 2000), st.integers(-(2**31), 2**31 - 1))
    stop = st.sampled_from(["", "A", "B", "D", "NOPE"])
    return st.builds(call, number, stop, value, value, schedule_relationship=st.integers(0, 3))


HOSTILE = st.builds(
    lambda trip, relation, date, start, updates: trip_update(
        {"trip_id": trip, "schedule_relationship": relation, "start_date": date, "start_time": start}, *updates
    ),
    st.sampled_from(["T1", "T2", "V1", "V2", "NOPE", ""]),
    st.sampled_from([0, 1, 2, 3, 5, 6, 7, 8]),
    st.sampled_from(["20260302", "20260303", "", "99999999", "x", "00010101", "99991231"]),
    st.sampled_from(["", "08:00:00", "99:00:00", "1:2:3"]),
    st.lists(calls(), max_size=6),
)
GOOD = trip_update({"trip_id": "T5", **DAY}, call(1, departure=60), name="good")


@thorough(150)
@given(st.lists(HOSTILE, max_size=6), st.integers(0, 6))
def test_hostile_entities_never_raise_and_never_cost_a_good_one(entities: list[Any], at: int) -> None:
    network = base()[2]
    entities.insert(min(at, len(entities)), GOOD)
    report, patch = heard(network, message(*entities))
    assert report.applied + sum(report.ignored.values()) == len(entities)
    row = FeedIndex(network, "x").trips["T5"]
    assert row in patch.trips.trip.tolist()
    live = Router(network).live([patch])
    timetable = compile_timetable(live.network, NOW // 86_400 * 86_400, 2 * 86_400)
    check_timetable(timetable)
    late = [time for time in ("08:26",) if answers(live, query_of("x_A", "x_D", time))]
    assert late


@thorough(300)
@given(st.data())
def test_broken_bytes_never_raise(data: st.DataObject) -> None:
    index = FeedIndex(base()[2], "x")
    sound = bytearray(message(GOOD, trip_update({"trip_id": "T1", **DAY}, call(1, departure=1))))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(sound) - 1))
        sound[place] ^= 1 << data.draw(st.integers(0, 7))
    for broken in (
        bytes(sound),
        bytes(sound[: data.draw(st.integers(0, len(sound)))]),
        data.draw(st.binary(max_size=99)),
    ):
        report, patch = apply_message(index, broken, NOW)
        assert (patch is None) == (report.reason is not None)


def test_one_broken_entity_costs_only_itself() -> None:
    lost = bytes([0x12, 4, 0x0A, 1, ord("b"), 0xFF])  # an entity that ends within a field
    report, patch = heard(base()[2], message(GOOD) + lost)
    assert (report.applied, {**report.ignored}) == (1, {"unreadable": 1})
    assert len(patch.trips) == 1
