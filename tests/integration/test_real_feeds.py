"""Feeds of real providers, and a feed whose answers other people worked out by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingest.model import STOP
from ingest.pipeline import WalkOptions, ingest_feeds
from routing import Query, Router
from routing.answer import answer
from routing.places import Reach
from routing.timetable import Timetable
from tests.support.naive_raptor import Task, Twin

ROOT = Path(__file__).parents[2]
SHARED = ROOT / ".." / "shared"
CORPUS = SHARED / "corpus" / "feeds"
CANARIES: list[dict[str, Any]] = (
    json.loads((CORPUS / "canaries.json").read_text("utf-8"))["canaries"] if (CORPUS / "canaries.json").exists() else []
)
JAKARTA_FEEDS = {
    "krl": "krl_derived.zip",
    "lrt-jabodebek": "lrt_jabodebek_derived.zip",
    "lrt-jakarta": "lrt_jakarta.zip",
    "mrt": "mrt.zip",
    "transjakarta": "transjakarta_2024-06.zip",
}
PORTO_ALEGRE_FEEDS = {"eptc": "eptc.zip", "trensurb": "trensurb.zip"}
# A weekday on which all feeds of the city run; the buses of Porto Alegre do so from about noon to five.
JAKARTA_TIME = datetime(2026, 3, 3, 7, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
PORTO_ALEGRE_TIME = datetime(2019, 5, 14, 13, 30, tzinfo=ZoneInfo("America/Sao_Paulo"))

pytestmark = pytest.mark.real_feeds
needs_corpus = pytest.mark.skipif(not CANARIES, reason="the corpus of test feeds does not lie beside this checkout")


def _router(city: str, feeds: Mapping[str, str]) -> Router:
    folder = SHARED / "feeds" / city
    if not folder.exists():
        pytest.skip(f"the feeds of {city} do not lie beside this checkout")
    result = ingest_feeds({feed_id: folder / name for feed_id, name in feeds.items()})
    assert not result.rejected
    assert result.network is not None
    return Router(result.network)


@pytest.fixture(scope="module")
def base() -> Router:
    result = ingest_feeds({"base": CORPUS / "base.zip"}, WalkOptions("off"))
    assert result.network is not None
    return Router(result.network)


@pytest.fixture(scope="module")
def jakarta() -> Router:
    return _router("jakarta", JAKARTA_FEEDS)


@pytest.fixture(scope="module")
def porto_alegre() -> Router:
    return _router("portoalegre", PORTO_ALEGRE_FEEDS)


@needs_corpus
@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary["id"])
def test_the_canary_sings(base: Router, canary: dict[str, Any]) -> None:
    is_arrival = canary["mode"] == "arrive"
    # Walking only as transfers.txt has it, 400 m at most.
    query = Query(
        f"base_{canary['from']}",
        f"base_{canary['to']}",
        datetime.fromisoformat(canary["time"]),
        arrive_by=is_arrival,
        max_walk_s=334,
    )
    found = answer(base, query)
    if is_arrival:
        latest = max(journey.departure.timestamp() for journey in found.journeys)
        assert latest == _instant(canary["latest_departure"])
    elif "range" in canary:
        first, last = (_instant(bound) for bound in canary["range"])
        assert first <= found.journeys[0].arrival.timestamp() <= last
    elif canary["arrive"] is None:
        assert not found.journeys
        assert found.reason is not None
    else:
        assert found.journeys[0].arrival.timestamp() == _instant(canary["arrive"])


def _instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@needs_corpus
@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/St_Johns"])
def test_the_zone_of_the_machine_does_not_matter(zone: str) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "canary_sings", __file__]
    run = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"TZ": zone}, capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stdout
    assert f"{len(CANARIES)} passed" in run.stdout


def test_bogor_is_reached_by_commuter_rail_alone_or_by_it_last(jakarta: Router) -> None:
    comparison = jakarta.compare(Query("mrt_SLBB", "krl_BOO", JAKARTA_TIME))
    assert comparison.options
    for option in comparison.options:
        assert option.journey.rides[-1].provider == "krl"
        assert 3600 < option.journey.duration_s < 4 * 3600
    standing = {s.id: (s.status, s.reason) for s in comparison.providers}
    assert standing["krl"][0] == "served"
    assert standing["lrt-jakarta"] == ("cannot", "no_stop_in_reach")


def test_the_metro_from_end_to_end_is_one_ride_of_half_an_hour(jakarta: Router) -> None:
    comparison = jakarta.compare(Query("mrt_SLBB", "mrt_SBHI", JAKARTA_TIME))
    (metro,) = (
        option for option in comparison.options if option.providers == {"mrt"} and option.journey.transfers == 0
    )
    assert 25 * 60 <= metro.journey.duration_s <= 40 * 60
    assert metro.rank == 1
    assert {s.id for s in comparison.providers} == set(JAKARTA_FEEDS)


def test_rivals_of_one_corridor_are_all_listed(jakarta: Router) -> None:
    # By the stations Cawang and Cikoko, and by Sudirman and Dukuh Atas: trains, light rail and buses run between.
    comparison = jakarta.compare(Query((-6.2419, 106.8585), (-6.2030, 106.8230), JAKARTA_TIME))
    alone = {provider for option in comparison.options if len(option.providers) == 1 for provider in option.providers}
    assert {"krl", "lrt-jabodebek", "transjakarta"} <= alone
    standing = {s.id: s for s in comparison.providers}
    assert all(standing[provider].best is not None for provider in alone)


def test_in_porto_alegre_train_and_bus_are_compared(porto_alegre: Router) -> None:
    stops = porto_alegre.network.stops
    train = np.flatnonzero(stops.feed == 1)
    north, south = train[np.argmax(stops.lat[train])], train[np.argmin(stops.lat[train])]
    comparison = porto_alegre.compare(Query(stops.id[north], stops.id[south], PORTO_ALEGRE_TIME))
    assert {"trensurb"} in [set(option.providers) for option in comparison.options]
    assert all(option.journey.arrival > option.journey.departure for option in comparison.options)


class TwinSearch:
    """Twins of the timetables that a router's questions are answered on."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._twins: dict[int, tuple[Timetable, Twin]] = {}

    def rides(self, query: Query) -> list[tuple[int, int, int]]:
        """(departure, arrival, transfers), seconds of the query's timetable."""
        timetable = self._router.timetable(query)
        if timetable.epoch_s not in self._twins:
            self._twins[timetable.epoch_s] = timetable, Twin(timetable, self._router.walks(query).forward)
        ends = self._router.ends(query)
        access, egress = (_seconds(reach.at_copies(timetable.stops)) for reach in (ends.access, ends.egress))
        task = Task(access, egress, query.max_transfers + 1)
        time = int(query.time.timestamp()) - timetable.epoch_s
        twin = self._twins[timetable.epoch_s][1]
        return twin.arrive_by(task, time) if query.arrive_by else twin.depart_at(task, time)


