"""`timbang feeds`: the catalogue of feeds, and the archive of what was fetched of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli_output import InputError, print_json, printable, say, stdout_console
from api.cli_sources import ARCHIVE, JsonOption
from api.progress_bar import progress_bar

if TYPE_CHECKING:
    from ingest.feed_archive import FeedArchive, Version
    from ingest.fetch_feed import Update
    from ingest.registry import FeedSource, Registry

BAD_INPUT = 2
MEGABYTE = 1 << 20
EXPIRY_DAYS = 14

feeds_app = typer.Typer(
    name="feeds",
    help="The catalogue of feeds: list it, fetch from it, verify what was fetched.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

CatalogueOption = Annotated[
    Path | None,
    typer.Option("--catalogue", metavar="FILE", help="Another catalogue than the one that comes with the project."),
]
CatalogueRegionOption = Annotated[
    str | None, typer.Option("--region", metavar="R", help="A region of the catalogue, such as new-york.")
]
IntoOption = Annotated[Path, typer.Option("--into", metavar="DIR", help="Where the archive is.")]


@feeds_app.command("list")
def list_feeds(
    region: CatalogueRegionOption = None, catalogue: CatalogueOption = None, json: JsonOption = False
) -> None:
    """What can be fetched: region, provider, licence, and whether a key is needed."""
    found = _read_catalogue(catalogue)
    feeds = _feeds_of(found, region) if region else found.feeds
    if json:
        print_json({"feeds": [_feed_row(feed) for feed in feeds]})
    else:
        _print_table(found, feeds)


@feeds_app.command("fetch")
def fetch_feeds(
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID ...", help="Feeds of the catalogue.")] = None,
    region: CatalogueRegionOption = None,
    into: IntoOption = ARCHIVE,
    accept: Annotated[bool, typer.Option("--accept", help="Put held versions in use, whatever they lack.")] = False,
    max_mb: Annotated[int, typer.Option("--max-mb", metavar="N", help="Largest download in megabytes.")] = 1024,
    timeout: Annotated[int, typer.Option("--timeout", metavar="S", help="Longest download in seconds.")] = 600,
    catalogue: CatalogueOption = None,
    json: JsonOption = False,
) -> None:
    """Fetch feeds into the archive. A version that lost half its trips or stops, or its service, is held."""
    from ingest.fetch import FetchLimits, Surroundings
    from ingest.fetch_feed import update_feed

    if max_mb < 1 or timeout < 1:
        raise InputError(f"--max-mb {max_mb}, --timeout {timeout}: both must be at least 1")
    feeds = _chosen(_read_catalogue(catalogue), ids or [], region)
    limits = replace(FetchLimits(), max_bytes=max_mb * MEGABYTE, total_s=timeout)
    world = Surroundings()
    with progress_bar(2 * len(feeds)) as stage:
        update = partial(update_feed, root=into, limits=limits, world=world, accept=accept, progress=stage)
        rows = [_fetch_row(feed, update, named=bool(ids)) for feed in feeds]
    for row in rows:
        _say_fetched(row)
    if json:
        print_json({"archive": str(into), "feeds": rows})
    if any(row["outcome"] == "failed" for row in rows):
        raise typer.Exit(BAD_INPUT)


@feeds_app.command("verify")
def verify_feeds(
    into: IntoOption = ARCHIVE,
    days: Annotated[
        int, typer.Option("--days", metavar="N", help="Warn of feeds without service in so many days.")
    ] = EXPIRY_DAYS,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="First make the index of every feed anew from its zips.")
    ] = False,
    catalogue: CatalogueOption = None,
    json: JsonOption = False,
) -> None:
    """Check the catalogue, that every archived version still has its hash, and that feeds have not expired."""
    from ingest.feed_archive import archived_feeds

    if days < 1:
        raise InputError(f"--days {days}: must be at least 1")
    found = _read_catalogue(catalogue)
    if not into.is_dir():
        raise InputError(f"--into {into}: there is no such folder; fetch feeds first")
    feeds = archived_feeds(into)
    rows = []
    with progress_bar(len(feeds)) as stage:
        for feed_id in feeds:
            stage(f"verifying {feed_id}")
            rows.append(_verify_row(into, feed_id, found.find_feed(feed_id), days, rebuild))
    for row in rows:
        _say_verified(row)
    counts = f"{len(found.feeds)} feeds of {len(found.regions)} regions in the catalogue"
    say(f"{counts}; {len(rows)} feeds, {sum(row['versions'] for row in rows)} versions in {into}")
    if json:
        print_json({"archive": str(into), "catalogue": len(found.feeds), "feeds": rows})
    if any(row["faults"] for row in rows):
        raise typer.Exit(BAD_INPUT)


def _read_catalogue(path: Path | None) -> Registry:
    from ingest.registry import RegistryError, read_registry

    try:
        return read_registry(path)
    except RegistryError as error:
        raise InputError(str(error)) from None


def _feeds_of(registry: Registry, region_id: str) -> tuple[FeedSource, ...]:
    region = registry.find_region(region_id)
    if region is None:
        known = ", ".join(region.id for region in registry.regions)
        raise InputError(f"--region {region_id!r}: is not in the catalogue; there are {known}")
    return region.feeds


def _chosen(registry: Registry, ids: list[str], region: str | None) -> tuple[FeedSource, ...]:
    if (region is None) == (not ids):
        raise InputError("give the ids of feeds, or --region, and not both; `timbang feeds list` shows them")
    if region is not None:
        return _feeds_of(registry, region)
    feeds = {}
    for feed_id in ids:
        feed = registry.find_feed(feed_id)
        if feed is None:
            raise InputError(f"{feed_id!r}: is no feed of the catalogue; `timbang feeds list` shows them")
        feeds[feed_id] = feed
    return tuple(feeds.values())


def _feed_row(feed: FeedSource) -> dict[str, Any]:
    key = feed.key and {name: getattr(feed.key, name) for name in ("variable", "place", "name", "info")}
    names = ("id", "region", "provider", "name", "url", "licence", "licence_url", "attribution", "country", "timezone")
    row = {name: getattr(feed, name) for name in names}
    return {**row, "mdb": feed.mdb or None, "key": key, "source": feed.source, "seen": feed.seen.isoformat(),
            "note": feed.note}  # fmt: skip


def _print_table(registry: Registry, feeds: tuple[FeedSource, ...]) -> None:
    from rich.table import Table
    from rich.text import Text

    console = stdout_console()
    names = {region.id: region.name for region in registry.regions}
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("region", "feed", "provider", "licence", "key"):
        table.add_column(column, no_wrap=column in ("region", "feed"))
    table.add_column("url", overflow="fold")
    before = ""
    for feed in feeds:
        provider = f"{feed.provider}: {feed.name}" if feed.name else feed.provider
        key = feed.key.variable if feed.key else ""
        cells = (feed.region if feed.region != before else "", feed.id, provider, feed.licence, key, feed.url)
        table.add_row(*(Text(printable(cell)) for cell in cells))
        before = feed.region
    console.print(table)
    shown = {feed.region for feed in feeds}
    console.print(f"{len(feeds)} feeds: " + ", ".join(names[region] for region in names if region in shown))


def _fetch_row(feed: FeedSource, update: Callable[[FeedSource], Update], *, named: bool) -> dict[str, Any]:
    """The feed's row of the JSON. A feed that fails does not keep the others from being fetched."""
    from ingest.feed_archive import FeedArchiveError
    from ingest.fetch import FetchError
    from ingest.registry import RegistryError

    row = {"feed": feed.id, "attribution": feed.attribution, "licence": feed.licence}
    try:
        return {**row, **_update_row(update(feed))}
    except RegistryError as error:
        # Asked for by name, a feed without its key is a failure; as part of a region it is passed over.
        return {**row, "outcome": "failed" if named else "skipped", "reason": str(error)}
    except (FetchError, FeedArchiveError) as error:
        return {**row, "outcome": "failed", "reason": f"feed {feed.id}: {error}"}


