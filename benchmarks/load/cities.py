"""Snapshots to serve, and what to ask of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

from benchmarks.load.client import target
from benchmarks.queries import StopPair, read_pairs
from benchmarks.sets import SETS, BenchSet, prepare_feeds
from ingest.model import Network
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from ingest.walk_options import WalkOptions

LIVE = "/health/live"


def make_network(bench: BenchSet, work: Path, radius_m: float) -> Network:
    """Ingest a set's feeds, stops linked so far. Raises MissingFeedError where they are not on this machine."""
    feeds, region = prepare_feeds(bench, work / "feeds")
    found = ingest_feeds(feeds, WalkOptions(radius_m=radius_m), region=region).network
    assert found is not None
    return found


def make_snapshot(set_id: str, work: Path) -> Path:
    """A snapshot of a set, as riders would use it."""
    out = work / set_id
    if not out.exists():
        write_snapshot(make_network(SETS[set_id], work, WalkOptions().radius_m), out)
    return out


def pairs_of(set_id: str) -> list[StopPair]:
    """The set's queries."""
    bench = SETS[set_id]
    return read_pairs(bench.queries, bench.zone)


def compares(pairs: list[StopPair]) -> list[str]:
    """GET /api/v1/compare."""
    return [
        target("/api/v1/compare", {"from": pair.origin, "to": pair.destination, "at": pair.time.isoformat()})
        for pair in pairs
    ]


def plans(pairs: list[StopPair]) -> list[str]:
    """GET /api/v6/plan."""
    return [
        target("/api/v6/plan", {"fromPlace": pair.origin, "toPlace": pair.destination, "time": pair.time.isoformat()})
        for pair in pairs
    ]


def mixture(pairs: list[StopPair]) -> Iterator[str]:
    """Without end: seven journeys, two boards or searches by name, and a mistake, again and again."""
    journeys = itertools.cycle(itertools.chain.from_iterable(zip(plans(pairs), compares(pairs), strict=True)))
    boards = itertools.cycle(
        what
        for pair in pairs
        for what in (
            target("/api/v1/departures", {"stop": pair.origin, "at": pair.time.isoformat()}),
            target("/api/v1/places", {"q": pair.destination.partition("_")[2]}),
        )
    )
    mistakes = itertools.cycle(
        [
            "/api/v1/compare?from=nowhere_1&to=nowhere_2",
            "/api/v1/compare?from=1",
            "/nothing/%2e%2e/%00",
            "/api/v6/plan?fromPlace=0,0&toPlace=91,0",
        ]
    )
    while True:
        for _ in range(7):
            yield next(journeys)
        yield next(boards)
        yield next(boards)
        yield next(mistakes)
