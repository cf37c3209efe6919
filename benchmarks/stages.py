"""Start-up work measured in child processes: time, and peak memory of the child with all its descendants.

`python -m benchmarks.stages` is the child: it reads a JSON task on standard input and prints a JSON report.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.progress import READING, stage_name

SAMPLE_S = 0.02


def measure_stage(task: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run one task in a child. Its report with `peak_mb`, of the whole process tree.

    Raises RuntimeError with the child's standard error where it fails.
    """
    command = [sys.executable, "-m", "benchmarks.stages"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        cwd=Path(__file__).resolve().parents[1],
    ) as child:
        watch = _TreeWatch(child.pid)
        watch.start()
        output, errors = child.communicate(json.dumps(task))
        watch.stop()
    if child.returncode:
        raise RuntimeError(f"{task['stage']} failed: {errors.strip()[-2000:]}")
    report: dict[str, Any] = json.loads(output.splitlines()[-1])
    report["peak_mb"] = round(max(watch.peak_bytes / 2**20, report["peak_mb"]), 1)
    return report


class _TreeWatch(threading.Thread):
    """Samples the resident memory of a process tree (Linux; elsewhere only the child's own peak is known)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._done = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while not self._done.wait(SAMPLE_S):
            self.peak_bytes = max(self.peak_bytes, tree_bytes(self._pid))

    def stop(self) -> None:
        self._done.set()
        self.join()


def tree_bytes(pid: int) -> int:
    """Resident bytes of a process and all its descendants; 0 where it is gone or /proc is not there."""
    folder = Path("/proc") / str(pid)
    try:
        resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = [child for task in (folder / "task").iterdir() for child in (task / "children").read_text().split()]
    except (OSError, IndexError):
        return 0
    return resident + sum(tree_bytes(int(child)) for child in children)


def own_peak_mb() -> float:
    """The peak of this very process. (ru_maxrss of a child would start at its parent's size.)"""
    try:
        status = Path("/proc/self/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024
    except (OSError, IndexError):
        unit = 2**20 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def ingest(task: Mapping[str, Any]) -> dict[str, Any]:
    """Feeds to a published snapshot: seconds, those of the parts of ingest, and megabytes of the snapshot.

    Raises FeedRejected for the first feed that cannot be used.
    """
    from benchmarks.sets import Conditions
    from ingest.pipeline import ingest_feeds
    from ingest.region import embedded_region, read_region
    from ingest.snapshot import write_snapshot

    feeds = {feed: Path(path) for feed, path in task["feeds"].items()}
    region = read_region(embedded_region()) if task["embedded"] else None
    walk = Conditions(walk_radius_m=task["walk_radius_m"]).walk_options
    clock, parts = _Clock(), StageClock()
    result = ingest_feeds(feeds, walk, region=region, progress=parts.begin)
    for rejection in result.rejected.values():
        raise rejection
    assert result.network is not None  # no feed was rejected
    clock.lap("ingest")
    ingest_parts = parts.finish()
    write_snapshot(result.network, Path(task["out"]))
    clock.lap("write snapshot")
    return {"seconds": clock.seconds, "ingest_parts": ingest_parts, "snapshot_mb": folder_mb(Path(task["out"]))}


def folder_mb(folder: Path) -> float:
    """Megabytes (2^20) of all files below a folder."""
    return round(sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 2**20, 1)


def start_router(task: Mapping[str, Any]) -> dict[str, Any]:
    """A snapshot to a warm router, and the timetable of the day in play."""
    from routing import Query, Router

    clock = _Clock()
    router = Router.open(task["snapshot"])
    clock.lap("Router.open")
    router.warm_up()
    clock.lap("warm_up")
    stop = router.network.stops.id[0]
    router.timetable(Query(stop, stop, datetime.fromisoformat(task["time"])))
    clock.lap("timetable of the day")
    return {"seconds": clock.seconds}


STAGES = {"ingest": ingest, "router": start_router}


class _Clock:
    """Wall seconds of the steps since it was made."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.seconds[step] = round(now - self._last, 4)
        self._last = now


class StageClock:
    """Wall seconds of the stages that a progress callback names; reading several feeds is one stage."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}
        self._stage, self._since = "starting", time.perf_counter()

    def begin(self, stage: str, done: float = 0.0, /) -> None:
        """An ingest.progress.Progress: what goes on from now."""
        now = time.perf_counter()
        self._seconds[self._stage] = self._seconds.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = "reading" if stage_name(stage) == READING else stage_name(stage), now

    def finish(self) -> dict[str, float]:
        """Seconds by stage."""
        self.begin("done")
        return {stage: round(seconds, 3) for stage, seconds in self._seconds.items() if stage != "starting"}


def main() -> None:
    """Run the task on standard input."""
    task = json.load(sys.stdin)
    start = time.process_time()
    report = STAGES[task["stage"]](task)
    print(json.dumps({**report, "cpu_s": round(time.process_time() - start, 3), "peak_mb": own_peak_mb()}))


if __name__ == "__main__":
    main()
