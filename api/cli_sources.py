"""The options of every command that reads feeds, and the way from them to a merged network."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_output import InputError, calendar_day, get_file, number
from ingest.progress import Progress, feed_megabytes, ingest_weights

if TYPE_CHECKING:
    from ingest.model import FeedInfo
    from ingest.pipeline import IngestResult
    from ingest.region import Region
    from ingest.service_range import ServiceRange

ARCHIVE = Path("feeds/archives")
FEED_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
LOCATING = "locating feeds"
AUTHORED_MEGABYTES = 0.1
"""About what an authored feed weighs when it is compiled."""


class Walk(StrEnum):
    """How stops are linked on foot."""

    streets = "streets"
    straight = "straight"
    off = "off"


RegionOption = Annotated[
    Path | None, typer.Option("--region", metavar="FILE", help="A region file: its providers and feeds.")
]
FeedOption = Annotated[
    list[str] | None, typer.Option("--feed", metavar="ID=PATH", help="A GTFS zip or folder; may be given often.")
]
WalkOption = Annotated[
    Walk | None,
    typer.Option(
        "--walk",
        help="Link stops along streets (needs --osm), by straight lines, or only where transfers.txt does; "
        "default: streets with --osm, else straight.",
    ),
]
OsmOption = Annotated[
    Path | None, typer.Option("--osm", metavar="PBF", help="An OpenStreetMap extract: the streets that riders walk.")
]
RadiusOption = Annotated[
    float,
    typer.Option("--walk-radius-m", parser=number, metavar="N", help="How far apart linked stops may be, in metres."),
]
SpeedOption = Annotated[
    float,
    typer.Option(
        "--walk-speed", parser=number, metavar="M_PER_S", help="Walking speed of queries that do not set one."
    ),
]
DetourOption = Annotated[
    float, typer.Option("--detour", parser=number, metavar="X", help="Walked metres for a metre of straight line.")
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DATE",
        help="The first service day to keep; trips of earlier days only are left out, after midnight too.",
    ),
]
ToOption = Annotated[str | None, typer.Option("--to", metavar="DATE", help="The last service day to keep.")]
ArchiveOption = Annotated[
    Path,
    typer.Option("--archive", metavar="DIR", help="Where `timbang feeds fetch` put the feeds that a region names."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, nothing else.")]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the options name, checked. Either a region and its file, or feeds by id."""

    region_file: Path | None
    region: Region | None
    feeds: dict[str, Path]
    walk: Walk
    osm: Path | None
    radius_m: float
    detour: float
    speed_m_per_s: float
    days: ServiceRange | None = None
    """Whose service is kept; None: all."""
    archive: Path = ARCHIVE
    """Where fetched feeds are kept."""

    @property
    def megabytes(self) -> float:
        """How large all feeds are, about; without opening one."""
        if self.region is None or self.region_file is None:
            return sum(map(feed_megabytes, self.feeds.values()))
        folder = self.region_file.parent
        files = [folder / feed.path for feed in self.region.feeds if feed.path]
        files += [self.archive / feed.catalogue / "current.zip" for feed in self.region.feeds if feed.catalogue]
        return sum(map(feed_megabytes, files)) + AUTHORED_MEGABYTES * (len(self.region.feeds) - len(files))

    @property
    def weights(self) -> dict[str, float]:
        """The stages that ingest_sources reports, and how long each is."""
        osm = None if self.osm is None else feed_megabytes(self.osm)
        locating = {} if self.region is None else {LOCATING: 0.3 + 0.1 * len(self.region.feeds)}
        return locating | ingest_weights(self.megabytes, osm)


def read_sources(
    region: Path | None,
    feeds: Sequence[str] | None,
    walk: Walk | None,
    osm: Path | None,
    radius_m: float,
    speed_m_per_s: float,
    detour: float,
    days: ServiceRange | None = None,
    archive: Path = ARCHIVE,
) -> Sources:
    """Check the options. Raises InputError."""
    if (region is None) == (not feeds):
        raise InputError("give --region FILE, or --feed ID=PATH at least once, and not both")
    _check_between("--walk-radius-m", radius_m, 0, 3000)
    _check_between("--walk-speed", speed_m_per_s, 0.1, 10)
    _check_between("--detour", detour, 1, 5)
    read = None if region is None else _read_region(get_file(region, "--region"))
    chosen = walk or (Walk.straight if osm is None else Walk.streets)
    if (chosen == Walk.streets) != (osm is not None):
        raise InputError("--walk streets and --osm PBF go together")
    extract = None if osm is None else get_file(osm, "--osm")
    return Sources(
        region, read, _feed_paths(feeds or ()), chosen, extract, radius_m, detour, speed_m_per_s, days, archive
    )


