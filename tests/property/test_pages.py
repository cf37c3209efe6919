"""Pages of journeys: they share none, lose none, and lead back to where one came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from api.cursors import Cursor, after, before, parse_cursor
from api.motis.pages import MOST_SPAN_S, Page, PageSize, Timeline, make_page
from routing import Journey, Query, Router
from routing.instants import instant_s
from routing.runs import DAY_S
from routing.search import HORIZON_S, Wanted
from tests.property.test_metamorphic import query_of
from tests.scenarios.drawn import network_of, router_of
from tests.scenarios.drawn import query_of as drawn_query
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import Asked, cases

Case = tuple[dict[str, GtfsFeed], list[Asked]]
SMALL = cases(max_feeds=2, max_trips=4, max_questions=2)
SPAN_S = 900
DAY_OF_PAGES = 8


def _times(journeys: Sequence[Journey]) -> list[tuple[int, int, int]]:
    return sorted((journey.departure_s, journey.arrival_s, journey.transfers) for journey in journeys)


def _timeline(router: Router, query: Query) -> Timeline:
    return Timeline(router, query, router.ends(query), HORIZON_S)


def _size(wanted: int, most: int = 256) -> PageSize:
    return PageSize(SPAN_S, wanted, most, 60.0)


def _first(query: Query) -> Cursor:
    at = instant_s(query.time)
    return Cursor("EARLIER", at + 1) if query.arrive_by else Cursor("LATER", at)


def _turn(
    timeline: Timeline, size: PageSize, page: Page, came_from: Cursor | None, *, later: bool
) -> tuple[Page, Cursor]:
    """The page after or before, by the cursor as text; and that cursor."""
    text = str((after if later else before)(page.start, page.end, came_from))
    cursor = parse_cursor(text)
    return make_page(timeline, cursor, size), cursor


@thorough(12)
@given(SMALL, st.integers(1, 4))
def test_pages_share_no_journey_and_lose_none(case: Case, wanted: int) -> None:
    feeds, questions = case
    for feed in feeds.values():
        feed.tables.pop("frequencies", None)  # told once a headway from where a block begins: see below
    router = Router(network_of(feeds))
    for asked in questions:
        query = query_of(asked)
        if router.ends(query).is_same_place:
            continue
        timeline, size = _timeline(router, query), _size(wanted)
        page, cursor = make_page(timeline, _first(query), size), None
        pages = [page]
        for _ in range(DAY_OF_PAGES):
            page, cursor = _turn(timeline, size, page, cursor, later=not query.arrive_by)
            pages.append(page)
        ordered = sorted(pages, key=lambda page: page.start)
        assert all(one.end == other.start for one, other in pairwise(ordered))
        start, end = ordered[0].start, ordered[-1].end
        assert _times([j for page in pages for j in page.journeys]) == _all(timeline, start, end)


def _all(timeline: Timeline, start: int, end: int) -> list[tuple[int, int, int]]:
    """Every journey of [start, end) that no other beats, by asking again just after each that leaves (or arrives)."""
    found: set[tuple[int, int, int]] = set()
    query, by_arrival = timeline.query, timeline.query.arrive_by
    step = end - 1 if by_arrival else start
    while start <= step < end:
        asked = replace(query, time=datetime.fromtimestamp(step, UTC))
        epoch_s = timeline.router.timetable(asked).epoch_s
        midnight = step // DAY_S * DAY_S - 1 if by_arrival else (step // DAY_S + 1) * DAY_S
        rides = timeline.router.skeletons(asked, timeline.ends, Wanted(HORIZON_S + abs(midnight - step)))
        times = [(epoch_s + ride.departure, epoch_s + ride.arrival, ride.transfers) for ride in rides]
        found.update(times)
        near = [arrival if by_arrival else departure for departure, arrival, _ in times]
        step = max([midnight, *(at - 1 for at in near)]) if by_arrival else min([midnight, *(at + 1 for at in near)])
    inside = [t for t in found if start <= t[1 if by_arrival else 0] < end and t[1] - t[0] <= HORIZON_S]
    return sorted(time for time in inside if not any(_beats(other, time) for other in found))


def _beats(other: tuple[int, int, int], time: tuple[int, int, int]) -> bool:
    return other != time and other[0] >= time[0] and other[1] <= time[1] and other[2] <= time[2]


@thorough(12)
@given(SMALL, st.integers(1, 4))
def test_there_and_back_is_where_one_was(case: Case, wanted: int) -> None:
    feeds, questions = case
    router = Router(network_of(feeds))
    for asked in questions:
        query = query_of(asked)
        if router.ends(query).is_same_place:
            continue
        timeline, size = _timeline(router, query), _size(wanted)
        first = make_page(timeline, _first(query), size)
        for later in (True, False):
            there, cursor = _turn(timeline, size, first, None, later=later)
            back, _ = _turn(timeline, size, there, cursor, later=not later)
            assert (back.start, back.end) == (first.start, first.end)
            assert _times(back.journeys) == _times(first.journeys)
            assert not {*_times(there.journeys)} & {*_times(first.journeys)}


def test_a_page_goes_on_until_it_is_full_and_stops_after_a_day() -> None:
    router = router_of("A 08:00 > B 08:10 / x, trip T1\nA 13:00 > B 13:10 / x, trip T2")
    query = drawn_query("x_A", "x_B", "07:00")
    page = make_page(_timeline(router, query), _first(query), _size(2))
    assert [journey.departure.strftime("%H:%M") for journey in page.journeys] == ["08:00", "13:00"]
    assert page.end > page.journeys[-1].departure_s
    empty = make_page(_timeline(router, query), Cursor("LATER", instant_s(query.time) + 400 * 86_400), _size(2))
    assert empty.journeys == ()
    assert empty.end - empty.start == MOST_SPAN_S


def test_a_page_is_cut_where_it_has_the_most_and_the_next_one_goes_on() -> None:
    trips = "\n".join(f"A 08:{minute:02d} > B 08:{minute + 9:02d} / x, trip T{minute}" for minute in range(0, 50, 5))
    router = router_of(trips)
    query = drawn_query("x_A", "x_B", "08:00")
    timeline, size = _timeline(router, query), PageSize(3600, 1, 3, 60.0)
    page, cursor, seen = make_page(timeline, _first(query), size), None, []
    for _ in range(4):
        seen += [journey.departure.strftime("%M") for journey in page.journeys]
        assert len(page.journeys) <= 3
        page, cursor = _turn(timeline, size, page, cursor, later=True)
    assert seen == [f"{minute:02d}" for minute in range(0, 50, 5)]
