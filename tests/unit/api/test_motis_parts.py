"""The small parts under the MOTIS endpoints: modes, cursors, ids, lists and places as clients type them."""

from __future__ import annotations

import base64
import contextlib
import json
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.cursors import LAST_INSTANT, Cursor, after, before, parse_cursor
from api.motis.asked import box_of, point_of, split_list
from api.motis.itinerary_ids import MOST_LEGS, RidePart, WalkPart, itinerary_id, parse_itinerary_id
from api.motis.modes import mode_of, modes_of, route_types_of, walks
from api.motis.trip_ids import motis_trip_id, run_of_id
from api.motis.versions import DESCRIBED, NEWEST, ApiVersion, versions_of
from routing import QueryError
from routing.trip_runs import run_of_leg
from tests.scenarios.drawn import query_of, router_of

FIFTH, NOW = ApiVersion(5), ApiVersion(NEWEST)
instants = st.integers(0, LAST_INSTANT)


@pytest.mark.parametrize(
    ("route_type", "mode"),
    [
        (0, "TRAM"), (1, "SUBWAY"), (2, "REGIONAL_RAIL"), (3, "BUS"), (4, "FERRY"), (5, "FUNICULAR"),
        (6, "AERIAL_LIFT"), (7, "FUNICULAR"), (11, "TRAM"), (12, "TRAM"), (100, "REGIONAL_RAIL"),
        (101, "HIGHSPEED_RAIL"), (102, "LONG_DISTANCE"), (105, "NIGHT_RAIL"), (109, "SUBURBAN"), (200, "COACH"),
        (401, "SUBWAY"), (700, "BUS"), (715, "BUS"), (900, "TRAM"), (1000, "FERRY"), (1100, "AIRPLANE"),
        (1300, "AERIAL_LIFT"), (1501, "ODM"), (1700, "OTHER"), (9999, "OTHER"),
    ],
)  # fmt: skip
def test_route_types_have_modes(route_type: int, mode: str) -> None:
    assert mode_of(route_type, NOW) == mode


def test_modes_had_other_names_before_the_fifth_version() -> None:
    fourth = ApiVersion(4)
    assert [mode_of(109, version) for version in (fourth, FIFTH)] == ["METRO", "SUBURBAN"]
    assert [mode_of(6, version) for version in (fourth, FIFTH)] == ["AREAL_LIFT", "AERIAL_LIFT"]
    assert modes_of([3, 1, 700], NOW) == ["SUBWAY", "BUS"]


def test_asked_modes_choose_route_types() -> None:
    known = {0, 1, 2, 3, 109}
    assert route_types_of(["TRANSIT"], "transitModes", known) is None
    assert route_types_of(["RAIL"], "transitModes", known) == {1, 2, 109}
    assert route_types_of(["METRO"], "transitModes", known) == {109}
    assert route_types_of(["SUBURBAN", "BUS"], "transitModes", known) == {109, 3}
    assert route_types_of(["WALK"], "transitModes", known) == frozenset()
    assert route_types_of([], "transitModes", known) == frozenset()
    with pytest.raises(QueryError, match="ROCKET"):
        route_types_of(["ROCKET"], "transitModes", known)
    assert walks(["BIKE", "WALK"], "directModes")
    assert not walks(["BIKE"], "directModes")
    with pytest.raises(QueryError, match="BUS"):
        walks(["BUS"], "directModes")


def test_every_endpoint_answers_from_its_first_version_to_the_newest() -> None:
    for path, described in DESCRIBED.items():
        found = versions_of(path)
        assert [version.number for version, _ in found] == list(range(described[0], NEWEST + 1))
        assert tuple(version.number for version, is_described in found if is_described) == described


@given(instants, st.integers(0, 86_400), st.sampled_from(["LATER", "EARLIER", "WINDOW"]), st.booleans())
def test_a_cursor_is_its_text(edge: int, apart: int, kind: str, alone: bool) -> None:
    other = max(edge - apart, 0) if kind == "LATER" else min(edge + apart, LAST_INSTANT)
    cursor = Cursor(kind, edge, None if alone and kind != "WINDOW" else other)  # type: ignore[arg-type] # of the three
    assert parse_cursor(str(cursor)) == cursor