def read_days(first: str | None, last: str | None) -> ServiceRange | None:
    """What `--from` and `--to` say; None where neither is given. Raises InputError."""
    from ingest.service_range import ServiceRange

    given = {"--from": first, "--to": last}
    days = {option: calendar_day(text, option) for option, text in given.items() if text is not None}
    if not days:
        return None
    try:
        return ServiceRange(days.get("--from", date.min), days.get("--to", date.max))
    except ValueError as error:
        raise InputError(f"--from {first} --to {last}: {error}") from None


def _read_region(path: Path) -> Region:
    from ingest.region import RegionError, read_region

    try:
        return read_region(path)
    except RegionError as error:
        raise InputError(str(error)) from None


def _check_between(option: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"{option} is {value:g}; it must lie between {low:g} and {high:g}")


def _feed_paths(texts: Sequence[str]) -> dict[str, Path]:
    paths: dict[str, Path] = {}
    for text in texts:
        feed_id, sign, path = text.partition("=")
        if not sign or not path:
            raise InputError(f"--feed {text!r}: must be ID=PATH")
        if not FEED_ID.fullmatch(feed_id):
            raise InputError(f"--feed {text!r}: the id {feed_id!r} must match ^{FEED_ID.pattern}$")
        if feed_id in paths:
            raise InputError(f"--feed {text!r}: the id {feed_id!r} is given twice")
        if not Path(path).exists():
            raise InputError(f"--feed {text!r}: there is no {path}")
        paths[feed_id] = Path(path)
    return paths


@dataclass(frozen=True, slots=True)
class Ingested:
    """What the pipeline made of the sources, and the rows of `feeds` in the command's JSON."""

    result: IngestResult
    feeds: list[dict[str, Any]]

    @property
    def worst_class(self) -> str:
        """The class of all feeds together."""
        from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, REJECT

        order = [LOAD_CLEAN, LOAD_WITH_WARNING, REJECT]
        return order[max(order.index(feed["class"]) for feed in self.feeds)]

    def notices(self) -> list[dict[str, Any]]:
        """JSON-ready."""
        return [notice.to_dict() for notice in self.result.log]


@contextmanager
def located_feeds(sources: Sources, today: date, stage: Progress) -> Iterator[dict[str, Path]]:
    """Where each feed lies; authored ones are compiled into a folder that goes when the block ends."""
    if sources.region is None or sources.region_file is None:
        yield sources.feeds
        return
    from ingest.region import RegionError
    from ingest.region_sources import locate_feed

    with tempfile.TemporaryDirectory(prefix="timbang-") as work:
        paths = {}
        for place, feed in enumerate(sources.region.feeds):
            stage(f"{LOCATING}: {feed.id}", place / len(sources.region.feeds))
            try:
                paths[feed.id] = locate_feed(feed, sources.region_file.parent, Path(work), today, sources.archive)
            except RegionError as error:
                raise InputError(f"{sources.region_file}: {error}") from None
        yield paths


def ingest_sources(sources: Sources, today: date, stage: Progress, *, is_bounded: bool = True) -> Ingested:
    """Read and merge all feeds. Bad feeds do not raise; a bad region file raises InputError.

    is_bounded: as of ingest_feeds.
    """
    from ingest.pipeline import WalkOptions, ingest_feeds
    from ingest.service_range import NoServiceError
    from ingest.streets import StreetsError

    options = WalkOptions(sources.walk.value, sources.radius_m, sources.detour, sources.osm)
    with located_feeds(sources, today, stage) as paths:
        try:
            result = ingest_feeds(
                paths,
                options,
                region=sources.region,
                today=today,
                days=sources.days,
                progress=stage,
                is_bounded=is_bounded,
            )
        except (StreetsError, NoServiceError) as error:
            raise InputError(str(error)) from None
        return Ingested(result, [_feed_row(result, feed_id, path) for feed_id, path in paths.items()])


def _feed_row(result: IngestResult, feed_id: str, path: Path) -> dict[str, Any]:
    from ingest.notices import REJECT

    rejected = result.rejected.get(feed_id)
    if rejected is not None:
        sha256 = _sha256(path)
        numbers = {"stops": 0, "trips": 0, "service": None}
        return {"feed": feed_id, "class": REJECT, "sha256": sha256, **numbers, "reason": rejected.reason}
    network = result.network
    assert network is not None, "a feed that was not rejected is in the network"
    info = next(feed for feed in network.feeds if feed.id == feed_id)
    return {
        "feed": feed_id,
        "class": result.log.feed_class(feed_id),
        "sha256": info.sha256,
        "stops": info.n_stops,
        "trips": info.n_trips,
        "service": _service(info),
        "reason": None,
    }


def _service(info: FeedInfo) -> list[str] | None:
    if info.first_date is None or info.last_date is None:
        return None
    return [info.first_date.isoformat(), info.last_date.isoformat()]


def _sha256(path: Path) -> str | None:
    """Of a file; a rejected folder has none."""
    import hashlib

    if not path.is_file():
        return None
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
