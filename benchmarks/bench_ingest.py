"""Measure ingest beside pynigiri's load, and how it grows: `python -m benchmarks.bench_ingest --set newyork`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ending import status_of
from benchmarks.ingest_growth import draw_growth, exponents, ingest_task, lines, measure_growth
from benchmarks.ingest_measure import Contender, measure_child, medians, ratios, take_turns
from benchmarks.ingest_report import render, update_readme
from benchmarks.machine import describe_feeds, describe_machine
from benchmarks.peers.peer import PEERS
from benchmarks.report import write_result
from benchmarks.sets import ROOT, SETS, BenchSet, MissingFeedError, find_feeds, prepare_feeds
from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M

RESULTS = ROOT / "results" / "ingest"
NEAR_M = 300
"""The radius of the router's benchmark, without detour: what nigiri can be set to."""
PEER_DAYS = 480
"""nigiri keeps at most 512 days, and adds some before the first."""
OPENINGS = 5

Say = Callable[[str], None]


def measure_set(bench: BenchSet, rounds: int, say: Say) -> dict[str, Any]:
    """Ingest of a set beside the peer's load, each in a fresh process, taking turns; then Router.open."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        feeds, _ = prepare_feeds(bench, work / "feeds")
        ours = our_contenders(feeds, work)
        say("an uncounted run, which also brings the files into memory")
        size = measure_child(ours[0].task)["size"]
        span = peer_span(date.fromisoformat(size["first_date"]), size["days"], bench.day)
        theirs = peer_contenders(feeds, bench, span) if is_peer_installed() else []
        machine = describe_machine()
        reports = take_turns(_interleaved(ours, theirs), rounds, say)
        opened = _open_router(work / "snapshot", say)
        files = describe_feeds(feeds)
    return {
        "set": bench.id,
        "title": bench.title,
        "run_on": date.today().isoformat(),
        "machine": machine,
        "feeds": files,
        "size": size,
        "span": [day.isoformat() for day in span],
        "rounds": rounds,
        "load_averages": _loads(run for runs in reports.values() for run in runs),
        "contenders": {name: {"median": medians(runs), "runs": runs} for name, runs in reports.items()},
        "ratios": {
            one.name: {other.name: ratios(reports[one.name], reports[other.name]) for other in theirs}
            for one in ours
            if theirs
        },
        "router_open": opened,
    }


def is_peer_installed() -> bool:
    """Whether pynigiri can be loaded."""
    return any(peer.is_installed for peer in PEERS if peer.package == "pynigiri")


def our_contenders(feeds: Mapping[str, Path], work: Path) -> list[Contender]:
    """Ingest with walking as it comes, and as the peer can be set."""
    return [
        Contender(
            f"timbang, walking {radius:g} m, detour {detour:g}", ingest_task(feeds, work / "snapshot", radius, detour)
        )
        for radius, detour in ((DEFAULT_RADIUS_M, DEFAULT_DETOUR), (NEAR_M, 1.0))
    ]


def peer_contenders(feeds: Mapping[str, Path], bench: BenchSet, span: tuple[date, date]) -> list[Contender]:
    """pynigiri as it comes and linking stops as far as we do, for all days of the feeds; and for three days."""
    three = (bench.day, bench.day + timedelta(days=2))
    choices = (
        ("as it comes", None, span),
        (f"linking {NEAR_M} m", NEAR_M, span),
        (f"linking {NEAR_M} m, 3 days only", NEAR_M, three),
    )
    return [
        Contender(f"pynigiri, {name}", _peer_task(feeds, bench.zone, link_m, days)) for name, link_m, days in choices
    ]


def _peer_task(feeds: Mapping[str, Path], zone: str, link_m: int | None, days: tuple[date, date]) -> dict[str, Any]:
    paths = {feed: str(path) for feed, path in feeds.items()}
    start, end = (day.isoformat() for day in days)
    return {"do": "peer", "feeds": paths, "zone": zone, "link_m": link_m, "start": start, "end": end}


def peer_span(first: date, days: int, wanted: date) -> tuple[date, date]:
    """First and last day to load: all of the feeds, or as many around `wanted` as the peer can hold."""
    last = first + timedelta(days=days - 1)
    if days <= PEER_DAYS:
        return first, last
    start = max(first, min(wanted - timedelta(days=PEER_DAYS // 2), last - timedelta(days=PEER_DAYS - 1)))
    return start, start + timedelta(days=PEER_DAYS - 1)


def _interleaved(ours: Sequence[Contender], theirs: Sequence[Contender]) -> list[Contender]:
    """Ours and the peer's in turn, as far as both go."""
    n = max(len(ours), len(theirs))
    return [group[number] for number in range(n) for group in (ours, theirs) if number < len(group)]


