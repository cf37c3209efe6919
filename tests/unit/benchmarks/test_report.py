"""Result files, README tables and the comparison of two runs."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.compare_runs import compare, differences, last_two, render
from benchmarks.plan import RESULTS
from benchmarks.report import BEGIN, END, ReadmeError, read_newest, render_run, update_readme, write_result
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
    assert "| peer, as it is | 8 | 2 | 0 | 0 | 0 | 0 |" in text
    assert "peer: Because." in text
    assert "1,000 stops" in text


def test_a_run_without_peer_and_stored_answers_says_so() -> None:
    text = render_run(changed(answers={"compared_with_stored": 0, "with_peers": []}))
    assert "No stored answers for these conditions." in text
    assert "pynigiri was not installed" in text


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
    text = (ROOT / "README.md").read_text("utf-8")
    for result in read_newest(RESULTS):
        assert render_run(result) in text


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
