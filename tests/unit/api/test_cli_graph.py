"""`timbang graph`: files, tables, and what is said of bad input."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import pytest

from api.cli import BAD_INPUT, DONE, main
from tests.unit.api.small_city import MONDAY, write_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_city(tmp_path_factory.mktemp("snapshot"))


def test_the_graph_is_written_and_named(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "city.graphml"
    assert main(["graph", str(city), "--out", str(out)]) == DONE
    spoken = capsys.readouterr()
    assert spoken.out == ""
    assert f"wrote {out}" in spoken.err
    read = nx.read_graphml(out, force_multigraph=True)
    assert {"metro_A", "bus_P"} <= {data["stop_id"] for _, data in read.nodes(data=True)}
    assert {data["kind"] for *_, data in read.edges(data=True)} >= {"ride", "footpath"}


def test_json_is_one_object_and_the_analysis_goes_to_its_file_too(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, analysis = tmp_path / "city.geojson", tmp_path / "city.json"
    words = ["--out", str(out), "--analysis", str(analysis), "--date", MONDAY, "--no-footpaths", "--json"]
    assert main(["graph", str(city), *words]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert found["files"] == [str(out), str(analysis)]
    assert found["analysis"] == json.loads(analysis.read_text("utf-8"))
    assert found["analysis"]["on"] == MONDAY
    assert [meeting["providers"] for meeting in found["analysis"]["meetings"]] == [["metro", "bus"]]
    kinds = {feature["properties"].get("kind") for feature in json.loads(out.read_text("utf-8"))["features"]}
    assert kinds == {None, "ride"}


def test_tables_are_printed_with_an_analysis(city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, analysis = tmp_path / "city.graphml", tmp_path / "city.json"
    assert main(["graph", str(city), "--out", str(out), "--analysis", str(analysis)]) == DONE
    spoken = capsys.readouterr().out
    for title in ("Components, an average day", "Where providers meet", "Hubs, an average day, all origins"):
        assert title in spoken
    assert "metro + bus" in spoken


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--out", "{folder}/g.gexf"], "must end in .graphml or .geojson"),
        (["--out", "{folder}/none/g.graphml"], "there is no folder"),
        (["--out", "{folder}/g.graphml", "--analysis", "{folder}"], "is a folder"),
        (["--out", "{folder}/g.geojson", "--analysis", "{folder}/g.geojson"], "is the file of --out"),
        (["--out", "{folder}/g.graphml", "--date", "2026-03-02"], "name its file with --analysis"),
        (["--out", "{folder}/g.graphml", "--analysis", "{folder}/a.json", "--date", "soon"], "must be YYYY-MM-DD"),
        (["--out", "{folder}/g.graphml", "--analysis", "{folder}/a.json", "--date", "1999-01-01"], "1999-01-01"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], complaint: str
) -> None:
    assert main(["graph", str(city), *(word.format(folder=tmp_path) for word in words)]) == BAD_INPUT
    spoken = capsys.readouterr()
    assert spoken.out == ""
    assert complaint in spoken.err
    assert spoken.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_snapshot_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", str(tmp_path), "--out", str(tmp_path / "g.graphml")]) == BAD_INPUT
    assert str(tmp_path) in capsys.readouterr().err
