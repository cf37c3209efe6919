"""Measure comparisons and duels beside plain journeys: `python -m benchmarks.bench_compare --set jakarta newyork`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import orjson
from rich.console import Console
from rich.progress import Progress

from benchmarks.answers import ChangedAnswersError
from benchmarks.compare_report import COMPARE, JOURNEYS, OPTIONS, WRITTEN, render, update_readme
from benchmarks.ending import status_of
from benchmarks.engines import CompleteEngine, InProcess, Measured, RouterEngine, measure, settled_memory
from benchmarks.latency import ratio_of_means, summarize
from benchmarks.machine import describe_feeds, describe_machine
from benchmarks.plan import ALL
from benchmarks.queries import StopPair, read_pairs
from benchmarks.report import write_result
from benchmarks.sets import ROOT, SETS, BenchSet, Conditions, default_set, prepare_feeds
from benchmarks.stages import ingest
from routing import Journey, Query, Router
from routing.compare import Comparison
from routing.compare.options import find_options

RESULTS = ROOT / "results" / "compare"
COMPARED = ("embedded", "jakarta", "portoalegre", "newyork")
"""The sets in which providers compete."""

Advance = Callable[[int], None]


class JourneysEngine(CompleteEngine):
    """`router.journeys(query)`, which a comparison is held against."""

    name = JOURNEYS


class OptionsEngine(RouterEngine):
    """The searches of a comparison alone: the best journeys by the exact set of providers ridden, not yet ranked."""

    name = OPTIONS

    def run(self, query: Query) -> list[Journey]:
        """Options, walking among them."""
        return find_options(self._router, query, self._router.ends(query))

    def arrival(self, query: Query, answer: Sequence[Journey]) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""
        return _earliest(answer)


class CompareEngine(RouterEngine):
    """`router.compare(query)`: ranked, priced, with standings, trade-offs and what was dropped."""

    name = COMPARE

    def run(self, query: Query) -> Comparison:
        """What a caller gets."""
        return self._router.compare(query)

    def arrival(self, query: Query, answer: Comparison) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""
        return _earliest(option.journey for option in answer.options)


class WrittenEngine(CompareEngine):
    """The same with its JSON, as the service sends it."""

    name = WRITTEN

    def __init__(self, router: Router, conditions: Conditions) -> None:
        super().__init__(router, conditions)
        self.n_options: list[int] = []

    def run(self, query: Query) -> Comparison:
        """The comparison; the bytes are thrown away."""
        found = self._router.compare(query)
        orjson.dumps(found.to_dict())
        return found

    def arrival(self, query: Query, answer: Comparison) -> int | None:
        """As of the others. Comparisons that are kept would be looked through by the garbage collector: few numbers are
        noted of them instead."""
        self.n_options.append(len(answer.options))
        return super().arrival(query, answer)


def _earliest(journeys: Iterable[Journey]) -> int | None:
    return min((journey.arrival_s for journey in journeys if journey.kind == "ride"), default=None)


def run(bench: BenchSet, n: int, n_duels: int, say: Callable[[str], Advance]) -> dict[str, Any]:
    """One set. Raises ChangedAnswersError where a comparison does not hold the earliest arrival of all journeys."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        feeds, _ = prepare_feeds(bench, work / "feeds")
        machine = describe_machine()
        router = _router(bench, feeds, work)
        pairs = read_pairs(bench.queries, bench.zone)[:n]
        measured, n_options = measure_comparisons(router, bench, pairs, say(f"{bench.id}: {len(pairs)} queries"))
        duels = measure_duels(router, bench, pairs[:n_duels], say(f"{bench.id}: duels"))
        files = describe_feeds(feeds)
    journeys = measured[0]
    return {
        "set": bench.id,
        "title": bench.title,
        "run_on": date.today().isoformat(),
        "machine": machine,
        "feeds": files,
        "providers": len(router.network.providers),
        "options": round(n_options, 2),
        "latencies": {
            **{each.name: summarize(each.cpu_ns).to_dict() for each in measured},
            "duel, a day": summarize(duels).to_dict(),
        },
        "ratios": {
            each.name: [round(x, 4) for x in ratio_of_means(each.cpu_ns, journeys.cpu_ns)] for each in measured[1:]
        },
    }


def _router(bench: BenchSet, feeds: dict[str, Path], work: Path) -> Router:
    ingest(
        {
            "feeds": {feed: str(path) for feed, path in feeds.items()},
            "embedded": not bench.feeds,
            "walk_radius_m": bench.conditions.walk_radius_m,
            "out": str(work / "snapshot"),
        }
    )
    router = Router.open(work / "snapshot")
    router.warm_up()
    return router


def measure_comparisons(
    router: Router, bench: BenchSet, pairs: Sequence[StopPair], advance: Advance = lambda _: None
) -> tuple[list[Measured], float]:
    """Journeys first, then all that a comparison is made of, the whole last; in turn, block by block. And how many
    options a comparison has.

    Raises ChangedAnswersError.
    """
    written = WrittenEngine(router, bench.conditions)
    engines = [*(kind(router, bench.conditions) for kind in (JourneysEngine, OptionsEngine, CompareEngine)), written]
    measured = measure([InProcess(engine, keep_answers=False) for engine in engines], pairs, advance)
    for each in measured[1:]:
        for pair, first, found in zip(pairs, measured[0].arrivals, each.arrivals, strict=True):
            if first != found:
                raise ChangedAnswersError(f"query {pair.id}: {each.name} arrives at {found}, journeys at {first}")
    return measured, fmean(written.n_options[-len(pairs) :])  # those before are of the warm-up


def measure_duels(
    router: Router, bench: BenchSet, pairs: Sequence[StopPair], advance: Advance = lambda _: None
) -> list[int]:
    """Nanoseconds of process CPU time of a local day between the stops of each pair."""
    engine, found = JourneysEngine(router, bench.conditions), []
    queries = [dataclasses.replace(engine.prepare(pair), time=pair.time.replace(hour=0, minute=0)) for pair in pairs]
    for query in queries[:1]:
        router.duel(query)
    with settled_memory():
        for query in queries:
            start = time.process_time_ns()
            router.duel(query)
            found.append(time.process_time_ns() - start)
            advance(1)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done, 1 answers changed, 2 bad input."""
    given = _parser().parse_args(arguments)
    names = given.set or [default_set()]
    return max(status_of(partial(_run_one, SETS[name], given)) for name in (COMPARED if ALL in names else names))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_compare", description=__doc__)
    parser.add_argument("--set", nargs="+", choices=(*COMPARED, ALL), help="the real Jakarta feeds if they are here")
    parser.add_argument("--n", type=_positive, default=1000, help="so many queries of the set's file")
    parser.add_argument("--duels", type=_positive, default=40, help="so many of them for a whole day")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder for the result file")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return number


def _run_one(bench: BenchSet, given: argparse.Namespace) -> None:
    # No refresh thread: its work would be counted as process CPU time of whatever runs just then.
    with Progress(console=Console(stderr=True), auto_refresh=False) as progress:

        def say(text: str) -> Advance:
            n = given.duels if text.endswith("duels") else 4 * given.n
            task = progress.add_task(text, total=n)
            return lambda done: progress.update(task, advance=done, refresh=True)

        result = run(bench, given.n, given.duels, say)
    path = write_result(given.out, result)
    if given.out == RESULTS:
        update_readme(ROOT / "README.md", RESULTS)
    print(render(result))
    print(f"written: {path}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
