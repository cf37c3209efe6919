"""The router as users of the library meet it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.snapshot import SnapshotError, write_snapshot
from routing import UNREACHED, Journey, Query, QueryError, Router
from routing.places import UnknownPlaceError
from tests.scenarios.drawn import ask, line_of, network_of, query_of, router_of
from tests.support.timetable_text import feeds_of, position

TEXT = """
    stop A 0 0
    stop P 99.9 0
    stop Q 199.8 0
    station Z: A
    A 08:00 > B 08:10 > C 08:30 / x, trip T1
    B 08:20 > C 08:25 / y, trip T2
    P 12:00 > D 12:10 / y, trip T3
"""


def test_a_snapshot_is_opened_and_answers(tmp_path: Path) -> None:
    write_snapshot(router_of(TEXT).network, tmp_path)
    router = Router.open(str(tmp_path))
    router.warm_up()
    assert ask(router, "x_A", "x_C", "07:55") == ask(router_of(TEXT), "x_A", "x_C", "07:55")
    with pytest.raises(SnapshotError):
        Router.open(tmp_path / "nothing")


def test_journeys_come_earliest_first() -> None:
    lines = ask(router_of(TEXT), "x_A", "x_C", "07:55")
    assert [line.split(",")[0] for line in lines] == ["08:00 > 08:25", "08:00 > 08:30"]


def test_providers_and_modes_restrict_what_is_ridden() -> None:
    router = router_of(TEXT)
    assert len(ask(router, "x_A", "x_C", "07:55", providers=frozenset({"x"}))) == 1
    assert ask(router, "x_A", "x_C", "07:55", providers=frozenset({"y"})) == []
    assert ask(router, "x_A", "x_C", "07:55", modes=frozenset({0, 1})) == []
    assert len(ask(router, "x_A", "x_C", "07:55", modes=frozenset({3}))) == 2


def test_wheelchairs_need_trips_that_say_yes() -> None:
    feeds = feeds_of(TEXT)
    assert ask(router_of(TEXT), "x_A", "x_C", "07:55", wheelchair=True) == []
    feeds["x"].rows("trips")[0]["wheelchair_accessible"] = "1"
    feeds["y"].rows("trips")[0]["wheelchair_accessible"] = "2"
    lines = ask(Router(network_of(feeds)), "x_A", "x_C", "07:55", wheelchair=True)
    assert [line.split(":")[0] for line in lines] == ["08"]
    assert "x_T1" in lines[0]


def test_reach_is_seconds_to_every_stop() -> None:
    router = router_of(TEXT)
    seconds = router.reach(query_of("x_A", "x_A", "07:55"))
    named = {router.network.stops.id[i]: int(s) for i, s in enumerate(seconds.tolist())}
    # At once; on foot 109 s and 217 s; 15 and 30 minutes by T1 and T2; D by T3, 4 h 15 min.
    assert named["x_A"] == 0
    assert named["y_P"] == 109
    assert named["x_B"] == 900
    assert named["x_C"] == named["y_C"] == 1800
    assert named["y_D"] == 4 * 3600 + 900
    assert named["x_Z"] == UNREACHED


def test_reach_looks_back_for_a_deadline() -> None:
    router = router_of(TEXT)
    seconds = router.reach(query_of("x_C", "x_C", "08:30", arrive_by=True))
    named = {router.network.stops.id[i]: int(s) for i, s in enumerate(seconds.tolist())}
    # T2 leaves B at 08:20; T1 leaves A at 08:00; from P it is 109 s more.
    assert (named["x_C"], named["x_B"], named["x_A"], named["y_P"]) == (0, 600, 1800, 1909)


@pytest.mark.parametrize("arrive_by", [False, True])
def test_reach_agrees_with_journeys(arrive_by: bool) -> None:
    router = router_of(TEXT)
    ids = router.network.stops.id
    query = query_of("x_A", "x_A", "09:00" if arrive_by else "07:55", arrive_by=arrive_by)
    seconds = router.reach(query)
    for stop in np.flatnonzero(router.network.stops.location_type == 0).tolist():
        ends: dict[str, Any] = {"origin" if arrive_by else "destination": ids[stop]}
        journeys = router.journeys(dataclasses.replace(query, **ends))
        found = [
            int((query.time - j.departure if arrive_by else j.arrival - query.time).total_seconds()) for j in journeys
        ]
        assert min(found, default=UNREACHED) == int(seconds[stop])


def test_a_matrix_is_reach_for_each_origin_and_time() -> None:
    router = router_of(TEXT)
    times = [query_of("x_A", "x_A", clock).time for clock in ("07:55", "08:01", "07:50")]
    matrix = router.matrix(["x_A", position(0, 99.9)], ["x_B", "x_Z", "y_D"], times)
    assert matrix.shape == (2, 3, 3)
    # After 08:00 T1 runs tomorrow, and is there more than a day later.
    assert matrix[0, 0].tolist() == [900, UNREACHED, 1200]
    assert matrix[0, 1].tolist() == [0, 0, 0]
    # 109 s to A, and on from there.
    assert matrix[1, :2, 0].tolist() == [900, 109]


def test_a_matrix_names_what_it_does_not_know() -> None:
    with pytest.raises(UnknownPlaceError, match="x_NOPE"):
        router_of(TEXT).matrix(["x_A"], ["x_NOPE"], [query_of("x_A", "x_A", "08:00").time])


def test_the_end_that_is_unknown_is_told() -> None:
    with pytest.raises(UnknownPlaceError) as error:
        router_of(TEXT).journeys(query_of("x_A", "x_NOPE", "08:00"))
    assert error.value.end == "destination"


def test_an_unknown_provider_is_told_with_those_that_are_there() -> None:
    with pytest.raises(QueryError, match="this snapshot has x, y"):
        router_of(TEXT).journeys(query_of("x_A", "x_C", "08:00", providers=frozenset({"nope"})))


def _ordered(query: Query, journeys: list[Journey]) -> list[str]:
    return [line_of(journey, query) for journey in journeys]


def test_threads_share_a_router_and_get_their_own_answers() -> None:
    router = Router(router_of(TEXT).network)
    queries = [
        query_of(origin, destination, clock, arrive_by=arrive_by, walk_speed_m_per_s=speed)
        for origin, destination in (("x_A", "x_C"), ("y_P", "x_C"), ("x_A", "y_D"))
        for clock in ("07:00", "07:55")
        for arrive_by in (False, True)
        for speed in (1.0, 1.2)
    ]
    expected = [_ordered(query, Router(router.network).journeys(query)) for query in queries]
    failures: list[str] = []

    def work(start: int) -> None:
        for turn in range(3 * len(queries)):
            at = (start + turn) % len(queries)
            if _ordered(queries[at], router.journeys(queries[at])) != expected[at]:
                failures.append(str(queries[at]))

    threads = [threading.Thread(target=work, args=(5 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_more_days_and_speeds_than_are_kept_are_made_anew() -> None:
    router = Router(router_of(TEXT).network)
    query = query_of("x_A", "x_C", "07:55")
    first = _ordered(query, router.journeys(query))
    for days in range(6):
        later = dataclasses.replace(query, time=query.time + timedelta(days=days), walk_speed_m_per_s=1.0 + days / 10)
        assert len(router.journeys(later)) == 2
    assert _ordered(query, router.journeys(query)) == first


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(seconds=-1), timedelta(hours=-17), timedelta(hours=6)])
def test_an_answer_does_not_depend_on_where_in_its_timetable_the_question_lies(offset: timedelta) -> None:
    # Timetables begin at midnight UTC: 07:00 in Jakarta.
    router = router_of("A 0:00 > B 0:05 / x, trip H, every 60 from 00:00 to 24:00")
    query = query_of("x_A", "x_B", "07:00")
    at = dataclasses.replace(query, time=query.time + offset)
    (journey,) = router.journeys(at)
    assert journey.arrival - at.time == timedelta(seconds=330)


@pytest.mark.parametrize("journeys_of", [Router.journeys, Router.compare])
def test_an_empty_network_has_no_answers(journeys_of: Callable[[Router, Query], object]) -> None:
    router = router_of("A 08:00 > B 08:10 / x")
    nothing = query_of(position(0, 30_000), position(0, 90_000), "08:00")
    found = journeys_of(router, nothing)
    assert not (found if isinstance(found, list) else found.options)  # type: ignore[attr-defined] # a Comparison
