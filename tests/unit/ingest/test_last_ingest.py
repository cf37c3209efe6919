"""The note of how the last ingest ended: written in place, and never in anybody's way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.last_ingest import LAST_INGEST, LONGEST_WHY, ROOM, IngestOutcome, LastIngest, last_ingest, tell_ingest

AT = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


def test_what_is_noted_is_read_again_and_takes_the_same_room(tmp_path: Path) -> None:
    assert last_ingest(tmp_path) is None
    held = LastIngest(IngestOutcome.HELD, "metro, bus", AT)
    assert tell_ingest(tmp_path, held)
    place = (tmp_path / LAST_INGEST).stat().st_ino
    failed = LastIngest(IngestOutcome.FAILED, "ENOSPC", AT)
    assert tell_ingest(tmp_path, failed)
    assert last_ingest(tmp_path) == failed
    found = (tmp_path / LAST_INGEST).stat()
    assert (found.st_ino, found.st_size) == (place, ROOM)


def test_a_long_reason_is_cut(tmp_path: Path) -> None:
    assert tell_ingest(tmp_path, LastIngest(IngestOutcome.HELD, "\U0001f68b" * 5000, AT))
    found = last_ingest(tmp_path)
    assert found is not None
    assert 0 < len(found.why) <= LONGEST_WHY


def test_where_nothing_can_be_noted_nothing_fails(tmp_path: Path) -> None:
    assert not tell_ingest(tmp_path / "nowhere", LastIngest(IngestOutcome.PUBLISHED, "", AT))
    assert not (tmp_path / "nowhere").exists()


NO_NOTES = ["", "{}", "[]", "null", '{"outcome": "other", "why": "", "at": "2026-03-02"}', "\x00", '{"outcome"']


@pytest.mark.parametrize("text", NO_NOTES)
def test_what_is_no_note_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / LAST_INGEST).write_text(text, "utf-8")
    assert last_ingest(tmp_path) is None
