"""A small benchmark from the command line to the result files, on the embedded region."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from benchmarks import bench_router
from benchmarks.peers.peer import PEERS, Peer
from benchmarks.sets import SETS, BenchSet


def run_bench(out: Path, *more: str) -> tuple[int, dict[str, Any]]:
    """Exit status and result of a run of 60 queries without start-up measurements."""
    fast = ["--no-stages", "--no-searches"]
    status = bench_router.main(["--set", "embedded", "--n", "60", *fast, "--out", str(out), *more])
    files = list(out.glob("embedded-*.json"))
    return status, json.loads(files[0].read_text("utf-8")) if files else {}


def test_a_run_without_the_peer_measures_ours_and_checks_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Peer, "is_installed", False)
    status, result = run_bench(tmp_path)
    printed = capsys.readouterr()
    assert status == 0
    assert list(result["engines"]) == ["timbang search", "timbang complete", "timbang travel time"]
    assert result["engines"]["timbang search"]["n"] == 60
    # Which of the two is the larger, only a quiet machine can say: a test beside them costs more than they differ.
    assert all(0 < figures["p50_ms"] <= figures["p99_ms"] for figures in result["engines"].values())
    assert all(figures["mean_ms"] > 0 for figures in result["engines"].values())
    assert result["answers"] == {"compared_with_stored": 60, "with_peers": []}
    assert set(result["feeds"]) == {"tj", "mrt", "lrtj", "krl", "lrtjb"}
    assert "No peer was measured" in printed.out
    for package in ("pynigiri", "cafein", "ferrobus"):
        assert f"{package} is not installed" in printed.err
        assert f"not measured, {package} is not installed" in printed.out
    picture = tmp_path / "embedded.svg"
    assert ET.parse(picture).getroot().tag.endswith("svg")
    assert picture.stat().st_size < 200_000


@pytest.mark.parametrize("package", ["pynigiri", "cafein"])
def test_a_peer_agrees_wherever_feeds_are_read_as_it_reads_them(tmp_path: Path, package: str) -> None:
    pytest.importorskip(package, reason="the optional dependency group bench is not installed")
    status, result = run_bench(tmp_path, "--peers", package)
    assert status == 0
    assert list(result["ratios"]) == [peer.name for peer in PEERS if peer.package == package]
    assert all(row["seconds"]["load"] > 0 and row["size"] for row in result["peers"].values())
    for peer in result["answers"]["with_peers"]:
        last = peer["steps"][-1]
        assert last["equal"] + last["neither"] == 60, peer["explanation"]


def test_a_changed_answer_fails_the_run_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with SETS["embedded"].expected.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    rows[7][1] = "07:00:00-07:00:01/0"
    spoilt = tmp_path / "spoilt.csv"
    with spoilt.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows(rows)
    monkeypatch.setattr(BenchSet, "expected", spoilt)
    status, result = run_bench(tmp_path / "out", "--peers", "none")
    assert (status, result) == (1, {})
    assert "ANSWERS CHANGED: 1 of 60 answers differ" in capsys.readouterr().err


def test_a_query_file_that_is_not_there_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _ = run_bench(tmp_path / "out", "--queries", str(tmp_path / "none.csv"))
    assert status == 2
    assert "none.csv cannot be read" in capsys.readouterr().err


def test_whole_windows_one_to_all_and_matrices_are_measured_too(tmp_path: Path) -> None:
    fast = ["--set", "embedded", "--peers", "none", "--no-stages"]
    assert bench_router.main([*fast, "--n", "10", "--out", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("embedded-*.json")
    result = json.loads(file.read_text("utf-8"))
    searches = result["searches"]
    assert searches["profile, 1 h"]["n"] == searches["profile, 24 h"]["n"] == 2
    assert searches["profile, 24 h"]["journeys"] >= searches["profile, 1 h"]["journeys"] >= 1
    assert searches["reach"]["n"] == 10
    assert searches["matrix"]["origins"] == 10
    assert searches["state"]["bytes"] > 10_000
    ingest = result["stages"]["ingest"]
    assert 0 < ingest["ingest_parts"]["bounding travel times"] < ingest["seconds"]["ingest"]
    assert 0 < ingest["snapshot_mb"] < 50
