"""`timbang replay`: what compare and batch print, held against the feeds."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from api.cli import BAD_INPUT, DONE
from tests.support.command_line import QUERY, Shell, feed_options, write_queries, write_region
from tests.unit.api.small_city import MONDAY, metro_feed


def _compared(run: Shell, folder: Path, out: Path, *words: str) -> Path:
    ran = run("compare", folder / "city", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31", *words, "--json")
    out.write_text(ran.out, "utf-8")
    return out


def test_a_comparison_replays(run: Shell, folder: Path, tmp_path: Path) -> None:
    journeys = _compared(run, folder, tmp_path / "c.json")
    ran = run("replay", journeys, *feed_options(folder))
    assert (ran.status, ran.out, ran.err) == (DONE, "2 journeys, 4 legs: all replay\n", "")
    found = run("replay", journeys, *feed_options(folder), "--json").json
    assert found == {"journeys": 2, "legs": 4, "faulty": 0, "faults": [], "notes": []}


def test_the_lines_of_a_batch_replay_in_the_zone_of_each_query(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = [
        QUERY,
        QUERY | {"id": "back", "mode": "arrive", "time": f"{MONDAY}T09:00:00+07:00"},
        QUERY | {"id": "fast", "from": "-6.2,106.8005", "walk_speed_m_per_s": 2.0},
        QUERY | {"id": "none", "to": "metro_X"},
    ]
    out = tmp_path / "answers.jsonl"
    run("batch", folder / "city", "--queries", write_queries(tmp_path / "q.json", *queries), "--out", out)
    ran = run("replay", out, *feed_options(folder), "--walk", "straight", "--detour", "1.3")
    assert ran.status == DONE, ran.out
    assert ran.out.endswith(": all replay\n")
    assert run("replay", out, *feed_options(folder), "--walk", "straight", "--detour", "1.5").status == BAD_INPUT


def test_standard_input_is_read_too(run: Shell, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = _compared(run, folder, tmp_path / "c.json").read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert run("replay", "-", *feed_options(folder)).status == DONE
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    assert run("replay", "-", *feed_options(folder)).complaint.startswith("timbang: standard input: not JSON: ")


def test_a_region_says_who_runs_what(run: Shell, folder: Path, tmp_path: Path) -> None:
    for name in ("metro.zip", "bus.zip"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    region = write_region(tmp_path)
    run("ingest", "--region", region, "--out", tmp_path / "city")
    journeys = _compared(run, tmp_path, tmp_path / "c.json")
    assert json.loads(journeys.read_text("utf-8"))["options"][0]["providers"] == ["rail"]
    assert run("replay", journeys, "--region", region).status == DONE
    ran = run("replay", journeys, *feed_options(folder))
    assert ran.status == BAD_INPUT
    assert {line.split(":")[0] for line in ran.out.splitlines()[:-1]} == {"wrong_provider", "wrong_total"}


def test_what_does_not_replay_is_told_and_the_exit_status_says_so(run: Shell, folder: Path, tmp_path: Path) -> None:
    journeys = _compared(run, folder, tmp_path / "c.json")
    document = json.loads(journeys.read_text("utf-8"))
    document["options"][0]["journey"]["legs"][0]["departure"] = f"{MONDAY}T07:41:00+07:00"
    journeys.write_text(json.dumps(document), "utf-8")
    ran = run("replay", journeys, *feed_options(folder))
    assert ran.status == BAD_INPUT
    first, last = ran.out.splitlines()
    expected = f"legs[0]: departure is {MONDAY}T07:41:00+07:00, expected {MONDAY}T07:40:00+07:00: "
    assert first.startswith(f"wrong_time: options[0].journey.{expected}")
    assert last == "2 journeys, 4 legs: 1 do not replay"
    ran = run("replay", journeys, *feed_options(folder), "--json")
    assert ran.status == BAD_INPUT
    found = json.loads(ran.out)
    assert found["faulty"] == 1
    (fault,) = found["faults"]
    assert fault.keys() == {"code", "journey", "leg", "field", "expected", "found", "message"}
    assert (fault["code"], fault["journey"], fault["leg"]) == ("wrong_time", "options[0].journey", 0)


def test_another_version_of_a_feed_is_a_note(run: Shell, folder: Path, tmp_path: Path) -> None:
    journeys = _compared(run, folder, tmp_path / "c.json")
    metro = metro_feed().write_folder(tmp_path / "metro")
    ran = run("replay", journeys, "--feed", f"metro={metro}", "--feed", f"bus={folder / 'bus.zip'}")
    assert ran.status == DONE
    assert ran.err.startswith("note: feed metro is another version than the one that the journeys were computed from")


def test_headway_services_are_held_to_the_model_that_is_named(run: Shell, folder: Path, tmp_path: Path) -> None:
    journeys = _compared(run, folder, tmp_path / "c.json", "--providers", "bus")
    found = json.loads(journeys.read_text("utf-8"))
    # What the query says counts, and the option where it says nothing.
    assert run("replay", journeys, *feed_options(folder), "--headway-wait", "none").status == DONE
    found["query"]["headway_wait"] = "none"
    journeys.write_text(json.dumps(found), "utf-8")
    assert run("replay", journeys, *feed_options(folder)).out.startswith("wrong_headway_wait: ")
    del found["query"]["headway_wait"]
    for alone in (found, [option["journey"] for option in found["options"]]):
        journeys.write_text(json.dumps(alone), "utf-8")
        assert run("replay", journeys, *feed_options(folder)).status == DONE
        ran = run("replay", journeys, *feed_options(folder), "--headway-wait", "none")
        assert ran.status == BAD_INPUT
        assert ran.out.startswith("wrong_headway_wait: ")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[", "not JSON"),
        ("5", "the document is 5; it must be an object"),
        ("{}", "the document has none of legs, journey, journeys and options"),
        ('{"journeys": 1}', "journeys is 1; it must be a list"),
        ('{"journeys": [{"legs": [{}], "departure": "x"}]}', "journeys[0].departure is 'x'; it must be a time"),
        ('{"id": 1, "journeys": []}\n{"id": ', "line 2: not JSON"),
        ('{"journeys": []}\n{"journeys": [{"legs": []}]}', "line 2: journeys[0].legs is []"),
    ],
)
def test_what_is_no_journey_is_bad_input(text: str, complaint: str, run: Shell, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "j.json"
    path.write_text(text, "utf-8")
    ran = run("replay", path, *feed_options(folder), "--json")
    assert ran.status == BAD_INPUT
    assert f"{path}: {complaint}" in ran.complaint


def test_feeds_and_options_that_cannot_be_are_bad_input(run: Shell, folder: Path, tmp_path: Path) -> None:
    journeys = _compared(run, folder, tmp_path / "c.json")
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    for words, complaint in [
        ([tmp_path / "none", *feed_options(folder)], "there is no such file"),
        ([journeys], "give --region FILE, or --feed ID=PATH"),
        ([journeys, "--feed", f"metro={tmp_path / 'bad.zip'}"], "feed metro (bad.zip): not a zip archive"),
        ([journeys, *feed_options(folder), "--walk-speed", "0"], "--walk-speed is 0"),
        ([journeys, *feed_options(folder), "--detour", "0.5"], "--detour is 0.5"),
        ([journeys, *feed_options(folder), "--headway-wait", "long"], "long"),
    ]:
        ran = run("replay", *words)
        assert ran.status == BAD_INPUT
        assert complaint in ran.complaint
