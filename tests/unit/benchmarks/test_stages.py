"""Start-up work in child processes: times, and memory of the whole tree."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.stages import measure_stage, own_peak_mb, tree_bytes
from ingest.snapshot import write_snapshot
from tests.scenarios.drawn import router_of

HOLD = "import sys; held = bytearray(b'x' * {bytes}); print('ready', flush=True); sys.stdin.read()"
WITH_CHILD = (
    "import subprocess, sys\n"
    f"child = subprocess.Popen([sys.executable, '-c', {HOLD.format(bytes=60_000_000)!r}], stdin=sys.stdin,"
    " stdout=subprocess.PIPE)\n"
    "child.stdout.readline()\nprint('ready', flush=True)\nchild.wait()\nchild.stdout.close()\n"
)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="process trees are read from /proc")
def test_memory_counts_the_descendants() -> None:
    with subprocess.Popen([sys.executable, "-c", WITH_CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        total = tree_bytes(parent.pid)
        parent.communicate()
    assert total > 60_000_000
    assert tree_bytes(parent.pid) == 0


def test_the_peak_of_this_process_is_at_least_what_it_holds_now() -> None:
    held = bytearray(b"x" * 30_000_000)
    assert own_peak_mb() > len(held) / 2**20


def test_a_stage_that_fails_tells_why() -> None:
    with pytest.raises(RuntimeError, match=r"router failed[\s\S]*holds no snapshot"):
        measure_stage({"stage": "router", "snapshot": "/nowhere", "time": "2026-11-25T08:00:00+07:00"})


def test_a_router_is_started_step_by_step(tmp_path: Path) -> None:
    write_snapshot(router_of("A 0:00 > B 0:10 / x, every 600 from 06:00 to 12:00").network, tmp_path / "city")
    task = {"stage": "router", "snapshot": str(tmp_path / "city"), "time": "2026-03-02T08:00:00+00:00"}
    report = measure_stage(task)
    assert list(report["seconds"]) == ["Router.open", "warm_up", "timetable of the day"]
    assert all(seconds > 0 for seconds in report["seconds"].values())
    assert report["peak_mb"] > 50
