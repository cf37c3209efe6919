"""`make soak`: `python -m benchmarks.load [PART ...] [--requests N] [--seconds S] [--shared]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.load.cities import compares, make_network, make_snapshot, mixture, pairs_of, plans
from benchmarks.load.ending import measure_cold, measure_end, measure_kills
from benchmarks.load.endurance import measure_endurance
from benchmarks.load.overload import measure_overload
from benchmarks.load.realtime import measure_cycle, measure_cycles
from benchmarks.load.report import write
from benchmarks.load.speed import measure_speed, measure_workers
from benchmarks.load.swap import measure_swaps
from benchmarks.machine import describe_machine
from benchmarks.sets import SETS, MissingFeedError
from ingest.walk_options import WalkOptions

SWAP_QUERIES = 40
LONG, TIMES_LONGER = "endurance-long", 5
"""A million requests if nothing else is said, of a small city, in half an hour or more: only if it is asked for."""


def _parts(work: Path, given: argparse.Namespace) -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Name -> how it is measured. What is needed is made when it is first asked for."""

    def jakarta() -> Path:
        return make_snapshot("jakarta", work)

    def newyork() -> Path:
        return make_snapshot("newyork", work)

    swift = given.seconds
    return {
        "compare-jakarta": lambda: measure_speed(jakarta(), compares(pairs_of("jakarta")), swift / 3),
        "plan-newyork": lambda: measure_speed(newyork(), plans(pairs_of("newyork")), swift / 3),
        "workers": lambda: measure_workers(newyork(), plans(pairs_of("newyork")), swift / 2),
        "swap": lambda: _swap(work, swift),
        "overload": lambda: measure_overload(newyork(), plans(pairs_of("newyork")), swift),
        "endurance": lambda: measure_endurance(jakarta(), mixture(pairs_of("jakarta")), given.requests),
        LONG: lambda: measure_endurance(
            make_snapshot("embedded", work), mixture(pairs_of("embedded")), TIMES_LONGER * given.requests
        ),
        "sigterm-1": lambda: measure_end(newyork(), plans(pairs_of("newyork")), 1),
        "sigterm-2": lambda: measure_end(newyork(), plans(pairs_of("newyork")), 2),
        "kills": lambda: measure_kills(newyork()),
        "cold-start": lambda: measure_cold(jakarta()),
        "realtime-cycle": lambda: measure_cycle(newyork(), SETS["newyork"].day),
        "realtime-soak": lambda: measure_cycles(jakarta(), SETS["jakarta"].day, min(given.requests // 20, 10_000)),
    }


def _swap(work: Path, seconds: float) -> dict[str, Any]:
    """The same feeds, stops linked so far and half as far: other ids, and other answers."""
    radius_m = WalkOptions().radius_m
    networks = tuple(make_network(SETS["jakarta"], work, radius) for radius in (radius_m, radius_m / 2))
    return measure_swaps(
        (networks[0], networks[1]), pairs_of("jakarta")[:SWAP_QUERIES], work, seconds=seconds, swaps=round(seconds / 2)
    )


def main() -> int:
    """Measure, write result files and docs/reliability.md. Exit status 2 where feeds are missing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"which; default: all but {LONG}")
    parser.add_argument("--requests", type=int, default=200_000, help="of the endurance run")
    parser.add_argument("--seconds", type=float, default=60, help="of swaps and of overload; the rest is shorter")
    parser.add_argument("--shared", action="store_true", help="say that other work runs on the machine")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        parts = _parts(Path(folder), given)
        if unknown := set(given.parts) - parts.keys():
            parser.error(f"there is no part {', '.join(sorted(unknown))}; parts are {', '.join(parts)}")
        machine, found = {**describe_machine(), "is_shared": given.shared}, {}
        for name in given.parts or (name for name in parts if name != LONG):
            begin = time.perf_counter()
            try:
                found[name] = parts[name]()
            except MissingFeedError as error:
                print(error, file=sys.stderr)
                return 2
            print(f"{name}: {found[name]} ({time.perf_counter() - begin:.0f} s)", file=sys.stderr, flush=True)
            write({"machine": machine, "date": date.today().isoformat(), "parts": {name: found[name]}})
    return 0


if __name__ == "__main__":
    sys.exit(main())
