"""The catalogue feeds/registry.toml: who publishes which feed, where, under what licence."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from ingest.fetch_address import RefusedUrl, check_url
from ingest.region import IDENTIFIER, RegionError, embedded_region
from ingest.toml_table import TomlTable, read_toml

COUNTRY = re.compile(r"[A-Z]{2}")
MDB_ID = re.compile(r"mdb-[1-9][0-9]{0,5}")
KEY_VARIABLE = re.compile(r"TIMBANG_KEY_[A-Z0-9_]{1,40}")
KEY_PLACES = ("header", "query")


class RegistryError(ValueError):
    """A catalogue that cannot be used. The text names file, key and value."""


@dataclass(frozen=True, slots=True)
class FeedKey:
    """How a publisher wants to be shown an API key."""

    variable: str
    """The environment variable that holds the key."""
    place: str
    """`header` or `query`."""
    name: str
    """Of the header or of the query's parameter."""
    info: str
    """Where to get a key."""


@dataclass(frozen=True, slots=True)
class FeedSource:
    """One feed of the catalogue, as its publisher offers it."""

    id: str
    region: str
    provider: str
    """Who publishes: their name for riders."""
    name: str
    """Which of the provider's feeds this is; "" where there is one only."""
    url: str
    licence: str
    """An SPDX id, `publisher's terms`, or `not stated`."""
    licence_url: str
    attribution: str
    """What to show wherever the data is used."""
    country: str
    """Of the region: ISO 3166-1, two letters."""
    timezone: str
    """Of the region: says which day it is there."""
    mdb: str
    """The id in the Mobility Database, `mdb-...`; "" where no id is known."""
    key: FeedKey | None
    source: str
    """Where these facts were seen."""
    seen: date
    """When they were seen."""
    note: str


@dataclass(frozen=True, slots=True)
class CatalogueRegion:
    """A city or metropolitan area with rival providers."""

    id: str
    name: str
    authored: str
    """A region that comes with the project and describes providers without feeds of their own; or ""."""
    feeds: tuple[FeedSource, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """The catalogue as it was read."""

    regions: tuple[CatalogueRegion, ...]

    @property
    def feeds(self) -> tuple[FeedSource, ...]:
        """All feeds, in file order."""
        return tuple(feed for region in self.regions for feed in region.feeds)

    def find_feed(self, feed_id: str) -> FeedSource | None:
        """The feed with this id."""
        return next((feed for feed in self.feeds if feed.id == feed_id), None)

    def find_region(self, region_id: str) -> CatalogueRegion | None:
        """The region with this id."""
        return next((region for region in self.regions if region.id == region_id), None)


def registry_path() -> Path:
    """The catalogue that comes with the project, in a checkout as in an installed wheel."""
    return Path(str(files("feeds"))) / "registry.toml"


def read_registry(path: Path | None = None) -> Registry:
    """Read and check the catalogue. Raises RegistryError for the first mistake in it."""
    top = read_toml(path or registry_path(), RegistryError)
    registry = Registry(tuple(_read_region(table) for table in top.tables("region")))
    top.finish()
    if not registry.regions:
        raise RegistryError(f"{top.file}: region: there must be at least one [[region]]")
    _check_unique(top, "region.id", (region.id for region in registry.regions))
    _check_unique(top, "region.feed.id", (feed.id for feed in registry.feeds))
    _check_unique(top, "region.feed.mdb", (feed.mdb for feed in registry.feeds if feed.mdb))
    _check_unique(top, "region.feed.url", (feed.url for feed in registry.feeds))
    return registry


def request_of(
    feed: FeedSource, environment: Callable[[str], str | None] = os.environ.get
) -> tuple[str, dict[str, str]]:
    """(URL, secret headers) to fetch `feed` with. Raises RegistryError where it needs a key that is not set."""
    if feed.key is None:
        return feed.url, {}
    secret = (environment(feed.key.variable) or "").strip()
    if not secret:
        raise RegistryError(f"feed {feed.id}: needs a key in {feed.key.variable}; get one at {feed.key.info}")
    if feed.key.place == "header":
        return feed.url, {feed.key.name: secret}
    sign = "&" if urlsplit(feed.url).query else "?"
    return f"{feed.url}{sign}{urlencode({feed.key.name: secret})}", {}


def _read_region(table: TomlTable) -> CatalogueRegion:
    region_id = _matching(table, "id", IDENTIFIER)
    country, timezone = _matching(table, "country", COUNTRY), _timezone(table)
    region = CatalogueRegion(
        id=region_id,
        name=table.text("name"),
        authored=table.text("authored", ""),
        feeds=tuple(_read_feed(feed, region_id, country, timezone) for feed in table.tables("feed")),
    )
    table.finish()
    if region.authored:
        try:
            embedded_region(region.authored)
        except RegionError:
            raise table.fail("authored", "no such region comes with the project") from None
    providers = {feed.provider for feed in region.feeds}
    if not providers or (len(providers) < 2 and not region.authored):
        raise table.fail("id", "needs feeds of at least two providers, or one and an authored region")
    return region


def _read_feed(table: TomlTable, region: str, country: str, timezone: str) -> FeedSource:
    feed = FeedSource(
        id=_matching(table, "id", IDENTIFIER),
        region=region,
        provider=table.text("provider"),
        name=table.text("name", ""),
        url=_url(table, "url"),
        licence=table.text("licence"),
        licence_url=_url(table, "licence_url") if table.has("licence_url") else "",
        attribution=table.text("attribution"),
        country=country,
        timezone=timezone,
        mdb=_matching(table, "mdb", MDB_ID) if table.has("mdb") else "",
        key=_read_key(table.table("key")) if table.has("key") else None,
        source=table.text("source"),
        seen=_date(table, "seen"),
        note=table.text("note", ""),
    )
    if feed.key and not feed.url.startswith("https://"):
        raise table.fail("url", "must be https, because a key is sent along")
    table.finish()
    return feed


def _read_key(table: TomlTable) -> FeedKey:
    key = FeedKey(
        variable=_matching(table, "variable", KEY_VARIABLE),
        place=table.text("place"),
        name=table.text("name"),
        info=_url(table, "info"),
    )
    if key.place not in KEY_PLACES:
        raise table.fail("place", f"must be one of {', '.join(KEY_PLACES)}")
    table.finish()
    return key


def _matching(table: TomlTable, key: str, pattern: re.Pattern[str]) -> str:
    text = table.text(key)
    if not pattern.fullmatch(text):
        raise table.fail(key, f"must match ^{pattern.pattern}$")
    return text


def _url(table: TomlTable, key: str) -> str:
    try:
        return check_url(table.text(key)).url
    except RefusedUrl as error:
        raise table.fail(key, str(error)) from None


def _timezone(table: TomlTable) -> str:
    name = table.text("timezone")
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # unknown, a folder, a path
        raise table.fail("timezone", "unknown time zone") from None
    return name


def _date(table: TomlTable, key: str) -> date:
    try:
        return date.fromisoformat(table.text(key))
    except ValueError:
        raise table.fail(key, 'must be a text such as "2026-11-24"') from None


def _check_unique(top: TomlTable, key: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise RegistryError(f"{top.file}: {key} = {value!r}: is there twice")
        seen.add(value)
