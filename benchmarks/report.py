"""Result files, and the README tables made from the newest of each set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

BEGIN = "<!-- results: written by `python -m benchmarks.bench_router`, do not edit -->"
END = "<!-- end of results -->"
COUNTS = ("equal", "ours_earlier", "theirs_earlier", "only_ours", "only_theirs", "neither")


class ReadmeError(ValueError):
    """A README without the two markers, in order."""


def write_result(folder: Path, result: Mapping[str, Any]) -> Path:
    """Write <set>-<date>.json. A run of the same day and set replaces the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result['set']}-{result['run_on']}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def read_newest(folder: Path) -> list[dict[str, Any]]:
    """The newest result of each set, sets by name."""
    newest: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.json")):
        result = json.loads(path.read_text("utf-8"))
        if result["set"] not in newest or result["run_on"] >= newest[result["set"]]["run_on"]:
            newest[result["set"]] = result
    return [newest[name] for name in sorted(newest)]


def update_readme(readme: Path, results: Path) -> None:
    """Put the tables of the newest results between the markers. Raises ReadmeError."""
    text = readme.read_text("utf-8")
    start, end = text.find(BEGIN), text.find(END)
    if not 0 <= start < end:
        raise ReadmeError(f"{readme} lacks the lines {BEGIN!r} and {END!r}, in this order")
    block = "\n".join(
        f"{render_run(result)}\n\n![latency](plots/{result['set']}.svg)\n" for result in read_newest(results)
    )
    readme.write_text(f"{text[: start + len(BEGIN)]}\n\n{block}\n{text[end:]}", "utf-8")


def render_run(result: Mapping[str, Any]) -> str:
    """One run as Markdown: conditions, engines, start-up, agreement of answers."""
    parts = [f"### {result['title']}", _conditions_line(result), _engine_table(result)]
    if any("peak_mb" in stage for stage in result["stages"].values()):
        parts.append(_stage_table(result))
    parts.append(_answer_lines(result))
    return "\n\n".join(parts)


def _conditions_line(result: Mapping[str, Any]) -> str:
    made, on = result["conditions"], result["machine"]
    libraries = ", ".join(f"{name} {found}" for name, found in on["libraries"].items() if found)
    return (
        f"{made['n_queries']} queries ({made['queries']}), {made['date']} {made['from']}–{made['to']} {made['zone']}; "
        f"{made['stops']:,} stops, {made['trips']:,} trips, {made['stop_times']:,} stop_times, "
        f"{made['headway_rows']:,} headway rows; straight-line walking {made['walk_radius_m']:g} m at "
        f"{made['speed_m_per_s']:g} m/s ({made['footpaths']:,} footpaths). Run on {result['run_on']}: {on['cpu']}, "
        f"{on['cores']} cores, {on['memory_gb']:g} GB, {on['kernel']}, {on['python']}, {libraries}; "
        f"load average before the run {on['load_average_1m']:g}."
    )


def _engine_table(result: Mapping[str, Any]) -> str:
    """CPU time, and how many times the mean of our search and of our complete answer a peer takes."""
    rows = []
    for name, figures in result["engines"].items():
        times = [f"{figures[key]:.3f}" for key in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")]
        ratios = [_ratio(row) for row in result["ratios"].get(name, {}).values()] or ["", ""]
        rows.append((name, *times, *ratios))
    head = ("CPU ms a query", "mean", "p50", "p95", "p99", "× search (95 %)", "× complete (95 %)")
    return _table(head, rows)


def _ratio(row: Iterable[float]) -> str:
    ratio, low, high = row
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})"


def _stage_table(result: Mapping[str, Any]) -> str:
    rows = []
    for stage, report in result["stages"].items():
        steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in report["seconds"].items())
        rows.append((stage, steps, f"{report['cpu_s']:.2f}", f"{report['peak_mb']:.0f}"))
    return _table(("start-up, each in a process of its own", "wall", "CPU s", "peak MB"), rows)


def _answer_lines(result: Mapping[str, Any]) -> str:
    answers = result["answers"]
    stored = answers["compared_with_stored"]
    lines = [f"Answers equal to the stored ones: {stored}." if stored else "No stored answers for these conditions."]
    if not answers["with_peers"]:
        return lines[0] + " No peer was measured: pynigiri was not installed."
    rows = []
    for found in answers["with_peers"]:
        rows.append((f"{found['peer']}, as it is", *(str(found["as_is"][key]) for key in COUNTS)))
        rows += [(f"… reading {step['reading']}", *(str(step[key]) for key in COUNTS)) for step in found["steps"]]
    table = _table(("earliest arrival, by the minute", *(key.replace("_", " ") for key in COUNTS)), rows)
    reasons = [f"{found['peer']}: {found['explanation']}" for found in answers["with_peers"] if found["steps"]]
    return "\n\n".join([*lines, table, *reasons])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] + ["---:"] * (len(titles) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
