"""How the cost of ingest grows with the feed: made-up feeds of several sizes, an exponent, and a picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.ingest_measure import measure_child, medians
from benchmarks.synthetic import SyntheticPlan, write_feeds
from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M

MILLION = 1_000_000
PANELS = (
    ("seconds", (("wall_s", "wall", "#0072B2", "o"), ("cpu_s", "CPU", "#D55E00", "s"))),
    ("megabytes", (("peak_mb", "peak memory", "#009E73", "^"),)),
)


def ingest_task(feeds: Mapping[str, Path], out: Path, radius_m: float, detour: float) -> dict[str, Any]:
    """What `ingest_child` needs to make a snapshot."""
    paths = {feed: str(path) for feed, path in feeds.items()}
    return {"do": "ingest", "feeds": paths, "radius_m": radius_m, "detour": detour, "out": str(out)}


def measure_growth(
    millions: Sequence[float], runs: int, work: Path, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    """One row a size, ascending: what the feed holds, and the medians of `runs` ingests with default walking."""
    rows = []
    for size in sorted(millions):
        feed = work / f"{size:g}.zip"
        say(f"making a feed of {size:g} million stop_times")
        plan = dataclasses.replace(SyntheticPlan(round(size * MILLION)), first_date=date(date.today().year, 1, 1))
        made = write_feeds(dataclasses.replace(plan, last_date=date(plan.first_date.year + 1, 12, 31)), feed)[0]
        task = ingest_task({"city": feed}, work / "snapshot", DEFAULT_RADIUS_M, DEFAULT_DETOUR)
        reports = []
        for number in range(runs):
            say(f"{made.stop_times:,} stop_times, run {number + 1} of {runs}")
            reports.append(measure_child(task))
        size_of = {"zip_mb": round(feed.stat().st_size / 2**20, 1), **reports[0]["size"]}
        rows.append({"size": size_of, "median": medians(reports), "runs": reports})
        feed.unlink()
    return rows


def exponents(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """p of cost = a * size^p, by least squares on logarithms: 1 is linear. Needs two sizes."""
    sizes = np.log([row["size"]["stop_times"] for row in rows])
    return {
        name: round(float(np.polyfit(sizes, np.log([row["median"][name] for row in rows]), 1)[0]), 3)
        for name in ("wall_s", "cpu_s", "peak_mb")
    }


def lines(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """(fixed, a million) of cost = fixed + a million * size, by least squares on relative errors. Needs two sizes."""
    millions = np.array([row["size"]["stop_times"] for row in rows]) / MILLION
    found = {}
    for name in ("wall_s", "cpu_s", "peak_mb"):
        costs = np.array([row["median"][name] for row in rows])
        slope, fixed = np.polyfit(millions, costs, 1, w=1 / costs)
        found[name] = (round(float(fixed), 3), round(float(slope), 3))
    return found


def draw_growth(path: Path, result: Mapping[str, Any]) -> None:
    """Cost against size on log scales, each with its fitted fixed part and part a million. Writes SVG."""
    figure = Figure(figsize=(9, 4.4), layout="constrained")
    for axes, (unit, measures) in zip(figure.subplots(1, 2), PANELS, strict=True):
        for name, label, color, marker in measures:
            _draw_line(axes, result, name, (label, color, marker))
        axes.set(xscale="log", yscale="log", xlabel="stop_times, millions (log scale)", ylabel=f"{unit} (log scale)")
        axes.plot([], [], ":", color="0.4", linewidth=1, label="without the fixed part")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(which="major", color="0.9")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize=9)
    figure.suptitle(f"ingest of made-up feeds, {result['run_on']}", fontsize=11)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})


def _draw_line(axes: Axes, result: Mapping[str, Any], name: str, look: tuple[str, str, str]) -> None:
    label, color, marker = look
    sizes = np.array([row["size"]["stop_times"] for row in result["rows"]]) / MILLION
    costs = np.array([row["median"][name] for row in result["rows"]])
    fixed, slope = result["lines"][name]
    along = np.geomspace(sizes.min(), sizes.max(), 100)
    fit = f"{label}: {fixed:.3g} + {slope:.3g} a million"
    axes.plot(sizes, costs, marker, color=color, label=f"{fit} (power {result['exponents'][name]:.2f})")
    axes.plot(along, fixed + slope * along, "-", color=color, linewidth=1)
    axes.plot(along, slope * along, ":", color=color, linewidth=1)
