"""A watched process keeps to its limits, and nothing that it started outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

import pytest

from ingest.validation_process import DEFAULT_LIMITS, LAST_WORDS, PROC, Ending, Limits, resident_bytes, run_watched

pytestmark = pytest.mark.skipif(not (PROC / "self" / "statm").exists(), reason="needs /proc to watch memory")

GRANDCHILD = """
import subprocess, sys, time
from pathlib import Path
child = subprocess.Popen([sys.executable, "-c", {code!r}])
Path("grandchild").write_text(str(child.pid))
time.sleep(60)
"""


def python(code: str, work_dir: Path, limits: Limits = DEFAULT_LIMITS) -> Ending:
    return run_watched((sys.executable, "-c", code), limits, work_dir)


def is_running(pid: int) -> bool:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def grandchild_has_ended(work_dir: Path) -> bool:
    pid = int((work_dir / "grandchild").read_text())
    deadline = monotonic() + 5
    while is_running(pid) and monotonic() < deadline:
        sleep(0.02)
    return not is_running(pid)


def test_a_process_that_ends_well_has_no_failure(tmp_path: Path) -> None:
    ending = python("import time; time.sleep(0.2)", tmp_path)
    assert ending.failure is None
    assert ending.seconds >= 0.2
    assert 1_000_000 < ending.peak_bytes < 200_000_000


def test_it_runs_in_the_folder_that_is_given(tmp_path: Path) -> None:
    python("open('here', 'w').close()", tmp_path)
    assert (tmp_path / "here").exists()


def test_the_last_line_of_a_failure_is_told_and_cut(tmp_path: Path) -> None:
    ending = python("import sys; print('x' * 2000); print('note: more', file=sys.stderr); sys.exit(5)", tmp_path)
    assert ending.failure == f"it failed with status 5: {'x' * LAST_WORDS}"


def test_memory_of_what_it_started_counts_and_is_ended_too(tmp_path: Path) -> None:
    code = GRANDCHILD.format(code="import time; held = b'x' * 100_000_000; time.sleep(60)")
    ending = python(code, tmp_path, Limits(30, 90_000_000))
    assert ending.failure == "it used more than 90 MB of memory"
    assert grandchild_has_ended(tmp_path)


def test_a_timeout_ends_what_it_started(tmp_path: Path) -> None:
    ending = python(GRANDCHILD.format(code="import time; time.sleep(60)"), tmp_path, Limits(wall_s=3))
    assert ending.failure == "it took longer than 3 s"
    assert grandchild_has_ended(tmp_path)


def _interrupt_when_there(path: Path) -> None:
    deadline = monotonic() + 20
    while not path.exists() and monotonic() < deadline:
        sleep(0.02)
    sleep(0.1)  # the number is written after the file is there
    os.kill(os.getpid(), signal.SIGUSR1)


def test_an_interrupt_ends_the_process(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGUSR1, signal.default_int_handler)
    interrupter = Thread(target=_interrupt_when_there, args=(tmp_path / "grandchild",))
    interrupter.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            python(GRANDCHILD.format(code="import time; time.sleep(60)"), tmp_path)
    finally:
        interrupter.join()
        signal.signal(signal.SIGUSR1, before)
    assert grandchild_has_ended(tmp_path)


def test_a_command_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    ending = run_watched((str(tmp_path / "nothing"),), DEFAULT_LIMITS, tmp_path)
    assert ending.failure is not None
    assert ending.failure.startswith("it cannot be started: ")


def test_resident_memory_is_measured_and_is_nothing_for_the_dead() -> None:
    process = subprocess.Popen((sys.executable, "-c", "held = b'x' * 50_000_000; print(flush=True); input()"),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    assert 50_000_000 < resident_bytes(process.pid) < 200_000_000
    process.communicate(b"\n")
    assert resident_bytes(process.pid) == 0
