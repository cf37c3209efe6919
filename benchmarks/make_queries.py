"""Write a set's query file: `python -m benchmarks.make_queries --set jakarta`. The same seed gives the same file."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.queries import StopPair, called_stops, draw_pairs, write_pairs
from benchmarks.sets import SETS, BenchSet, prepare_feeds
from ingest.pipeline import WalkOptions, ingest_feeds


def make_pairs(bench: BenchSet, n: int) -> list[StopPair]:
    """Ingest the set's feeds (no walking needed) and draw `n` pairs from the stops called at on its day."""
    with tempfile.TemporaryDirectory() as folder:
        feeds, region = prepare_feeds(bench, Path(folder))
        network = ingest_feeds(feeds, WalkOptions(walk="off"), region=region).network
    if network is None:
        raise SystemExit(f"set {bench.id}: no feed could be used")
    return draw_pairs(called_stops(network, bench.day), bench, n)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--out", type=Path, help="default: the set's committed file")
    arguments = parser.parse_args()
    bench = SETS[arguments.set]
    out = arguments.out or bench.queries
    write_pairs(out, make_pairs(bench, arguments.n))
    print(f"{out}: {arguments.n} pairs, seed {bench.seed}")


if __name__ == "__main__":
    main()
