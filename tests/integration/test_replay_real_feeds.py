"""Journeys over the feeds of real providers, and over every feed of the corpus, replay against those feeds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.pipeline import WalkOptions, ingest_feeds
from ingest.replay import Terms
from routing import Query, Router
from tests.integration.test_real_feeds import (
    CANARIES,
    CORPUS,
    JAKARTA_FEEDS,
    JAKARTA_TIME,
    PORTO_ALEGRE_FEEDS,
    PORTO_ALEGRE_TIME,
    SHARED,
    needs_corpus,
)
from tests.support.replaying import answered, compared, faults_of

CASES: list[dict[str, Any]] = (
    json.loads((CORPUS / "manifest.json").read_text("utf-8"))["cases"] if (CORPUS / "manifest.json").exists() else []
)
# Half of the city: the subway, both railways and the buses of one borough.
NEW_YORK_FEEDS = {name: f"mta_{name}.zip" for name in ("subway", "lirr", "mnr", "bus_si")}
NEW_YORK_TIME = datetime(2026, 10, 6, 8, 0, tzinfo=ZoneInfo("America/New_York"))
STRAIGHT = WalkOptions()

pytestmark = pytest.mark.real_feeds


def _paths(city: str, feeds: Mapping[str, str]) -> dict[str, Path]:
    folder = SHARED / "feeds" / city
    if not folder.exists():
        pytest.skip(f"the feeds of {city} do not lie beside this checkout")
    return {feed_id.replace("_", "-"): folder / name for feed_id, name in feeds.items()}


def _router(paths: Mapping[str, Path], options: WalkOptions = STRAIGHT) -> Router:
    result = ingest_feeds(paths, options)
    assert not result.rejected
    assert result.network is not None
    return Router(result.network)


def _queries(router: Router, time: datetime, count: int) -> list[Query]:
    """Between random stops, as many of each feed: from some of them, from a place near others; there and back."""
    stops = router.network.stops
    served = np.unique(router.network.sequences.stops)
    feeds = [served[stops.feed[served] == feed] for feed in range(len(router.network.feeds))]
    random = np.random.default_rng(4)
    queries = []
    for turn in range(count):
        origin, destination = (int(random.choice(feeds[random.integers(len(feeds))])) for _ in range(2))
        query = Query(stops.id[origin], stops.id[destination], time, arrive_by=turn % 2 == 1)
        if turn % 3 == 0:
            query = replace(query, origin=(round(float(stops.lat[origin]) + 0.001, 6), float(stops.lon[origin])))
        queries.append(query if turn % 4 else replace(query, walk_speed_m_per_s=1.5, transfer_slack_s=60))
    return queries


@pytest.mark.parametrize(
    ("city", "feeds", "time", "least_legs"),
    [
        ("jakarta", JAKARTA_FEEDS, JAKARTA_TIME, 200),
        ("portoalegre", PORTO_ALEGRE_FEEDS, PORTO_ALEGRE_TIME, 100),
        ("newyork", NEW_YORK_FEEDS, NEW_YORK_TIME, 100),
    ],
)
def test_journeys_of_a_city_replay(city: str, feeds: Mapping[str, str], time: datetime, least_legs: int) -> None:
    paths = _paths(city, feeds)
    router = _router(paths)
    queries = _queries(router, time, 24)
    answers = answered(router, queries)
    assert faults_of(answers, paths, Terms(walk="straight", detour=STRAIGHT.detour)) == []
    assert faults_of(compared(router, queries[:6]), paths) == []
    legs = [leg for answer in answers for journey in answer["journeys"] for leg in journey["legs"]]
    assert len(legs) >= least_legs
    ridden = {leg["feed"] for leg in legs if leg["kind"] == "ride"}
    assert ridden == paths.keys()
    if city == "jakarta":
        assert sum(leg.get("headway_s") is not None for leg in legs) >= 20


def test_riders_in_the_bronx_who_stay_seated_replay() -> None:
    paths = _paths("newyork", {"bus_bx": "mta_bus_bx.zip"})
    # Walking nowhere, so that staying seated is the way.
    router = _router(paths, WalkOptions("off"))
    queries = _through_blocks(router, NEW_YORK_TIME, 30)
    answers = answered(router, queries)
    legs = [leg for answer in answers for journey in answer["journeys"] for leg in journey["legs"]]
    assert sum(bool(leg.get("stay_seated")) for leg in legs) >= 20
    assert faults_of(answers, paths) == []


def _through_blocks(router: Router, time: datetime, count: int) -> list[Query]:
    """From the middle of one trip to the middle of the next one of its block, just before the first one leaves."""
    network = router.network
    trips, times, stops = network.trips, network.stop_times, network.sequences
    day = (time.date() - network.first_date).days
    running = np.flatnonzero((network.services.runs[trips.service, day] == 1) & (trips.block >= 0))
    first, last = times.departure[trips.times_ptr[:-1]], times.arrival[trips.times_ptr[1:] - 1]
    order = running[np.lexsort((last[running], first[running], trips.block[running]))]
    queries = []
    for one, other in zip(order[:-1].tolist(), order[1:].tolist(), strict=True):
        ends = [stops.stops[stops.ptr[s] : stops.ptr[s + 1]] for s in (trips.sequence[one], trips.sequence[other])]
        if trips.block[one] == trips.block[other] and ends[0][-1] == ends[1][0] and last[one] <= first[other]:
            begin = times.departure[trips.times_ptr[one] + len(ends[0]) // 2]
            at = datetime.fromtimestamp(time.replace(hour=0).timestamp() + int(begin), time.tzinfo)
            ids = network.stops.id
            queries.append(Query(ids[int(ends[0][len(ends[0]) // 2])], ids[int(ends[1][len(ends[1]) // 2])], at))
    step = max(1, len(queries) // count)
    return queries[::step][:count]


@needs_corpus
@pytest.mark.parametrize("walk", ["off", "straight"])
def test_all_canaries_of_the_base_feed_replay(walk: str) -> None:
    options = WalkOptions("off") if walk == "off" else STRAIGHT
    assert _canary_faults("base.zip", {}, options) == []


@needs_corpus
def test_all_canaries_replay_on_every_feed_that_they_hold_on() -> None:
    faults = {
        case["file"]: found
        for case in CASES
        if case["canary"] == "holds" and (found := _canary_faults(case["file"], case["id_map"], WalkOptions("off")))
    }
    assert faults == {}


def _canary_faults(file: str, renamed: Mapping[str, str], options: WalkOptions) -> list[str]:
    paths = {"base": CORPUS / file}
    network = ingest_feeds(paths, options).network
    if network is None:  # a feed may be refused
        return []
    queries = [
        Query(
            f"base_{renamed.get(canary['from'], canary['from'])}",
            f"base_{renamed.get(canary['to'], canary['to'])}",
            datetime.fromisoformat(canary["time"]),
            arrive_by=canary["mode"] == "arrive",
        )
        for canary in CANARIES
    ]
    answers = answered(Router(network), queries)
    assert sum(len(answer["journeys"]) for answer in answers) >= 15
    return faults_of(answers, paths, Terms(walk=options.walk, detour=options.detour))
