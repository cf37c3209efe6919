"""The report is one page that stands alone, tells everything that was found, and shows hostile text as text."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from api import cli_report
from api.cli import main
from api.cli_output import InputError
from api.cli_report import ReportPlan
from api.feed_report import ReportedFeed, render_report, write_report
from ingest.notices import Notice, NoticeLog, Severity
from ingest.validation import CanonicalNotice, CanonicalSample, ValidationResult
from tests.unit.api.small_city import HOSTILE, metro_feed

MADE = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
ROW = {
    "feed": "metro",
    "class": "load with warning",
    "sha256": "ab" * 32,
    "stops": 1234,
    "trips": 56789,
    "service": ["2026-01-01", "2026-12-31"],
    "reason": None,
}
VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """The tags, attributes and text of a page; whether every tag that opens closes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def notices(*added: tuple[str, dict[str, Any]]) -> list[Notice]:
    log = NoticeLog()
    for code, more in added:
        log.add(code, "metro", "stop_times.txt", **more)
    return list(log)


def reported(validation: ValidationResult | None = None, found: list[Notice] | None = None, **row: Any) -> ReportedFeed:
    judged = validation or ValidationResult("metro", None, "gtfs-guru 1.0.0", 0.4)
    rejected = row.get("class") == "reject with error"
    code = "no_usable_trip" if rejected else None
    return ReportedFeed(ROW | row, "metro.zip", None if rejected else 7, code, found or [], judged)


def page_of(*feeds: ReportedFeed, others: list[Notice] | None = None) -> Page:
    return Page(render_report(feeds, others or [], MADE))


def test_a_feed_is_told_with_class_hash_and_what_it_holds() -> None:
    text = page_of(reported()).text
    for told in ("metro.zip", "load with warning", "ab" * 32, "1,234 stops", "7 routes", "56,789 trips"):
        assert told in text
    assert "2026-01-01 to 2026-12-31" in text
    assert "Made 2026-03-02 07:30 UTC" in text


def test_our_notices_are_told_worst_first_with_meaning_place_count_and_action() -> None:
    found = notices(
        ("interpolated_times", {"count": 12, "action": "filled"}),
        ("foreign_key_violation",
         {"row": 17000, "field": "stop_id", "value": "NOPE", "count": 3000, "action": "row dropped"}),
    )  # fmt: skip
    text = page_of(reported(found=found)).text
    assert text.index("foreign_key_violation") < text.index("interpolated_times")
    for told in ("An id that its own table does not have.", "stop_times.txt , row 17000", "stop_id", "NOPE", "3,000",
                 "row dropped", "filled"):  # fmt: skip
        assert told in text


def test_canonical_notices_are_told_by_code_with_examples() -> None:
    samples = (
        CanonicalSample("stops.txt", 5, "stop_name", "HALTE", ""),
        CanonicalSample(None, 9, None, None, "tripId=T1"),
    )
    notice = CanonicalNotice("odd_rule", Severity.WARNING, "Looks odd.", 2500, ("stops.txt", "trips.txt"), samples)
    validation = ValidationResult("metro", None, "gtfs-guru 1.0.0", 1.25, 0, (notice,))
    text = page_of(reported(validation)).text
    for told in ("odd_rule", "Looks odd.", "2,500", "stops.txt, row 5", "stop_name", "HALTE", "and 2,498 more",
                 "stops.txt / trips.txt, row 9", "tripId=T1", "gtfs-guru 1.0.0"):  # fmt: skip
        assert told in text


def test_a_validation_that_did_not_run_is_never_told_as_a_pass() -> None:
    text = page_of(reported(ValidationResult("metro", "it took longer than 120 s"))).text
    assert "Validation not run: it took longer than 120 s" in text
    assert "keeps every rule" not in text
    assert text.count("not run") >= len(Severity)
    assert "keeps every rule" in page_of(reported()).text


def test_a_rejected_feed_is_told_with_its_reason_and_what_that_means() -> None:
    nothing = {"stops": 0, "trips": 0, "service": None, "reason": "trips.txt: no trip is left"}
    text = page_of(reported(**{"class": "reject with error"}, **nothing)).text
    assert "trips.txt: no trip is left" in text
    assert "Nothing that anyone could ride is left." in text


def test_notices_between_feeds_have_a_section_of_their_own() -> None:
    between = notices(("expired_calendar", {"value": "both"}))
    assert "Between feeds" in page_of(reported(), others=between).text
    assert "Between feeds" not in page_of(reported()).text


@pytest.mark.parametrize(
    "hostile", [HOSTILE, "</style><script>x()</script>", "'\" onload=x()", "{{ 7 * 7 }}", "&lt;b>"]
)
def test_hostile_text_stays_text(hostile: str) -> None:
    sample = CanonicalSample(hostile, 1, hostile, hostile, hostile)
    notice = CanonicalNotice(hostile, Severity.ERROR, hostile, 2, (hostile,), (sample,))
    spoilt = ReportedFeed(
        ROW | {"reason": hostile},
        hostile,
        7,
        None,
        notices(("invalid_time", {"value": hostile, "field": hostile, "action": hostile})),
        ValidationResult("metro", None, hostile, 0, 0, (notice,)),
    )
    plain = page_of(reported(ValidationResult("metro", None, "v", 0, 0, (notice,)), notices(("invalid_time", {}))))
    page = page_of(spoilt)
    assert {*page.tags} <= {*plain.tags, "strong", "p", "code"}
    assert not {"script", "img", "b"} & {*page.tags}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert " ".join(hostile.replace("\x1b", "\\x1b").split()) in page.text


