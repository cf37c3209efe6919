"""cafein: RAPTOR in Rust, to the second. It is given our walks as tables, so it walks just as ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from benchmarks.engines import MAX_TRANSFERS
from benchmarks.peers.links import Links, changes, walks
from benchmarks.peers.peer import Site
from benchmarks.peers.readings import simpler
from benchmarks.queries import StopPair, service_day_start_s
from ingest.model import Network


def inputs(site: Site) -> dict[str, Any]:
    """The zips as they are, and every change and walk of ours with its seconds."""
    names = stop_names(site.network)
    speed = site.conditions.speed_m_per_s
    files = {"changes": changes(site.network, speed), "walks": walks(site.network, speed)}
    for name, links in files.items():
        _table(names, links).write_parquet(site.work / f"cafein-{name}.parquet")
    return {
        "feeds": [str(path) for path in site.feeds.values()],
        "names": dict(zip(site.network.stops.id, names, strict=True)),
        **{name: str(site.work / f"cafein-{name}.parquet") for name in files},
    }


def stop_names(network: Network) -> list[str]:
    """What cafein calls our stops: with the number of the feed, where there are several."""
    feeds = [f"{number}:" if len(network.feeds) > 1 else "" for number in range(len(network.feeds))]
    return [
        feeds[feed] + name.partition("_")[2]
        for feed, name in zip(network.stops.feed.tolist(), network.stops.id, strict=True)
    ]


def _table(names: list[str], links: Links) -> pl.DataFrame:
    every = np.array(names)
    return pl.DataFrame(
        {
            "start": every[links.start],
            "end": every[links.end],
            "seconds": links.seconds,
            "metres": links.metres.astype(np.float64),
        }
    )


def readings(network: Network, site: Site) -> Iterator[tuple[str, Network]]:
    """cafein knows neither times of changes at one stop, nor blocks, nor the days after."""
    yield from simpler(network, site.bench.day, days_before=1)


def load(task: Mapping[str, Any]) -> CafeinEngine:
    """The feeds without lengths and shapes of rides, and our changes."""
    from cafein import TransportNetwork

    network = TransportNetwork.from_gtfs(task["feeds"], trip_distances=False)
    rows = pl.read_parquet(task["changes"])
    network.set_transfers(list(rows.iter_rows()))
    near: dict[str, list[tuple[str, int]]] = {}
    for start, end, seconds in pl.read_parquet(task["walks"], columns=["start", "end", "seconds"]).iter_rows():
        near.setdefault(start, [(start, 0)]).append((end, seconds))
    return CafeinEngine(network, task["names"], near)


class CafeinQuery(NamedTuple):
    """Arguments of its search, and the UTC second from which it counts."""

    arguments: tuple[Any, ...]
    day_start_s: int


class CafeinEngine:
    """One loaded network.

    The public call between stops does not walk to the first vehicle. `run` is what cafein's own door-to-door search
    calls once it knows the stops at both ends: we give it those that ours starts from. The walk at the end is one of
    the changes, as in ours.
    """

    name = "cafein"

    def __init__(self, network: Any, names: Mapping[str, str], near: Mapping[str, list[tuple[str, int]]]) -> None:
        self._network = network
        self._route = network._core._route_with_access
        self._names = names
        self._near = near

    def prepare(self, pair: StopPair) -> CafeinQuery:
        """Stops at both ends, date and clock time, and what may not be used: nothing."""
        origin, destination = self._names[pair.origin], self._names[pair.destination]
        access = self._near.get(origin, [(origin, 0)])
        day, clock = f"{pair.time:%Y-%m-%d}", f"{pair.time:%H:%M:%S}"
        arguments: tuple[Any, ...] = (access, [(destination, 0)], day, clock, MAX_TRANSFERS, [], [], [], False)
        return CafeinQuery(arguments, service_day_start_s(pair))

    def run(self, query: CafeinQuery) -> list[dict[str, Any]]:
        """Its Pareto set, with legs but no geometry."""
        found: list[dict[str, Any]] = self._route(*query.arguments)
        return found

    def arrival(self, query: CafeinQuery, answer: list[dict[str, Any]]) -> int | None:
        """UTC second of the earliest arrival, or None."""
        arrivals = [journey["arrival_s"] + query.day_start_s for journey in answer]
        return min(arrivals, default=None)

    def size(self) -> dict[str, int]:
        """What it loaded."""
        network = self._network
        return {
            "stops": network.stop_count,
            "patterns": network.pattern_count,
            "trips": network.trip_count,
            "changes": network.transfer_count,
        }
