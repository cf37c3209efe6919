"""Which commands run kernels as plain Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import cli_kernels
from api.cli_kernels import (
    FEW_BYTES,
    ONE_QUESTION,
    OVER_A_DAY,
    SMALL_BYTES,
    TINY_BYTES,
    TINY_MEGABYTES,
    choose_kernels,
    choose_kernels_for_feeds,
)
from ingest.kernel_cache import writable_folder
from routing.kernels.compiled import SOURCES


@pytest.fixture
def preferred(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each time that plain kernels were preferred."""
    calls: list[bool] = []
    monkeypatch.setattr(cli_kernels, "prefer_plain", lambda: calls.append(True))
    return calls


def _sparse(file: Path, size: int) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as handle:
        handle.truncate(size)
    return file


@pytest.mark.parametrize(
    ("size", "comparisons", "are_compiled", "is_plain"),
    [
        (TINY_BYTES, ONE_QUESTION, True, True),
        (TINY_BYTES + 1, ONE_QUESTION, True, False),
        (TINY_BYTES, OVER_A_DAY, True, False),
        (TINY_BYTES + 1, ONE_QUESTION, False, True),
        (SMALL_BYTES, ONE_QUESTION, False, True),
        (SMALL_BYTES + 1, ONE_QUESTION, False, False),
        (SMALL_BYTES // OVER_A_DAY, OVER_A_DAY, False, True),
        (SMALL_BYTES // OVER_A_DAY + 1, OVER_A_DAY, False, False),
    ],
)
def test_by_size_by_what_is_asked_and_by_what_is_compiled(
    preferred: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    size: int,
    comparisons: int,
    are_compiled: bool,
    is_plain: bool,
) -> None:
    monkeypatch.setattr(cli_kernels, "_are_compiled", lambda: are_compiled)
    _sparse(tmp_path / "version" / "trips.npy", size - 1)
    _sparse(tmp_path / "CURRENT", 1)
    choose_kernels(tmp_path, comparisons)
    assert bool(preferred) == is_plain


def test_what_is_compiled_is_seen_without_importing_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIMBANG_KERNEL_CACHE", str(tmp_path))
    assert not cli_kernels._are_compiled()
    # As numba lays it: in the folder that the kernels themselves are given, another one for each folder of sources.
    folder = writable_folder("kernels", SOURCES)
    assert folder is not None
    (folder / "kernels_of_some_place").mkdir()
    assert not cli_kernels._are_compiled()
    (folder / "kernels_of_some_place" / "pareto.pareto-57.py311.nbi").touch()
    assert cli_kernels._are_compiled()


@pytest.mark.parametrize(
    ("megabytes", "others", "is_plain"),
    [(TINY_MEGABYTES, FEW_BYTES, True), (TINY_MEGABYTES + 0.01, 0, False), (0.01, FEW_BYTES + 1, False)],
)
def test_feeds_that_are_read_once(
    preferred: list[bool], tmp_path: Path, megabytes: float, others: int, is_plain: bool
) -> None:
    choose_kernels_for_feeds(megabytes, [_sparse(tmp_path / "message.pb", others), tmp_path / "missing"])
    assert bool(preferred) == is_plain
