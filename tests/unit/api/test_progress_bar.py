"""How far the bar of a command has come."""

from __future__ import annotations

import pytest

from api.progress_bar import CountedStages, WeighedStages, progress_bar

WEIGHTS = {"reading": 6.0, "merging": 3.0, "writing": 1.0}


def test_stages_move_the_bar_by_their_weights() -> None:
    plan = WeighedStages(WEIGHTS)
    steps = [("reading: a", 0.0), ("reading: b", 0.5), ("merging", 0.0), ("writing", 0.0), ("writing", 1.0)]
    assert [plan.share(stage, done) for stage, done in steps] == pytest.approx([0, 0.3, 0.6, 0.9, 1])


def test_the_bar_never_goes_back_and_what_was_not_planned_moves_nothing() -> None:
    plan = WeighedStages(WEIGHTS)
    assert plan.share("merging", 0.5) == pytest.approx(0.75)
    assert plan.share("reading", 0.1) == pytest.approx(0.75)
    assert plan.share("a word in between", 0.9) == pytest.approx(0.75)
    assert plan.share("merging", 7.0) == pytest.approx(0.9)


def test_counted_stages_are_equally_long_and_begin_when_they_are_named() -> None:
    plan = CountedStages(4)
    steps = [("a", 0.0), ("b", 0.0), ("b", 0.5), ("c", 0.0), ("d", 0.0), ("e", 0.0), ("f", 0.0)]
    assert [plan.share(stage, done) for stage, done in steps] == [0, 0.25, 0.375, 0.5, 0.75, 1, 1]
    assert CountedStages(0).share("a", 0.0) == 0


def test_where_no_terminal_is_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(WEIGHTS) as stage:
        stage("reading", 0.5)
    assert capsys.readouterr() == ("", "")
