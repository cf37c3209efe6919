"""`timbang ingest`: feeds to a snapshot."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_output import InputError, MachineError, print_json, printable, say
from api.cli_report import ReportOption, ReportPlan, ValidateOption, say_plan
from api.cli_sources import (
    ARCHIVE,
    ArchiveOption,
    DetourOption,
    FeedOption,
    FromOption,
    Ingested,
    JsonOption,
    OsmOption,
    RadiusOption,
    RegionOption,
    SpeedOption,
    ToOption,
    WalkOption,
    ingest_sources,
    read_days,
    read_sources,
)
from api.progress_bar import progress_bar

if TYPE_CHECKING:
    from ingest.model import Network
    from ingest.republication import Judgement

WRITING = "writing the snapshot"


class HeldError(InputError):
    """Feeds that lost too much."""

    def __init__(self, out: Path, held: Mapping[str, Sequence[str]]) -> None:
        super().__init__(f"{_reasons(held)}; {out} is left as it is (--accept-held replaces it)")
        self.feeds = ", ".join(held)


def ingest(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The snapshot's folder.")],
    region: RegionOption = None,
    feed: FeedOption = None,
    walk: WalkOption = None,
    osm: OsmOption = None,
    walk_radius_m: RadiusOption = 500,
    walk_speed: SpeedOption = 1.2,
    detour: DetourOption = 1.3,
    first_day: FromOption = None,
    last_day: ToOption = None,
    archive: ArchiveOption = ARCHIVE,
    validate: ValidateOption = None,
    report: ReportOption = None,
    accept_held: Annotated[
        bool,
        typer.Option(
            "--accept-held",
            help="Replace the snapshot though a feed lost half its trips or stops, its next days, or cannot be read.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Read feeds and publish them as a snapshot, in one step: the old one serves until the new one is whole."""
    started = monotonic()
    if out.exists() and not out.is_dir():
        raise InputError(f"--out {out}: is not a folder")
    plan = ReportPlan.of(validate, report)
    days = read_days(first_day, last_day)
    sources = read_sources(region, feed, walk, osm, walk_radius_m, walk_speed, detour, days, archive)
    writing = {WRITING: 0.1 + 0.01 * sources.megabytes}
    with _noted(out), progress_bar(sources.weights | plan.weights(sources) | writing) as stage:
        # Two seconds of imports on a slow machine, within the bar.
        from api.snapshot_extra import extra_of
        from ingest.snapshot import write_snapshot

        today = date.today()
        found = ingest_sources(sources, today, stage)
        said = plan.carry_out(sources, found, today, stage)
        network = _usable(found)
        judgement = _judge(out, found, today)
        if judgement.held and not accept_held:
            raise HeldError(out, judgement.held)
        stage(WRITING)
        extra = extra_of(sources.region, walk_speed, found.result.read).to_dict()
        version = write_snapshot(network, out, extra, found.result.tables)
    warnings = [_reasons({feed_id: lines}) for feed_id, lines in (judgement.warned | judgement.held).items()]
    for line in warnings:
        say(printable(f"warning: {line}"))
    said["warnings"] = warnings
    summary = _summary(found, network, out, version) | said | {"seconds": round(monotonic() - started, 3)}
    if json:
        print_json(summary)
    else:
        _say_summary(summary)


@contextmanager
def _noted(out: Path) -> Iterator[None]:
    """Leave a note for the service of how it ended. Raises MachineError for what the system refuses."""
    from ingest.last_ingest import IngestOutcome, LastIngest, now, tell_ingest

    def note(outcome: IngestOutcome, why: str = "") -> None:
        tell_ingest(out, LastIngest(outcome, why, now()))

    try:
        yield
    except HeldError as error:
        note(IngestOutcome.HELD, error.feeds)
        raise
    except InputError:
        note(IngestOutcome.REFUSED)
        raise
    except OSError as error:
        note(IngestOutcome.FAILED, errno.errorcode.get(error.errno or 0, type(error).__name__))
        raise MachineError(f"{error.filename or out}: {error.strerror or error}; {out} is left as it is") from error
    except Exception as error:
        note(IngestOutcome.FAILED, type(error).__name__)
        raise
    note(IngestOutcome.PUBLISHED)


def _judge(out: Path, found: Ingested, today: date) -> Judgement:
    """Hold the feeds against those of the snapshot that is to be replaced, if there is one that can be read."""
    from api.snapshot_extra import read_extra
    from ingest.republication import judge_feeds, published_feed
    from ingest.snapshot import SnapshotError

    try:
        kept = read_extra(out).feeds
    except SnapshotError:
        kept = {}
    return judge_feeds(found.result.read, {feed_id: published_feed(row) for feed_id, row in kept.items()}, today)


def _reasons(judged: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"feed {feed_id}: {', '.join(lines)}" for feed_id, lines in judged.items())


def _usable(found: Ingested) -> Network:
    network = found.result.network
    if network is None or len(network.trips.route) == 0:
        reasons = "; ".join(f"feed {feed['feed']}: {feed['reason'] or 'no trip can be ridden'}" for feed in found.feeds)
        raise InputError(f"nothing to publish: {reasons}")
    return network


def _summary(found: Ingested, network: Network, out: Path, version: Path) -> dict[str, Any]:
    return {
        "snapshot": str(out),
        "version": version.name,
        "id": network.snapshot_id,
        "class": found.worst_class,
        "feeds": found.feeds,
        "notices": found.notices(),
        "providers": [provider.id for provider in network.providers],
        "stops": len(network.stops.lat),
        "routes": len(network.routes.type),
        "trips": len(network.trips.route),
        "footpaths": len(network.footpaths.from_stop),
        "walk": network.walk,
        "window": None if found.result.window is None else found.result.window.to_dict(),
    }


def _say_summary(summary: dict[str, Any]) -> None:
    for feed in summary["feeds"]:
        service = " to ".join(feed["service"]) if feed["service"] else "no service day"
        what = feed["reason"] or f"{feed['stops']} stops, {feed['trips']} trips, {service}"
        say(printable(f"{feed['feed']}: {feed['class']}: {what}"))
    counts = ", ".join(f"{summary[name]} {name}" for name in ("stops", "routes", "trips", "footpaths"))
    say(f"{summary['snapshot']}: snapshot {summary['id']} of {len(summary['providers'])} providers: {counts}")
    say(f"{len(summary['notices'])} notices, {summary['seconds']:.1f} s")
    say_plan(summary)
