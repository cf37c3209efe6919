"""The service as processes: two workers that share their figures and see a new snapshot, and the end of it all."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api.cli import DONE
from ingest.pipeline import ingest_feeds
from ingest.snapshot import open_snapshot, write_snapshot
from tests.support.command_line import ROOT, command_line

PATIENCE_S = 120


@contextmanager
def _served(snapshot: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        command_line("serve", snapshot, "--port", 0),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "TIMBANG_LOG_FORMAT": "text", **settings},
    )
    try:
        assert process.stderr is not None
        address = re.search(r"http://\S+", process.stderr.readline())
        assert address is not None
        yield address[0], process
    finally:
        process.kill()
        process.communicate()


def _get(address: str) -> tuple[int, str]:
    """Status and text; 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def _wait(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to that in time")


def _figure(address: str, line: str) -> float:
    text = _get(f"{address}/metrics")[1]
    return sum(float(found.rpartition(" ")[2]) for found in text.splitlines() if found.startswith(line + " "))


def test_two_workers_share_figures_see_a_new_snapshot_and_are_replaced_when_killed(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "city"
    both, metro = open_snapshot(folder / "city"), ingest_feeds({"metro": folder / "metro.zip"}).network
    assert metro is not None
    write_snapshot(both, out)
    old, new = (f'timbang_snapshot_processes{{snapshot="{found.snapshot_id}"}}' for found in (both, metro))
    with _served(out, TIMBANG_WORKERS="2", TIMBANG_RELOAD_POLL_S="0.1") as (address, process):
        _wait(lambda: _figure(address, old) == 2 and _figure(address, "timbang_ready") == 2)
        asked = 'timbang_requests_total{method="GET",route="/api/v1/places",status="200"}'
        for _ in range(20):
            assert _get(f"{address}/api/v1/places?q=a")[0] == 200
        assert _figure(address, asked) == 20
        write_snapshot(metro, out)
        _wait(lambda: _figure(address, new) == 2 and _figure(address, old) == 0)
        assert json.loads(_get(f"{address}/health/ready")[1])["snapshot"] == metro.snapshot_id
        victim = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[-1])
        os.kill(victim, signal.SIGKILL)
        _wait(lambda: not Path(f"/proc/{victim}/exe").exists())
        _wait(lambda: _figure(address, new) == 2 and _figure(address, "timbang_ready") == 2)
        # What the dead one counted is not lost. Who asks one that is just dying asks again.
        _wait(lambda: _figure(address, asked) == 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == DONE


def test_when_told_to_stop_it_is_not_ready_at_once_and_answers_until_the_end(folder: Path) -> None:
    with _served(folder / "city", TIMBANG_DRAIN_S="1.5") as (address, process):
        _wait(lambda: _get(f"{address}/health/ready")[0] == 200)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _wait(lambda: _get(f"{address}/health/ready")[0] == 503)
        assert time.monotonic() - begin < 1.5
        assert _get(f"{address}/health/live")[0] == 200
        assert _get(f"{address}/api/v1/places?q=a")[0] == 200
        assert process.wait(30) == DONE
        assert 1.5 <= time.monotonic() - begin < 14


def test_told_twice_it_does_not_wait(folder: Path) -> None:
    with _served(folder / "city", TIMBANG_DRAIN_S="60") as (address, process):
        _wait(lambda: _get(f"{address}/health/live")[0] == 200)
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == DONE


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_workers_end_with_a_parent_that_was_killed(folder: Path) -> None:
    with _served(folder / "city", TIMBANG_WORKERS="2", TIMBANG_RELOAD_POLL_S="0.1") as (address, process):
        _wait(lambda: _get(f"{address}/health/live")[0] == 200)
        workers = [int(word) for word in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        process.kill()
        process.wait(30)
        _wait(lambda: _get(f"{address}/health/live")[0] == 0)
        _wait(lambda: not any(Path(f"/proc/{worker}/exe").exists() for worker in workers))
