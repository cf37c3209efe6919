"""What the command line asks for, and when stored answers hold."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from benchmarks.peers.peer import PEERS
from benchmarks.plan import parse_plans
from benchmarks.sets import SETS, UNLINKED


def test_a_set_as_it_is_has_known_answers() -> None:
    [plan] = parse_plans(["--set", "embedded"])
    assert plan.is_fixed
    assert plan.bench == SETS["embedded"]
    assert plan.queries == SETS["embedded"].queries
    assert (plan.n, plan.with_stages, plan.with_searches, plan.peers) == (1000, True, True, PEERS)


@pytest.mark.parametrize(
    "option",
    [["--date", "2026-11-26"], ["--from", "8"], ["--to", "18:30"], ["--speed", "1.4"], ["--walk-radius-m", "100"]],
)
def test_other_conditions_have_no_known_answers(option: list[str]) -> None:
    assert not parse_plans(["--set", "embedded", *option])[0].is_fixed


def test_another_day_or_hour_draws_the_queries_anew_and_other_walking_does_not() -> None:
    [moved] = parse_plans(["--set", "embedded", "--date", "2026-11-26", "--from", "8", "--to", "9:30".zfill(5)])
    assert moved.queries is None
    assert (moved.bench.day, moved.bench.start, moved.bench.end) == (date(2026, 11, 26), time(8), time(9, 30))
    assert parse_plans(["--set", "embedded", "--speed", "1.4"])[0].queries == SETS["embedded"].queries


def test_feeds_of_the_command_line_make_a_set_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "x.zip").touch()
    [plan] = parse_plans(["--feeds", f"a={tmp_path / 'x.zip'}", "--date", "2026-03-02"])
    assert (plan.bench.id, plan.bench.feeds, plan.is_fixed) == ("custom", {"a": str(tmp_path / "x.zip")}, False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--feeds", "a=nowhere.zip", "--date", "2026-03-02"], "a=nowhere.zip"),
        (["--feeds", "a=."], "--date"),
        (["--feeds", "a=.", "--date", "2026-03-02", "--set", "embedded"], "--set"),
        (["--n", "0"], "positive"),
        (["--set", "atlantis"], "atlantis"),
        (["--peers", "otp"], "otp"),
    ],
)
def test_a_mistake_ends_with_status_2_and_names_itself(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_plans(arguments)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_each_set_has_its_own_walking() -> None:
    plans = {plan.bench.id: plan for plan in parse_plans(["--set", "all"])}
    assert list(plans) == list(SETS)
    assert all(plan.is_fixed for plan in plans.values())
    assert plans["newyork-100m"].conditions.walk_radius_m == 100
    assert plans["portoalegre-unlinked"].conditions == UNLINKED
    assert plans["portoalegre-unlinked"].queries == SETS["portoalegre"].queries
    assert not parse_plans(["--set", "london", "--walk-radius-m", "100"])[0].is_fixed


def test_peers_can_be_chosen_or_left_out() -> None:
    assert [peer.name for peer in parse_plans(["--peers", "cafein", "ferrobus"])[0].peers] == ["cafein", "ferrobus"]
    assert parse_plans(["--peers", "none"])[0].peers == ()
