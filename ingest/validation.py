"""What the canonical rules say of a feed: `gtfs-guru` in a watched child process, its notices added up by code.

The validator is not ours and can abort its process or fill the memory, so it never runs in this one. It has passed
no judgement unless it ran to its end: every other ending is "not run" with the reason.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest import validation_child
from ingest.notices import Severity
from ingest.validation_process import DEFAULT_LIMITS, Limits, run_watched

Command = Callable[[Path, Path, date], Sequence[str]]
"""(feed, result file, day to validate for) to the command line of the validator."""

LARGEST_RESULT = 64 << 20
"""Bytes of a result file that are read; an honest one, being a few samples a code, has some thousands."""

SYSTEM_CODES = frozenset(
    {
        "i_o_error",
        "runtime_exception_in_loader_error",
        "runtime_exception_in_validator_error",
        "thread_execution_error",
        "u_r_i_syntax_error",
    }
)
"""Notices by which the validator says that it failed itself. Without the rules that failed, nothing is passed."""


@dataclass(frozen=True, slots=True)
class CanonicalSample:
    """One finding. What the rule says beyond file, row, field and value is in `details`, as `name=value` pairs."""

    file: str | None
    row: int | None
    field: str | None
    value: str | None
    details: str

    def to_dict(self) -> dict[str, str | int | None]:
        """JSON-ready."""
        return {"file": self.file, "row": self.row, "field": self.field, "value": self.value, "details": self.details}


@dataclass(frozen=True, slots=True)
class CanonicalNotice:
    """All findings of one rule: how many, the files that the rule is about, and the first few by file and row."""

    code: str
    severity: Severity
    meaning: str
    count: int
    files: tuple[str, ...]
    samples: tuple[CanonicalSample, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "meaning": self.meaning,
            "count": self.count,
            "files": list(self.files),
            "samples": [sample.to_dict() for sample in self.samples],
        }


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """What came of validating one feed.

    not_run     why there is no judgement, or None where there is one
    validator   name and version, "" where it did not come to say
    seconds     wall time of the child process
    peak_bytes  most resident memory that was seen of it
    notices     by severity, worst first, then code; empty where not run
    """

    feed: str
    not_run: str | None
    validator: str = ""
    seconds: float = 0.0
    peak_bytes: int = 0
    notices: tuple[CanonicalNotice, ...] = ()

    @property
    def has_run(self) -> bool:
        """Whether the validator came to its end, so that no notice means that nothing was found."""
        return self.not_run is None

    def count(self, severity: Severity) -> int:
        """Findings of one severity."""
        return sum(notice.count for notice in self.notices if notice.severity is severity)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "feed": self.feed,
            "not_run": self.not_run,
            "validator": self.validator,
            "seconds": round(self.seconds, 3),
            "notices": [notice.to_dict() for notice in self.notices],
        }


def guru_command(feed: Path, result: Path, day: date) -> Sequence[str]:
    """The command line that validates with gtfs-guru."""
    # -P: the script's own folder holds modules of ours, which the child has no use for.
    return (sys.executable, "-P", validation_child.__file__, str(feed), str(result), day.isoformat())


def validate_feed(
    feed_id: str, path: Path, day: date, limits: Limits = DEFAULT_LIMITS, command: Command = guru_command
) -> ValidationResult:
    """Validates the zip or folder at `path` as on `day`. Never raises for what the feed or the validator does."""
    with tempfile.TemporaryDirectory(prefix="timbang-validation-") as work:
        result = Path(work) / "result.json"
        ending = run_watched(command(path.absolute(), result, day), limits, Path(work))
        if ending.failure is not None:
            return ValidationResult(feed_id, ending.failure, "", ending.seconds, ending.peak_bytes)
        try:
            validator, notices = _read_result(result)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            reason = f"its result cannot be read: {error or type(error).__name__}"
            return ValidationResult(feed_id, reason, "", ending.seconds, ending.peak_bytes)
    failed = next((notice for notice in notices if notice.code in SYSTEM_CODES), None)
    if failed is not None:
        details = "; ".join(sample.details for sample in failed.samples)
        return ValidationResult(
            feed_id, f"it failed: {failed.code}: {details}", validator, ending.seconds, ending.peak_bytes
        )
    return ValidationResult(feed_id, None, validator, ending.seconds, ending.peak_bytes, notices)


def _read_result(path: Path) -> tuple[str, tuple[CanonicalNotice, ...]]:
    if not path.is_file():
        raise ValueError("it wrote none")
    if path.stat().st_size > LARGEST_RESULT:
        raise ValueError(f"more than {LARGEST_RESULT} bytes")
    found = json.loads(path.read_bytes())
    worst = list(reversed(Severity))
    notices = [_notice(entry) for entry in found["notices"]]
    return str(found["validator"]), tuple(sorted(notices, key=lambda each: (worst.index(each.severity), each.code)))


def _notice(entry: dict[str, Any]) -> CanonicalNotice:
    return CanonicalNotice(
        code=str(entry["code"]),
        severity=Severity(entry["severity"]),
        meaning=str(entry["meaning"]),
        count=int(entry["count"]),
        files=tuple(map(str, entry["files"])),
        samples=tuple(CanonicalSample(**sample) for sample in entry["samples"]),
    )
