"""The ingest benchmark: fresh processes taking turns, growth and its exponent, tables."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bench_ingest, ingest_growth, ingest_measure
from benchmarks.bench_ingest import RESULTS, main, measure_set, parse_arguments, peer_span
from benchmarks.ingest_child import private_mb
from benchmarks.ingest_growth import draw_growth, exponents, ingest_task, lines
from benchmarks.ingest_measure import Contender, measure_child, ratios, take_turns
from benchmarks.ingest_report import BEGIN, END, render, update_readme
from benchmarks.report import ReadmeError, read_newest
from benchmarks.sets import ROOT, SETS
from benchmarks.synthetic import SyntheticPlan, write_feeds

SIZE = {"stops": 10, "trips": 20, "stop_times": 1_000_000, "footpaths": 30, "first_date": "2026-01-01", "days": 365}


def fake_child(task: Mapping[str, Any]) -> dict[str, Any]:
    """A report as a child would give it, without the child."""
    cost = {"wall_s": 3.0, "call_s": 2.0, "cpu_s": 4.0, "peak_mb": 100.0, "load_average_1m": 0.5}
    if task["do"] == "ingest":
        made_up = task["feeds"].get("city")
        size = SIZE | ({"stop_times": Path(made_up).stat().st_size} if made_up else {})  # grows with the feed
        return {**cost, "size": size, "stages_s": {"reading": 1.5, "merging feeds": 0.01}}
    if task["do"] == "open":
        return {**cost, "call_s": 0.02, "private_before_mb": 50.0, "private_mb": 51.5}
    return {**cost, "wall_s": 1.5, "size": {"stops": 10, "vehicles": 20}}


@pytest.fixture
def no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (bench_ingest, ingest_growth, ingest_measure):
        monkeypatch.setattr(module, "measure_child", fake_child)


def growth_rows() -> list[dict[str, Any]]:
    rows = []
    for millions in (1, 5, 25):
        cost = {"wall_s": 2.0 * millions, "call_s": 1.0, "cpu_s": 7.0, "peak_mb": 100.0 * millions**2}
        rows.append({"size": {**SIZE, "stop_times": millions * 1_000_000, "zip_mb": 9.0}, "median": cost, "runs": []})
    return rows


def growth_result() -> dict[str, Any]:
    return {
        "set": "growth", "title": "made-up feeds", "run_on": "2026-11-25", "rounds": 1, "load_averages": [0.1, 2.0],
        "walk_radius_m": 500.0,
        "machine": {
            "cpu": "CPU", "cores": 2, "memory_gb": 8.0, "python": "P",
            "libraries": {"polars": "1", "numpy": "2", "numba": "3", "pynigiri": None},
        },
        "rows": growth_rows(), "exponents": exponents(growth_rows()), "lines": lines(growth_rows()),
    }  # fmt: skip


def test_a_fresh_process_makes_a_snapshot_and_another_opens_it(tmp_path: Path) -> None:
    feed = write_feeds(SyntheticPlan(2_000, 60), tmp_path / "city.zip")[0]
    report = measure_child(ingest_task({"city": feed.path}, tmp_path / "snapshot", 300, 1.0))
    assert report["size"]["stop_times"] == feed.stop_times
    assert report["size"]["trips"] == feed.trips
    assert report["wall_s"] > report["call_s"] > sum(report["stages_s"].values()) * 0.9
    assert list(report["stages_s"])[-1] == "writing"
    assert report["cpu_s"] > 0.1
    assert report["peak_mb"] > 50
    opened = measure_child({"do": "open", "snapshot": str(tmp_path / "snapshot")})
    assert 0 < opened["call_s"] < opened["wall_s"]
    if opened["private_mb"] is not None:
        assert 0 < opened["private_before_mb"] <= opened["private_mb"] < opened["peak_mb"]


@pytest.mark.skipif(
    not bench_ingest.is_peer_installed(), reason="pynigiri is not installed (optional dependency group bench)"
)
def test_the_peer_loads_the_same_file_in_a_process_of_its_own(tmp_path: Path) -> None:
    feed = write_feeds(SyntheticPlan(2_000, 60), tmp_path / "city.zip")[0]
    bench = dataclasses.replace(SETS["newyork"], zone="Europe/London", day=date(2026, 6, 1))
    span = (date(2026, 1, 1), date(2026, 12, 31))
    for contender in bench_ingest.peer_contenders({"city": feed.path}, bench, span):
        report = measure_child(contender.task)
        assert report["size"]["stops"] >= feed.stops
        assert report["size"]["vehicles"] > 0
        assert report["wall_s"] > report["call_s"] > 0


def test_a_child_that_fails_tells_why() -> None:
    with pytest.raises(RuntimeError, match=r"open failed[\s\S]*holds no snapshot"):
        measure_child({"do": "open", "snapshot": "/nowhere"})


def test_a_process_has_memory_of_its_own_where_the_system_says_so() -> None:
    before = private_mb()
    if before is None:
        pytest.skip("no /proc/self/smaps_rollup")
    held = bytearray(b"x" * 30_000_000)
    after = private_mb()
    assert after is not None
    assert after - before > 0.9 * len(held) / 2**20


def test_each_round_begins_with_the_next_contender(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def note(task: Mapping[str, Any]) -> dict[str, Any]:
        ran.append(task["do"])
        return {"n": len(ran)}

    monkeypatch.setattr(ingest_measure, "measure_child", note)
    reports = take_turns([Contender(name, {"do": name}) for name in "abc"], 2, lambda text: None)
    assert "".join(ran) == "abcbca"
    assert reports["a"] == [{"n": 1}, {"n": 6}]


def test_ratios_are_taken_pair_by_pair() -> None:
    ours = [{"wall_s": wall, "call_s": 1.0, "cpu_s": 2.0, "peak_mb": 3.0} for wall in (2.0, 9.0, 4.0)]
    theirs = [{"wall_s": wall, "call_s": 2.0, "cpu_s": 1.0, "peak_mb": 3.0} for wall in (1.0, 3.0, 4.0)]
    found = ratios(ours, theirs)
    assert found["wall_s"] == (2.0, 1.0, 3.0)
    assert found["call_s"] == (0.5, 0.5, 0.5)


def test_exponents_tell_linear_from_constant_and_quadratic() -> None:
    assert exponents(growth_rows()) == {"wall_s": 1.0, "cpu_s": 0.0, "peak_mb": 2.0}


def test_a_line_tells_the_fixed_part_from_the_part_a_million() -> None:
    rows = growth_rows()
    for row in rows:
        row["median"]["wall_s"] = 3.0 + 2.0 * row["size"]["stop_times"] / 1e6
    assert lines(rows)["wall_s"] == (3.0, 2.0)
    assert exponents(rows)["wall_s"] < 1


def test_growth_is_tabled_with_what_each_further_million_costs() -> None:
    text = render(growth_result())
    assert "| 1,000,000 | 10 | 20 | 30 | 9 | 2.0 | 7.0 | 100 |  |  |  |" in text
    assert "| 25,000,000 | 10 | 20 | 30 | 9 | 50.0 | 7.0 | 62500 | 2.00 | 0.00 | 3000 |" in text
    assert "wall 0.0 + 2.00 a million s, CPU 7.0 + 0.00 a million s" in text.replace("-0.0", "0.0")
    assert "wall 1.00, CPU 0.00, peak memory 2.00; 1 is linear" in text.replace("-0.0", "0.0")
    assert "load average 0.1 to 2 when runs began" in text


def test_growth_is_drawn_with_its_exponents(tmp_path: Path) -> None:
    draw_growth(tmp_path / "plots" / "growth.svg", growth_result())
    text = (tmp_path / "plots" / "growth.svg").read_text("utf-8")
    assert text.count("a million (power") == 3
    assert "(power 2.00)" in text


def test_the_peer_gets_all_days_of_the_feeds_or_as_many_around_the_day_as_it_holds() -> None:
    day = date(2026, 10, 14)
    assert peer_span(date(2026, 5, 26), 363, day) == (date(2026, 5, 26), date(2027, 5, 23))
    first, last = peer_span(date(2004, 1, 1), 10_000, day)
    assert first < day < last
    assert (last - first).days == 479
    assert peer_span(date(2026, 10, 1), 1_000, day)[0] == date(2026, 10, 1)
    assert peer_span(date(2020, 1, 1), 2_480, day)[1] == date(2026, 10, 15)


@pytest.mark.usefixtures("no_children")
def test_a_set_is_measured_beside_the_peer_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_ingest, "is_peer_installed", lambda: True)
    said: list[str] = []
    result = measure_set(SETS["embedded"], 1, said.append)
    names = [text.partition(": ")[2].partition(",")[0] for text in said if text.startswith("round")]
    assert names == ["timbang", "pynigiri", "timbang", "pynigiri", "pynigiri"]
    text = render(result)
    assert "| timbang, walking 500 m, detour 1.3 | 3.00 | 2.00 | 4.00 | 100 | 30 | reading 1.5 |" in text
    assert "/ pynigiri, as it comes | 2.00 (2.00–2.00) | 1.00 (1.00–1.00) |" in text
    assert "| Router.open | 20 | 52 | 1.5 |" in text


@pytest.mark.usefixtures("no_children")
def test_without_the_peer_a_set_has_no_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_ingest, "is_peer_installed", lambda: False)
    result = measure_set(SETS["embedded"], 1, lambda text: None)
    assert result["ratios"] == {}
    assert "ratio" not in render(result)


@pytest.mark.usefixtures("no_children")
def test_a_run_elsewhere_writes_results_and_picture_there_and_leaves_the_readme(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    arguments = ["--set", "embedded", "--rounds", "1", "--growth", "0.002,0.004", "--growth-runs", "1"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    made = {path.stem[: -len("-2026-01-01")]: path for path in tmp_path.glob("*.json")}
    assert set(made) == {"embedded", "growth"}
    small, large = json.loads(made["growth"].read_text("utf-8"))["rows"]
    assert 1.5 < large["size"]["stop_times"] / small["size"]["stop_times"] < 2.5
    assert (tmp_path / "ingest-growth.svg").exists()
    assert (ROOT / "README.md").read_text("utf-8") == readme


def test_feeds_that_are_not_here_are_bad_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(SETS, "newyork", dataclasses.replace(SETS["newyork"], feeds={"x": "nowhere/x.zip"}))
    assert main(["--set", "newyork"]) == 2
    assert "real feeds are not in the project" in capsys.readouterr().err
    assert bench_ingest.default_set() == "embedded"


def test_growth_alone_measures_no_set() -> None:
    given = parse_arguments(["--growth", "5,1"])
    assert (given.set, given.growth) == (None, [1.0, 5.0])
    assert parse_arguments([]).set in {"newyork", "embedded"}


@pytest.mark.parametrize("wrong", [["--growth", "5"], ["--growth", "0,1"], ["--rounds", "0"], ["--set", "paris"]])
def test_mistakes_on_the_command_line_are_bad_input(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parse_arguments(wrong)
    assert stop.value.code == 2


def test_the_tables_stand_between_their_own_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    (tmp_path / "growth-2026-11-25.json").write_text(json.dumps(growth_result()), "utf-8")
    update_readme(readme, tmp_path)
    text = readme.read_text("utf-8")
    assert text == f"before\n{BEGIN}\n\n{render(growth_result())}\n\n{END}\nafter\n"
    update_readme(readme, tmp_path)
    assert readme.read_text("utf-8") == text
    readme.write_text("nothing\n", "utf-8")
    with pytest.raises(ReadmeError, match="lacks the lines"):
        update_readme(readme, tmp_path)


def test_the_committed_readme_is_what_the_committed_results_make() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for result in read_newest(RESULTS):
        assert render(result) in text
