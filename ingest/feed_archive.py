"""Keeps every version of every feed under its SHA-256, and says which one is in use.

ROOT/<feed>/<sha256>.zip is written once and never again; versions.json lists the versions, the one that came last
at the end; current.zip is a link to the one in use. Everything appears in one step, so a reader sees the old state
or the new.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any

from ingest.publication import FeedFacts
from ingest.region import IDENTIFIER

FORMAT = 1
INDEX = "versions.json"
CURRENT = "current.zip"
_VERSION_FILE = re.compile(r"([0-9a-f]{64})\.zip")


class FeedArchiveError(Exception):
    """An archive that cannot be read or written. One line that names the file."""


@dataclass(frozen=True, slots=True)
class Version:
    """One archived version of a feed."""

    sha256: str
    size: int
    """Bytes."""
    url: str
    """Where it came from, as the catalogue has it: without a key."""
    fetched: datetime
    """Aware, UTC."""
    etag: str = ""
    last_modified: str = ""
    facts: FeedFacts | None = None
    """What was in it; None where nobody has looked yet."""
    held: tuple[str, ...] = ()
    """Why it was not put in use; empty for a version that was, or that nobody has judged."""


class FeedArchive:
    """The versions of one feed. All methods raise FeedArchiveError for a file that cannot be read or written."""

    def __init__(self, root: Path, feed_id: str) -> None:
        if not IDENTIFIER.fullmatch(feed_id):
            raise ValueError(f"{feed_id!r} is no feed id")
        self.feed_id = feed_id
        self.folder = root / feed_id

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the feed's folder against other processes that change it; makes it if need be."""
        with _named(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder, os.O_RDONLY)
        try:
            with _named(self.folder):
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def path_of(self, version: Version) -> Path:
        """The zip of a version."""
        return self.folder / f"{version.sha256}.zip"

    def versions(self) -> list[Version]:
        """All versions, the one that came last at the end."""
        path = self.folder / INDEX
        if not path.exists():
            return []
        with _named(path):
            text = path.read_text("utf-8")
        try:
            index = json.loads(text)
            if index.get("format") == FORMAT:
                return [_version_of(row) for row in index["versions"]]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FeedArchiveError(f"{path}: is damaged: {error!r}; `timbang feeds verify --rebuild`") from None
        found = index.get("format")
        raise FeedArchiveError(
            f"{path}: format = {found!r}: this version reads {FORMAT}; `timbang feeds verify --rebuild` makes it anew"
        )

    def current(self) -> Version | None:
        """The version in use."""
        sha256 = self.current_sha256()
        return next((version for version in self.versions() if version.sha256 == sha256), None)

    def current_sha256(self) -> str:
        """Which version the link names; "" where there is no link."""
        try:
            target = os.readlink(self.folder / CURRENT)
        except OSError:
            return ""
        match = _VERSION_FILE.fullmatch(target)
        return match[1] if match else target

    @contextmanager
    def incoming(self) -> Iterator[BufferedRandom]:
        """A file to download into, inside the feed's folder. It is gone afterwards unless `add` took it."""
        path = self.folder / "incoming.tmp"
        try:
            with _named(path):
                # One that a killed process left may be the same file as an archived version: writing into it, even
                # opening it with "w", would change that version.
                path.unlink(missing_ok=True)
                handle = path.open("x+b")
            with handle:
                yield handle
        finally:
            path.unlink(missing_ok=True)

    def add(self, incoming: BufferedRandom, version: Version) -> None:
        """Keep the downloaded bytes as `version`. A version that is there already stays as it is."""
        path = self.path_of(version)
        with _named(path):
            incoming.flush()
            os.fsync(incoming.fileno())
            if not path.exists():
                os.link(incoming.name, path)  # unlike a rename, this cannot overwrite
                path.chmod(0o644)
            _sync_folder(self.folder)
        others = [known for known in self.versions() if known.sha256 != version.sha256]
        self._write_index([*others, version])

    def record(self, version: Version) -> None:
        """Write `version` into the index, in place of what it says of the same bytes."""
        versions = self.versions()
        shas = [known.sha256 for known in versions]
        if version.sha256 in shas:
            versions[shas.index(version.sha256)] = version
        else:
            versions.append(version)
        self._write_index(versions)

    def put_in_use(self, version: Version) -> None:
        """Point current.zip to `version`."""
        self.record(replace(version, held=()))
        link = self.folder / f"{CURRENT}.tmp"
        with _named(link):
            link.unlink(missing_ok=True)
            link.symlink_to(self.path_of(version).name)
            link.replace(self.folder / CURRENT)
            _sync_folder(self.folder)

    def rebuild(self) -> list[Version]:
        """Make the index anew from the zips, for one that is lost, damaged, of another format or not complete.

        What an index that cannot be read knew of a version (where from, validators, facts, why held) is lost.
        """
        try:
            known = {version.sha256: version for version in self.versions()}
        except FeedArchiveError:
            known = {}
        versions = []
        with _named(self.folder):
            for path in sorted(self.folder.glob("*.zip"), key=lambda path: path.lstat().st_mtime):
                match = _VERSION_FILE.fullmatch(path.name)
                if match and sha256_of(path) == match[1]:
                    stat = path.stat()
                    fetched = datetime.fromtimestamp(stat.st_mtime, UTC).replace(microsecond=0)
                    versions.append(known.get(match[1]) or Version(match[1], stat.st_size, "", fetched))
        self._write_index(versions)
        return versions

    def faults(self) -> list[str]:
        """What is wrong with the archive, one line each: lost or changed zips, unknown zips, a link to nothing."""
        versions = self.versions()
        lines = [line for version in versions if (line := self._fault_of(version))]
        known = {version.sha256 for version in versions}
        for path in sorted(self.folder.glob("*.zip")):
            match = _VERSION_FILE.fullmatch(path.name)
            if path.name != CURRENT and (match is None or match[1] not in known):
                lines.append(f"{path}: is in no index; --rebuild takes it in if it is whole")
        current = self.current_sha256()
        if current and current not in known:
            lines.append(f"{self.folder / CURRENT}: points to {current}, which is in no index")
        if (self.folder / CURRENT).exists() and not current:
            lines.append(f"{self.folder / CURRENT}: is no link")
        return lines

    def _fault_of(self, version: Version) -> str:
        path = self.path_of(version)
        if not path.is_file():
            return f"{path}: is lost"
        with _named(path):
            return "" if sha256_of(path) == version.sha256 else f"{path}: is not what was fetched: its hash differs"

    def _write_index(self, versions: list[Version]) -> None:
        index = {"format": FORMAT, "feed": self.feed_id, "versions": [_row_of(version) for version in versions]}
        temporary = self.folder / f"{INDEX}.tmp"
        with _named(temporary):
            with temporary.open("w", encoding="utf-8") as handle:
                json.dump(index, handle, ensure_ascii=False, indent=1)
                handle.flush()
                os.fsync(handle.fileno())
            temporary.replace(self.folder / INDEX)
            _sync_folder(self.folder)


