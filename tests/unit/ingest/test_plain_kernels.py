"""Kernels compiled or not: what settles it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from api.cli import BAD_INPUT, main
from ingest import compiled, kernel_cache, plain_kernels
from ingest.compiled import kernel_compilers, leaf
from ingest.plain_kernels import (
    COMPILED,
    DECORATORS,
    PLAIN,
    SETTING,
    are_plain,
    are_slow_by_choice,
    prefer_plain,
    runs_one_command,
)


@pytest.fixture(autouse=True)
def _unsettled(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set first, so that whatever the test leaves in the environment is undone.
    for name in (SETTING, "NUMBA_DISABLE_JIT"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.setattr(plain_kernels, "_process", plain_kernels._Process())


def _double(number: int) -> int:
    return number * 2


def test_they_are_compiled_unless_somebody_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not are_plain()
    monkeypatch.setenv(SETTING, COMPILED)
    assert not are_plain()
    monkeypatch.setenv(SETTING, PLAIN)
    assert are_plain()
    assert are_slow_by_choice()
    monkeypatch.delenv(SETTING)
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    assert are_plain()
    assert not are_slow_by_choice(), "it is what is to be tested"


def test_a_word_that_means_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(SETTING, "Plain")
    with pytest.raises(ValueError, match="TIMBANG_KERNELS is 'Plain'; it must be plain or compiled"):
        are_plain()
    assert main(["--version"]) == BAD_INPUT
    assert capsys.readouterr().err == "timbang: TIMBANG_KERNELS is 'Plain'; it must be plain or compiled\n"
    monkeypatch.setenv(SETTING, "")
    assert not are_plain()


def test_a_preference_comes_before_the_first_kernel_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compiled.__name__ == DECORATORS
    runs_one_command()
    prefer_plain()
    assert not are_plain(), "kernels were imported long ago"
    monkeypatch.delitem(sys.modules, DECORATORS)
    prefer_plain()
    assert os.environ[SETTING] == PLAIN


def test_a_process_of_more_than_a_command_has_no_preference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, DECORATORS)
    prefer_plain()
    assert not are_plain()


def test_a_preference_yields_to_what_somebody_has_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SETTING, COMPILED)
    monkeypatch.delitem(sys.modules, DECORATORS)
    runs_one_command()
    prefer_plain()
    assert os.environ[SETTING] == COMPILED


def test_plain_kernels_are_the_functions_themselves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIMBANG_KERNEL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv(SETTING, PLAIN)
    assert [decorate(_double) is _double for decorate in kernel_compilers("some", [])] == [True, True]
    assert leaf(_double) is _double
    assert not (tmp_path / "cache").exists()
    monkeypatch.delenv(SETTING)
    made = kernel_compilers("some", [])[0](_double)
    assert (made is not _double, made(21)) == (True, 42)


def test_the_cache_folder_is_named_after_the_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIMBANG_KERNEL_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "kernels.py"
    source.write_text("one")
    before = kernel_cache.writable_folder("some", [source])
    assert before == kernel_cache.cache_folder("some", [source])
    assert before is not None
    assert before.is_dir()
    source.write_text("other")
    assert kernel_cache.cache_folder("some", [source]) != before
