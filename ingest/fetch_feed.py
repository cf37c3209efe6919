"""Brings the archive of one feed up to date: fetch, keep, look inside, and put in use or hold."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.feed_archive import FeedArchive, Version
from ingest.fetch import Fetched, FetchError, FetchLimits, FetchRequest, Surroundings, Validators, fetch
from ingest.fetch_address import shown_url
from ingest.publication import FeedFacts, hold_reasons, measure_feed
from ingest.registry import FeedSource, request_of

UNCHANGED, PUBLISHED, HELD = "unchanged", "published", "held"


@dataclass(frozen=True, slots=True)
class Update:
    """What came of one feed. `version` is the newest one; `reasons` say why it is held."""

    feed_id: str
    outcome: str
    """`unchanged`, `published` or `held`."""
    is_new: bool
    """Whether bytes came that the archive did not have."""
    version: Version
    path: Path
    """The version's zip."""
    in_use: Version | None
    reasons: tuple[str, ...] = ()


def update_feed(
    source: FeedSource,
    root: Path,
    *,
    limits: FetchLimits,
    world: Surroundings,
    accept: bool = False,
    progress: Callable[[str], None] = lambda stage: None,
) -> Update:
    """Fetch `source` into the archive under `root`. `accept` puts a held version in use, if it can be used at all.

    Raises RegistryError for a key that is not set, FetchError for a download that failed or is no zip,
    FeedArchiveError for an archive that cannot be read or written.
    """
    url, secret_headers = request_of(source)
    today = world.now().astimezone(ZoneInfo(source.timezone)).date()
    archive = FeedArchive(root, source.id)
    with archive.locked():
        progress(f"fetching {source.id}")
        last = _last_asked(archive, source.url)
        validators = Validators(last.etag, last.last_modified) if last else Validators()
        with archive.incoming() as incoming:
            fetched = fetch(FetchRequest(url, validators, secret_headers), incoming, limits, world)
            incoming.flush()
            if not fetched.is_new:
                assert last is not None, "only a request with validators is answered with not modified"
                version, is_new = last, False
            else:
                version, is_new = _version(archive, source, fetched, world)
                if is_new and not zipfile.is_zipfile(incoming):
                    raise FetchError(f"{shown_url(url)}: what came is no zip file, {fetched.size} bytes")
                archive.add(incoming, version)
        progress(f"reading {source.id}")
        return _judge(archive, _measured(archive, version, today), is_new, accept, today)


def _last_asked(archive: FeedArchive, url: str) -> Version | None:
    """The version that came last from this URL and is still there: what a conditional request is about."""
    versions = archive.versions()
    if not versions or versions[-1].url != url or not archive.path_of(versions[-1]).is_file():
        return None
    return versions[-1]


def _version(archive: FeedArchive, source: FeedSource, fetched: Fetched, world: Surroundings) -> tuple[Version, bool]:
    """The version that was fetched, and whether the archive does not have it yet."""
    known = next((version for version in archive.versions() if version.sha256 == fetched.sha256), None)
    validators = fetched.validators
    if known is not None and archive.path_of(known).is_file():
        etag, last_modified = validators.etag, validators.last_modified
        return replace(known, url=source.url, etag=etag, last_modified=last_modified), False
    now = world.now().replace(microsecond=0)
    return Version(fetched.sha256, fetched.size, source.url, now, validators.etag, validators.last_modified), True


def _measured(archive: FeedArchive, version: Version, today: date) -> Version:
    """`version` with facts. They are kept, so that a version is read once."""
    if version.facts is not None:
        return version
    version = replace(version, facts=measure_feed(archive.feed_id, archive.path_of(version), today))
    archive.record(version)
    return version


def _judge(archive: FeedArchive, version: Version, is_new: bool, accept: bool, today: date) -> Update:
    """Put `version` in use or hold it. A version held before is judged again: its service may have come near."""
    in_use = archive.current()
    path = archive.path_of(version)
    if in_use is not None and in_use.sha256 == version.sha256:
        return Update(archive.feed_id, UNCHANGED, is_new, version, path, in_use)
    before = _measured(archive, in_use, today).facts if in_use is not None and _is_there(archive, in_use) else None
    assert version.facts is not None, "_measured gave it facts"
    reasons = hold_reasons(version.facts, before, today)
    if reasons and not (accept and _can_be_used(version.facts)):
        archive.record(replace(version, held=reasons))
        return Update(archive.feed_id, HELD, is_new, replace(version, held=reasons), path, in_use, reasons)
    archive.put_in_use(version)
    return Update(archive.feed_id, PUBLISHED, is_new, version, path, version)


def _is_there(archive: FeedArchive, version: Version) -> bool:
    return version.facts is not None or archive.path_of(version).is_file()


def _can_be_used(facts: FeedFacts) -> bool:
    """A feed that ingest refuses cannot be accepted by anybody: there would be nothing to ride."""
    return facts.n_trips > 0
