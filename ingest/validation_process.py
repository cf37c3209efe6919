"""A child process under a clock and a resident-memory limit.

Resident memory is watched, not address space limited: what validators map is many times what they use.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

POLL_S = 0.02
"""A process that fills memory at 2 GB a second goes 40 MB beyond its limit."""

LAST_WORDS = 300
"""Characters of a failed process's last line that are kept."""

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Limits:
    """Wall time in seconds, and resident bytes of the process with all its descendants."""

    wall_s: float = 120.0
    resident_bytes: int = 2 << 30


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended: `failure` is None for status 0, else one line that says what happened."""

    failure: str | None
    seconds: float
    peak_bytes: int


def run_watched(command: Sequence[str], limits: Limits, work_dir: Path) -> Ending:
    """Runs `command` in `work_dir` until it ends or breaks a limit, which ends it and all that it started.

    Its output goes to a file there. Whatever interrupts this call ends the process too.
    """
    if not (PROC / "self" / "statm").exists():
        return Ending("this system has no /proc, so its memory cannot be watched", 0.0, 0)
    output = work_dir / "output.txt"
    started = monotonic()
    with output.open("wb") as sink:
        try:
            process = subprocess.Popen(
                command,
                cwd=work_dir,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=os.environ | {"RUST_BACKTRACE": "0"},
                start_new_session=True,  # a group of its own, to be ended as one
            )
        except OSError as error:
            return Ending(f"it cannot be started: {error}", 0.0, 0)
    try:
        broken, peak = _watch(process, limits, started)
    finally:
        _end(process)
    failure = broken or _failure(process.returncode, output)
    return Ending(failure, monotonic() - started, peak)


def _watch(process: subprocess.Popen[bytes], limits: Limits, started: float) -> tuple[str | None, int]:
    """Which limit was broken, or None when the process has ended; and the most memory seen, in bytes."""
    peak = 0
    while True:
        peak = max(peak, resident_bytes(process.pid))
        if peak > limits.resident_bytes:
            return f"it used more than {limits.resident_bytes / 1e6:,.0f} MB of memory", peak
        left = started + limits.wall_s - monotonic()
        if left <= 0:
            return f"it took longer than {limits.wall_s:g} s", peak
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=min(POLL_S, left))
            return None, peak


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the whole group. A process that was waited for is let be: its number may be another's by now."""
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _failure(status: int, output: Path) -> str | None:
    if status == 0:
        return None
    ended = f"it was ended by {_signal_name(-status)}" if status < 0 else f"it failed with status {status}"
    words = _last_words(output)
    return f"{ended}: {words}" if words else ended


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_words(output: Path) -> str:
    with output.open("rb") as source:
        source.seek(max(0, output.stat().st_size - 4096))
        lines = [line.strip() for line in source.read().decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line and not line.startswith("note:")]
    return said[-1][:LAST_WORDS] if said else ""


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all its descendants; what has ended counts nothing."""
    page = os.sysconf("SC_PAGE_SIZE")
    pages, waiting = 0, [pid]
    while waiting:
        process = PROC / str(waiting.pop())
        # A process may end between any two of these reads.
        with suppress(OSError, ValueError, IndexError):
            pages += int((process / "statm").read_text().split()[1])
            for children in process.glob("task/*/children"):
                waiting += map(int, children.read_text().split())
    return pages * page