@given(instants, st.integers(1, 86_400))
def test_the_page_after_leads_back_to_the_very_page(start: int, length: int) -> None:
    end = min(start + length, LAST_INSTANT)
    forth = after(start, end, None)
    assert before(end, end + 10, forth) == Cursor("WINDOW", start, end)
    back = before(start, end, None)
    assert after(start - 10, start, back) == Cursor("WINDOW", start, end)


@pytest.mark.parametrize(
    "text",
    ["", "LATER", "LATER|", "LATER|-1", "LATER|1.5", "later|1", "LATER|1|2|3", "LATER|99999999999", "WINDOW|1",
     "WINDOW|9|1", "WINDOW|0|99999999", "LATER|1|2", "EARLIER|2|1", "LATER|1\n", "SIDEWAYS|1"],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_cursor(text, "cursor")
    assert caught.value.field == "cursor"


@given(st.text(max_size=60))
def test_any_text_is_a_cursor_or_refused(text: str) -> None:
    with contextlib.suppress(QueryError):
        assert parse_cursor(str(parse_cursor(text))) == parse_cursor(text)


@pytest.mark.parametrize(
    ("value", "items"),
    [("a,b", ["a", "b"]), (["a", "b"], ["a", "b"]), (["a,b", "c"], ["a", "b", "c"]), ("", []), ([""], []), ([], [])],
)
def test_a_list_may_be_typed_in_two_ways(value: object, items: list[str]) -> None:
    assert split_list(value) == items


def test_coordinates_may_have_a_level_or_a_semicolon() -> None:
    assert point_of("-6.2,106.8", "place") == (-6.2, 106.8)
    assert point_of(" 1;2 ", "place") == (1, 2)
    assert point_of("1,2,-3", "place") == (1, 2)
    for bad in ("", "1", "1,2,3,4", "x,y", "91,0", "0,181", "1e9,0"):
        with pytest.raises(QueryError):
            point_of(bad, "place")
    box = box_of("-6.3,106.9", "-6.1,106.7")
    assert (box.south, box.west, box.north, box.east) == (-6.3, 106.7, -6.1, 106.9)


TEXT = """
A 08:00 > B 08:10 / x, trip T1, block 1
B 08:12 > C 08:20 / x, trip T2, block 1
"""


def test_an_itinerary_s_id_holds_its_vehicles_and_walks() -> None:
    router = router_of(TEXT)
    (journey,) = router.journeys(query_of("x_A", "x_C", "07:50"))
    parts = parse_itinerary_id(itinerary_id(journey)).parts
    assert [(part.trip, part.seated) for part in parts if isinstance(part, RidePart)] == [
        ("20260302_08:00_x_T1", False),
        ("20260302_08:12_x_T2", True),
    ]
    run = run_of_leg(journey.rides[0])
    assert run is not None
    assert run_of_id(router.network, motis_trip_id(run), datetime.now(UTC)).base_s == run.base_s


def _packed(parts: object) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(parts).encode())).decode().rstrip("=")


WALK = {"start": "0,0", "end": "0,1", "departure": 0, "seconds": 60, "metres": 70}


def test_a_walk_part_is_read_again() -> None:
    (part,) = parse_itinerary_id(_packed([WALK])).parts
    assert part == WalkPart(**WALK)  # type: ignore[arg-type] # of the right types


@pytest.mark.parametrize(
    "parts",
    [
        [], {}, None, "x", [1], [{}], [{**WALK, "more": 1}], [{**WALK, "seconds": -1}], [{**WALK, "metres": 10**9}],
        [{**WALK, "departure": 10**12}], [{**WALK, "start": 1}], [WALK] * (MOST_LEGS + 1), [{"trip": "a", "board": 1}],
        [{"trip": "a", "board": "1", "alight": 2}],
    ],
)  # fmt: skip
def test_what_is_no_itinerary_is_refused(parts: object) -> None:
    with pytest.raises(QueryError, match="itineraryId"):
        parse_itinerary_id(_packed(parts))


def test_an_id_that_unpacks_to_too_much_is_refused() -> None:
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" + b" " * 50_000_000 + b"]")).decode()
    with pytest.raises(QueryError, match="itineraryId"):
        parse_itinerary_id(bomb)


@given(st.text(max_size=200))
def test_any_text_is_an_id_or_refused(text: str) -> None:
    with pytest.raises(QueryError, match="itineraryId"):
        parse_itinerary_id(text)
