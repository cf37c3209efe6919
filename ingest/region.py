"""Region files: which providers compete in a city, and where their feeds come from (feeds/README.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.tariffs import Tariff, read_tariffs
from ingest.toml_table import TomlTable, read_toml

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
COLOR = re.compile(r"[0-9A-Fa-f]{6}")
COORDINATE = re.compile(r"(-?[0-9]{1,2}(?:\.[0-9]+)?),(-?[0-9]{1,3}(?:\.[0-9]+)?)")
URL = re.compile(r"https?://\S+")
LANGUAGE = "en"


class RegionError(ValueError):
    """A region file, or a feed it names, that cannot be used. The text names file, key and value."""


@dataclass(frozen=True, slots=True)
class RegionProvider:
    """Who competes. `feeds` are wholly theirs; `agencies` (`feed:agency_id`) are single agencies of a feed."""

    id: str
    name: str
    color: str
    """Six hex digits, capitals."""
    feeds: tuple[str, ...]
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RegionFeed:
    """One feed and its source: exactly one of the last four is not empty."""

    id: str
    authored: str
    """A description to compile; relative to the region file."""
    path: str
    """A GTFS zip or folder; relative to the region file."""
    url: str
    """Where the publisher offers it: what was fetched from there is in the archive of feeds."""
    catalogue: str = ""
    """Its id in the catalogue, to be found in the archive under that."""


@dataclass(frozen=True, slots=True)
class RegionTrip:
    """A trip that riders of the region know. Both ends are a stop id or `lat,lon`."""

    name: dict[str, str]
    """Language -> text."""
    origin: str
    destination: str


@dataclass(frozen=True, slots=True)
class Region:
    """A region file as it was read."""

    id: str
    name: dict[str, str]
    """Language -> text."""
    timezone: str
    center: tuple[float, float]
    """Latitude, longitude."""
    providers: tuple[RegionProvider, ...]
    feeds: tuple[RegionFeed, ...]
    trips: tuple[RegionTrip, ...]
    tariffs: tuple[Tariff, ...] = ()


def embedded_region(region_id: str = "jakarta") -> Path:
    """The region file that comes with the project, in a checkout as in an installed wheel."""
    path = Path(str(files("feeds"))) / region_id / "region.toml"
    if not IDENTIFIER.fullmatch(region_id) or not path.is_file():
        raise RegionError(f"region = {region_id!r}: no such region comes with the project")
    return path


def read_region(path: Path) -> Region:
    """Read a region file, and the trips and tariffs it names. Raises RegionError for the first mistake in it."""
    top = read_toml(path, RegionError)
    feeds = tuple(_read_feed(table) for table in top.tables("feed"))
    providers = tuple(_read_provider(table) for table in top.tables("provider"))
    _check_unique(top, "feed", [feed.id for feed in feeds])
    _check_unique(top, "provider", [provider.id for provider in providers])
    feed_ids = {feed.id for feed in feeds}
    _check_owners(top, providers, feed_ids)
    region = Region(
        id=_identifier(top, "id"),
        name=top.names("name", LANGUAGE),
        timezone=_timezone(top),
        center=_center(top),
        providers=providers,
        feeds=feeds,
        trips=_read_trips(top, path.parent, feed_ids),
        tariffs=read_tariffs(
            [path.parent / name for name in top.texts("tariffs")],
            {provider.id for provider in providers},
            feed_ids,
            RegionError,
        ),
    )
    top.finish()
    return region


def _read_feed(table: TomlTable) -> RegionFeed:
    feed = RegionFeed(
        id=_identifier(table, "id"),
        authored=table.text("authored", ""),
        path=table.text("path", ""),
        url=table.text("url", ""),
        catalogue=_identifier(table, "catalogue") if table.has("catalogue") else "",
    )
    if sum(map(bool, (feed.authored, feed.path, feed.url, feed.catalogue))) != 1:
        raise table.fail("id", "a feed needs exactly one of authored, path, url and catalogue")
    if feed.url and not URL.fullmatch(feed.url):
        raise table.fail("url", "must start with http:// or https://")
    table.finish()
    return feed


def _read_provider(table: TomlTable) -> RegionProvider:
    color = table.text("color")
    if not COLOR.fullmatch(color):
        raise table.fail("color", "must be six hex digits")
    provider = RegionProvider(
        id=_identifier(table, "id"),
        name=table.text("name"),
        color=color.upper(),
        feeds=table.texts("feeds"),
        agencies=table.texts("agencies"),
    )
    if not provider.feeds and not provider.agencies:
        raise table.fail("id", "a provider needs feeds or agencies")
    table.finish()
    return provider


def _check_unique(top: TomlTable, key: str, ids: list[str]) -> None:
    if not ids:
        raise RegionError(f"{top.file}: {key}: there must be at least one [[{key}]]")
    for twice in _repeated(ids):
        raise RegionError(f"{top.file}: {key}.id = {twice!r}: is there twice")


def _check_owners(top: TomlTable, providers: tuple[RegionProvider, ...], feeds: set[str]) -> None:
    """Every feed and agency belongs to one provider, and every provider's feeds exist."""
    whole = [feed for provider in providers for feed in provider.feeds]
    agencies = [agency for provider in providers for agency in provider.agencies]
    for agency in agencies:
        if agency.partition(":")[0] not in feeds or not agency.partition(":")[2]:
            raise RegionError(f"{top.file}: provider.agencies = {agency!r}: must be feed:agency_id of a feed here")
    for feed in whole:
        if feed not in feeds:
            raise RegionError(f"{top.file}: provider.feeds = {feed!r}: no [[feed]] has this id")
    for feed in _repeated(whole):
        raise RegionError(f"{top.file}: provider.feeds = {feed!r}: belongs to two providers")
    for agency in _repeated(agencies):
        raise RegionError(f"{top.file}: provider.agencies = {agency!r}: belongs to two providers")
    for feed in sorted(feeds.difference(whole, (agency.partition(":")[0] for agency in agencies))):
        raise RegionError(f"{top.file}: feed.id = {feed!r}: belongs to no provider")


