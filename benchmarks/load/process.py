"""`timbang serve` as a process of its own, and what the system says of it and its workers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load.client import HOST

ROOT = Path(__file__).resolve().parents[2]
START_S = 300.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Of all processes of a service together."""

    resident_mb: float
    private_mb: float
    """Without pages of files: what is left when the kernel drops all that it could read again."""
    descriptors: int
    threads: int


@dataclass(slots=True)
class Service:
    """A service that runs."""

    process: subprocess.Popen[str]
    port: int
    start_s: float
    """From the start of the process until it was ready."""
    log: Path

    def usage(self) -> Usage:
        """Now."""
        pids = [self.process.pid, *children(self.process.pid)]
        each = [_usage(pid) for pid in pids]
        return Usage(*(sum(values) for values in zip(*each, strict=True)))

    def stop(self) -> tuple[int, float]:
        """Tell it to stop: its exit status, and how many seconds that took."""
        begin = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(60)
        return status, time.perf_counter() - begin


@contextmanager
def serve(snapshot: Path, **settings: object) -> Iterator[Service]:
    """Start a service on a free port and wait until it is ready. `settings` are those of the service, in lower case."""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = {f"TIMBANG_{name.upper()}": str(value) for name, value in settings.items()}
        with log.open("w") as handle:
            process = subprocess.Popen(
                [sys.executable, "-m", "api", "serve", str(snapshot), "--port", "0"],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
                stderr=handle,
                text=True,
                start_new_session=True,
            )
        try:
            port = _port(process, log)
            _wait_until_ready(port)
            yield Service(process, port, time.perf_counter() - begin, log)
        finally:
            # The process and its workers: a session of their own.
            with_workers = os.getpgid(process.pid) if process.poll() is None else None
            if with_workers is not None:
                os.killpg(with_workers, signal.SIGKILL)
            process.wait(30)


def _port(process: subprocess.Popen[str], log: Path) -> int:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"serving .* on http://[^:]+:(\d+)", log.read_text("utf-8"))
        if found:
            return int(found[1])
        time.sleep(0.02)
    raise RuntimeError(f"the service did not start: {log.read_text('utf-8')[-2000:]}")


def _wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if status_of(port, "/health/ready") == 200:
            return
        time.sleep(0.05)
    raise RuntimeError(f"the service was not ready within {START_S} s")


def status_of(port: int, path: str) -> int | None:
    """Of one request on a connection of its own; None where nobody listens."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def children(pid: int) -> list[int]:
    """Processes that a process has started and that still run."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _usage(pid: int) -> tuple[float, float, int, int]:
    folder = Path(f"/proc/{pid}")
    lines = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
    resident, private = (float(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))
    return resident, private, len(list((folder / "fd").iterdir())), int(lines["Threads"])
