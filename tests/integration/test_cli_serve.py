"""`timbang serve`: the service as a process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.cli import BAD_INPUT, DONE
from tests.support.command_line import (
    ROOT,
    Shell,
    command_line,
)
from tests.unit.api.small_city import MONDAY


@pytest.fixture(params=[1, 2])
def served(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A service with one worker, then with two: its address and its process."""
    process = subprocess.Popen(
        command_line("serve", folder / "city", "--port", 0, "--workers", request.param),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://\S+", line)
        assert address is not None, line
        yield address[0], process
    finally:
        process.kill()
        process.communicate()


def test_the_service_answers_and_leaves_when_told(served: tuple[str, subprocess.Popen[str]]) -> None:
    address, process = served
    assert _get(f"{address}/health/live") == {"status": "live"}
    found = _get(f"{address}/api/v1/compare?from=metro_STA&to=metro_C&at={MONDAY}T07:31")
    assert [option["providers"] for option in found["options"]] == [["metro"], ["bus"]]
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == DONE, err
    assert "Traceback" not in err
    assert out == ""
    assert "GET /health/live" in err


def _get(address: str) -> Any:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=120) as response:
                return json.load(response)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_a_port_that_is_taken_is_bad_input(run: Shell, folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", folder / "city", "--port", taken.getsockname()[1])
    assert ran.status == BAD_INPUT
    assert "cannot listen on 127.0.0.1 port" in ran.complaint
    assert run("serve", folder / "city", "--port", "70000").status == BAD_INPUT
