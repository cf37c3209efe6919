"""Write and open snapshots: a folder of mapped arrays, hashed file by file and published atomically.

OUT/CURRENT names the live version and seals the name; OUT/<version>/ holds it. A new version is written beside
the old one and CURRENT is replaced by a rename, so a reader sees the old or the new one, and keeps what it has mapped.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import typing
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import xxhash

from ingest.model import Attribution, FeedInfo, Network, Provider
from ingest.strings import StringColumn

if TYPE_CHECKING:
    from ingest.tables import FeedTables

FORMAT = 10
CURRENT = "CURRENT"
META = "meta.json"
VERSION = re.compile(r"[0-9a-f]{16}\.[0-9]+")
"""Names of version folders: what else lies in OUT is not ours to remove."""
SYNCED_AT_ONCE = 8
PLAIN = ("snapshot_id", "region", "walk", "detour")


class SnapshotError(Exception):
    """A folder that is no snapshot, an unknown format, or a file that is not what was written."""


def write_snapshot(
    network: Network, out: Path, extra: dict[str, Any] | None = None, tables: Sequence[FeedTables] = ()
) -> Path:
    """Publish `network` under `out`; `extra` is kept as JSON. Returns the version's folder.

    Of `tables` it keeps what the network does not hold: fares, attributions, feed_info and the like.

    Interrupted, it leaves the old version live and nothing half-written.
    """
    existed = out.exists()
    out.mkdir(parents=True, exist_ok=True)
    _clear_orphans(out)
    work = out / f"{network.snapshot_id}-{os.getpid()}.tmp"
    try:
        _write_version(network, work, extra or {}, tables)
        version = _free_name(out, network.snapshot_id)
        work.rename(version)
        _make_current(out, version.name)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        if not existed and not any(out.iterdir()):
            out.rmdir()
        raise
    return version


def _write_version(network: Network, work: Path, extra: dict[str, Any], tables: Sequence[FeedTables]) -> None:
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    hashes = {}
    for name, array in _arrays(network):
        path = work / f"{name}.npy"
        with path.open("wb") as handle:
            np.save(handle, array, allow_pickle=False)
        hashes[path.name] = _hash(path)
    kept = {}
    for name, table in _kept_tables(tables):
        with (work / name).open("wb") as handle:
            table.write_parquet(handle)
        kept[name] = _hash(work / name)
    (work / META).write_text(_meta_text(network, hashes, kept, extra), "utf-8")
    _sync_all(work)


def _make_current(out: Path, name: str) -> None:
    previous = _current(out)
    pointer = out / f"{CURRENT}-{os.getpid()}.tmp"
    _write_synced(pointer, _pointer(name))
    pointer.rename(out / CURRENT)
    _sync(out)
    _forget(out, keep={name, previous})


def _clear_orphans(out: Path) -> None:
    """Remove what killed writers left; a writer that still runs keeps its own."""
    for orphan in out.glob("*-*.tmp"):
        if not _is_running(orphan.stem.rpartition("-")[2]):
            shutil.rmtree(orphan, ignore_errors=True) if orphan.is_dir() else orphan.unlink(missing_ok=True)


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def open_snapshot(path: Path) -> Network:
    """Map the live version under `path`. Raises SnapshotError if anything differs from what was written."""
    return read_version(version_folder(path))


def version_folder(path: Path) -> Path:
    """The folder of the live version. Raises SnapshotError if there is none."""
    if not (path / CURRENT).exists():
        raise SnapshotError(f"{path} holds no snapshot (no file {CURRENT}); make one with `timbang ingest`")
    name = _current(path)
    if not name:
        raise SnapshotError(f"{path / CURRENT} is not what was written: its checksum differs")
    return path / name


def read_version(folder: Path) -> Network:
    """Map one version's folder, checking every file's hash."""
    meta = read_meta(folder)
    arrays = {name: _load(folder / name, digest) for name, digest in meta["files"].items()}
    for name, digest in meta["kept"].items():
        _check(folder / name, digest)
    fields: dict[str, Any] = {name: meta[name] for name in PLAIN}
    fields["first_date"] = date.fromisoformat(meta["first_date"])
    fields["zones"] = tuple(meta["zones"])
    fields["feeds"] = tuple(_feed_from_json(feed) for feed in meta["feeds"])
    fields["providers"] = tuple(Provider(**provider) for provider in meta["providers"])
    for field, kind in _table_types():
        fields[field] = _table(kind, field, arrays, folder)
    return Network(**fields)


def read_meta(folder: Path) -> dict[str, Any]:
    """The version's meta.json, checked. Raises SnapshotError."""
    try:
        text = (folder / META).read_text("utf-8")
        body, _, seal = text.rstrip("\n").rpartition("\n")
        meta: dict[str, Any] = json.loads(body)
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{folder / META} cannot be read: {error}") from error
    if seal != _seal(body):
        raise SnapshotError(f"{folder / META} is not what was written: its checksum differs")
    if meta.get("format") != FORMAT:
        raise SnapshotError(
            f"{folder} has snapshot format {meta.get('format')}, this version reads {FORMAT}; ingest the feeds again"
        )
    return meta


def _arrays(network: Network) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    for field, _ in _table_types():
        yield from _arrays_of(getattr(network, field), field)


