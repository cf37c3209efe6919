"""A made-up city of a few hundred stops, as the benchmarks ingest it."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

from benchmarks.peers.peer import Site
from benchmarks.sets import BenchSet, Conditions
from benchmarks.synthetic import SyntheticPlan, write_feeds
from ingest.pipeline import ingest_feeds

CITY = BenchSet("city", "a small city", "Europe/London", date(2026, 11, 25), made=SyntheticPlan(12_000, 150))


def site_of(work: Path, conditions: Conditions) -> Site:
    """The city linked on foot in these conditions, with its feed in `work`."""
    assert CITY.made is not None
    feeds = {"city": write_feeds(CITY.made, work / "city.zip")[0].path}
    network = ingest_feeds(feeds, conditions.walk_options).network
    assert network is not None
    return Site(feeds, network, dataclasses.replace(CITY, conditions=conditions), conditions, work)
