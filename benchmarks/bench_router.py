"""Measure the router beside pynigiri on fixed queries, and check the answers: `python -m benchmarks.bench_router`."""

from __future__ import annotations

import dataclasses
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from benchmarks import nigiri
from benchmarks.answers import ChangedAnswersError, Comparison, agree, check_expected, describe
from benchmarks.engines import CompleteEngine, Engine, Measured, SearchEngine, measure
from benchmarks.latency import ratio_of_means, summarize
from benchmarks.machine import describe_feeds, describe_machine
from benchmarks.matched import steps
from benchmarks.plan import RESULTS, Plan, parse_plan
from benchmarks.plots import draw_latency
from benchmarks.queries import QueryFileError, StopPair
from benchmarks.report import render_run, update_readme, write_result
from benchmarks.sets import ROOT, MissingFeedError, prepare_feeds
from benchmarks.stages import ingest, measure_stage
from routing import Router


def run(plan: Plan, progress: Progress) -> tuple[dict[str, Any], list[Measured]]:
    """One whole run. Raises ChangedAnswersError if our answers are not the stored ones."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        feeds, _ = prepare_feeds(plan.bench, work / "feeds")
        machine = describe_machine()
        stages = {"ingest": _ingest(plan, feeds, work, progress)}
        router = Router.open(work / "snapshot")
        if not plan.bench.zone:
            plan = dataclasses.replace(plan, bench=dataclasses.replace(plan.bench, zone=router.network.zones[0]))
        pairs = plan.pairs(router.network)
        if plan.with_stages:
            stages |= _start_up(plan, feeds, work, pairs, progress)
        peers = _load_peers(plan, feeds, progress)
        router.warm_up()
        measured = _measure(plan, router, peers, pairs, progress)
        checked = _check(plan, pairs, measured)
        comparisons = _compare(plan, router, feeds, pairs, measured, progress)
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
            "peers": {peer.name: peer.size() for peer in peers},
            "answers": {"compared_with_stored": checked, "with_peers": [found.to_dict() for found in comparisons]},
        }
    return result, measured


def _ingest(plan: Plan, feeds: Mapping[str, Path], work: Path, progress: Progress) -> dict[str, Any]:
    _say(progress, "ingesting the feeds")
    task = {
        "stage": "ingest",
        "feeds": {feed: str(path) for feed, path in feeds.items()},
        "embedded": not plan.bench.feeds,
        "walk_radius_m": plan.conditions.walk_radius_m,
        "out": str(work / "snapshot"),
    }
    return measure_stage(task) if plan.with_stages else {"seconds": ingest(task)}


def _start_up(
    plan: Plan, feeds: Mapping[str, Path], work: Path, pairs: Sequence[StopPair], progress: Progress
) -> dict[str, Any]:
    """Start of the router with no compiled kernels, then with them; and the peer's load."""
    task = {"stage": "router", "snapshot": str(work / "snapshot"), "time": pairs[0].time.isoformat()}
    cache = {"TIMBANG_KERNEL_CACHE": str(work / "kernels")}
    stages = {}
    for name in ("router, kernels compiled", "router, kernels from the cache"):
        _say(progress, f"starting the {name}")
        stages[name] = measure_stage(task, cache)
    if nigiri.is_installed():
        for name, limit in nigiri.LIMITS.items():
            _say(progress, f"loading {name}")
            stages[name] = measure_stage(
                {
                    "stage": "peer",
                    "feeds": {feed: str(path) for feed, path in feeds.items()},
                    "day": plan.bench.day.isoformat(),
                    "zone": plan.bench.zone,
                    "walk_radius_m": plan.conditions.walk_radius_m,
                    "max_footpath_min": limit,
                }
            )
    return stages


def _load_peers(plan: Plan, feeds: Mapping[str, Path], progress: Progress) -> list[nigiri.NigiriEngine]:
    if not nigiri.is_installed():
        _say(progress, "pynigiri is not installed (optional dependency group bench): only our router is measured")
        return []
    bench = plan.bench
    return [
        nigiri.NigiriEngine(name, nigiri.load(feeds, bench.day, bench.zone, plan.conditions, limit), feeds)
        for name, limit in nigiri.LIMITS.items()
    ]


