"""The README tables of ingest runs, from the newest result of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import put_between, read_newest

BEGIN = "<!-- ingest: written by `python -m benchmarks.bench_ingest`, do not edit -->"
END = "<!-- end of ingest -->"


def update_readme(readme: Path, results: Path) -> None:
    """Put the tables of the newest results between the markers. Raises ReadmeError."""
    put_between(readme, BEGIN, END, "\n\n".join(render(result) for result in read_newest(results)))


def render(result: Mapping[str, Any]) -> str:
    """One result as Markdown."""
    return render_growth(result) if result["set"] == "growth" else render_set(result)


def render_set(result: Mapping[str, Any]) -> str:
    """One set of feeds: every contender, ratios, and the router opened on the snapshot."""
    size = result["size"]
    what = (
        f"{size['stops']:,} stops, {size['trips']:,} trips, {size['stop_times']:,} stop_times, service days "
        f"{result['span'][0]} to {result['span'][1]}. Medians of {result['rounds']} rounds, each a fresh process."
    )
    parts = [f"### ingest: {result['title']}", f"{what} {_machine_line(result)}", _contender_table(result)]
    if result["ratios"]:
        parts.append(_ratio_table(result))
    return "\n\n".join([*parts, _open_table(result)])


def render_growth(result: Mapping[str, Any]) -> str:
    """Made-up feeds of several sizes: cost, what each further million costs, and the fitted exponents."""
    head = ("stop_times", "stops", "trips", "footpaths", "zip MB", "wall s", "CPU s", "peak MB")
    further = tuple(f"{unit}, each further million" for unit in ("wall s", "CPU s", "MB"))
    rows = []
    for row, before in zip(result["rows"], [None, *result["rows"]], strict=False):
        size, cost = row["size"], row["median"]
        counts = [f"{size[name]:,}" for name in ("stop_times", "stops", "trips", "footpaths")]
        costs = [f"{cost['wall_s']:.1f}", f"{cost['cpu_s']:.1f}", f"{cost['peak_mb']:.0f}"]
        rows.append([*counts, f"{size['zip_mb']:.0f}", *costs, *_further(row, before)])
    fits = {name: f"{fixed:.1f} + {slope:.2f} a million" for name, (fixed, slope) in result["lines"].items()}
    powers = result["exponents"]
    fit = (
        f"Fitted, a fixed part (start of Python and imports) and a part a million: wall {fits['wall_s']} s, "
        f"CPU {fits['cpu_s']} s, peak memory {fits['peak_mb']} MB. As powers of size: wall {powers['wall_s']:.2f}, "
        f"CPU {powers['cpu_s']:.2f}, peak memory {powers['peak_mb']:.2f}; 1 is linear, the fixed part makes it less."
    )
    runs = f"Medians of {result['rounds']} runs of each size, straight-line walking {result['walk_radius_m']:g} m."
    parts = ["### ingest: growth", f"{runs} {_machine_line(result)}", _table((*head, *further), rows), fit]
    return "\n\n".join([*parts, "![growth](plots/ingest-growth.svg)"])


def _further(row: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[str]:
    """What a million stop_times more cost, since the size before: the same from size to size if cost is linear."""
    if before is None:
        return ["", "", ""]
    millions = (row["size"]["stop_times"] - before["size"]["stop_times"]) / 1e6
    more = [(row["median"][name] - before["median"][name]) / millions for name in ("wall_s", "cpu_s", "peak_mb")]
    return [f"{more[0]:.2f}", f"{more[1]:.2f}", f"{more[2]:.0f}"]


def _machine_line(result: Mapping[str, Any]) -> str:
    on, loads = result["machine"], result["load_averages"]
    libraries = ", ".join(f"{name} {on['libraries'][name]}" for name in ("polars", "numpy", "numba", "pynigiri"))
    return (
        f"Run on {result['run_on']}: {on['cpu']}, {on['cores']} cores, {on['memory_gb']:g} GB, {on['python']}, "
        f"{libraries}; load average {min(loads):g} to {max(loads):g} when runs began."
    )


def _contender_table(result: Mapping[str, Any]) -> str:
    rows = []
    for name, found in result["contenders"].items():
        cost = found["median"]
        costs = (f"{cost['wall_s']:.2f}", f"{cost['call_s']:.2f}", f"{cost['cpu_s']:.2f}", f"{cost['peak_mb']:.0f}")
        footpaths = found["runs"][0]["size"].get("footpaths")
        rows.append((name, *costs, "" if footpaths is None else f"{footpaths:,}", _stages(found)))
    head = ("", "process wall s", "call wall s", "CPU s", "peak MB", "footpaths", "wall of the stages, s (last run)")
    return _table(head, rows)


def _stages(found: Mapping[str, Any]) -> str:
    stages = found["runs"][-1].get("stages_s", {})
    return ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages.items() if seconds >= 0.05)


def _ratio_table(result: Mapping[str, Any]) -> str:
    rows = []
    for ours, peers in result["ratios"].items():
        for peer, found in peers.items():
            cells = [_ratio(found[name]) for name in ("wall_s", "call_s", "cpu_s", "peak_mb")]
            rows.append((f"{ours} / {peer}", *cells))
    head = ("ratio pair by pair: median (least–greatest)", "process wall", "call wall", "CPU", "peak memory")
    return _table(head, rows)


def _ratio(found: Iterable[float]) -> str:
    middle, low, high = found
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def _open_table(result: Mapping[str, Any]) -> str:
    opened = result["router_open"]
    memory = [opened[name] for name in ("private_mb", "private_before_mb")]
    known = None not in memory
    cells = [f"{memory[0]:.0f}", f"{memory[0] - memory[1]:.1f}"] if known else ["unknown", "unknown"]
    head = ("snapshot opened by a fresh process", "wall ms", "private MB of the process", "of it by opening")
    return _table(head, [("Router.open", f"{opened['call_s'] * 1000:.0f}", *cells)])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] + ["---:"] * (len(titles) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
