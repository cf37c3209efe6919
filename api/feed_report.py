"""The report on feeds that a data officer can send to the agency: one HTML page, no script, nothing from elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.cli_output import printable
from ingest.notice_codes import CODES
from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, REJECT, Notice, Severity
from ingest.validation import ValidationResult

TEMPLATES = Path(__file__).parent / "templates"
WORST_FIRST = tuple(reversed(Severity))
CLASSES = {
    LOAD_CLEAN: "All that riders can use was read as it stands.",
    LOAD_WITH_WARNING: "Read, but something that riders could use was left out, repaired or looks wrong.",
    REJECT: "Not read: nothing usable is left, or the feed cannot be trusted.",
}
"""What each class means to someone who did not read the manual."""


@dataclass(frozen=True, slots=True)
class ReportedFeed:
    """One feed of the report.

    row         as in `feeds` of `check --json`: feed, class, sha256, stops, trips, service, reason
    source      the name of the file or folder
    routes      None for a rejected feed
    code        of the rejection, or None
    notices     ours
    validation  the canonical rules' judgement, or why there is none
    """

    row: Mapping[str, Any]
    source: str
    routes: int | None
    code: str | None
    notices: Sequence[Notice]
    validation: ValidationResult

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the feed was taken over."""
        return bool(self.row["class"] == REJECT)

    @property
    def by_severity(self) -> list[tuple[str, list[Notice]]]:
        """Notices that there are, worst severity first."""
        groups = ((level, [notice for notice in self.notices if notice.severity is level]) for level in WORST_FIRST)
        return [(level.value, found) for level, found in groups if found]

    @property
    def counts(self) -> list[tuple[str, int, int]]:
        """For each severity the findings of ours and of the canonical rules."""
        ours = {level: sum(notice.count for notice in self.notices if notice.severity is level) for level in Severity}
        return [(level.value, ours[level], self.validation.count(level)) for level in WORST_FIRST]


def render_report(feeds: Sequence[ReportedFeed], others: Sequence[Notice], made: datetime) -> str:
    """The page. `others` are notices of no single feed, `made` the instant to date it with."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("feed_report.html").render(
        feeds=feeds,
        others=others,
        made=made.strftime("%Y-%m-%d %H:%M %Z").strip(),
        version=_version(),
        classes=CLASSES,
        meanings={code: known.meaning for code, known in CODES.items()},
    )


def _visible(value: Any) -> Any:
    """Text of feeds without signs that do not print: none can turn the direction of what follows."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _version() -> str:
    try:
        return version("timbang")
    except PackageNotFoundError:
        return ""


def write_report(path: Path, page: str) -> None:
    """Puts the page at `path`, which appears whole or not at all. Raises OSError."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with partial.open("w", encoding="utf-8") as handle:
            handle.write(page)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
