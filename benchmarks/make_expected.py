"""Store our answers to a set's query file, which every later run must give: `python -m benchmarks.make_expected`.

Only after an intended change of meaning: look at the difference before it is committed.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.answers import describe, write_expected
from benchmarks.engines import CompleteEngine
from benchmarks.queries import read_pairs
from benchmarks.sets import SETS, prepare_feeds
from benchmarks.stages import ingest
from routing import Router


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    bench = SETS[parser.parse_args().set]
    pairs = read_pairs(bench.queries, bench.zone)
    with tempfile.TemporaryDirectory() as folder:
        feeds, region = prepare_feeds(bench, Path(folder) / "feeds")
        out = Path(folder) / "snapshot"
        ingest(
            {
                "feeds": {feed: str(path) for feed, path in feeds.items()},
                "embedded": region is not None,
                "walk_radius_m": bench.conditions.walk_radius_m,
                "out": str(out),
            }
        )
        engine = CompleteEngine(Router.open(out), bench.conditions)
        write_expected(bench.expected, pairs, [describe(engine.run(engine.prepare(pair))) for pair in pairs])
    print(f"{bench.expected}: {len(pairs)} answers")


if __name__ == "__main__":
    main()
