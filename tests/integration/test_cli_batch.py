"""`timbang batch`: query files to lines of JSON."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from api.cli import BAD_INPUT
from tests.support.command_line import (
    QUERY,
    Shell,
    files_under,
    write_queries,
)


def test_a_batch_answers_in_order_one_line_a_query(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = [{**QUERY, "id": str(number), "max_transfers": number % 3} for number in range(5)]
    queries[3] |= {"from": "metro_X"}
    ran = run("batch", folder / "city", "--queries", write_queries(tmp_path / "q.json", *queries))
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in lines] == ["0", "1", "2", "3", "4"]
    assert lines[3].pop("query")["from"] == "metro_X"
    assert lines[3] == {"id": "3", "arrive": None, "depart": None, "reason": "unknown_origin", "journeys": []}
    assert lines[0]["journeys"][0]["legs"][0]["from_stop"] == "metro_A"
    assert lines[0]["arrive"] == lines[0]["journeys"][0]["arrival"]


def test_a_batch_of_csv_goes_to_a_file_that_appears_whole(run: Shell, folder: Path, tmp_path: Path) -> None:
    with (tmp_path / "q.csv").open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(QUERY))
        writer.writeheader()
        writer.writerow(QUERY)
    out = tmp_path / "answers.jsonl"
    ran = run("batch", folder / "city", "--queries", tmp_path / "q.csv", "--out", out, "--json")
    assert ran.json == {"out": str(out), "queries": 1, "answered": 1}
    assert json.loads(out.read_text())["id"] == "trip"
    assert files_under(tmp_path) == {out, tmp_path / "q.csv"}


def test_a_batch_that_cannot_be_is_bad_input(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = write_queries(tmp_path / "q.json", {**QUERY, "mode": "fly"})
    for words, complaint in [
        (["--queries", queries], "mode is 'fly'"),
        (["--queries", tmp_path / "none"], "there is no such file"),
        (["--queries", queries, "--json"], "--out"),
        (
            ["--queries", write_queries(tmp_path / "ok.json", QUERY), "--out", tmp_path / "no" / "file"],
            "there is no folder",
        ),
    ]:
        ran = run("batch", folder / "city", *words)
        assert ran.status == BAD_INPUT
        assert complaint in ran.complaint
    assert files_under(tmp_path) == {queries, tmp_path / "ok.json"}
