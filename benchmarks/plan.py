"""What one run measures, from the command line: set, feeds, hours, walking, queries."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.queries import StopPair, called_stops, draw_pairs, parse_hour, read_pairs
from benchmarks.sets import ROOT, SETS, STANDARD, BenchSet, Conditions, default_set
from ingest.model import Network

RESULTS = ROOT / "results"


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
    is_fixed: bool

    def pairs(self, network: Network) -> list[StopPair]:
        """The queries to run."""
        if self.queries is None:
            return draw_pairs(called_stops(network, self.bench.day), self.bench, self.n)
        return read_pairs(self.queries, self.bench.zone)[: self.n]


def parse_plan(arguments: Sequence[str] | None = None) -> Plan:
    """Read the command line; a mistake in it ends the process with status 2."""
    parser = _parser()
    given = parser.parse_args(arguments)
    bench = SETS[given.set or ("embedded" if given.feeds else default_set())]
    if given.feeds:
        if given.set or given.date is None:
            parser.error("--feeds needs --date and excludes --set")
        feeds = {feed: str(Path(path).resolve()) for feed, path in given.feeds}
        bench = BenchSet("custom", "feeds of the command line", "", given.date, feeds=feeds)
    moved = {
        name: value
        for name, value in (("day", given.date), ("start", given.start), ("end", given.end))
        if value is not None and value != getattr(bench, name)
    }
    bench = dataclasses.replace(bench, **moved)
    conditions = Conditions(given.walk_radius_m, given.speed)
    is_fixed = not (moved or given.feeds or given.queries) and conditions == STANDARD
    queries = given.queries or (None if moved or given.feeds else bench.queries)
    return Plan(bench, conditions, queries, given.n, given.out, not given.no_stages, is_fixed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_router", description="Measure the router.")
    parser.add_argument("--set", choices=sorted(SETS), help="default: jakarta where its feeds are, else embedded")
    parser.add_argument("--feeds", nargs="+", type=_feed, metavar="ID=PATH", help="other feeds; needs --date")
    parser.add_argument("--queries", type=Path, help="another query file")
    parser.add_argument("--n", type=_positive, default=1000, help="queries")
    parser.add_argument("--walk-radius-m", type=float, default=STANDARD.walk_radius_m)
    parser.add_argument("--speed", type=float, default=STANDARD.speed_m_per_s, help="walking, metres a second")
    parser.add_argument("--date", type=date.fromisoformat, help="service date; draws the queries anew")
    parser.add_argument("--from", dest="start", type=parse_hour, metavar="HH:MM")
    parser.add_argument("--to", dest="end", type=parse_hour, metavar="HH:MM")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result file")
    parser.add_argument("--no-stages", action="store_true", help="leave out start-up times and peak memory")
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
