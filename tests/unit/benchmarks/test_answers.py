"""Comparing answers: with a peer by the minute, with stored ones to the second."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.answers import (
    Agreement,
    ChangedAnswersError,
    Comparison,
    agree,
    check_expected,
    describe,
    write_expected,
)
from benchmarks.queries import StopPair
from routing import Journey

ZONE = ZoneInfo("Asia/Jakarta")
PAIRS = [
    StopPair("0", "a_1", "a_2", datetime(2026, 11, 25, 8, tzinfo=ZONE)),
    StopPair("1", "a_2", "a_1", datetime(2026, 11, 25, 9, tzinfo=ZONE)),
]


def test_answers_are_compared_by_their_minute() -> None:
    ours = [659, 600, 599, 720, 60, None, None]
    theirs = [600, 600, 600, 660, None, 60, None]
    assert agree(ours, theirs) == Agreement(
        equal=2, ours_earlier=1, theirs_earlier=1, only_ours=1, only_theirs=1, neither=1
    )


def test_answers_can_be_compared_to_the_second() -> None:
    assert agree([659, 600, 601], [600, 600, 600], 1) == Agreement(equal=1, theirs_earlier=2)


def test_answers_of_different_queries_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        agree([1], [1, 2])


def test_the_explanation_counts_what_each_reading_makes_equal() -> None:
    comparison = Comparison("peer", Agreement(equal=5, ours_earlier=3, theirs_earlier=2))
    comparison.steps += [("a", Agreement(equal=8, ours_earlier=2)), ("b", Agreement(equal=9, only_ours=1))]
    assert comparison.explanation() == (
        "5 of 10 answers differ, 2 after reading a, 1 after reading b. "
        "What stays: ours earlier 0, theirs earlier 0, only ours 1, only theirs 0."
    )


def test_what_the_legs_of_a_peer_do_is_counted() -> None:
    comparison = Comparison("peer", Agreement(equal=5, theirs_earlier=4), steps=[("a", Agreement(theirs_earlier=4))])
    comparison.told(["it jumps", "", "it jumps", "it flies"])
    assert comparison.explanation().endswith(
        "only theirs 0. Where it is earlier: 2 × it jumps, 1 × it flies, 1 × its legs do not show why."
    )
    comparison.notes.clear()
    comparison.told([])
    assert comparison.notes == []


def test_a_front_is_described_to_the_second() -> None:
    def at(hour: int, second: int) -> datetime:
        return datetime(2026, 11, 25, hour, 0, second, tzinfo=ZONE)

    ride = Journey(at(8, 1), at(9, 2), 2, frozenset({"p"}), ())
    walk = Journey(at(8, 0), at(10, 0), 0, frozenset(), (), kind="walk")
    assert describe([ride, walk]) == "08:00:01-09:00:02/2 08:00:00-10:00:00/walk"
    assert describe([]) == ""


def test_stored_answers_are_found_again_also_by_a_shorter_run(tmp_path: Path) -> None:
    write_expected(tmp_path / "e.csv", PAIRS, ["x", ""])
    assert check_expected(tmp_path / "e.csv", PAIRS, ["x", ""]) == 2
    assert check_expected(tmp_path / "e.csv", PAIRS[:1], ["x"]) == 1


def test_a_changed_answer_is_named(tmp_path: Path) -> None:
    write_expected(tmp_path / "e.csv", PAIRS, ["x", "y"])
    with pytest.raises(ChangedAnswersError, match=r"1 of 2 answers differ.*\n.*query 1 a_2 -> a_1.*'y', got 'z'"):
        check_expected(tmp_path / "e.csv", PAIRS, ["x", "z"])


def test_an_answer_without_a_stored_one_counts_as_changed(tmp_path: Path) -> None:
    write_expected(tmp_path / "e.csv", PAIRS[:1], ["x"])
    with pytest.raises(ChangedAnswersError, match="no row"):
        check_expected(tmp_path / "e.csv", PAIRS, ["x", ""])
