"""Opens a feed, a zip file or a folder, and hands out its tables as streams of bytes.

This is the only place that opens a feed. Names are sorted out here: folders inside the archive, upper case,
names that point elsewhere, links, junk, archives in archives.
"""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.gtfs_schema import CORE_FILES, KNOWN_FILES
from ingest.notices import FeedRejected, NoticeLog
from ingest.zip_reader import ArchiveError, Limits, ZipReader

FOLDER_PIECE = 1 << 22

_JUNK_NAMES = {".ds_store", "thumbs.db", "desktop.ini"}
_ARCHIVE_ENDINGS = (".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".bz2")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a feed before its table is known. `key` finds its bytes again."""

    name: str
    size: int
    checksum: int
    key: zipfile.ZipInfo | Path
    is_link: bool = False


@dataclass(frozen=True, slots=True)
class FeedFiles:
    """The tables of an open feed.

    sha256  of the zip file, or of a folder's tables (sorted names, sizes and bytes)
    files   file name in lower case -> its entry
    """

    feed_id: str
    source: str
    sha256: str
    files: dict[str, Entry]
    _zip: ZipReader | None

    def chunks(self, file: str) -> Iterator[bytes]:
        """The bytes of a table, piece by piece. Raises FeedRejected for what is damaged or unsafe."""
        key = self.files[file].key
        try:
            if isinstance(key, Path):
                yield from _read_pieces(key)
            elif self._zip is not None:
                yield from self._zip.chunks(key)
        except ArchiveError as error:
            raise FeedRejected(self.feed_id, error.reason, error.code) from None


@contextmanager
def open_feed(feed_id: str, path: Path, log: NoticeLog, limits: Limits | None = None) -> Iterator[FeedFiles]:
    """Opens the zip file or folder at `path`; what was odd about names goes to `log`.

    Raises FeedRejected for an archive that is unsafe, damaged or holds no single feed, and
    FileNotFoundError where there is nothing at `path`.
    """
    limits = limits or Limits()
    if path.is_dir():
        yield _open_folder(feed_id, path, log)
        return
    try:
        reader = ZipReader(path, limits)
    except ArchiveError as error:
        raise FeedRejected(feed_id, error.reason, error.code) from None
    try:
        yield _open_zip(feed_id, path, reader, log)
    finally:
        reader.close()


def _open_zip(feed_id: str, path: Path, reader: ZipReader, log: NoticeLog) -> FeedFiles:
    if reader.has_prefix:
        log.add("prepended_bytes", feed_id, path.name)
    entries = [Entry(info.orig_filename, info.file_size, info.CRC, info, _is_link(info)) for info in reader.entries]
    files = _choose(feed_id, entries, log)
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    return FeedFiles(feed_id, path.name, digest, files, reader)


def _open_folder(feed_id: str, path: Path, log: NoticeLog) -> FeedFiles:
    entries = [
        Entry(found.relative_to(path).as_posix(), found.lstat().st_size, 0, found, found.is_symlink())
        for found in sorted([*path.glob("*"), *path.glob("*/*")])
        if found.is_file() or found.is_symlink()
    ]
    files = _choose(feed_id, entries, log)
    return FeedFiles(feed_id, path.name, _folder_digest(files), files, None)


def _folder_digest(files: dict[str, Entry]) -> str:
    digest = hashlib.sha256()
    for name, entry in sorted(files.items()):
        digest.update(f"{name}\0{entry.size}\0".encode())
        for piece in _read_pieces(Path(str(entry.key))):
            digest.update(piece)
    return digest.hexdigest()


def _read_pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while piece := handle.read(FOLDER_PIECE):
            yield piece


def _is_link(info: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(info.external_attr >> 16)


def _choose(feed_id: str, entries: list[Entry], log: NoticeLog) -> dict[str, Entry]:
    """The entries that are tables of the one feed in an archive, by file name."""
    folders: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    others: list[str] = []
    for entry in entries:
        place = _place(feed_id, entry, log)
        if place is None:
            continue
        folder, file = place
        if file in KNOWN_FILES:
            folders[folder][file].append(entry)
        else:
            others.append(entry.name)
    folder = _feed_folder(feed_id, folders, others, log)
    for name in others:
        log.add("unknown_file", feed_id, name[:200], action="ignored")
    return {file: _single(feed_id, file, found, log) for file, found in sorted(folders[folder].items())}


def _place(feed_id: str, entry: Entry, log: NoticeLog) -> tuple[str, str] | None:
    """(folder, file name in lower case) of an entry, or None for what must not be read."""
    name = entry.name.replace("\\", "/")
    path = PurePosixPath(name)
    if ".." in path.parts or name.startswith(("/", "~")) or ":" in name or "\0" in name:
        log.add("unsafe_entry_name", feed_id, path.name[:200], value=entry.name, action="ignored")
        return None
    if "__MACOSX" in path.parts or path.name.lower() in _JUNK_NAMES or path.name.startswith("._"):
        return None
    if entry.is_link:
        log.add("symlink_entry", feed_id, path.name[:200], value=entry.name, action="ignored")
        return None
    folder = str(path.parent)
    return ("" if folder == "." else folder), path.name.lower()


def _feed_folder(feed_id: str, folders: dict[str, dict[str, list[Entry]]], others: list[str], log: NoticeLog) -> str:
    """The folder that holds the feed: the top one if it has tables, else the only one that does."""
    with_feed = sorted(folder for folder, files in folders.items() if CORE_FILES & files.keys())
    if "" in with_feed:
        for folder in with_feed[1:]:
            log.add("invalid_input_files_in_subfolder", feed_id, folder[:200], action="ignored")
        return ""
    if len(with_feed) > 1:
        names = ", ".join(repr(folder) for folder in with_feed[:4])
        raise FeedRejected(feed_id, f"several feeds in one archive: {names}", "several_feeds_in_archive")
    if with_feed:
        log.add("invalid_input_files_in_subfolder", feed_id, with_feed[0][:200], action="read")
        return with_feed[0]
    nested = [name for name in others if name.lower().endswith(_ARCHIVE_ENDINGS)]
    if nested:
        raise FeedRejected(feed_id, f"no tables, but another archive: {nested[0]!r}", "nested_archive")
    missing = ", ".join(sorted(CORE_FILES))
    raise FeedRejected(feed_id, f"no tables of a feed: {missing} are missing", "missing_required_file")


def _single(feed_id: str, file: str, found: list[Entry], log: NoticeLog) -> Entry:
    """The one entry to read where an archive has a table more than once."""
    if len({(entry.size, entry.checksum) for entry in found}) > 1:
        raise FeedRejected(feed_id, f"{file} is in the archive {len(found)} times, and differs", "duplicate_entry")
    if len(found) > 1:
        log.add("duplicate_entry", feed_id, file, count=len(found) - 1, action="first one read")
    entry = found[0]
    name = PurePosixPath(entry.name.replace("\\", "/")).name
    if name != file:
        log.add("file_name_case", feed_id, file, value=name, action="read")
    return entry