def _open_router(snapshot: Path, say: Say) -> dict[str, Any]:
    """Medians over several fresh processes."""
    say(f"opening the snapshot in {OPENINGS} fresh processes")
    reports = [measure_child({"do": "open", "snapshot": str(snapshot)}) for _ in range(OPENINGS)]
    names = ("call_s", "private_before_mb", "private_mb")
    known = [name for name in names if reports[0][name] is not None]
    return dict.fromkeys(names) | {name: round(median(report[name] for report in reports), 4) for name in known}


def run_growth(millions: Sequence[float], runs: int, say: Say) -> dict[str, Any]:
    """Ingest of made-up feeds of several sizes."""
    machine = describe_machine()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure_growth(millions, runs, Path(folder), say)
    return {
        "set": "growth",
        "title": "made-up feeds",
        "run_on": date.today().isoformat(),
        "machine": machine,
        "rounds": runs,
        "walk_radius_m": DEFAULT_RADIUS_M,
        "load_averages": _loads(run for row in rows for run in row["runs"]),
        "rows": rows,
        "exponents": exponents(rows),
        "lines": lines(rows),
    }


def _loads(reports: Any) -> list[float]:
    return [report["load_average_1m"] for report in reports]


def default_set() -> str:
    """The New York feeds where they lie beside the checkout, the embedded region elsewhere."""
    try:
        find_feeds(SETS["newyork"])
    except MissingFeedError:
        return "embedded"
    return "newyork"


def parse_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line; a mistake in it ends the process with status 2. `--growth` alone measures no set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench_ingest", description="Measure ingest.")
    parser.add_argument("--set", choices=sorted(SETS), help="default: newyork where its feeds are, else embedded")
    parser.add_argument("--rounds", type=_positive, default=5, help="runs of each contender")
    parser.add_argument("--growth", type=_millions, metavar="1,5,25", help="made-up feeds, millions of stop_times")
    parser.add_argument("--growth-runs", type=_positive, default=3, help="runs of each made-up feed")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result files")
    given = parser.parse_args(arguments)
    if given.set is None and given.growth is None:
        given.set = default_set()
    return given


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


def _millions(text: str) -> list[float]:
    sizes = sorted({float(part) for part in text.split(",")})
    if len(sizes) < 2 or sizes[0] <= 0:
        raise argparse.ArgumentTypeError(f"{text!r}: growth needs two sizes or more, all above 0")
    return sizes


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: 0 done, 2 bad input."""
    return status_of(partial(_measure, parse_arguments(arguments)))


def _measure(given: argparse.Namespace) -> None:
    results = []
    if given.set is not None:
        results.append(measure_set(SETS[given.set], given.rounds, _say))
    if given.growth is not None:
        results.append(run_growth(given.growth, given.growth_runs, _say))
    is_standard = given.out == RESULTS
    for result in results:
        _say(f"written: {write_result(given.out, result)}")
        if result["set"] == "growth":
            draw_growth((ROOT / "plots" if is_standard else given.out) / "ingest-growth.svg", result)
        print(render(result))
    if is_standard:
        update_readme(ROOT / "README.md", RESULTS)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
