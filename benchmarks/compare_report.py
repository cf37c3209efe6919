"""The README tables of comparisons, from the newest result of each set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import machine_line, markdown_table, put_between, read_newest

BEGIN = "<!-- comparisons: written by `python -m benchmarks.bench_compare`, do not edit -->"
END = "<!-- end of comparisons -->"

JOURNEYS = "journeys"
OPTIONS = "searches of a comparison"
COMPARE = "compare"
WRITTEN = "compare, with its JSON"
DUEL = "duel, a day"

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CompareBar:
    """What one figure of a set must be at most, and should be."""

    set: str
    figure: str
    must: float
    aim: float | None
    is_ratio: bool = False

    def measured(self, result: Result) -> float:
        """Mean milliseconds, or how many times the mean of journeys."""
        found = result["ratios"][self.figure][0] if self.is_ratio else result["latencies"][self.figure]["mean_ms"]
        return float(found)


BARS = (
    CompareBar("newyork", COMPARE, 3, 2, is_ratio=True),
    CompareBar("jakarta", COMPARE, 5, 2),
    CompareBar("jakarta", DUEL, 300, None),
)


def update_readme(readme: Path, results: Path) -> None:
    """Put the tables of the newest results between the markers. Raises ReadmeError."""
    put_between(readme, BEGIN, END, render_all(results))


def render_all(results: Path) -> str:
    """The table of bars, and every set."""
    newest = read_newest(results)
    bars = render_bars({result["set"]: result for result in newest})
    return "\n\n".join([bars, *map(render, newest)])


def render_bars(results: Mapping[str, Result]) -> str:
    """What must be shown, against the newest run of each set."""
    rows = []
    for bar in BARS:
        unit = f"× {JOURNEYS}" if bar.is_ratio else "ms"
        wanted = [f"≤ {bar.must:g} {unit}", "" if bar.aim is None else f"≤ {bar.aim:g} {unit}"]
        result = results.get(bar.set)
        if result is None:
            rows.append([bar.set, bar.figure, *wanted, "not measured", "", ""])
            continue
        found = bar.measured(result)
        verdicts = [
            "" if most is None else "reached" if found <= most else "**not reached**" for most in (bar.must, bar.aim)
        ]
        rows.append([bar.set, bar.figure, *wanted, f"{found:.3g} {unit}", *verdicts])
    return markdown_table(("set", "mean", "must", "aim", "measured", "must", "aim"), rows, texts=2)


def _verdict(found: float, most: float | None) -> str:
    if most is None:
        return ""
    return "reached" if found <= most else "**not reached**"


def render(result: Result) -> str:
    """One set: latencies, and how many times the journeys of the same run each takes."""
    rows = []
    for name, found in result["latencies"].items():
        times = [f"{found[key]:.2f}" for key in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")]
        ratio = result["ratios"].get(name)
        told = "" if ratio is None else f"{ratio[0]:.2f} ({ratio[1]:.2f}–{ratio[2]:.2f})"
        rows.append((name, f"{found['n']:,}", *times, told))
    what = f"{result['providers']} providers, {result['options']:g} options a comparison. {machine_line(result)}"
    head = ("CPU ms", "queries", "mean", "p50", "p95", "p99", f"× {JOURNEYS} (95 %)")
    return "\n\n".join([f"### comparisons: {result['title']}", what, markdown_table(head, rows)])
