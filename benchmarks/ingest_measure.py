"""Runs tasks in fresh processes, one at a time, and tells what the whole process tree took."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.stages import SAMPLE_S, tree_bytes

MEASURES = ("wall_s", "call_s", "cpu_s", "peak_mb")


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to run beside others: a name for tables and a task for `ingest_child`."""

    name: str
    task: Mapping[str, Any]


def measure_child(task: Mapping[str, Any]) -> dict[str, Any]:
    """The child's report with `wall_s` from its start to its end, `cpu_s` and `peak_mb` of all its processes.

    Raises RuntimeError with the child's standard error where it fails.
    """
    load = os.getloadavg()[0]
    cpu, start = _children_cpu_s(), time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ingest_child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[1],
    ) as child:
        peak = _TreePeak(child.pid)
        output, errors = child.communicate(json.dumps(task))
        wall = time.perf_counter() - start
        peak_bytes = peak.stop()
    if child.returncode:
        raise RuntimeError(f"{task['do']} failed: {errors.strip()[-2000:]}")
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    peak_mb = max(peak_bytes / 2**20, report.pop("own_peak_mb"))
    measured = {"wall_s": wall, "call_s": report.pop("call_s"), "cpu_s": _children_cpu_s() - cpu, "peak_mb": peak_mb}
    return {name: round(value, 3) for name, value in measured.items()} | report | {"load_average_1m": round(load, 2)}


def _children_cpu_s() -> float:
    """CPU seconds of all ended children and theirs. Only differences mean anything, with one child at a time."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class _TreePeak(threading.Thread):
    """Samples the resident memory of a process tree until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self._peak = 0
        self.start()

    def run(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self._peak = max(self._peak, tree_bytes(self._pid))

    def stop(self) -> int:
        self._done.set()
        self.join()
        return self._peak


def take_turns(
    contenders: Sequence[Contender], rounds: int, say: Callable[[str], None]
) -> dict[str, list[dict[str, Any]]]:
    """Run each contender once a round, each round beginning with the next: reports by name, in order of rounds."""
    reports: dict[str, list[dict[str, Any]]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        first = number % len(contenders)
        for contender in [*contenders[first:], *contenders[:first]]:
            say(f"round {number + 1} of {rounds}: {contender.name}")
            reports[contender.name].append(measure_child(contender.task))
    return reports


def medians(reports: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The median of each measure over the runs."""
    return {name: round(median(report[name] for report in reports), 3) for name in MEASURES}


def ratios(
    ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[float, float, float]]:
    """(median, least, greatest) of ours over theirs, round by round: a busy spell slows both runs of a pair."""
    found = {}
    for name in MEASURES:
        pairs = [one[name] / other[name] for one, other in zip(ours, theirs, strict=True)]
        found[name] = (round(median(pairs), 3), round(min(pairs), 3), round(max(pairs), 3))
    return found
