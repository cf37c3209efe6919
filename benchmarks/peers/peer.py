"""The engines that ours is measured beside: which there are, and what a module of this folder offers for each.

A module has `inputs(site, ...)`: what its child process needs, as JSON, with files it reads written into `site.work`;
`load(inputs)`: the engine, in that process; and `readings(network, site, ...)`: our network read the way it reads
the same feeds, one rule after another.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from benchmarks.engines import Engine
from benchmarks.queries import StopPair
from benchmarks.sets import BenchSet, Conditions
from ingest.model import Network


@dataclass(frozen=True, slots=True)
class Site:
    """What all engines of a run answer on: the feeds, our network of them, and how riders walk."""

    feeds: Mapping[str, Path]
    network: Network
    bench: BenchSet
    conditions: Conditions
    work: Path
    """A folder for what peers read."""


class PeerEngine(Engine, Protocol):
    """An engine that also tells what it loaded."""

    def size(self) -> dict[str, int]:
        """Counts of what it loaded."""


class TellingEngine(PeerEngine, Protocol):
    """A peer whose legs can be looked at."""

    def tell(self, pair: StopPair) -> str:
        """What its own answer does that ours may not, or "" where nothing is found."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One peer, in one setting."""

    name: str
    """What tables call it."""
    package: str
    """Its distribution, of the optional dependency group `bench`."""
    module: str
    gives: str
    """What an answer of it is, for tables."""
    options: Mapping[str, Any] = field(default_factory=dict)
    resolution_s: int = 1
    """Arrivals are compared in such steps."""
    tells: bool = False
    """Whether its engine is a TellingEngine."""

    @property
    def is_installed(self) -> bool:
        """Whether it can be imported."""
        return importlib.util.find_spec(self.package) is not None

    def inputs(self, site: Site) -> dict[str, Any]:
        """What the child process loads: the task that `benchmarks.peers.child` takes."""
        inputs: dict[str, Any] = importlib.import_module(self.module).inputs(site, **self.options)
        return {"module": self.module, "inputs": inputs}

    def readings(self, network: Network, site: Site) -> Iterator[tuple[str, Network]]:
        """(what is read like the peer from this step on, our network read so)."""
        yield from importlib.import_module(self.module).readings(network, site, **self.options)


SHORT_MIN, DEFAULT_MIN = 5, 20
"""nigiri chains footpaths to walks shorter than a limit, by default 20 minutes. It counts a link of 300 m as 4 minutes:
5 is the least limit that keeps all of ours, and it still lets two of the shortest links (2 minutes each) be chained."""
PARETO = "Pareto set of arrival and transfers"

PEERS = (
    Peer(
        "pynigiri, walks < 5 min",
        "pynigiri",
        "benchmarks.peers.nigiri",
        f"{PARETO}, whole minutes; its legs stay C++ objects",
        {"max_footpath_min": SHORT_MIN},
        resolution_s=60,
    ),
    Peer(
        "pynigiri, its default (< 20 min)",
        "pynigiri",
        "benchmarks.peers.nigiri",
        f"{PARETO}, whole minutes; its legs stay C++ objects",
        {"max_footpath_min": DEFAULT_MIN},
        resolution_s=60,
    ),
    Peer("cafein", "cafein", "benchmarks.peers.cafein", f"{PARETO}, with legs as Python dictionaries, no geometry"),
    Peer("ferrobus", "ferrobus", "benchmarks.peers.ferrobus", "one travel time: no legs, no Pareto set", tells=True),
)
"""pynigiri is measured twice: walking as near to ours as it can be set, and as it comes."""
SHORT_WALKS, USUAL_WALKS = PEERS[:2]
