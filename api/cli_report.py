"""The options `--validate` and `--report` of the commands that read feeds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_output import InputError, printable, say
from ingest.progress import Progress, SharedStage, silent

if TYPE_CHECKING:
    from api.cli_sources import Ingested, Sources
    from api.feed_report import ReportedFeed
    from ingest.notices import FeedRejected
    from ingest.validation import ValidationResult

ValidateOption = Annotated[
    bool | None,
    typer.Option(
        "--validate/--no-validate", help="Check each feed by the canonical rules too; a report does unless told not to."
    ),
]
ReportOption = Annotated[
    Path | None, typer.Option("--report", metavar="FILE", help="Write a report on the feeds here, one HTML page.")
]

VALIDATING = "validating feeds"
REPORTING = "writing the report"

UNTOUCHED = frozenset(
    {"unreadable_archive", "unsafe_archive", "encrypted_archive", "nested_archive", "several_feeds_in_archive"}
)
"""An archive that was refused for one of these is given to no other reader."""


@dataclass(frozen=True, slots=True)
class ReportPlan:
    """What the two options ask for together."""

    validate: bool
    report: Path | None

    @classmethod
    def of(cls, validate: bool | None, report: Path | None) -> ReportPlan:
        """Raises InputError before any work where the report could not be written after it."""
        if report is not None and report.is_dir():
            raise InputError(f"--report {report}: is a folder")
        if report is not None and not report.parent.is_dir():
            raise InputError(f"--report {report}: there is no folder {report.parent}")
        return cls(report is not None if validate is None else validate, report)

    def weights(self, sources: Sources) -> dict[str, float]:
        """The stages that `carry_out` reports, and how long each is beside those of `sources`."""
        validating = {VALIDATING: 0.5 + 0.35 * sources.megabytes} if self.validate else {}
        return validating | ({REPORTING: 0.3} if self.report is not None else {})

    def carry_out(self, sources: Sources, found: Ingested, day: date, stage: Progress) -> dict[str, Any]:
        """Validates and writes the report, as asked; what the command's JSON says of that. Raises InputError."""
        said: dict[str, Any] = {}
        validated = validate_sources(sources, found, day, stage) if self.validate else {}
        if self.validate:
            said["validation"] = [result.to_dict() for result in validated.values()]
        if self.report is not None:
            stage(REPORTING)
            save_report(self.report, sources, found, validated)
            said["report"] = str(self.report)
        return said


def say_plan(said: Mapping[str, Any]) -> None:
    """What `carry_out` found, on standard error: a line a feed, and where the report is."""
    for result in said.get("validation", ()):
        counts = dict.fromkeys(("ERROR", "WARNING", "INFO"), 0)
        for notice in result["notices"]:
            counts[notice["severity"]] += notice["count"]
        found = ", ".join(f"{count} {level}" for level, count in counts.items())
        judgement = f"not run: {result['not_run']}" if result["not_run"] else f"{found} ({result['validator']})"
        say(printable(f"{result['feed']}: validation {judgement}"))
    if "report" in said:
        say(printable(f"wrote {said['report']}"))


def validate_sources(sources: Sources, found: Ingested, day: date, stage: Progress) -> dict[str, ValidationResult]:
    """Validates every feed, one after the other: each may take gigabytes."""
    from api.cli_sources import located_feeds
    from ingest.validation import ValidationResult, validate_feed

    results = {}
    with located_feeds(sources, day, silent) as paths:
        shared = SharedStage(VALIDATING, paths, stage)
        for feed_id, path in paths.items():
            tell = shared.of(feed_id)
            tell("")
            refused = _refused(found.result.rejected.get(feed_id))
            results[feed_id] = ValidationResult(feed_id, refused) if refused else validate_feed(feed_id, path, day)
            tell("", 1.0)
    return results


def _refused(rejected: FeedRejected | None) -> str | None:
    if rejected is None or rejected.code not in UNTOUCHED:
        return None
    return f"the archive was refused ({rejected.code})"


def save_report(report: Path, sources: Sources, found: Ingested, validated: Mapping[str, ValidationResult]) -> None:
    """Writes the page. Raises InputError where it cannot be."""
    from api.feed_report import render_report, write_report

    ids = {row["feed"] for row in found.feeds}
    others = [notice for notice in found.result.log if notice.feed not in ids]
    page = render_report(_reported(sources, found, validated), others, datetime.now(UTC))
    try:
        write_report(report, page)
    except OSError as error:
        raise InputError(f"--report {report}: {error.strerror}") from None


def _reported(sources: Sources, found: Ingested, validated: Mapping[str, ValidationResult]) -> list[ReportedFeed]:
    from api.feed_report import ReportedFeed
    from ingest.validation import ValidationResult

    routes = _routes(found)
    feeds = []
    for row in found.feeds:
        feed = row["feed"]
        rejected = found.result.rejected.get(feed)
        feeds.append(
            ReportedFeed(
                row=row,
                source=_source(sources, feed),
                routes=routes.get(feed),
                code=rejected.code if rejected else None,
                notices=[notice for notice in found.result.log if notice.feed == feed],
                validation=validated.get(feed) or ValidationResult(feed, "it was not asked for"),
            )
        )
    return feeds


def _routes(found: Ingested) -> dict[str, int]:
    """How many routes each feed of the network has."""
    network = found.result.network
    if network is None:
        return {}
    return {feed.id: int((network.routes.feed == index).sum()) for index, feed in enumerate(network.feeds)}


def _source(sources: Sources, feed_id: str) -> str:
    """The name of the file or folder that the options give for a feed."""
    if sources.region is None:
        return sources.feeds[feed_id].name
    feed = next(feed for feed in sources.region.feeds if feed.id == feed_id)
    return feed.url or feed.catalogue or Path(feed.path or feed.authored).name
