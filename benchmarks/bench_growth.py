"""What a query costs as the network grows: `python -m benchmarks.bench_growth`, made-up cities of several sizes.

They are cities like `benchmarks.synthetic.LONDON`, with as many stops, lines and trips as their stop_times ask for;
every trip runs every day, and changes are those of transfers.txt.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.checking import check_each_other
from benchmarks.ending import status_of
from benchmarks.engines import BlockEngine, CompleteEngine, InProcess, SearchEngine, measure
from benchmarks.latency import ratio_of_means, summarize
from benchmarks.machine import describe_machine
from benchmarks.peers.opening import open_peers
from benchmarks.peers.peer import USUAL_WALKS, Peer, Site
from benchmarks.plan import RESULTS
from benchmarks.plots import draw_growth
from benchmarks.queries import called_stops, draw_pairs
from benchmarks.report import GROWTH, render_growth, update_readme, write_result
from benchmarks.sets import ROOT, SETS, BenchSet, prepare_feeds
from benchmarks.stages import measure_stage
from benchmarks.synthetic import LONDON
from routing import Router

MILLION = 1_000_000
SIZES = (0.1, 0.3, 1.0, 3.0, 5.8, 12.0, 25.0)
QUERIES = 200

Say = Callable[[str], None]


def city_of(millions: float) -> BenchSet:
    """A made-up city with so many million stop_times, and as many stops as London would have for them."""
    plan = dataclasses.replace(LONDON, stop_times=round(millions * MILLION), stops=None)
    title = f"made-up city, {millions:g} million stop_times"
    return dataclasses.replace(SETS["london"], id=f"{GROWTH}-{millions:g}", title=title, made=plan)


def measure_city(bench: BenchSet, n: int, peers: Sequence[Peer], say: Say) -> dict[str, Any]:
    """Size, ingest and latencies of one city. Raises ChangedAnswersError where search and complete disagree."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        work = Path(folder)
        say(f"{bench.title}: making it")
        feeds, _ = prepare_feeds(bench, work / "feeds")
        say(f"{bench.title}: ingest")
        ingested = _ingest(bench, feeds, work)
        router = Router.open(work / "snapshot")
        router.warm_up()
        site = Site(feeds, router.network, bench, bench.conditions, work)
        opened, rows = open_peers(site, stack, say, peers)
        say(f"{bench.title}: {n} queries")
        pairs = draw_pairs(called_stops(router.network, bench.day), bench, n)
        ours: list[BlockEngine] = [InProcess(kind(router, bench.conditions)) for kind in (SearchEngine, CompleteEngine)]
        search, complete, *theirs = measure([*ours, *(process for _, process in opened)], pairs)
        check_each_other(pairs, search, complete)
        network = router.network
        return {
            "size": {
                "stops": len(network.stops.lat),
                "trips": len(network.trips.route),
                "stop_times": len(network.stop_times.arrival),
            },
            "ingest": ingested,
            "peers": rows,
            "engines": {each.name: summarize(each.cpu_ns).to_dict() for each in (search, complete, *theirs)},
            "ratios": {peer.name: [round(x, 4) for x in ratio_of_means(peer.cpu_ns, search.cpu_ns)] for peer in theirs},
        }


def _ingest(bench: BenchSet, feeds: Mapping[str, Path], work: Path) -> dict[str, Any]:
    return measure_stage(
        {
            "stage": "ingest",
            "feeds": {feed: str(path) for feed, path in feeds.items()},
            "embedded": False,
            "walk_radius_m": bench.conditions.walk_radius_m,
            "out": str(work / "snapshot"),
        }
    )


def exponents(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """p of mean cost = a * stop_times^p for each engine, by least squares on logarithms. Needs two sizes."""
    found = {}
    for name in rows[0]["engines"]:
        known = [row for row in rows if name in row["engines"]]
        sizes = np.log([row["size"]["stop_times"] for row in known])
        costs = np.log([row["engines"][name]["mean_ms"] for row in known])
        found[name] = round(float(np.polyfit(sizes, costs, 1)[0]), 3)
    return found


def run(millions: Sequence[float], n: int, peers: Sequence[Peer], say: Say) -> dict[str, Any]:
    """All cities, the smallest first."""
    machine = describe_machine()
    rows = [measure_city(city_of(size), n, peers, say) for size in sorted(millions)]
    return {
        "set": GROWTH,
        "title": "made-up cities",
        "run_on": date.today().isoformat(),
        "machine": machine,
        "n_queries": n,
        "rows": rows,
        "exponents": exponents(rows),
    }


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; a mistake in it ends the process with status 2."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_growth", description="Cost against size.")
    parser.add_argument("--millions", type=_sizes, default=SIZES, metavar="0.1,1,5.8", help="of stop_times")
    parser.add_argument("--n", type=int, default=QUERIES, help="queries a size")
    parser.add_argument("--no-peers", action="store_true", help="measure only our router")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result file")
    return parser.parse_args(arguments)


def _sizes(text: str) -> tuple[float, ...]:
    sizes = tuple(sorted({float(part) for part in text.split(",")}))
    if len(sizes) < 2 or sizes[0] <= 0:
        raise argparse.ArgumentTypeError(f"{text!r}: growth needs two sizes or more, all above 0")
    return sizes


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done, 1 search and complete disagree."""
    return status_of(partial(_measure, parse_arguments(arguments)))


def _measure(given: argparse.Namespace) -> None:
    result = run(given.millions, given.n, () if given.no_peers else (USUAL_WALKS,), _say)
    _say(f"written: {write_result(given.out, result)}")
    draw_growth((ROOT / "plots" if given.out == RESULTS else given.out) / f"{GROWTH}.svg", result)
    if given.out == RESULTS:
        update_readme(ROOT / "README.md", RESULTS)
    print(render_growth(result))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
