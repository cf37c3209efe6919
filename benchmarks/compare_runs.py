"""One run against another: `python -m benchmarks.compare_runs NEW.json OLD.json`, or `--set jakarta` (the last two)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.plan import RESULTS
from benchmarks.sets import SETS

SLOWER = 1.3
"""From this ratio on, a row is marked."""

Row = tuple[str, str, float, float]


def figures(result: Mapping[str, Any]) -> dict[tuple[str, str], float]:
    """All comparable figures of a run by (what, measure). Less is better, but for `times ours`."""
    found = {
        (engine, key): row[key]
        for engine, row in result["engines"].items()
        for key in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")
    }
    for stage, report in result["stages"].items():
        found |= {(stage, f"{step} s"): seconds for step, seconds in report["seconds"].items()}
        if "peak_mb" in report:
            found[stage, "peak MB"] = report["peak_mb"]
    for name, row in {**result.get("searches", {}), **result["peers"]}.items():
        found |= {(name, key): row[key] for key in ("mean_ms", "p95_ms", "bytes", "cpu_s", "peak_mb") if key in row}
    for peer, ratios in result["ratios"].items():
        found |= {(peer, f"times {engine}"): row[0] for engine, row in ratios.items()}
    return found


def compare(new: Mapping[str, Any], old: Mapping[str, Any]) -> Iterator[Row]:
    """(what, measure, old, new) of the figures that both runs have."""
    before, after = figures(old), figures(new)
    for what, measure in after:
        if (what, measure) in before:
            yield what, measure, before[what, measure], after[what, measure]


def differences(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """What makes two runs less comparable: other machine, versions, feeds or conditions."""
    found = [
        f"{part}.{key}: {old[part].get(key)} then, {new[part].get(key)} now"
        for part in ("machine", "conditions", "feeds")
        for key in {**old[part], **new[part]}
        if key not in ("git", "load_average_1m") and old[part].get(key) != new[part].get(key)
    ]
    return found if new["set"] == old["set"] else [f"set: {old['set']} then, {new['set']} now", *found]


def last_two(bench: str, folder: Path) -> tuple[Path, Path]:
    """Newest and second newest result of a set. Raises FileNotFoundError."""
    files = [path for path in sorted(folder.glob("*.json")) if path.stem[: -len("-2000-01-01")] == bench]
    if len(files) < 2:
        raise FileNotFoundError(f"{folder} holds {len(files)} results of set {bench}; two are needed")
    return files[-1], files[-2]


def render(new: Mapping[str, Any], old: Mapping[str, Any]) -> Table:
    """The ratios as a table."""
    table = Table(title=f"{new['set']}: {new['run_on']} against {old['run_on']}")
    for column in ("what", "measure", "then", "now", "now / then", ""):
        table.add_column(column, justify="left" if column in ("what", "measure", "") else "right")
    for what, measure, before, after in compare(new, old):
        ratio = after / before if before else float("nan")
        slower = ratio >= SLOWER and not measure.startswith("times ")
        table.add_row(what, measure, f"{before:.3f}", f"{after:.3f}", f"{ratio:.2f}", "slower" if slower else "")
    return table


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runs", nargs="*", type=Path, metavar="NEW OLD")
    parser.add_argument("--set", choices=sorted(SETS))
    given = parser.parse_args()
    if len(given.runs) not in (0, 2) or bool(given.runs) == bool(given.set):
        parser.error("give two result files, or --set")
    try:
        new, old = (json.loads(path.read_text("utf-8")) for path in given.runs or last_two(given.set, RESULTS))
    except OSError as error:
        parser.error(str(error))
    console = Console()
    for line in differences(new, old):
        console.print(f"differs: {line}", highlight=False)
    console.print(render(new, old))


if __name__ == "__main__":
    main()
