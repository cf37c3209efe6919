"""Where kernels are kept; what another process has compiled is taken over, and what is there already stays."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from ingest import kernel_cache
from ingest.kernel_cache import LEFT_OVER_S, base_folder, cache_of_another, take_over

FOLDER = Path("kernels-0123") / "kernels_4567"


def write(base: Path, kernel: str, index: str, *compiled: str) -> None:
    """As numba writes it."""
    folder = base / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for number, text in enumerate(compiled, 1):
        (folder / f"{kernel}-12.py311.{number}.nbc").write_text(text)
    (folder / f"{kernel}-12.py311.nbi").write_text(index)


def texts(base: Path) -> dict[str, str]:
    """What is in the folder, by name."""
    return {file.name: file.read_text() for file in sorted((base / FOLDER).glob("*"))}


def test_where_nothing_can_be_written_a_temporary_folder_serves_until_the_process_ends(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code = """
import os, subprocess, sys
from ingest.kernel_cache import SETTING, base_folder, writable_folder
first = writable_folder("some", [])
assert first is not None and first.is_dir() and first == writable_folder("some", [])
show = "from ingest.kernel_cache import writable_folder; print(writable_folder('some', []))"
other = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True).stdout.strip()
assert (other, first.is_dir()) == (str(first), True)
if os.fork() == 0:
    sys.exit(0)
os.wait()
assert first.is_dir()
print(base_folder())
"""
    environment = os.environ | {kernel_cache.SETTING: str(tmp_path / "file" / "cache"), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert Path(done.stdout.strip()).parent == tmp_path
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_where_there_is_no_temporary_folder_either_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: object) -> str:
        raise FileNotFoundError("no usable temporary directory")

    (tmp_path / "file").touch()
    monkeypatch.setenv(kernel_cache.SETTING, str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    assert kernel_cache.writable_folder("some", []) is None


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Named by the environment."""
    monkeypatch.setenv(kernel_cache.SETTING, str(tmp_path / "own"))
    (tmp_path / "own").mkdir()
    return base_folder()


def test_what_is_missing_is_copied_with_all_that_its_index_tells_of(base: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", "a.b", "of two", "one", "two")
    take_over(tmp_path / "other", base)
    assert texts(base) == {"a.b-12.py311.1.nbc": "one", "a.b-12.py311.2.nbc": "two", "a.b-12.py311.nbi": "of two"}
    assert [file.name for file in base.iterdir()] == [FOLDER.parent.name]


def test_what_is_there_stays_for_its_numbers_may_mean_something_else(base: Path, tmp_path: Path) -> None:
    write(base, "a.b", "mine", "for integers")
    write(tmp_path / "other", "a.b", "theirs", "for floats", "for both")
    write(tmp_path / "other", "a.bc", "new", "of c")
    take_over(tmp_path / "other", base)
    assert texts(base) == {
        "a.b-12.py311.1.nbc": "for integers",
        "a.b-12.py311.nbi": "mine",
        "a.bc-12.py311.1.nbc": "of c",
        "a.bc-12.py311.nbi": "new",
    }


def test_a_kernel_without_its_index_is_not_ready(base: Path, tmp_path: Path) -> None:
    write(tmp_path / "other", "a.b", "x", "one")
    (tmp_path / "other" / FOLDER / "a.b-12.py311.nbi").unlink()
    take_over(tmp_path / "other", base)
    assert not (base / FOLDER).exists()


def test_another_process_has_a_folder_of_its_own_until_it_is_done(base: Path) -> None:
    with cache_of_another() as other:
        assert other.parent == base
        write(other, "a.b", "of one", "one")
        assert not (base / FOLDER).exists()
    assert texts(base) == {"a.b-12.py311.1.nbc": "one", "a.b-12.py311.nbi": "of one"}
    assert not other.exists()


def test_nothing_is_taken_over_from_one_that_is_given_up(base: Path) -> None:
    def give_up(other: Path) -> None:
        write(other, "a.b", "of one", "one")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), cache_of_another() as other:
        give_up(other)
    assert list(base.iterdir()) == []


def test_a_disk_that_is_full_by_then_costs_time_and_nothing_else(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    with cache_of_another() as other:
        write(other, "a.b", "of one", "one")
        monkeypatch.setattr(shutil, "copy", full)
    assert [file for file in base.rglob("*") if file.is_file()] == []


def test_what_killed_processes_left_is_removed_when_nobody_compiles_for_so_long(base: Path) -> None:
    now = time.time()
    for name, age_s in (("compiling-old", LEFT_OVER_S + 60), ("taking-old", LEFT_OVER_S + 60), ("compiling-new", 60)):
        (base / name / "routing-0").mkdir(parents=True)
        os.utime(base / name, (now - age_s, now - age_s))
    with cache_of_another() as other:
        assert {folder.name for folder in base.iterdir()} == {"compiling-new", other.name}
