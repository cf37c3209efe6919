"""Pictures of a run, as small SVG files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from benchmarks.engines import Measured

# Okabe and Ito: apart for colour-blind readers. Line styles tell them apart in print.
STYLES = (
    ("#0072B2", "-"), ("#56B4E9", "--"), ("#D55E00", "-"), ("#E69F00", "--"), ("#009E73", "-."), ("#CC79A7", ":"),
)  # fmt: skip
MARKERS = ("o", "s", "^", "D", "v", "P")
POINTS = 200


def draw_latency(path: Path, result: Mapping[str, Any], measured: Sequence[Measured]) -> None:
    """The share of queries answered within a time, one line an engine, time on a log scale. Writes SVG."""
    figure = Figure(figsize=(7.5, 4.6), layout="constrained")
    axes = figure.subplots()
    shares = np.linspace(0, 100, POINTS + 1)
    for each, (color, line) in zip(measured, STYLES, strict=False):
        ms = np.percentile(np.asarray(each.cpu_ns) / 1e6, shares)
        axes.plot(
            ms, shares, color=color, linestyle=line, label=f"{each.name} (mean {np.mean(each.cpu_ns) / 1e6:.2f} ms)"
        )
    for share in (50, 95, 99):
        axes.axhline(share, color="0.8", linewidth=0.7, zorder=0)
    axes.set_xscale("log")
    axes.set_yticks([0, 25, 50, 75, 95, 99], labels=["0", "25", "50", "75", "95", "99"], fontsize=8)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("process CPU time of a query, ms (log scale)")
    axes.set_ylabel("queries answered within that time, %")
    axes.set_title(f"{result['title']}: {result['conditions']['n_queries']} queries, {result['run_on']}", fontsize=11)
    axes.grid(axis="x", which="major", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside lower center", ncols=2, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})


def draw_growth(path: Path, result: Mapping[str, Any]) -> None:
    """Mean cost of a query against stop_times, one line an engine, both scales logarithmic. Writes SVG."""
    figure = Figure(figsize=(7.5, 4.8), layout="constrained")
    axes = figure.subplots()
    for (name, power), (color, line), marker in zip(result["exponents"].items(), STYLES, MARKERS, strict=False):
        rows = [row for row in result["rows"] if name in row["engines"]]
        sizes = [row["size"]["stop_times"] / 1e6 for row in rows]
        means = [row["engines"][name]["mean_ms"] for row in rows]
        axes.plot(sizes, means, marker=marker, color=color, linestyle=line, label=f"{name} (power {power:.2f})")
    axes.set(xscale="log", yscale="log", xlabel="stop_times, millions (log scale)")
    axes.set_ylabel("mean process CPU time of a query, ms (log scale)")
    axes.set_title(f"{result['title']}: {result['n_queries']} queries a size, {result['run_on']}", fontsize=11)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter("{x:g}")
        axis.set_minor_formatter(NullFormatter())
    axes.grid(which="major", color="0.9")
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(frameon=False, loc="outside lower center", ncols=2, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None})