def _measure(
    plan: Plan, router: Router, peers: Sequence[Engine], pairs: Sequence[StopPair], progress: Progress
) -> list[Measured]:
    engines: list[Engine] = [SearchEngine(router, plan.conditions), CompleteEngine(router, plan.conditions), *peers]
    task = progress.add_task(f"{plan.bench.id}: {len(pairs)} queries", total=len(pairs) * len(engines))

    def advance(queries: int) -> None:
        progress.update(task, advance=queries, refresh=True)

    return measure(engines, pairs, advance)


def _check(plan: Plan, pairs: Sequence[StopPair], measured: Sequence[Measured]) -> int:
    """How many answers were compared with stored ones; none where there are none for these conditions."""
    search, complete = measured[:2]
    different = [
        pair.id
        for pair, one, other, answer in zip(pairs, search.arrivals, complete.arrivals, complete.answers, strict=True)
        if one != other and all(journey.kind == "ride" for journey in answer)  # a walk may have dropped the ride
    ]
    if different:
        raise ChangedAnswersError(f"search and complete disagree on queries {', '.join(different[:10])}")
    if not plan.is_fixed or not plan.bench.expected.exists():
        return 0
    return check_expected(plan.bench.expected, pairs, [describe(answer) for answer in complete.answers])


def _compare(
    plan: Plan,
    router: Router,
    feeds: Mapping[str, Path],
    pairs: Sequence[StopPair],
    measured: Sequence[Measured],
    progress: Progress,
) -> list[Comparison]:
    """Agreement with every peer, as it is and rule by rule."""
    ours, peers = measured[0].arrivals, [each for each in measured if each.name in nigiri.LIMITS]
    found = []
    for peer in peers:
        comparison = Comparison(peer.name, agree(ours, peer.arrivals))
        radius_m, limit = plan.conditions.walk_radius_m, nigiri.LIMITS[peer.name]
        for reading, network in steps(router.network, feeds, radius_m, limit):
            _say(progress, f"comparing with {peer.name}, reading {reading}")
            engine = SearchEngine(Router(network), plan.conditions)
            walks = [engine.arrival_on_foot(engine.prepare(pair)) for pair in pairs]
            read = agree(_or_walk(_arrivals(engine, pairs), walks), _or_walk(peer.arrivals, walks))
            comparison.steps.append((reading, read))
        found.append(comparison)
    return found


def _arrivals(engine: SearchEngine, pairs: Sequence[StopPair]) -> list[int | None]:
    queries = [engine.prepare(pair) for pair in pairs]
    return [engine.arrival(query, engine.run(query)) for query in queries]


def _or_walk(rides: Sequence[int | None], walks: Sequence[int | None]) -> list[int | None]:
    """Earliest arrivals when walking all the way counts, too: nigiri gives no ride where a walk is as early."""
    return [min((time for time in both if time is not None), default=None) for both in zip(rides, walks, strict=True)]


def _ratios(measured: Sequence[Measured]) -> dict[str, dict[str, list[float]]]:
    """Mean CPU time of each peer over each of ours, with its 95 % interval over queries."""
    ours = [each for each in measured if each.name not in nigiri.LIMITS]
    peers = [each for each in measured if each.name in nigiri.LIMITS]
    return {
        peer.name: {each.name: [round(x, 4) for x in ratio_of_means(peer.cpu_ns, each.cpu_ns)] for each in ours}
        for peer in peers
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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done, 1 answers changed, 2 bad input."""
    plan = parse_plan(arguments)
    # No refresh thread: its work would be counted as process CPU time of whatever runs just then.
    console = Console(stderr=True)
    try:
        with Progress(console=console, auto_refresh=False) as progress:
            result, measured = run(plan, progress)
    except ChangedAnswersError as error:
        print(f"ANSWERS CHANGED: {error}", file=sys.stderr)
        return 1
    except (MissingFeedError, QueryFileError) as error:
        print(error, file=sys.stderr)
        return 2
    path = write_result(plan.out, result)
    plots = ROOT / "plots" if plan.out == RESULTS else plan.out
    draw_latency(plots / f"{result['set']}.svg", result, measured)
    if plan.out == RESULTS:
        update_readme(ROOT / "README.md", RESULTS)
    print(render_run(result))
    print(f"written: {path}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
