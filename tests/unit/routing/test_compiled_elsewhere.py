"""Kernels that another process compiles meanwhile: when, where to, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ingest.compiled import is_cached
from ingest.kernel_cache import SETTING
from ingest.snapshot import write_snapshot
from routing import Router, compiled_elsewhere
from routing.compiled_elsewhere import ELSEWHERE, LONGEST_S, half_compiled_elsewhere
from routing.kernels.steady import after_steady_wait
from tests.scenarios.drawn import router_of


class FakeProcess:
    """A process that is never done by itself."""

    def __init__(self, command: list[str], *, env: dict[str, str], **_: Any) -> None:
        self.command, self.env, self.done = command, env, False
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


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[FakeProcess]:
    """What is started, where nothing is in the cache and there are two processors."""
    found: list[FakeProcess] = []

    def start(command: list[str], **options: Any) -> FakeProcess:
        found.append(FakeProcess(command, **options))
        return found[-1]

    monkeypatch.setattr(compiled_elsewhere, "is_cached", lambda kernel: False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr(subprocess, "Popen", start)
    return found


@pytest.mark.parametrize("cached", [True, None])
def test_nothing_is_started_where_kernels_are_cached_or_cannot_be(
    cached: bool | None, started: list[FakeProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_elsewhere, "is_cached", lambda kernel: cached)
    with half_compiled_elsewhere(None):
        pass
    assert started == []


def test_nothing_is_started_with_one_processor(started: list[FakeProcess], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with half_compiled_elsewhere(None):
        pass
    assert started == []


def test_one_that_does_not_end_is_ended(
    started: list[FakeProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, str(tmp_path))
    with half_compiled_elsewhere(tmp_path / "version"):
        (process,) = started
        assert process.command[-4:] == ["-c", ELSEWHERE, str(tmp_path), str(tmp_path / "version")]
        assert Path(process.env[SETTING]).parent == tmp_path
        assert process.waited == []
    assert process.waited == [LONGEST_S, None]
    assert list(tmp_path.iterdir()) == []


def test_one_is_ended_where_this_process_is_told_to(started: list[FakeProcess]) -> None:
    with pytest.raises(KeyboardInterrupt), half_compiled_elsewhere(None):
        raise KeyboardInterrupt
    assert started[0].done
    assert started[0].waited == [None]


def test_all_is_compiled_here_where_another_has_no_folder(
    started: list[FakeProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def full() -> Iterator[Path]:
        raise OSError("the disk is full")
        yield Path()

    monkeypatch.setattr(compiled_elsewhere, "cache_of_another", full)
    with half_compiled_elsewhere(None):
        pass
    assert started == []


def test_what_is_started_compiles_its_half_without_a_word(tmp_path: Path) -> None:
    write_snapshot(router_of("A 0:00 > B 0:10 / x, every 600 from 06:00 to 12:00").network, tmp_path / "city")
    folder = Router.open(tmp_path / "city").folder
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert is_cached(after_steady_wait) is not False