def _update_row(update: Update) -> dict[str, Any]:
    return {
        "outcome": update.outcome,
        "reason": "; ".join(update.reasons) or None,
        "new": update.is_new,
        "path": str(update.path),
        **_version_row(update.version),
        "in_use": update.in_use.sha256 if update.in_use else None,
    }


def _version_row(version: Version) -> dict[str, Any]:
    facts = version.facts
    service = [str(facts.first_date), str(facts.last_date)] if facts and facts.service else None
    counts = {"trips": facts.n_trips, "stops": facts.n_stops} if facts else {"trips": None, "stops": None}
    return {"sha256": version.sha256, "size": version.size, **counts, "service": service}


def _say_fetched(row: dict[str, Any]) -> None:
    feed, outcome = row["feed"], row["outcome"]
    if outcome in ("failed", "skipped"):
        say(printable(f"{outcome}: {row['reason']}"))
        return
    service = " to ".join(row["service"]) if row["service"] else "no service day"
    what = f"{row['trips']} trips, {row['stops']} stops, {service}"
    if outcome == "held":
        keeps = f"{row['in_use'][:12]} stays in use" if row["in_use"] else "nothing is in use"
        say(printable(f"ALARM: {feed}: version {row['sha256'][:12]} is held: {row['reason']}; {keeps} (--accept)"))
    else:
        say(printable(f"{feed}: {outcome}: {what}: {row['path']}"))


def _verify_row(into: Path, feed_id: str, source: FeedSource | None, days: int, rebuild: bool) -> dict[str, Any]:
    from ingest.feed_archive import FeedArchive, FeedArchiveError

    archive = FeedArchive(into, feed_id)
    zone = ZoneInfo(source.timezone) if source else UTC
    row: dict[str, Any] = {"feed": feed_id, "versions": 0, "in_use": None, "faults": [], "warnings": []}
    try:
        with archive.locked():
            if rebuild:
                archive.rebuild()
            row["versions"] = len(archive.versions())
            row["in_use"] = archive.current_sha256() or None
            row["faults"] = archive.faults()
            row["warnings"] = _warnings(archive, source, datetime.now(zone), days)
    except FeedArchiveError as error:
        row["faults"] = [str(error)]
    return row


def _warnings(archive: FeedArchive, source: FeedSource | None, now: datetime, days: int) -> list[str]:
    from ingest.publication import expiry_warning, measure_feed

    lines = [] if source else ["is not in the catalogue"]
    in_use = archive.current()
    if in_use is None:
        return [*lines, "no version is in use"]
    if archive.path_of(in_use).is_file():
        facts = in_use.facts or measure_feed(archive.feed_id, archive.path_of(in_use), now.date())
        lines.append(expiry_warning(facts, now.date(), days))
    newest = archive.versions()[-1]
    if newest.held:
        lines.append(f"version {newest.sha256[:12]} is held: {'; '.join(newest.held)}")
    return [line for line in lines if line]


def _say_verified(row: dict[str, Any]) -> None:
    for line in row["faults"]:
        say(printable(f"{row['feed']}: {line}"))
    for line in row["warnings"]:
        say(printable(f"warning: {row['feed']}: {line}"))
