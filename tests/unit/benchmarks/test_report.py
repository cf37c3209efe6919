"""Result files, README tables and the comparison of two runs."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.bars import BARS, COMPLETE, SEARCH, USUAL
from benchmarks.compare_runs import compare, differences, last_two, render
from benchmarks.plan import RESULTS
from benchmarks.report import (
    BEGIN,
    END,
    ReadmeError,
    read_newest,
    render_all,
    render_bars,
    render_growth,
    render_run,
    update_readme,
    write_result,
)
from benchmarks.sets import ROOT

TIMES = {"n": 10, "mean_ms": 2.0, "p50_ms": 1.0, "p95_ms": 4.0, "p99_ms": 5.0, "max_ms": 6.0}
AGREEMENT = {"equal": 8, "ours_earlier": 2, "theirs_earlier": 0, "only_ours": 0, "only_theirs": 0, "neither": 0}
RESULT: dict[str, Any] = {
    "set": "town",
    "title": "a town",
    "run_on": "2026-11-25",
    "machine": {
        "cpu": "CPU", "cores": 2, "memory_gb": 8.0, "kernel": "K", "python": "P", "load_average_1m": 0.1,
        "git": "abc", "libraries": {"numba": "1", "pynigiri": None},
    },
    "feeds": {"a": {"file": "a.zip", "sha256": "0"}},
    "conditions": {
        "n_queries": 10, "date": "2026-11-25", "from": "07:00", "to": "19:00", "zone": "UTC", "walk_radius_m": 300.0,
        "speed_m_per_s": 1.2, "queries": "town.csv", "stops": 1000, "trips": 2, "stop_times": 3, "headway_rows": 4,
        "footpaths": 5,
    },
    "stages": {"ingest": {"seconds": {"ingest": 1.5}, "cpu_s": 1.4, "peak_mb": 200.0}},
    "engines": {"timbang search": TIMES, "peer": {**TIMES, "mean_ms": 8.0}},
    "ratios": {"peer": {"timbang search": [4.0, 3.5, 4.5], "timbang complete": [2.0, 1.5, 2.5]}},
    "peers": {},
    "answers": {
        "compared_with_stored": 10,
        "with_peers": [
            {"peer": "peer", "as_is": AGREEMENT, "steps": [{"reading": "x", **AGREEMENT}], "explanation": "Because."}
        ],
    },
}  # fmt: skip


def changed(**parts: object) -> dict[str, Any]:
    return {**copy.deepcopy(RESULT), **parts}


def test_a_run_is_rendered_with_times_ratios_memory_and_agreement() -> None:
    text = render_run(RESULT)
    assert "| timbang search | 2.000 | 1.000 | 4.000 | 5.000 |  |  |" in text
    assert "| peer | 8.000 | 1.000 | 4.000 | 5.000 | 4.00 (3.50–4.50) | 2.00 (1.50–2.50) |" in text
    assert "| ingest | ingest 1.50 s | 1.40 | 200 |" in text
    assert "| peer, as it is (by the minute) | 8 | 2 | 0 | 0 | 0 | 0 |" in text
    assert "peer: Because." in text
    assert "1,000 stops" in text


def test_a_run_without_peer_and_stored_answers_says_so() -> None:
    text = render_run(changed(answers={"compared_with_stored": 0, "with_peers": []}))
    assert "No stored answers for these conditions." in text
    assert "No peer was measured." in text


def test_what_peers_give_or_why_they_are_missing_is_told() -> None:
    loaded = {"gives": "one time", "seconds": {"load": 2.5}, "cpu_s": 3.0, "peak_mb": 70.0, "size": {"stops": 1}}
    text = render_run(changed(peers={"peer": loaded, "other": {"gives": "all", "missing": "other is not installed"}}))
    assert "* peer: one time.\n* other: not measured, other is not installed." in text
    assert "| peer, load | load 2.50 s | 3.00 | 70 |" in text


def test_other_searches_are_rendered_beside_one_query_of_the_peer() -> None:
    searches = {
        "profile, 1 h": {**TIMES, "mean_ms": 4.0, "journeys": 12.5},
        "profile, 24 h": {"missing": "router.profile is not there"},
        "reach": TIMES,
        "matrix": {"origins": 1000, "destinations": 1000, "wall_s": {"1": 4.0, "2": 2.0}, "speedup": 2.0},
        "state": {"bytes": 3 * 2**20},
    }
    text = render_run(changed(searches=searches, engines={SEARCH: TIMES, USUAL: {**TIMES, "mean_ms": 8.0}}))
    assert "| profile, 1 h (10 queries, 12.5 journeys each) | 4.000 | 1.000 | 4.000 | 5.000 | 2 |" in text
    assert "| profile, 24 h: router.profile is not there |" in text
    assert "| reach (10 queries) | 2.000 | 1.000 | 4.000 | 5.000 | 4 |" in text
    assert (
        "1,000 × 1,000 stops, one departure: 4.00 s with 1 thread, 2.00 s with 2 threads: two threads are 2.00" in text
    )
    assert "State of a thread: 3.0 MB." in text


def test_parts_of_ingest_and_size_of_the_snapshot_are_told() -> None:
    stage = {**RESULT["stages"]["ingest"], "ingest_parts": {"reading": 2.0, "resolving": 0.01}, "snapshot_mb": 12.4}
    assert "Parts of ingest: reading 2.0 s. Snapshot 12 MB." in render_run(changed(stages={"ingest": stage}))


def test_no_walking_is_not_called_a_walk_of_no_metres() -> None:
    text = render_run(changed(conditions={**RESULT["conditions"], "walk_radius_m": 0.0}))
    assert "walking by transfers.txt alone, at 1.2 m/s" in text


def bar_lines(**results: dict[str, Any]) -> list[str]:
    return [line for line in render_bars(results).splitlines() if line.startswith("| ")][2:]


def test_every_bar_is_a_row_and_says_what_was_not_measured() -> None:
    lines = bar_lines()
    assert len(lines) == len(BARS)
    assert all("| not measured |" in line for line in lines)


def test_a_bar_is_reached_or_not_and_the_peer_of_the_run_stands_beside_it() -> None:
    result = changed(
        set="london",
        engines={SEARCH: {**TIMES, "mean_ms": 3.0}, USUAL: {**TIMES, "mean_ms": 12.0}},
        ratios={USUAL: {SEARCH: [4.0, 3.0, 5.0]}},
    )
    (line,) = [line for line in bar_lines(london=result) if line.startswith("| B. London")]
    assert line.endswith("| ≤ 4 ms | ≤ 1.2 ms | 3 ms | 4 | reached | **not reached** |  |")


def test_a_time_is_also_told_as_it_would_be_where_the_peer_is_faster() -> None:
    def run(set_id: str, ours: float, theirs: float, day: str = "2026-11-23") -> dict[str, Any]:
        engines = {SEARCH: {**TIMES, "mean_ms": ours}, COMPLETE: TIMES, USUAL: {**TIMES, "mean_ms": theirs}}
        return changed(set=set_id, engines=engines, ratios={USUAL: {SEARCH: [1.0, 1.0, 1.0]}}, run_on=day)

    def estimate(**results: dict[str, Any]) -> str:
        (line,) = [line for line in bar_lines(**results) if line.startswith("| B. London")]
        return line.split("|")[-2].strip()

    london = run("london", 3.0, 12.0)
    # Half as fast here in the one city, a quarter in the other.
    assert estimate(london=london, portoalegre=run("portoalegre", 1, 8.8), newyork=run("newyork", 1, 57.2)) == "1.1 ms"
    assert estimate(london=london, portoalegre=run("portoalegre", 1, 8.8)) == ""
    of_another_day = run("newyork", 1, 57.2, "2026-11-24")
    assert estimate(london=london, portoalegre=run("portoalegre", 1, 8.8), newyork=of_another_day) == ""


def test_the_newest_runs_make_one_table_and_growth_comes_last() -> None:
    text = render_all([changed(set="town"), growth()])
    assert text.index("### What it must show") < text.index("### a town") < text.index("### growth: made-up cities")
    assert "![latency](plots/town.svg)" in text
    assert "![latency](plots/growth.svg)" not in text


def growth() -> dict[str, Any]:
    sizes = [
        {
            "size": {"stops": 10, "trips": 20, "stop_times": millions * 1_000_000},
            "ingest": {"seconds": {"ingest": 2.0}, "snapshot_mb": 5.0},
            "engines": {SEARCH: {**TIMES, "mean_ms": 0.5 * millions}},
        }
        for millions in (1, 5)
    ]
    return changed(set="growth", n_queries=20, rows=sizes, exponents={SEARCH: 1.0})


def test_growth_is_a_row_a_size() -> None:
    text = render_growth(growth())
    assert "| 1,000,000 | 10 | 20 | 0.500 (4.000) | 2.0 | 5 |" in text
    assert "| 5,000,000 | 10 | 20 | 2.500 (4.000) | 2.0 | 5 |" in text
    assert "timbang search 1.00; 1 is linear" in text


def test_the_readme_holds_the_newest_run_of_each_set_and_writing_it_twice_changes_nothing(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    for result in (RESULT, changed(run_on="2026-11-24", title="older"), changed(set="city", title="a city")):
        write_result(tmp_path, result)
    update_readme(readme, tmp_path)
    first = readme.read_text("utf-8")
    assert first.startswith("before\n")
    assert first.endswith(f"{END}\nafter\n")
    assert first.index("### a city") < first.index("### a town")
    assert "old\n" not in first
    assert "### older" not in first
    update_readme(readme, tmp_path)
    assert readme.read_text("utf-8") == first


def test_a_readme_without_markers_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"{END}\n{BEGIN}\n", "utf-8")
    with pytest.raises(ReadmeError, match="lacks the lines"):
        update_readme(readme, tmp_path)
    assert readme.read_text("utf-8") == f"{END}\n{BEGIN}\n"


def test_result_files_are_named_by_set_and_day_and_read_back(tmp_path: Path) -> None:
    assert write_result(tmp_path, RESULT).name == "town-2026-11-25.json"
    assert read_newest(tmp_path) == [RESULT]


def test_the_committed_readme_is_what_the_committed_results_make() -> None:
    assert render_all(read_newest(RESULTS)) in (ROOT / "README.md").read_text("utf-8")


def test_two_runs_are_compared_figure_by_figure() -> None:
    slower = changed(engines={"timbang search": {**TIMES, "mean_ms": 3.0}})
    rows = {(what, measure): (old, new) for what, measure, old, new in compare(slower, RESULT)}
    assert rows["timbang search", "mean_ms"] == (2.0, 3.0)
    assert rows["ingest", "peak MB"] == (200.0, 200.0)
    assert rows["peer", "times timbang search"] == (4.0, 4.0)
    assert ("peer", "mean_ms") not in rows


def test_slower_figures_are_marked_and_a_better_ratio_is_not() -> None:
    new = changed(
        engines={"timbang search": {**TIMES, "mean_ms": 2.7}}, ratios={"peer": {"timbang search": [8.0, 7.0, 9.0]}}
    )
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render(new, RESULT))
    marked = [line for line in console.export_text().splitlines() if "slower" in line]
    assert len(marked) == 1
    assert "1.35" in marked[0]


def test_other_machines_feeds_and_conditions_are_named() -> None:
    new = changed(
        feeds={"a": {"file": "a.zip", "sha256": "1"}}, machine={**RESULT["machine"], "cores": 8, "git": "def"}
    )
    assert [line.partition(":")[0] for line in differences(new, RESULT)] == ["machine.cores", "feeds.a"]
    assert differences(RESULT, RESULT) == []


def test_the_last_two_runs_of_a_set_are_found(tmp_path: Path) -> None:
    for name in ("town-2026-01-01", "town-2026-03-01", "town-2026-02-01", "other-2026-04-01"):
        (tmp_path / f"{name}.json").write_text(json.dumps(RESULT), "utf-8")
    new, old = last_two("town", tmp_path)
    assert (new.stem, old.stem) == ("town-2026-03-01", "town-2026-02-01")
    with pytest.raises(FileNotFoundError, match="1 results of set other"):
        last_two("other", tmp_path)
