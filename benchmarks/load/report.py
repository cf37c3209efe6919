"""docs/reliability.md: what was measured, on what, beside what it must be."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "benchmarks" / "results" / "load"
BEGIN, END = "<!-- figures: written by `make soak`, do not edit -->", "<!-- end of figures -->"
SPEED = ("clients", "per_second", "p50_ms", "p95_ms", "p99_ms", "router_ms", "telling_ms", "outside_p50_ms", "body_kb")
SWAP = (
    "Bars: no server error, no connection error, nothing mixed, p99 at most twice that without swaps. Lists: before → "
    "after the swaps → 30 s later."
)
OVERLOAD = (
    "Bars: p99 of what is accepted at most three times the normal one, /health/live below 1 s throughout, recovery "
    "within 5 s."
)
ENDURANCE = (
    "Bars: no server error; memory at most 5 % above that of the first tenth; descriptors flat. "
    "Lists: after each tenth."
)
STOP = (
    "Bars: 503 at once, nothing failed, exit status 0. What was refused had to wait too long for its turn. What is to "
    "be sent elsewhere is what a proxy retries: no answer had begun."
)


def write(found: Mapping[str, Any]) -> None:
    """Each part as a file of its own, and the page from all the files that there are: a run may measure some parts."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name, part in found["parts"].items():
        whole = {"machine": found["machine"], "date": found["date"], "found": part}
        (RESULTS / f"{name}.json").write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", "utf-8")
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{figures()}\n{END}{rest.partition(END)[2]}", "utf-8")


def figures() -> str:
    """The tables, of the stored results."""
    texts = []
    for name, tell in TOLD.items():
        file = RESULTS / f"{name}.json"
        if file.exists():
            stored = json.loads(file.read_text("utf-8"))
            texts.append(f"{tell(stored['found'])}\n\n{_machine(stored)}\n")
    return "\n".join(texts)


def _machine(stored: Mapping[str, Any]) -> str:
    machine = stored["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items() if version)
    shared = "; other work ran on the machine" if machine.get("is_shared") else ""
    return (
        f"*{stored['date']}: {machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"{machine['python']}, "
        f"{libraries}; load average {machine['load_average_1m']} at the start{shared}.*"
    )


def _table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    lines = [f"| {' | '.join(columns)} |", f"|{' ---: |' * len(columns)}"]
    lines += [f"| {' | '.join(_cell(row.get(column)) for column in columns)} |" for row in rows]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _speed(title: str) -> Any:
    def tell(found: Mapping[str, Any]) -> str:
        return (
            f"### {title}\n\n{_table(found['rows'], SPEED)}\n\nThe same server, `/health/live`:\n\n"
            f"{_table(found['trivial'], ('clients', 'per_second', 'p50_ms', 'p99_ms'))}"
        )

    return tell


def _workers(found: Mapping[str, Any]) -> str:
    rows = [{"workers": workers, **found[workers]} for workers in ("1", "2")]
    columns = ("workers", "per_second", "p50_ms", "p99_ms", "resident_mb", "private_mb")
    text = f"Eight clients, one computation at a time a worker. Two give {found['gain']} × one (bar: 1.7)."
    return f"### Workers\n\n{text}\n\n{_table(rows, columns)}"


def _facts(title: str, text: str) -> Any:
    def tell(found: Mapping[str, Any]) -> str:
        rows = [{"figure": name.replace("_", " "), "value": _plain(value)} for name, value in found.items()]
        return f"### {title}\n\n{text}\n\n" + _table(rows, ("figure", "value"))

    return tell


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_plain(part)}" for name, part in value.items())
    return " → ".join(map(str, value)) if isinstance(value, list) else str(value)


COLD = "Bars: ready within 60 s, and no failure where the kernels cannot be kept."
CYCLE = (
    "Bar: 50,000 trip updates read, laid over the schedule and the day's timetable compiled within 1 s. In a process "
    "that does nothing else; a service goes on answering meanwhile."
)
CYCLES = (
    "Polls of good messages, and now and then of none, old and broken ones. Bars: memory at most 5 % above that of the "
    "first tenth, no good entity lost."
)
TOLD: Mapping[str, Any] = {
    "compare-jakarta": _speed("`GET /api/v1/compare`, five Jakarta feeds"),
    "plan-newyork": _speed("`GET /api/v6/plan`, nine New York feeds"),
    "workers": _workers,
    "swap": _facts("Hot swap", SWAP),
    "overload": _facts("Four times more than it can answer", OVERLOAD),
    "endurance": _facts("Endurance, five Jakarta feeds", ENDURANCE),
    "endurance-long": _facts("Endurance, the embedded region", ENDURANCE),
    "sigterm-1": _facts("Told to stop under load", STOP),
    "sigterm-2": _facts("The same with two workers", "The parent looks at signals twice a second."),
    "kills": _facts("Killed", "Bar: ready within 10 s with the kernels' cache."),
    "cold-start": _facts("Started without compiled kernels", COLD),
    "realtime-cycle": _facts("A cycle of GTFS-Realtime, nine New York feeds", CYCLE),
    "realtime-soak": _facts("Cycles of GTFS-Realtime, five Jakarta feeds", CYCLES),
}
