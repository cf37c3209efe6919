"""The canonical rules run in a process apart, and only a run that came to its end is a judgement."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from ingest.notices import Severity
from ingest.validation import SYSTEM_CODES, CanonicalSample, ValidationResult, validate_feed
from ingest.validation_process import PROC, Limits
from tests.unit.ingest.reading import TODAY, add_call, small_feed

pytestmark = pytest.mark.skipif(not (PROC / "self" / "statm").exists(), reason="needs /proc to watch memory")


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return small_feed().write_zip(tmp_path / "small.zip")


HALF_A_MINUTE = Limits(30)
OPENING = """
import sys, os, json
from pathlib import Path
feed, result, day = sys.argv[1:]
result = Path(result)
"""


def run(feed: Path, code: str, limits: Limits = HALF_A_MINUTE) -> ValidationResult:
    """Validates with a child that runs `code`, in which `feed`, `result` and `day` are the arguments."""

    def command(path: Path, result: Path, day: date) -> Sequence[str]:
        return (sys.executable, "-c", f"{OPENING}{code}", str(path), str(result), day.isoformat())

    return validate_feed("small", feed, TODAY, limits, command)


def written(*notices: dict[str, object]) -> str:
    """Code of a child that gives these notices."""
    return f"result.write_text({json.dumps({'validator': 'test 1', 'notices': list(notices)})!r})"


def entry(code: str, severity: str, count: int = 1, **sample: object) -> dict[str, object]:
    place = {"file": "stops.txt", "row": 2, "field": "stop_id", "value": "A", "details": ""}
    return {
        "code": code,
        "severity": severity,
        "meaning": "Wrong.",
        "count": count,
        "files": ["stops.txt"],
        "samples": [place | sample],
    }


def test_the_validator_finds_what_is_wrong_with_a_feed(tmp_path: Path) -> None:
    feed = small_feed()
    add_call(feed, "T1", "08:30:00", "NOPE", 4)
    add_call(feed, "T2", "09:30:00", "NOPE", 4)
    found = validate_feed("small", feed.write_zip(tmp_path / "bad.zip"), TODAY)
    assert found.has_run
    assert found.validator.startswith("gtfs-guru ")
    assert found.notices[0].severity is Severity.ERROR
    notice = next(notice for notice in found.notices if notice.code == "foreign_key_violation")
    assert (notice.count, found.count(Severity.ERROR)) == (2, 2)
    assert [(each.file, each.row, each.field, each.value) for each in notice.samples] == [
        ("stop_times.txt", 8, "stop_id", "NOPE"),
        ("stop_times.txt", 9, "stop_id", "NOPE"),
    ]
    assert json.loads(json.dumps(found.to_dict()))["notices"][0]["severity"] == "ERROR"


def test_the_day_of_validation_is_the_one_given(feed: Path) -> None:
    codes = {notice.code for notice in validate_feed("small", feed, date(2030, 1, 1)).notices}
    assert "expired_calendar" in codes
    assert "expired_calendar" not in {notice.code for notice in validate_feed("small", feed, TODAY).notices}


def test_a_folder_can_be_validated(tmp_path: Path) -> None:
    found = validate_feed("small", small_feed().write_folder(tmp_path / "folder"), TODAY)
    assert found.has_run
    assert found.count(Severity.ERROR) == 0


def test_a_feed_that_the_validator_cannot_open_has_not_passed(tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"no zip archive at all")
    found = validate_feed("small", broken, TODAY)
    assert not found.has_run
    assert "i_o_error" in (found.not_run or "")
    assert found.notices == ()


def test_notices_come_worst_first(feed: Path) -> None:
    found = run(feed, written(entry("b", "INFO"), entry("z", "WARNING", 7), entry("c", "ERROR"), entry("a", "ERROR")))
    assert [notice.code for notice in found.notices] == ["a", "c", "z", "b"]
    assert [found.count(level) for level in Severity] == [1, 7, 2]
    assert found.notices[0].samples == (CanonicalSample("stops.txt", 2, "stop_id", "A", ""),)


def test_no_notice_of_a_run_that_ended_is_a_pass(feed: Path) -> None:
    found = run(feed, written())
    assert found.has_run
    assert found.notices == ()


@pytest.mark.parametrize("code", sorted(SYSTEM_CODES))
def test_a_validator_that_says_it_failed_has_not_run(feed: Path, code: str) -> None:
    found = run(feed, written(entry("a", "INFO"), entry(code, "ERROR", details="message=panic")))
    assert found.not_run == f"it failed: {code}: message=panic"
    assert found.notices == ()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("os.abort()", "it was ended by SIGABRT"),
        ("raise ValueError('no such thing')", "it failed with status 1: ValueError: no such thing"),
        ("sys.exit(3)", "it failed with status 3"),
        ("pass", "its result cannot be read: it wrote none"),
        ("result.write_text('{')", "its result cannot be read: Expecting property name"),
        ("result.write_text('[' * 100_000)", "its result cannot be read: "),
        ("result.write_text('{}')", "its result cannot be read: "),
        ("result.write_text('{\"notices\": 3}')", "its result cannot be read: "),
        (written(entry("a", "DREADFUL")), "its result cannot be read: 'DREADFUL'"),
        (written(entry("a", "ERROR", surplus=1)), "its result cannot be read: "),
        ("os.truncate(os.open(result, os.O_CREAT | os.O_RDWR), 65 << 20)", "its result cannot be read: more than"),
    ],
)
def test_a_run_that_does_not_end_well_is_not_run(feed: Path, code: str, reason: str) -> None:
    found = run(feed, code)
    assert (found.not_run or "").startswith(reason)
    assert not found.has_run


def test_a_validator_that_hangs_is_ended(feed: Path) -> None:
    found = run(feed, f"{written()}\nimport time; time.sleep(60)", Limits(wall_s=0.5))
    assert found.not_run == "it took longer than 0.5 s"
    assert 0.5 <= found.seconds < 10


def test_a_validator_that_fills_the_memory_is_ended(feed: Path) -> None:
    growing = "held = []\nwhile True: held.append(bytearray(b'x') * 1_000_000)"
    found = run(feed, growing, Limits(30, 60_000_000))
    assert found.not_run == "it used more than 60 MB of memory"
    assert found.peak_bytes > 60_000_000
    assert found.seconds < 25
