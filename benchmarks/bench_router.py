"""Measure the router beside its peers on fixed queries, and check the answers: `python -m benchmarks.bench_router`."""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks.checking import check_ours, check_travel_times, compare_all
from benchmarks.ending import status_of
from benchmarks.engines import (
    BlockEngine,
    CompleteEngine,
    InProcess,
    Measured,
    SearchEngine,
    TravelTimeEngine,
    measure,
)
from benchmarks.latency import ratio_of_means, summarize
from benchmarks.machine import describe_feeds, describe_machine
from benchmarks.peers.opening import Opened, open_peers
from benchmarks.peers.peer import Site
from benchmarks.plan import RESULTS, Plan, parse_plans
from benchmarks.plots import draw_latency
from benchmarks.queries import StopPair
from benchmarks.report import render_run, update_readme, write_result
from benchmarks.searches import measure_searches
from benchmarks.sets import ROOT, prepare_feeds
from benchmarks.stages import ingest, measure_stage
from routing import Router

OURS = 3
"""Of the engines, the first ones: search, complete and travel time."""


def run(plan: Plan, progress: Progress) -> tuple[dict[str, Any], list[Measured]]:
    """One whole run. Raises ChangedAnswersError if our answers are not the stored ones."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        work = Path(folder)
        feeds, _ = prepare_feeds(plan.bench, work / "feeds")
        machine = describe_machine()
        stages = {"ingest": _ingest(plan, feeds, work, progress)}
        router = Router.open(work / "snapshot")
        if not plan.bench.zone:
            plan = dataclasses.replace(plan, bench=dataclasses.replace(plan.bench, zone=router.network.zones[0]))
        pairs = plan.pairs(router.network)
        if plan.with_stages:
            stages |= _start_up(work, pairs, progress)
        say = _sayer(progress)
        site = Site(feeds, router.network, plan.bench, plan.conditions, work)
        peers, peer_rows = open_peers(site, stack, say, plan.peers)
        router.warm_up()
        measured = _measure(plan, router, peers, pairs, progress)
        search, complete, travel_time, theirs = *measured[:OURS], measured[OURS:]
        checked = check_ours(plan, pairs, search, complete)
        check_travel_times(router, plan, pairs, search, travel_time)
        searches = (
            measure_searches(router, plan.bench, plan.conditions, pairs, complete.answers, say)
            if plan.with_searches
            else {}
        )
        comparisons = compare_all(site, pairs, search, theirs, peers, say)
        result = {
            "set": plan.bench.id,
            "title": plan.bench.title,
            "run_on": date.today().isoformat(),
            "machine": machine,
            "feeds": describe_feeds(feeds),
            "conditions": _conditions(plan, router, len(pairs)),
            "stages": stages,
            "engines": {each.name: summarize(each.cpu_ns).to_dict() for each in measured},
            "ratios": _ratios(measured),
            "peers": peer_rows,
            "searches": searches,
            "answers": {"compared_with_stored": checked, "with_peers": [found.to_dict() for found in comparisons]},
        }
    return result, measured


def _ingest(plan: Plan, feeds: Mapping[str, Path], work: Path, progress: Progress) -> dict[str, Any]:
    _say(progress, "ingesting the feeds")
    task = {
        "stage": "ingest",
        "feeds": {feed: str(path) for feed, path in feeds.items()},
        "embedded": not plan.bench.feeds and plan.bench.made is None,
        "walk_radius_m": plan.conditions.walk_radius_m,
        "out": str(work / "snapshot"),
    }
    return measure_stage(task) if plan.with_stages else ingest(task)


def _start_up(work: Path, pairs: Sequence[StopPair], progress: Progress) -> dict[str, Any]:
    """Start of the router with no compiled kernels, then with them."""
    task = {"stage": "router", "snapshot": str(work / "snapshot"), "time": pairs[0].time.isoformat()}
    cache = {"TIMBANG_KERNEL_CACHE": str(work / "kernels")}
    stages = {}
    for name in ("router, kernels compiled", "router, kernels from the cache"):
        _say(progress, f"starting the {name}")
        stages[name] = measure_stage(task, cache)
    return stages


def _measure(
    plan: Plan, router: Router, peers: Opened, pairs: Sequence[StopPair], progress: Progress
) -> list[Measured]:
    ours: list[BlockEngine] = [
        InProcess(SearchEngine(router, plan.conditions)),
        InProcess(CompleteEngine(router, plan.conditions)),
        InProcess(TravelTimeEngine(router, plan.conditions)),
    ]
    engines = [*ours, *(process for _, process in peers)]
    task = progress.add_task(f"{plan.bench.id}: {len(pairs)} queries", total=len(pairs) * len(engines))

    def advance(queries: int) -> None:
        progress.update(task, advance=queries, refresh=True)

    return measure(engines, pairs, advance)


def _ratios(measured: Sequence[Measured]) -> dict[str, dict[str, list[float]]]:
    """Mean CPU time of each peer over each of ours, with its 95 % interval over queries."""
    return {
        peer.name: {
            each.name: [round(x, 4) for x in ratio_of_means(peer.cpu_ns, each.cpu_ns)] for each in measured[:OURS]
        }
        for peer in measured[OURS:]
    }


def _conditions(plan: Plan, router: Router, n: int) -> dict[str, Any]:
    network = router.network
    return {
        "n_queries": n,
        "date": plan.bench.day.isoformat(),
        "from": plan.bench.start.isoformat("minutes"),
        "to": plan.bench.end.isoformat("minutes"),
        "zone": plan.bench.zone,
        "walk_radius_m": plan.conditions.walk_radius_m,
        "speed_m_per_s": plan.conditions.speed_m_per_s,
        "queries": plan.queries.name if plan.queries else f"drawn with seed {plan.bench.seed}",
        "stops": len(network.stops.lat),
        "trips": len(network.trips.route),
        "stop_times": len(network.stop_times.arrival),
        "headway_rows": len(network.headways.trip),
        "footpaths": len(network.footpaths.from_stop),
    }


def _say(progress: Progress, text: str) -> None:
    progress.console.print(text, highlight=False, soft_wrap=True)


def _sayer(progress: Progress) -> Callable[[str], None]:
    return lambda text: _say(progress, text)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done, 1 answers changed, 2 bad input."""
    return max(status_of(partial(_run_one, plan)) for plan in parse_plans(arguments))


def _run_one(plan: Plan) -> None:
    # No refresh thread: its work would be counted as process CPU time of whatever runs just then.
    with Progress(console=Console(stderr=True), auto_refresh=False) as progress:
        result, measured = run(plan, progress)
    path = write_result(plan.out, result)
    plots = ROOT / "plots" if plan.out == RESULTS else plan.out
    draw_latency(plots / f"{result['set']}.svg", result, measured)
    if plan.out == RESULTS:
        update_readme(ROOT / "README.md", RESULTS)
    print(render_run(result))
    print(f"written: {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