def _seconds(reach: Reach) -> dict[int, int]:
    return dict(zip(reach.stops.tolist(), reach.seconds.tolist(), strict=True))


@pytest.mark.parametrize(("city", "time"), [("jakarta", JAKARTA_TIME), ("porto_alegre", PORTO_ALEGRE_TIME)])
def test_between_random_stops_the_router_and_its_twin_agree(
    city: str, time: datetime, request: pytest.FixtureRequest
) -> None:
    router: Router = request.getfixturevalue(city)
    served = np.unique(router.network.sequences.stops)
    assert (router.network.stops.location_type[served] == STOP).all()
    # As many stops of each feed, so that the bus with its thousands is not asked about alone.
    random = np.random.default_rng(20260303)
    feeds = [served[router.network.stops.feed[served] == feed] for feed in range(len(router.network.feeds))]
    twin, found = TwinSearch(router), 0
    for turn in range(20):
        origin, destination = (int(random.choice(feeds[random.integers(len(feeds))])) for _ in range(2))
        query = Query(
            router.network.stops.id[origin],
            router.network.stops.id[destination],
            time,
            arrive_by=turn % 2 == 1,
            max_transfers=4,
        )
        query = replace(query, time=time.replace(hour=16)) if query.arrive_by else query
        rides = [(s.departure, s.arrival, s.transfers) for s in router.skeletons(query, router.ends(query))]
        assert rides == twin.rides(query), query
        found += bool(rides)
    assert found >= 10
