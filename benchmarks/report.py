"""Result files, and the README tables made from the newest of each set."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bars import BARS, COMPLETE, SEARCH, THEIRS_MS, TRAVEL_TIME, USUAL, Bar, on_their_machine

BEGIN = "<!-- results: written by `python -m benchmarks.bench_router`, do not edit -->"
END = "<!-- end of results -->"
GROWTH = "growth"
OUR_KINDS = (SEARCH, COMPLETE, TRAVEL_TIME)
"""The set of a run over made-up cities of several sizes."""
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
    put_between(readme, BEGIN, END, render_all(read_newest(results)))


def put_between(readme: Path, begin: str, end: str, block: str) -> None:
    """Put a block between two lines of a README, an empty line around it. Raises ReadmeError."""
    text = readme.read_text("utf-8")
    first, last = text.find(begin), text.find(end)
    if not 0 <= first < last:
        raise ReadmeError(f"{readme} lacks the lines {begin!r} and {end!r}, in this order")
    readme.write_text(f"{text[: first + len(begin)]}\n\n{block.rstrip()}\n\n{text[last:]}", "utf-8")


def render_all(newest: Sequence[Mapping[str, Any]]) -> str:
    """The table of bars, every set with its picture, and growth."""
    runs = [result for result in newest if result["set"] != GROWTH]
    parts = [render_bars({result["set"]: result for result in runs})]
    parts += [f"{render_run(result)}\n\n![latency](plots/{result['set']}.svg)\n" for result in runs]
    parts += [f"{render_growth(result)}\n" for result in newest if result["set"] == GROWTH]
    return "\n".join(parts)


def render_bars(results: Mapping[str, Mapping[str, Any]]) -> str:
    """What must be shown, against the newest run of each set."""
    rows = [_bar_row(bar, results) for bar in BARS]
    head = (
        "condition", "figure", "others, elsewhere", "must", "aim", "measured", "× in the run", "must", "aim",
        "on their machine",
    )  # fmt: skip
    theirs = ", ".join(f"{ms} ms in {name}" for name, ms in THEIRS_MS.items())
    title = (
        f"### What it must show\n\nMeans. × in the run: {USUAL}, one query, over the figure. On their machine: an "
        f"estimate. There pynigiri as it comes takes {theirs}; times are multiplied with what that is of what it took "
        f"here on the same day. Whether a bar is reached is said of what was measured. {_run_dates(results)}\n"
    )
    return f"{title}\n{markdown_table(head, rows, texts=3)}\n"


def _run_dates(results: Mapping[str, Mapping[str, Any]]) -> str:
    wanted = {bar.set for bar in BARS}
    return "Runs of " + ", ".join(f"{name} {run['run_on']}" for name, run in results.items() if name in wanted) + "."


def _bar_row(bar: Bar, results: Mapping[str, Mapping[str, Any]]) -> list[str]:
    result = results.get(bar.set)
    sign = "≥" if bar.more_is_better else "≤"
    wanted = [f"{sign} {bar.must:g} {bar.unit}", "" if bar.aim is None else f"{sign} {bar.aim:g} {bar.unit}"]
    found, must, aim = (None, None, None) if result is None else bar.judge(result)
    if result is None or found is None:
        return [bar.condition, bar.figure, bar.peers, *wanted, "not measured", "", "", "", ""]
    verdicts = ["" if reached is None else "reached" if reached else "**not reached**" for reached in (must, aim)]
    times = times_usual(result, found) if bar.is_latency else ""
    there = on_their_machine(results, bar.set, found) if bar.is_latency else None
    estimate = "" if there is None else f"{there:.2g} {bar.unit}"
    return [bar.condition, bar.figure, bar.peers, *wanted, f"{found:.3g} {bar.unit}", times, *verdicts, estimate]


def times_usual(result: Mapping[str, Any], ms: float) -> str:
    """How many times so many ms one query of pynigiri took in the same run, on average."""
    peer = result["engines"].get(USUAL)
    return f"{peer['mean_ms'] / ms:.3g}" if peer and ms > 0 else ""


def render_run(result: Mapping[str, Any]) -> str:
    """One run as Markdown: conditions, engines, start-up, agreement of answers."""
    parts = [f"### {result['title']}", _conditions_line(result), _engine_table(result), *_peer_lines(result)]
    if result.get("searches"):
        parts.append(_search_table(result))
    if any("peak_mb" in stage for stage in result["stages"].values()):
        parts.append(_stage_table(result))
    parts.append(_answer_lines(result))
    return "\n\n".join(parts)


def _peer_lines(result: Mapping[str, Any]) -> list[str]:
    """What an answer of each peer is, or why it was not measured."""
    told = {name: row.get("missing", row.get("gives")) for name, row in result["peers"].items()}
    lines = [
        f"* {name}: {'not measured, ' if 'missing' in result['peers'][name] else ''}{text}."
        for name, text in told.items()
        if text
    ]
    return ["\n".join(lines)] if lines else []


def _search_table(result: Mapping[str, Any]) -> str:
    """Other searches than of one departure, and how many times each a single query of pynigiri takes."""
    rows = []
    for name, found in result["searches"].items():
        if "mean_ms" in found:
            times = [f"{found[key]:.3f}" for key in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")]
            n = f"{found['n']} queries" + (f", {found['journeys']:g} journeys each" if "journeys" in found else "")
            rows.append((f"{name} ({n})", *times, times_usual(result, found["mean_ms"])))
        elif "missing" in found and "wall_s" not in found:
            rows.append((f"{name}: {found['missing']}", "", "", "", "", ""))
    table = markdown_table(("CPU ms", "mean", "p50", "p95", "p99", f"× one query of {USUAL}"), rows)
    return f"{table}\n\n{_matrix_line(result['searches']['matrix'])} {_state_line(result['searches']['state'])}"


def _matrix_line(found: Mapping[str, Any]) -> str:
    walls = ", ".join(f"{seconds:.2f} s with {n} thread{'s' * (n != '1')}" for n, seconds in found["wall_s"].items())
    more = f": two threads are {found['speedup']:.2f} × one" if "speedup" in found else f"; {found['missing']}"
    return f"matrix, {found['origins']:,} × {found['destinations']:,} stops, one departure: {walls}{more}."


def _state_line(found: Mapping[str, Any]) -> str:
    return f"State of a thread: {found['bytes'] / 2**20:.1f} MB."


def _conditions_line(result: Mapping[str, Any]) -> str:
    made = result["conditions"]
    radius = made["walk_radius_m"]
    walking = f"straight-line walking {radius:g} m" if radius else "walking by transfers.txt alone,"
    return (
        f"{made['n_queries']} queries ({made['queries']}), {made['date']} {made['from']}–{made['to']} {made['zone']}; "
        f"{made['stops']:,} stops, {made['trips']:,} trips, {made['stop_times']:,} stop_times, "
        f"{made['headway_rows']:,} headway rows; {walking} at {made['speed_m_per_s']:g} m/s "
        f"({made['footpaths']:,} footpaths). {machine_line(result)}"
    )


def machine_line(result: Mapping[str, Any]) -> str:
    on = result["machine"]
    libraries = ", ".join(f"{name} {found}" for name, found in on["libraries"].items() if found)
    return (
        f"Run on {result['run_on']}: {on['cpu']}, {on['cores']} cores, {on['memory_gb']:g} GB, {on['kernel']}, "
        f"{on['python']}, {libraries}; load average before the run {on['load_average_1m']:g}."
    )


def _engine_table(result: Mapping[str, Any]) -> str:
    """CPU time, and how many times the mean of each kind of our answers a peer takes."""
    rows = []
    for name, figures in result["engines"].items():
        times = [f"{figures[key]:.3f}" for key in ("mean_ms", "p50_ms", "p95_ms", "p99_ms")]
        ratios = result["ratios"].get(name, {})
        rows.append((name, *times, *(_ratio(ratios[kind]) if kind in ratios else "" for kind in OUR_KINDS)))
    kinds = (f"× {kind.removeprefix('timbang ')} (95 %)" for kind in OUR_KINDS)
    head = ("CPU ms a query", "mean", "p50", "p95", "p99", *kinds)
    return markdown_table(head, rows)


def _ratio(row: Iterable[float]) -> str:
    ratio, low, high = row
    return f"{ratio:.2f} ({low:.2f}–{high:.2f})"


def _stage_table(result: Mapping[str, Any]) -> str:
    rows = []
    loads = {f"{name}, load": row for name, row in result["peers"].items() if "seconds" in row}
    for stage, report in {**result["stages"], **loads}.items():
        steps = ", ".join(f"{step} {seconds:.2f} s" for step, seconds in report["seconds"].items())
        rows.append((stage, steps, f"{report['cpu_s']:.2f}", f"{report['peak_mb']:.0f}"))
    table = markdown_table(("start-up, each in a process of its own", "wall", "CPU s", "peak MB"), rows)
    return "\n\n".join(filter(None, (table, _ingest_line(result["stages"]["ingest"]))))


def _ingest_line(stage: Mapping[str, Any]) -> str:
    if "ingest_parts" not in stage:
        return ""
    parts = ", ".join(f"{part} {seconds:.1f} s" for part, seconds in stage["ingest_parts"].items() if seconds >= 0.05)
    return f"Parts of ingest: {parts}. Snapshot {stage['snapshot_mb']:.0f} MB."


def _answer_lines(result: Mapping[str, Any]) -> str:
    answers = result["answers"]
    stored = answers["compared_with_stored"]
    lines = [f"Answers equal to the stored ones: {stored}." if stored else "No stored answers for these conditions."]
    if not answers["with_peers"]:
        return lines[0] + " No peer was measured."
    rows = []
    for found in answers["with_peers"]:
        step = "to the second" if found.get("resolution_s", 60) == 1 else "by the minute"
        rows.append((f"{found['peer']}, as it is ({step})", *(str(found["as_is"][key]) for key in COUNTS)))
        rows += [(f"… reading {step['reading']}", *(str(step[key]) for key in COUNTS)) for step in found["steps"]]
    table = markdown_table(("earliest arrival", *(key.replace("_", " ") for key in COUNTS)), rows)
    reasons = [f"{found['peer']}: {found['explanation']}" for found in answers["with_peers"] if found["steps"]]
    return "\n\n".join([*lines, table, *reasons])


def render_growth(result: Mapping[str, Any]) -> str:
    """Cost of a query by size of made-up cities, and the power that each engine grows with."""
    engines = list(result["rows"][0]["engines"])
    head = (
        "stop_times",
        "stops",
        "trips",
        *(f"{name}: mean (p95)" for name in engines),
        "ingest wall s",
        "snapshot MB",
    )
    rows = []
    for row in result["rows"]:
        counts = [f"{row['size'][name]:,}" for name in ("stop_times", "stops", "trips")]
        costs = [
            f"{found['mean_ms']:.3f} ({found['p95_ms']:.3f})" if (found := row["engines"].get(name)) else "not measured"
            for name in engines
        ]
        ingest = row["ingest"]
        rows.append([*counts, *costs, f"{ingest['seconds']['ingest']:.1f}", f"{ingest['snapshot_mb']:.0f}"])
    powers = ", ".join(f"{name} {power:.2f}" for name, power in result["exponents"].items())
    what = (
        f"CPU ms a query, {result['n_queries']} random pairs of stops each, 07:00–19:00, all trips running that day, "
        f"changes by transfers.txt alone. {machine_line(result)}"
    )
    fit = f"As a power of stop_times: {powers}; 1 is linear."
    parts = ["### growth: made-up cities", what, markdown_table(head, rows), fit, "![growth](plots/growth.svg)"]
    return "\n\n".join(parts)


def markdown_table(head: Iterable[str], rows: Iterable[Iterable[str]], texts: int = 1) -> str:
    """The first columns hold texts, the others figures."""
    titles = list(head)
    lines = [titles, ["---"] * texts + ["---:"] * (len(titles) - texts), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