def archived_feeds(root: Path) -> list[str]:
    """The ids of the feeds under `root`, sorted."""
    if not root.is_dir():
        return []
    return sorted(path.name for path in root.iterdir() if path.is_dir() and IDENTIFIER.fullmatch(path.name))


def sha256_of(path: Path) -> str:
    """Of a file."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Errors of the file system as one line that names the file."""
    try:
        yield
    except OSError as error:
        raise FeedArchiveError(f"{error.filename or path}: {error.strerror or error}") from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _row_of(version: Version) -> dict[str, Any]:
    row = asdict(version)
    facts = version.facts
    row["fetched"] = version.fetched.isoformat()
    row["held"] = list(version.held)
    if facts is not None:
        row["facts"]["service"] = [[start.isoformat(), stop.isoformat()] for start, stop in facts.service]
    row["first_service_date"] = facts.first_date.isoformat() if facts and facts.first_date else None
    row["last_service_date"] = facts.last_date.isoformat() if facts and facts.last_date else None
    return row


def _version_of(row: dict[str, Any]) -> Version:
    """Raises ValueError, KeyError or TypeError for a row that nobody here wrote."""
    if not _VERSION_FILE.fullmatch(f"{row['sha256']}.zip"):
        raise ValueError(f"sha256 = {row['sha256']!r}")
    facts = row["facts"]
    if facts is not None:
        spans = tuple((date.fromisoformat(start), date.fromisoformat(stop)) for start, stop in facts["service"])
        facts = FeedFacts(int(facts["n_trips"]), int(facts["n_stops"]), spans, str(facts["reason"]))
    return Version(
        sha256=row["sha256"],
        size=int(row["size"]),
        url=str(row["url"]),
        fetched=datetime.fromisoformat(row["fetched"]),
        etag=str(row["etag"]),
        last_modified=str(row["last_modified"]),
        facts=facts,
        held=tuple(row["held"]),
    )
