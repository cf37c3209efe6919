"""The notice log: what it merges, how it orders, and when a feed loads with a warning."""

from __future__ import annotations

import pickle

import pytest

from ingest.notice_codes import CODES
from ingest.notices import LOAD_CLEAN, LOAD_WITH_WARNING, FeedRejected, NoticeLog, Severity


def test_equal_findings_are_counted_and_the_first_row_is_kept() -> None:
    log = NoticeLog()
    log.add(
        "foreign_key_violation", "f", "trips.txt", row=9, field="route_id", value="B", count=2, action="row dropped"
    )
    log.add("foreign_key_violation", "f", "trips.txt", row=4, field="route_id", value="A", action="row dropped")
    assert [notice.to_dict() for notice in log] == [
        {
            "code": "foreign_key_violation",
            "severity": "ERROR",
            "feed": "f",
            "file": "trips.txt",
            "row": 4,
            "field": "route_id",
            "value": "A",
            "count": 3,
            "action": "row dropped",
        }
    ]


def test_another_field_or_action_is_another_notice() -> None:
    log = NoticeLog()
    for field, action in (("a", "kept"), ("b", "kept"), ("a", "row dropped")):
        log.add("duplicate_key", "f", "stops.txt", field=field, action=action)
    assert len(log) == 3


def test_the_order_does_not_depend_on_the_order_of_finding() -> None:
    first, second = NoticeLog(), NoticeLog()
    for log, files in ((first, ("a.txt", "b.txt")), (second, ("b.txt", "a.txt"))):
        for file in files:
            log.add("empty_row", "f", file)
    assert list(first) == list(second)


def test_nothing_is_noted_for_a_count_of_none() -> None:
    log = NoticeLog()
    log.add("empty_row", "f", "a.txt", count=0)
    assert len(log) == 0


def test_advice_leaves_a_feed_clean_and_a_lost_row_does_not() -> None:
    log = NoticeLog()
    log.add("missing_recommended_file", "f", "feed_info.txt")
    assert log.feed_class("f") == LOAD_CLEAN
    log.add("invalid_row_length", "g", "trips.txt")
    assert (log.feed_class("f"), log.feed_class("g")) == (LOAD_CLEAN, LOAD_WITH_WARNING)


def test_a_code_that_nobody_documented_needs_its_own_severity() -> None:
    log = NoticeLog()
    with pytest.raises(KeyError):
        log.add("made_up", "f", "a.txt")
    log.add("made_up", "f", "a.txt", severity=Severity.INFO, affects_riders=False)
    assert log.feed_class("f") == LOAD_CLEAN


def test_a_huge_value_is_cut() -> None:
    log = NoticeLog()
    log.add("empty_row", "f", "a.txt", value="x" * 10_000)
    assert [len(notice.value or "") for notice in log] == [200]


def test_logs_of_feeds_that_were_read_apart_can_be_joined() -> None:
    log, other = NoticeLog(), NoticeLog()
    log.add("empty_row", "f", "a.txt", row=3)
    other.add("empty_row", "f", "a.txt", row=2)
    other.add("empty_row", "g", "a.txt")
    log.extend(other)
    assert [(notice.feed, notice.row, notice.count) for notice in log] == [("f", 2, 2), ("g", None, 1)]


def test_a_rejection_survives_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(FeedRejected("f", "trips.txt: row 2: no", "no_usable_trip")))
    assert (error.feed, error.reason, error.code) == ("f", "trips.txt: row 2: no", "no_usable_trip")


def test_every_code_has_a_severity_and_a_meaning() -> None:
    for code in CODES.values():
        assert Severity(code.severity)
        assert code.meaning.endswith(".")
