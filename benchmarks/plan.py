"""What one run measures, from the command line: set, feeds, hours, walking, queries."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.peers.peer import PEERS, Peer
from benchmarks.queries import StopPair, called_stops, draw_pairs, parse_hour, read_pairs
from benchmarks.sets import ROOT, SETS, BenchSet, Conditions, default_set
from ingest.model import Network

RESULTS = ROOT / "results"
ALL, NO_PEERS = "all", "none"
PACKAGES = tuple(dict.fromkeys(peer.package for peer in PEERS))


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. `is_fixed` where queries and conditions are the committed ones, so that answers are known."""

    bench: BenchSet
    conditions: Conditions
    queries: Path | None
    """None: drawn anew from the set's seed."""
    n: int
    out: Path
    with_stages: bool
    with_searches: bool
    peers: tuple[Peer, ...]
    is_fixed: bool

    def pairs(self, network: Network) -> list[StopPair]:
        """The queries to run."""
        if self.queries is None:
            return draw_pairs(called_stops(network, self.bench.day), self.bench, self.n)
        return read_pairs(self.queries, self.bench.zone)[: self.n]


def parse_plans(arguments: Sequence[str] | None = None) -> list[Plan]:
    """Read the command line, one plan a set; a mistake in it ends the process with status 2."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.feeds and (given.set or given.date is None):
        parser.error("--feeds needs --date and excludes --set")
    if given.feeds:
        feeds = {feed: str(Path(path).resolve()) for feed, path in given.feeds}
        return [_plan(BenchSet("custom", "feeds of the command line", "", given.date, feeds=feeds), given)]
    names = given.set or [default_set()]
    names = list(SETS) if ALL in names else names
    return [_plan(SETS[name], given) for name in names]


def _plan(bench: BenchSet, given: argparse.Namespace) -> Plan:
    moved = {
        name: value
        for name, value in (("day", given.date), ("start", given.start), ("end", given.end))
        if value is not None and value != getattr(bench, name)
    }
    usual = bench.conditions
    bench = dataclasses.replace(bench, **moved)
    conditions = Conditions(
        usual.walk_radius_m if given.walk_radius_m is None else given.walk_radius_m,
        usual.speed_m_per_s if given.speed is None else given.speed,
    )
    is_fixed = not (moved or given.feeds or given.queries) and conditions == usual
    queries = given.queries or (None if moved or given.feeds else bench.queries)
    return Plan(
        bench, conditions, queries, given.n, given.out, not given.no_stages, not given.no_searches,
        tuple(peer for peer in PEERS if peer.package in (given.peers or PACKAGES)), is_fixed,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_router", description="Measure the router.")
    parser.add_argument(
        "--set",
        nargs="+",
        choices=[*SETS, ALL],
        help="one or more; default: jakarta where its feeds are, else embedded",
    )
    parser.add_argument("--feeds", nargs="+", type=_feed, metavar="ID=PATH", help="other feeds; needs --date")
    parser.add_argument("--queries", type=Path, help="another query file")
    parser.add_argument("--n", type=_positive, default=1000, help="queries")
    parser.add_argument("--walk-radius-m", type=float, help="stops up to so far apart are linked; default: the set's")
    parser.add_argument("--speed", type=float, help="walking, metres a second; default: the set's")
    parser.add_argument("--date", type=date.fromisoformat, help="service date; draws the queries anew")
    parser.add_argument("--from", dest="start", type=parse_hour, metavar="HH:MM")
    parser.add_argument("--to", dest="end", type=parse_hour, metavar="HH:MM")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result file")
    parser.add_argument("--peers", nargs="+", choices=[*PACKAGES, NO_PEERS], help="measure beside these; default: all")
    parser.add_argument("--no-stages", action="store_true", help="leave out start-up times and peak memory")
    parser.add_argument("--no-searches", action="store_true", help="leave out profile, reach and matrix")
    return parser


def _feed(text: str) -> tuple[str, str]:
    feed, equals, path = text.partition("=")
    if not equals or not Path(path).exists():
        raise argparse.ArgumentTypeError(f"{text!r} is not ID=PATH of a feed that is there")
    return feed, path


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number
