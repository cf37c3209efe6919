"""Kernels that another process compiles meanwhile: when, and that it writes no file that this one writes."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from routing import kernels
from routing.headways import warm_up
from routing.headways.warm_up import compiled_elsewhere

KERNELS = Path(kernels.__file__).parent
NO_KERNELS = {"compiled", "layout"}
ELSEWHERE = {"boarding", "steady"}
MEANWHILE = {"overtaking", "pareto", "priced", "profiles", "range_raptor", "raptor", "replay", "sweep", "tables"}


def with_all_they_call(names: set[str]) -> set[str]:
    """Files of kernels, with those that they import, and so on."""
    found: set[str] = set()
    while names:
        name = names.pop()
        found.add(name)
        for node in ast.walk(ast.parse((KERNELS / f"{name}.py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("routing.kernels."):
                names |= {str(node.module).rpartition(".")[2]} - found
    return found


def test_no_kernel_is_compiled_by_both_processes() -> None:
    elsewhere, meanwhile = with_all_they_call(set(ELSEWHERE)), with_all_they_call(set(MEANWHILE))
    assert elsewhere > ELSEWHERE
    assert meanwhile > MEANWHILE
    assert elsewhere & meanwhile <= NO_KERNELS


class FakeProcess:
    """A process that is never done by itself."""

    def __init__(self, command: list[str], **_: Any) -> None:
        self.command, self.done = command, False
        self.waited: list[float | None] = []

    def wait(self, seconds: float | None = None) -> int:
        """As of a real one."""
        self.waited.append(seconds)
        if not self.done:
            raise subprocess.TimeoutExpired(self.command, seconds or 0)
        return 0

    def kill(self) -> None:
        """As of a real one."""
        self.done = True


@pytest.mark.parametrize("cached", [True, None])
def test_nothing_is_started_where_kernels_are_cached_or_cannot_be(
    cached: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm_up, "is_cached", lambda kernel: cached)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a process was started"))
    with compiled_elsewhere():
        pass


def test_one_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[FakeProcess] = []

    def start(command: list[str], **options: Any) -> FakeProcess:
        started.append(FakeProcess(command, **options))
        return started[-1]

    monkeypatch.setattr(warm_up, "is_cached", lambda kernel: False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(subprocess, "Popen", start)
    with compiled_elsewhere():
        assert started[0].command[-2:] == ["-c", warm_up.ELSEWHERE]
        assert started[0].waited == []
    assert started[0].waited == [warm_up.LONGEST_S, None]


def test_what_is_started_compiles_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", warm_up.ELSEWHERE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