def _read_trips(top: TomlTable, folder: Path, feeds: set[str]) -> tuple[RegionTrip, ...]:
    name = top.text("trips", "")
    if not name:
        return ()
    file = read_toml(folder / name, RegionError)
    trips = []
    for table in file.tables("trip"):
        trips.append(
            RegionTrip(
                name=table.names("name", LANGUAGE),
                origin=_place(table, "from", feeds),
                destination=_place(table, "to", feeds),
            )
        )
        table.finish()
    file.finish()
    return tuple(trips)


def _place(table: TomlTable, key: str, feeds: set[str]) -> str:
    text = table.text(key)
    coordinate = COORDINATE.fullmatch(text)
    if coordinate and abs(float(coordinate[1])) <= 90 and abs(float(coordinate[2])) <= 180:
        return text
    feed, _, stop = text.partition("_")
    if feed not in feeds or not stop:
        raise table.fail(key, "must be lat,lon or FEED_STOPID with a feed of this region")
    return text


def _identifier(table: TomlTable, key: str) -> str:
    text = table.text(key)
    if not IDENTIFIER.fullmatch(text):
        raise table.fail(key, f"must match ^{IDENTIFIER.pattern}$")
    return text


def _timezone(top: TomlTable) -> str:
    name = top.text("timezone")
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as problem:  # unknown, a folder, a path
        raise top.fail("timezone", "unknown time zone") from problem
    return name


def _center(top: TomlTable) -> tuple[float, float]:
    lat, lon = top.numbers("center", 2)
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise top.fail("center", "must be latitude, longitude")
    return lat, lon


def _repeated(values: Iterable[str]) -> list[str]:
    """The values that come more than once."""
    return [value for value, times in Counter(values).items() if times > 1]
