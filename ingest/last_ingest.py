"""How the last ingest into a snapshot's folder ended: for the service, whose status and metrics tell it.

The file has its room from the first publication on, and is written over in place: so a full disk can be told of, too.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

LAST_INGEST = "LAST_INGEST"
ROOM = 4096
"""Bytes of the file, always: a page, which is written in one piece."""
LONGEST_WHY = 300


class IngestOutcome(StrEnum):
    """Of an ingest that came as far as reading its feeds."""

    PUBLISHED = "published"
    HELD = "held"
    """A feed lost too much; `why` names it."""
    REFUSED = "refused"
    """Nothing of the feeds can be used, or an option asks for what is not there."""
    FAILED = "failed"
    """The machine would not: `why` is the name of the error, such as ENOSPC."""


@dataclass(frozen=True, slots=True)
class LastIngest:
    """What is known of it."""

    outcome: IngestOutcome
    why: str
    at: datetime

    def to_dict(self) -> dict[str, str]:
        """JSON-ready."""
        return {"outcome": self.outcome.value, "why": self.why, "at": self.at.isoformat()}


def tell_ingest(out: Path, last: LastIngest) -> bool:
    """Note it under `out`; whether it could be noted. Raises nothing: what it tells of matters more."""
    text = json.dumps(last.to_dict() | {"why": last.why[:LONGEST_WHY]}).encode().ljust(ROOM)
    try:
        handle = os.open(out / LAST_INGEST, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            return os.write(handle, text) == ROOM
        finally:
            os.close(handle)
    except OSError:
        return False


def last_ingest(out: Path) -> LastIngest | None:
    """What is noted; None where nothing is, or nothing that was written here."""
    try:
        with (out / LAST_INGEST).open("rb") as handle:
            said = json.loads(handle.read(ROOM))
        return LastIngest(IngestOutcome(said["outcome"]), str(said["why"]), datetime.fromisoformat(said["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def now() -> datetime:
    """When it ended."""
    return datetime.now(UTC)