def test_signs_that_do_not_print_are_written_out() -> None:
    text = render_report([reported(found=notices(("invalid_time", {"value": "a\u202eb\nc\ud800"})))], [], MADE)
    assert "a\\u202eb\\nc\\ud800" in text
    assert "\u202e" not in text
    text.encode("utf-8")


def test_the_page_asks_nothing_of_anyone() -> None:
    page = page_of(reported(found=notices(("invalid_time", {"value": "https://example.com/"}))))
    assert not {"script", "link", "img", "iframe", "object", "form"} & {*page.tags}
    addresses = [value for name, value in page.attributes if name in ("src", "href", "action", "srcset")]
    assert addresses == ["#feed-metro"]
    style = render_report([reported()], [], MADE).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "&#" not in style, "quotes of the style sheet must not be escaped"


def test_the_report_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.html"
    write_report(path, "first")
    with pytest.raises(UnicodeEncodeError):
        write_report(path, "half\ud800")
    assert path.read_text() == "first"

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_report(path, "second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_validates_unless_told_not_to(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    assert ReportPlan.of(None, path).validate
    assert not ReportPlan.of(False, path).validate
    assert not ReportPlan.of(None, None).validate
    assert ReportPlan.of(True, None).validate


def test_a_report_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        ReportPlan.of(None, tmp_path)
    with pytest.raises(InputError, match="there is no folder"):
        ReportPlan.of(None, tmp_path / "no" / "report.html")


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, date]]:
    """Feeds that were given to the validator, which here finds nothing in no time."""
    given: list[tuple[str, str, date]] = []

    def find_nothing(feed_id: str, path: Path, day: date) -> ValidationResult:
        given.append((feed_id, path.name, day))
        return ValidationResult(feed_id, None, "test 1")

    monkeypatch.setattr("ingest.validation.validate_feed", find_nothing)
    return given


def test_check_reports_all_feeds_and_keeps_unsafe_ones_from_the_validator(
    tmp_path: Path, judged: list[tuple[str, str, date]], capsys: pytest.CaptureFixture[str]
) -> None:
    metro_feed().write_zip(tmp_path / "metro.zip")
    (tmp_path / "broken.zip").write_bytes(b"no zip at all")
    report = tmp_path / "report.html"
    feeds = [f"--feed={name}={tmp_path / name}.zip" for name in ("metro", "broken")]
    assert main(["check", *feeds, "--now", "2026-03-02T08:00:00+07:00", "--report", str(report), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert judged == [("metro", "metro.zip", date(2026, 3, 2))]
    assert said["report"] == str(report)
    assert [(each["feed"], each["not_run"] is None) for each in said["validation"]] == [
        ("metro", True),
        ("broken", False),
    ]
    page = Page(report.read_text("utf-8"))
    assert "the archive was refused (unreadable_archive)" in page.text
    assert "metro.zip" in page.text


def test_ingest_reports_also_when_there_is_nothing_to_publish(
    tmp_path: Path, judged: list[tuple[str, str, date]], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip at all")
    report, out = tmp_path / "report.html", tmp_path / "out"
    arguments = ["ingest", f"--feed=broken={tmp_path / 'broken.zip'}", "--out", str(out), "--report", str(report)]
    assert main(arguments) == 2
    assert "reject with error" in Page(report.read_text("utf-8")).text
    assert judged == []
    assert not out.exists()


def test_neither_option_means_neither_work_nor_word(
    tmp_path: Path, judged: list[tuple[str, str, date]], capsys: pytest.CaptureFixture[str]
) -> None:
    metro_feed().write_zip(tmp_path / "metro.zip")
    assert main(["check", f"--feed=metro={tmp_path / 'metro.zip'}", "--json"]) == 0
    assert {"validation", "report"}.isdisjoint(json.loads(capsys.readouterr().out))
    assert judged == []


def test_what_validation_found_is_said_in_a_line_a_feed(capsys: pytest.CaptureFixture[str]) -> None:
    notice = CanonicalNotice("odd", Severity.WARNING, "Odd.", 12, (), ())
    results = [ValidationResult("a", None, "test 1", 0, 0, (notice,)), ValidationResult("b", "it was ended by SIGABRT")]
    cli_report.say_plan({"validation": [result.to_dict() for result in results], "report": "r.html"})
    assert capsys.readouterr().err.splitlines() == [
        "a: validation 0 ERROR, 12 WARNING, 0 INFO (test 1)",
        "b: validation not run: it was ended by SIGABRT",
        "wrote r.html",
    ]
