"""Profiles, reaches and matrices: measured, and checked with the answers that are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from benchmarks.answers import ChangedAnswersError
from benchmarks.engines import CompleteEngine
from benchmarks.peers.peer import Site
from benchmarks.queries import StopPair, called_stops, draw_pairs
from benchmarks.searches import measure_matrix, measure_profile, measure_reach, measure_searches, state_bytes
from benchmarks.sets import Conditions
from routing import Journey, Query, Router
from routing.kernels.layout import UNREACHED
from tests.unit.benchmarks.small_city import site_of

N = 10
WALKS = Conditions(walk_radius_m=150.0)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return site_of(tmp_path_factory.mktemp("searches"), WALKS)


@pytest.fixture
def router(site: Site) -> Router:
    return Router(site.network)


@pytest.fixture
def pairs(site: Site) -> list[StopPair]:
    return draw_pairs(called_stops(site.network, site.bench.day), site.bench, N)


def answered(router: Router, pairs: Sequence[StopPair]) -> tuple[list[Query], list[list[Journey]]]:
    engine = CompleteEngine(router, WALKS)
    queries = [engine.prepare(pair) for pair in pairs]
    return queries, [engine.run(query) for query in queries]


def test_every_search_is_measured_and_agrees_with_the_answers(
    site: Site, router: Router, pairs: list[StopPair]
) -> None:
    said: list[str] = []
    _, fronts = answered(router, pairs)
    found = measure_searches(router, site.bench, WALKS, pairs, fronts, said.append)
    assert list(found) == ["profile, 1 h", "profile, 24 h", "reach", "matrix", "state"]
    assert found["reach"]["n"] == N
    assert found["reach"]["mean_ms"] > 0
    assert found["profile, 24 h"]["journeys"] > found["profile, 1 h"]["journeys"] > 0
    assert found["matrix"]["wall_s"]["1"] > 0
    assert ("speedup" in found["matrix"]) is ("missing" not in found["matrix"])
    assert said == ["profile, 1 h", "profile, 24 h", "reach", "matrix"]


def test_a_profile_that_lacks_a_known_journey_is_refused(
    router: Router, pairs: list[StopPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, fronts = answered(router, pairs)
    monkeypatch.setattr(router, "profile", lambda query, window_s: [])
    with pytest.raises(ChangedAnswersError, match=r"profile of .* over 86400 s lacks the journey"):
        measure_profile(router, queries, 86_400, fronts)


def test_a_journey_after_the_window_is_not_asked_of_a_profile(
    router: Router, pairs: list[StopPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, fronts = answered(router, pairs)
    late = [
        [journey for journey in front if journey.departure >= query.time + timedelta(seconds=60)]
        for query, front in zip(queries, fronts, strict=True)
    ]
    assert any(late)
    monkeypatch.setattr(router, "profile", lambda query, window_s: [])
    assert measure_profile(router, queries, 60, late)["journeys"] == 0


def test_a_router_without_profiles_is_said_to_have_none() -> None:
    class Old:
        profile = None

    assert measure_profile(Old(), [], 60, []) == {"missing": "router.profile is not there"}  # type: ignore[arg-type]  # not a router


def test_a_reach_that_differs_from_the_journeys_is_refused(
    router: Router, pairs: list[StopPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    queries, fronts = answered(router, pairs)
    assert measure_reach(router, queries, fronts)["n"] == N
    n_stops = len(router.network.stops.lat)
    monkeypatch.setattr(router, "reach", lambda query: np.full(n_stops, UNREACHED, np.int32))
    with pytest.raises(ChangedAnswersError, match=rf"in {UNREACHED} s, journeys say \d+ s"):
        measure_reach(router, queries, fronts)


class Threaded:
    """A router whose matrix takes threads, and gives `spoilt` seconds more with two of them."""

    def __init__(self, router: Router, spoilt: int = 0, shifted: int = 0) -> None:
        self.network = router.network
        self.reach = router.reach
        self._matrix = router.matrix
        self._spoilt, self._shifted = spoilt, shifted

    def matrix(
        self, origins: Sequence[str], destinations: Sequence[str], times: Sequence[datetime], threads: int = 1
    ) -> Any:
        return self._matrix(origins, destinations, times) + self._spoilt * (threads - 1) + self._shifted


def test_a_matrix_is_timed_with_one_thread_and_with_two(site: Site, router: Router, pairs: list[StopPair]) -> None:
    query = answered(router, pairs[:1])[0][0]
    found = measure_matrix(Threaded(router), site.bench, 4, query)  # type: ignore[arg-type]  # stands in for a router
    assert set(found["wall_s"]) == {"1", "2"}
    assert found["speedup"] == pytest.approx(found["wall_s"]["1"] / found["wall_s"]["2"], abs=1e-3)
    assert "missing" not in found


@pytest.mark.parametrize(
    ("spoilt", "shifted", "message"),
    [(1, 0, "other numbers of threads give other seconds"), (0, 1, "the row of .* is not what reach says")],
)
def test_a_matrix_that_is_not_right_is_refused(
    site: Site, router: Router, pairs: list[StopPair], spoilt: int, shifted: int, message: str
) -> None:
    query = answered(router, pairs[:1])[0][0]
    with pytest.raises(ChangedAnswersError, match=message):
        measure_matrix(Threaded(router, spoilt, shifted), site.bench, 4, query)  # type: ignore[arg-type]  # stands in


def test_the_state_of_a_thread_is_what_its_searches_hold(router: Router, pairs: list[StopPair]) -> None:
    answered(router, pairs[:1])
    timetable = router.timetable(answered(router, pairs[:1])[0][0])
    labels_of_one_state = 6 * 9 * timetable.n_stops * 4
    assert state_bytes(router) >= 2 * labels_of_one_state
    assert state_bytes(router) < 100 * labels_of_one_state
