"""Where the feeds of a region file lie: beside it, compiled from a description, or in the archive of fetched feeds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shlex import quote

from ingest.feed_archive import FeedArchive, FeedArchiveError, Version, archived_feeds
from ingest.region import Region, RegionError, RegionFeed
from ingest.registry import read_registry


def locate_feed(feed: RegionFeed, region_dir: Path, work_dir: Path, today: date, archive: Path) -> Path:
    """The zip or folder that holds `feed`; descriptions are compiled into `work_dir` first.

    `today` sets the years an authored feed runs in. Raises RegionError where the source is absent or cannot be
    compiled, and for a feed that `archive` does not have in use: it names the command that fetches it.
    """
    if feed.authored:
        return _compiled(feed, region_dir, work_dir, today)
    if feed.path:
        path = region_dir / feed.path
        if not path.exists():
            raise RegionError(f"feed {feed.id}: path = {feed.path!r}: there is no {path}")
        return path
    try:
        return _archived(feed, archive)
    except FeedArchiveError as problem:
        raise RegionError(f"feed {feed.id}: {problem}") from problem


def catalogue_attributions(region: Region) -> dict[str, str]:
    """Feed id -> what to show wherever its data is used, of the feeds that the catalogue knows by id or URL."""
    if not any(feed.catalogue or feed.url for feed in region.feeds):
        return {}
    sources = read_registry().feeds
    known = {source.id: source.attribution for source in sources} | {
        source.url: source.attribution for source in sources
    }
    named = {feed.id: feed.catalogue or feed.url for feed in region.feeds}
    return {feed_id: known[name] for feed_id, name in named.items() if name in known}


def _compiled(feed: RegionFeed, region_dir: Path, work_dir: Path, today: date) -> Path:
    # Half a second to import, networkx among it, and most commands read no authored feed.
    from ingest.authored import AuthoredError, compile_authored

    try:
        return compile_authored(region_dir / feed.authored, work_dir / f"{feed.id}.zip", today)
    except AuthoredError as problem:
        raise RegionError(f"feed {feed.id}: {problem}") from problem


def _archived(feed: RegionFeed, root: Path) -> Path:
    """The version in use, under its own name: the link to it may be set to another one while it is read."""
    where = f"feed {feed.id}: " + (f"catalogue = {feed.catalogue!r}" if feed.catalogue else f"url = {feed.url!r}")
    archive = FeedArchive(root, feed.catalogue) if feed.catalogue else _archive_of_url(feed.url, root)
    into = f" --into {quote(str(root))}"
    if archive is None or not archive.versions():
        raise RegionError(f"{where}: is not in {root}; {_how_to_fetch(feed, into)}")
    version = archive.current()
    fetch = f"`timbang feeds fetch {archive.feed_id}{into}"
    if version is None:
        reasons = "; ".join(archive.versions()[-1].held)
        raise RegionError(f"{where}: no version in {archive.folder} is in use ({reasons}): {fetch} --accept`")
    path = archive.path_of(version)
    if not path.is_file():
        raise RegionError(f"{where}: {path} is lost: {fetch}`")
    return path


def _archive_of_url(url: str, root: Path) -> FeedArchive | None:
    """The archive of the feed that last came from `url`, under whatever id a catalogue gave it."""
    archives = (FeedArchive(root, feed_id) for feed_id in archived_feeds(root))
    return next((archive for archive in archives if _last_url(archive.current(), archive.versions()) == url), None)


def _last_url(in_use: Version | None, versions: list[Version]) -> str:
    if in_use is not None:
        return in_use.url
    return versions[-1].url if versions else ""


def _how_to_fetch(feed: RegionFeed, into: str) -> str:
    known = read_registry().feeds
    ids = [source.id for source in known if source.id == feed.catalogue or source.url == feed.url]
    if ids:
        return f"`timbang feeds fetch {ids[0]}{into}`"
    name = feed.catalogue or "ID"
    return f"the catalogue has no such feed: `timbang feeds fetch {name}{into} --catalogue FILE` with one that has"
