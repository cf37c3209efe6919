"""The benchmark of comparisons: kinds in turn, checked in the run; tables and bars."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bench_compare
from benchmarks.bench_compare import RESULTS, CompareEngine, main
from benchmarks.compare_report import (
    BARS,
    BEGIN,
    COMPARE,
    DUEL,
    END,
    JOURNEYS,
    OPTIONS,
    WRITTEN,
    render_all,
    render_bars,
    update_readme,
)
from benchmarks.report import ReadmeError
from benchmarks.sets import ROOT, SETS, MissingFeedError
from routing import Query
from routing.compare import Comparison

FEW = ["--set", "embedded", "--n", "3", "--duels", "1"]


def run(folder: Path, arguments: list[str] = FEW) -> tuple[int, dict[str, Any]]:
    status = main([*arguments, "--out", str(folder)])
    found = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
    return status, found[0] if found else {}


def test_a_run_tells_of_each_kind_how_long_it_takes_beside_journeys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (ROOT / "README.md").read_text("utf-8")
    status, result = run(tmp_path)
    assert status == 0
    assert list(result["latencies"]) == [JOURNEYS, OPTIONS, COMPARE, WRITTEN, DUEL]
    assert [found["n"] for found in result["latencies"].values()] == [3, 3, 3, 3, 1]
    assert list(result["ratios"]) == [OPTIONS, COMPARE, WRITTEN]
    assert result["ratios"][OPTIONS][0] < result["ratios"][WRITTEN][0]
    assert (result["providers"], result["options"] > 0) == (5, True)
    told = capsys.readouterr().out
    assert "### comparisons: embedded Jakarta region" in told
    assert "| duel, a day | 1 |" in told
    assert (ROOT / "README.md").read_text("utf-8") == before


def test_a_comparison_that_arrives_later_than_journeys_fails_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = CompareEngine.arrival

    def later(self: CompareEngine, query: Query, answer: Comparison) -> int | None:
        found = first(self, query, answer)
        return None if found is None else found + 1

    monkeypatch.setattr(CompareEngine, "arrival", later)
    assert run(tmp_path) == (1, {})
    assert f"ANSWERS CHANGED: query 0000: {COMPARE} arrives at" in capsys.readouterr().err


def test_feeds_that_are_not_here_are_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing(*_: object) -> None:
        raise MissingFeedError("set jakarta: feed tj is not at nowhere")

    monkeypatch.setattr(bench_compare, "prepare_feeds", missing)
    assert run(tmp_path, ["--set", "jakarta"]) == (2, {})
    assert "feed tj is not at nowhere" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["--n", "0"])


def figures(compare_ms: float, duel_ms: float, ratio: float) -> dict[str, Any]:
    return {"latencies": {COMPARE: {"mean_ms": compare_ms}, DUEL: {"mean_ms": duel_ms}}, "ratios": {COMPARE: [ratio]}}


def test_bars_are_held_against_the_newest_run_of_their_set() -> None:
    told = render_bars({"jakarta": figures(5.0, 301.0, 9.0), "newyork": figures(9.0, 9.0, 2.0)})
    assert f"| newyork | {COMPARE} | ≤ 3 × journeys | ≤ 2 × journeys | 2 × journeys | reached | reached |" in told
    assert f"| jakarta | {COMPARE} | ≤ 5 ms | ≤ 2 ms | 5 ms | reached | **not reached** |" in told
    assert f"| jakarta | {DUEL} | ≤ 300 ms |  | 301 ms | **not reached** |  |" in told
    assert render_bars({}).count("not measured") == len(BARS)
    assert {bar.set for bar in BARS} <= SETS.keys()


def test_the_tables_stand_between_their_own_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    update_readme(readme, tmp_path)
    text = readme.read_text("utf-8")
    assert text.startswith(f"before\n{BEGIN}\n\n| set | mean |")
    assert text.endswith(f"\n\n{END}\nafter\n")
    assert "old" not in text
    readme.write_text("nothing", "utf-8")
    with pytest.raises(ReadmeError):
        update_readme(readme, tmp_path)


def test_the_committed_readme_is_what_the_committed_results_make() -> None:
    assert render_all(RESULTS) in (ROOT / "README.md").read_text("utf-8")
