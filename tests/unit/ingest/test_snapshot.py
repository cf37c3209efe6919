"""Snapshots: what is written is what is read, or nothing is."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest import snapshot
from ingest.model import Network
from ingest.snapshot import (
    CURRENT,
    FORMAT,
    META,
    SnapshotError,
    open_snapshot,
    read_meta,
    version_folder,
    write_snapshot,
)
from ingest.strings import StringColumn
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

FLIPS = int(os.environ.get("TIMBANG_FLIPS", "40"))
"""How many single bits to flip: TIMBANG_FLIPS=500 goes deeper than a plain run."""

TEXT = """
    stop A 0 0
    stop B 99.9 0
    A 08:00 > B 08:10 / x, trip T1, block 1
    B 08:10 > C 08:20 / x, trip T2, block 1
    A 00:00 > C 00:20 / y, trip T1, every 600 from 06:00 to 10:00
    transfer x A > B 2 60
"""


@pytest.fixture(scope="module")
def network() -> Network:
    return network_of(feeds_of(TEXT))


@pytest.fixture(scope="module")
def other() -> Network:
    return network_of(feeds_of(TEXT.replace("08:20", "08:30")))


def _columns(network: Network) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for field in dataclasses.fields(Network):
        if dataclasses.is_dataclass(getattr(network, field.name)):
            yield from _arrays_in(getattr(network, field.name), field.name)


def _arrays_in(table: Any, name: str) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for column in dataclasses.fields(StringColumn if isinstance(table, StringColumn) else table):
        value = getattr(table, column.name)
        if dataclasses.is_dataclass(value):
            yield from _arrays_in(value, f"{name}.{column.name}")
        else:
            yield f"{name}.{column.name}", value


def _plain(network: Network) -> dict[str, Any]:
    values = {field.name: getattr(network, field.name) for field in dataclasses.fields(Network)}
    return {name: value for name, value in values.items() if not dataclasses.is_dataclass(value)}


def _assert_same(a: Network, b: Network) -> None:
    assert _plain(a) == _plain(b)
    columns = dict(_columns(b))
    assert len(columns) > 80
    for name, array in _columns(a):
        assert array.dtype == columns[name].dtype, name
        np.testing.assert_array_equal(array, columns[name], err_msg=name)


def test_what_is_read_is_what_was_written_column_by_column(network: Network, tmp_path: Path) -> None:
    write_snapshot(network, tmp_path)
    _assert_same(network, open_snapshot(tmp_path))


def test_columns_are_mapped_and_cannot_be_written_to(network: Network, tmp_path: Path) -> None:
    write_snapshot(network, tmp_path)
    opened = open_snapshot(tmp_path)
    assert isinstance(opened.stop_times.arrival.base, np.memmap)
    for name, array in _columns(opened):
        assert not array.flags.writeable, name
    with pytest.raises(ValueError, match="read-only"):
        opened.stop_times.arrival[0] = 1


def test_what_is_extra_is_kept(network: Network, tmp_path: Path) -> None:
    version = write_snapshot(network, tmp_path, {"trips": [{"name": "né"}]})
    assert read_meta(version)["extra"] == {"trips": [{"name": "né"}]}
    assert version == version_folder(tmp_path)


def test_the_same_network_is_the_same_bytes(network: Network, tmp_path: Path) -> None:
    folders = [write_snapshot(network, tmp_path / name) for name in ("a", "b")]
    contents = [{path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders]
    assert contents[0] == contents[1]


def _flip(path: Path, place: int, bit: int) -> bytes:
    """Flips one bit of a file. Returns what was written there before."""
    written = path.read_bytes()
    path.write_bytes(written[:place] + bytes([written[place] ^ 1 << bit]) + written[place + 1 :])
    return written


def test_a_flipped_bit_anywhere_is_refused(network: Network, tmp_path: Path) -> None:
    version = write_snapshot(network, tmp_path)
    files = [*sorted(version.iterdir()), tmp_path / CURRENT]
    random = np.random.default_rng(5)
    for flip in range(FLIPS):
        # A file by its lot, so that small ones are met; every fifth flip is in one of the two that name the others.
        path = files[int(random.integers(len(files)))]
        if flip % 5 == 0:
            path = tmp_path / CURRENT if flip % 10 else version / META
        place, bit = int(random.integers(path.stat().st_size)), int(random.integers(8))
        written = _flip(path, place, bit)
        with pytest.raises(SnapshotError):
            open_snapshot(tmp_path)
        path.write_bytes(written)
    _assert_same(network, open_snapshot(tmp_path))


@pytest.mark.parametrize("bit", range(8))
def test_a_flipped_bit_in_the_name_of_the_live_version_is_refused(network: Network, tmp_path: Path, bit: int) -> None:
    # The version before has all but the same name: no flip may lead to it.
    for _ in range(2):
        write_snapshot(network, tmp_path)
    for place in range((tmp_path / CURRENT).stat().st_size):
        written = _flip(tmp_path / CURRENT, place, bit)
        with pytest.raises(SnapshotError):
            open_snapshot(tmp_path)
        (tmp_path / CURRENT).write_bytes(written)


def test_an_ingest_goes_on_where_the_name_of_the_live_version_is_damaged(network: Network, tmp_path: Path) -> None:
    write_snapshot(network, tmp_path)
    _flip(tmp_path / CURRENT, 0, 0)
    version = write_snapshot(network, tmp_path)
    assert version_folder(tmp_path) == version
    _assert_same(network, open_snapshot(tmp_path))


def test_a_missing_file_is_refused(network: Network, tmp_path: Path) -> None:
    version = write_snapshot(network, tmp_path)
    for name in ("stops.lat.npy", "trips.id.data.npy", META):
        content = (version / name).read_bytes()
        (version / name).unlink()
        with pytest.raises(SnapshotError, match=name.split(".")[0]):
            open_snapshot(tmp_path)
        (version / name).write_bytes(content)
    open_snapshot(tmp_path)


def test_a_shortened_and_a_lengthened_file_is_refused(network: Network, tmp_path: Path) -> None:
    version = write_snapshot(network, tmp_path)
    path = version / "stop_times.arrival.npy"
    content = path.read_bytes()
    for changed in (content[:-1], content[:40], b"", content + b"\0"):
        path.write_bytes(changed)
        with pytest.raises(SnapshotError, match="arrival"):
            open_snapshot(tmp_path)


def test_an_unknown_format_is_refused_and_the_way_out_told(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.snapshot.FORMAT", FORMAT + 1)
    write_snapshot(network, tmp_path)
    monkeypatch.undo()
    with pytest.raises(SnapshotError, match=f"format {FORMAT + 1}.*ingest the feeds again"):
        open_snapshot(tmp_path)


def test_a_file_that_a_newer_column_needs_is_told(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrays = snapshot._arrays
    monkeypatch.setattr(snapshot, "_arrays", lambda n: (pair for pair in arrays(n) if pair[0] != "stops.lat"))
    write_snapshot(network, tmp_path)
    monkeypatch.undo()
    with pytest.raises(SnapshotError, match=r"lacks the file stops\.lat\.npy"):
        open_snapshot(tmp_path)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, Path.touch])
def test_what_is_no_snapshot_is_refused(make: Callable[[Path], object], tmp_path: Path) -> None:
    make(tmp_path / "out")
    with pytest.raises(SnapshotError, match="holds no snapshot"):
        open_snapshot(tmp_path / "out")


def test_a_reader_keeps_what_it_opened_when_new_versions_are_published(
    network: Network, other: Network, tmp_path: Path
) -> None:
    write_snapshot(network, tmp_path)
    opened = open_snapshot(tmp_path)
    for published in (other, network, other):
        write_snapshot(published, tmp_path)
    _assert_same(network, opened)
    _assert_same(other, open_snapshot(tmp_path))


def test_the_version_before_is_kept_and_older_ones_are_not(network: Network, other: Network, tmp_path: Path) -> None:
    first = write_snapshot(network, tmp_path)
    second = write_snapshot(other, tmp_path)
    assert first.exists()
    third = write_snapshot(network, tmp_path)
    assert not first.exists() or first == third
    assert second.exists()
    assert {path.name for path in tmp_path.iterdir()} == {CURRENT, second.name, third.name}


def test_what_is_no_version_is_left_alone(network: Network, other: Network, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "bus.jpg").write_bytes(b"bus")
    write_snapshot(network, tmp_path / "another")
    for published in (network, other, network, other):
        write_snapshot(published, tmp_path)
    assert (tmp_path / "photos" / "bus.jpg").read_bytes() == b"bus"
    _assert_same(network, open_snapshot(tmp_path / "another"))


def test_orphans_of_a_write_that_was_killed_are_removed(network: Network, tmp_path: Path) -> None:
    _leave_half(tmp_path, _dead_process())
    version = write_snapshot(network, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {CURRENT, version.name}


def test_what_another_process_is_just_writing_is_left_alone(network: Network, tmp_path: Path) -> None:
    left = _leave_half(tmp_path, os.getppid())
    version = write_snapshot(network, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {CURRENT, version.name, *left}


def test_the_rest_of_a_version_whose_removal_was_killed_is_removed(
    network: Network, other: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = _dead_process()
    versions = [write_snapshot(one, tmp_path) for one in (network, other)]

    def half(path: Path, ignore_errors: bool = False) -> None:
        if path.exists():
            (path / META).unlink()
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "getpid", lambda: dead)
        patched.setattr(shutil, "rmtree", half)
        with pytest.raises(Killed):
            write_snapshot(network, tmp_path)
    assert not (versions[0] / META).exists()
    live = version_folder(tmp_path)
    version = write_snapshot(other, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {CURRENT, live.name, version.name}


def _leave_half(out: Path, process: int) -> set[str]:
    folder, pointer = out / f"0123-{process}.tmp", out / f"{CURRENT}-{process}.tmp"
    folder.mkdir()
    (folder / "stops.lat.npy").write_bytes(b"half")
    pointer.write_text("half")
    return {folder.name, pointer.name}


def _dead_process() -> int:
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_write_that_fails_leaves_nothing(
    network: Network, other: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_snapshot(network, tmp_path)
    before = {path.name for path in tmp_path.iterdir()}

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for out in (tmp_path, tmp_path / "new"):
        with pytest.raises(OSError, match="No space"):
            write_snapshot(other, out)
    monkeypatch.undo()
    assert {path.name for path in tmp_path.iterdir()} == before
    _assert_same(network, open_snapshot(tmp_path))


class Killed(BaseException):
    """Stands for a kill: what would tidy up after it does nothing."""


def _steps(monkeypatch: pytest.MonkeyPatch, limit: int, process: int | None = None) -> list[str]:
    """Let the first `limit` calls of fsync and rename pass; the next one kills the writer, which is `process`."""
    done: list[str] = []
    fsync, rename = os.fsync, Path.rename
    if process is not None:
        monkeypatch.setattr(os, "getpid", lambda: process)

    def count(name: str) -> None:
        if len(done) == limit:
            monkeypatch.setattr(shutil, "rmtree", lambda path, ignore_errors=False: None)
            monkeypatch.setattr(Path, "unlink", lambda path, missing_ok=False: None)
            raise Killed
        done.append(name)

    def counted_fsync(handle: int) -> None:
        count("fsync")
        fsync(handle)

    def counted_rename(path: Path, target: Path) -> Path:
        count("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", counted_fsync)
    monkeypatch.setattr(Path, "rename", counted_rename)
    return done


def test_a_kill_at_any_step_leaves_the_old_or_the_new_version(
    network: Network, other: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _steps(monkeypatch, 10**6)
    write_snapshot(network, tmp_path / "count")
    monkeypatch.undo()
    assert done.count("rename") == 2
    seen, dead = [], _dead_process()
    # Files are written one by one, all alike: the first one, then every step from the last one on.
    for limit in (0, *range(len(done) - 6, len(done))):
        out = tmp_path / str(limit)
        write_snapshot(network, out)
        _steps(monkeypatch, limit, dead)
        with pytest.raises(Killed):
            write_snapshot(other, out)
        monkeypatch.undo()
        found = open_snapshot(out)
        seen.append(found.snapshot_id)
        _assert_same(network if found.snapshot_id == network.snapshot_id else other, found)
        # Whoever writes next finds a way, and nothing of the killed one stays.
        version = write_snapshot(other, out)
        _assert_same(other, open_snapshot(out))
        assert not list(out.glob("*.tmp"))
        assert version_folder(out) == version
    assert seen[0] == network.snapshot_id
    assert seen[-1] == other.snapshot_id
    assert seen == sorted(seen, key=lambda snapshot_id: snapshot_id == other.snapshot_id)