def _arrays_of(table: Any, name: str) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
    """The arrays of a table, of a column of text, or of a table of tables, by the names of their files."""
    for column in dataclasses.fields(StringColumn if isinstance(table, StringColumn) else table):
        value = getattr(table, column.name)
        if dataclasses.is_dataclass(value):
            yield from _arrays_of(value, f"{name}.{column.name}")
        else:
            yield f"{name}.{column.name}", value


def _table_types() -> Iterator[tuple[str, type[Any]]]:
    for name, kind in typing.get_type_hints(Network).items():
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            yield name, kind


def _table(kind: type[Any], field: str, arrays: dict[str, Any], folder: Path) -> Any:
    try:
        columns = {}
        for column, column_type in typing.get_type_hints(kind).items():
            name = f"{field}.{column}"
            nested = isinstance(column_type, type) and dataclasses.is_dataclass(column_type)
            columns[column] = _table(column_type, name, arrays, folder) if nested else arrays[f"{name}.npy"]
    except KeyError as error:
        raise SnapshotError(f"{folder} lacks the file {error.args[0]}") from error
    return kind(**columns)


def read_kept_table(folder: Path, feed_id: str, file: str) -> pl.DataFrame | None:
    """A table of a feed as text, such as `fare_rules.txt`, of a version's folder; None if the feed has none.

    Raises SnapshotError if it is not what was written.
    """
    name = _kept_name(feed_id, file)
    digest = read_meta(folder)["kept"].get(name)
    if digest is None:
        return None
    _check(folder / name, digest)
    return pl.read_parquet(folder / name)


def _kept_tables(tables: Sequence[FeedTables]) -> Iterator[tuple[str, pl.DataFrame]]:
    for feed in tables:
        for file, table in {**feed.extras, "feed_info.txt": feed.feed_info}.items():
            if table.height:
                yield _kept_name(feed.feed_id, file), table


def _kept_name(feed_id: str, file: str) -> str:
    return f"kept.{feed_id}.{file}.parquet"


def _check(path: Path, digest: str) -> None:
    try:
        same = _hash(path) == digest
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error}") from error
    if not same:
        raise SnapshotError(f"{path} is not what was written: its checksum differs")


def _load(path: Path, digest: str) -> np.ndarray[Any, Any]:
    _check(path, digest)
    try:
        empty = path.stat().st_size <= 128  # a header alone: nothing to map
        # As a plain array: each index into a numpy.memmap makes a new Python object of its own kind.
        array: np.ndarray[Any, Any] = np.asarray(np.load(path, mmap_mode=None if empty else "r", allow_pickle=False))
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{path} cannot be read: {error}") from error
    array.flags.writeable = False
    return array


def _hash(path: Path) -> str:
    digest = xxhash.xxh3_128()
    with path.open("rb") as handle:
        while block := handle.read(1 << 22):
            digest.update(block)
    return digest.hexdigest()


def _meta_text(network: Network, hashes: dict[str, str], kept: dict[str, str], extra: dict[str, Any]) -> str:
    meta: dict[str, Any] = {"format": FORMAT, **{name: getattr(network, name) for name in PLAIN}}
    meta["first_date"] = network.first_date.isoformat()
    meta["zones"] = list(network.zones)
    meta["feeds"] = [_feed_to_json(feed) for feed in network.feeds]
    meta["providers"] = [dataclasses.asdict(provider) for provider in network.providers]
    meta["files"] = hashes
    meta["kept"] = kept
    meta["extra"] = extra
    body = json.dumps(meta, ensure_ascii=False, sort_keys=True)
    return f"{body}\n{_seal(body)}\n"


def _seal(body: str) -> str:
    return xxhash.xxh3_128_hexdigest(body.encode())


def _feed_to_json(feed: FeedInfo) -> dict[str, Any]:
    row = dataclasses.asdict(feed)
    for name in ("first_date", "last_date"):
        row[name] = row[name].isoformat() if row[name] else None
    return row


def _feed_from_json(row: dict[str, Any]) -> FeedInfo:
    dates = {name: date.fromisoformat(row[name]) if row[name] else None for name in ("first_date", "last_date")}
    attributions = tuple(Attribution(**said) for said in row["attributions"])
    return FeedInfo(**{**row, **dates, "attributions": attributions})


def _current(out: Path) -> str:
    """The name of the live version; "" if CURRENT is not there or not what was written."""
    try:
        text = (out / CURRENT).read_text("utf-8")
    except (OSError, ValueError):
        return ""
    name = text.partition(" ")[0]
    return name if text == _pointer(name) else ""


def _pointer(name: str) -> str:
    return f"{name} {_seal(name)}\n"


def _free_name(out: Path, snapshot_id: str) -> Path:
    number = 0
    while (out / f"{snapshot_id}.{number}").exists():
        number += 1
    return out / f"{snapshot_id}.{number}"


def _forget(out: Path, keep: set[str]) -> None:
    """Remove versions but the live one and the one before it, which a reader may be opening just now."""
    for folder in out.iterdir():
        if folder.is_dir() and VERSION.fullmatch(folder.name) and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _write_synced(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_all(folder: Path) -> None:
    """Have the disk hold every file, and the folder that names them. Side by side: a file system writes down what
    several have asked for at once, and one after the other hundreds of files take seconds."""
    with ThreadPoolExecutor(SYNCED_AT_ONCE) as pool:
        list(pool.map(_sync, folder.iterdir()))
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
