"""The command line, command by command: exit status, what goes to which stream, and what is left behind."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from api.app import create_app
from api.cli import BAD_INPUT, DONE, OUR_FAULT, main
from api.settings import Settings
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import MONDAY, bus_feed, metro_feed, write_city, write_feeds

ROOT = Path(__file__).parents[2]
QUERY = {"id": "trip", "from": "metro_A", "to": "metro_C", "time": f"{MONDAY}T07:31:00+07:00", "mode": "depart"}


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object on one line."""
        assert self.status == DONE, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line of an error; nothing else may have been printed."""
        assert self.out == ""
        assert self.err.startswith("timbang: ")
        assert self.err.count("\n") == 1, self.err
        return self.err


class Shell:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Ran:
        self._capsys.readouterr()
        status = main([str(word) for word in words])
        out, err = self._capsys.readouterr()
        return Ran(status, out, err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both feeds, and the snapshot `city` of them."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder)
    return folder


def _feeds(folder: Path) -> list[str]:
    return ["--feed", f"metro={folder / 'metro.zip'}", "--feed", f"bus={folder / 'bus.zip'}"]


def _queries(path: Path, *queries: dict[str, Any]) -> Path:
    path.write_text(json.dumps(queries), encoding="utf-8")
    return path


def _files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


# ingest


def test_feeds_become_a_snapshot_that_compares(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    found = run("ingest", *_feeds(tmp_path), "--out", tmp_path / "out", "--json").json
    assert (found["class"], found["providers"], found["trips"]) == ("load clean", ["metro", "bus"], 85)
    assert [(feed["feed"], feed["stops"], feed["service"]) for feed in found["feeds"]] == [
        ("metro", 4, ["2026-01-01", "2026-12-31"]),
        ("bus", 2, ["2026-01-01", "2026-12-31"]),
    ]
    assert found["footpaths"] == 4
    compared = run("compare", tmp_path / "out", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31", "--json").json
    assert compared["snapshot"]["id"] == found["id"]
    assert [option["providers"] for option in compared["options"]] == [["metro"], ["bus"]]


def test_without_json_the_summary_goes_to_standard_error(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("ingest", *_feeds(tmp_path), "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (DONE, "")
    assert "metro: load clean: 4 stops, 84 trips, 2026-01-01 to 2026-12-31" in ran.err


def test_a_folder_is_a_feed_too(run: Shell, tmp_path: Path) -> None:
    metro_feed().write_folder(tmp_path / "metro")
    found = run("ingest", "--feed", f"metro={tmp_path / 'metro'}", "--out", tmp_path / "out", "--json").json
    assert found["trips"] == 84


def test_walking_can_be_switched_off_and_shaped(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    out = ("--out", tmp_path / "out", "--json")
    assert run("ingest", *_feeds(tmp_path), "--walk", "off", *out).json["footpaths"] == 0
    assert run("ingest", *_feeds(tmp_path), "--walk-radius-m", 200, *out).json["footpaths"] == 0
    assert run("ingest", *_feeds(tmp_path), "--walk-speed", 2, "--detour", 1, *out).json["footpaths"] == 4
    compared = run("compare", tmp_path / "out", "metro_A", "bus_P", "--at", f"{MONDAY}T07:31", "--json").json
    # 222.39 m, no detour, 2 m/s.
    assert compared["options"][0]["duration_s"] == 112
    assert compared["query"]["walk_speed_m_per_s"] == 2


def test_a_region_brings_its_names_and_trips(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    region = _region(tmp_path)
    found = run("ingest", "--region", region, "--out", tmp_path / "out", "--json").json
    assert found["providers"] == ["rail", "road"]
    from starlette.testclient import TestClient

    with TestClient(create_app(Settings(snapshot=tmp_path / "out"))) as client:
        told = client.get("/api/v1/providers").json()
    assert told["region"] == {
        "id": "city",
        "name": {"en": "City", "id": "Kota"},
        "timezone": "Asia/Jakarta",
        "center": [106.82, -6.2],
    }
    assert told["examples"] == [{"name": {"en": "Across", "id": "Lintas"}, "from": "metro_A", "to": "-6.2,106.84"}]


def _region(folder: Path) -> Path:
    (folder / "region.toml").write_text(
        'id = "city"\nname = { en = "City", id = "Kota" }\ntimezone = "Asia/Jakarta"\ncenter = [-6.2, 106.82]\n'
        'trips = "trips.toml"\n'
        '[[provider]]\nid = "rail"\nname = "Rail"\ncolor = "0072B2"\nfeeds = ["metro"]\n'
        '[[provider]]\nid = "road"\nname = "Road"\ncolor = "D55E00"\nfeeds = ["bus"]\n'
        '[[feed]]\nid = "metro"\npath = "metro.zip"\n[[feed]]\nid = "bus"\npath = "bus.zip"\n'
    )
    (folder / "trips.toml").write_text(
        '[[trip]]\nname = { en = "Across", id = "Lintas" }\nfrom = "metro_A"\nto = "-6.2,106.84"\n'
    )
    return folder / "region.toml"


def test_a_bad_feed_among_good_ones_is_reported_and_left_out(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    (tmp_path / "bus.zip").write_bytes(b"no zip")
    found = run("ingest", *_feeds(tmp_path), "--out", tmp_path / "out", "--json").json
    assert found["class"] == "reject with error"
    assert found["providers"] == ["metro"]
    bus = found["feeds"][1]
    assert bus["class"] == "reject with error"
    assert bus["reason"]


def test_nothing_is_published_where_nothing_can_be_ridden(run: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    ran = run("ingest", "--feed", f"bad={tmp_path / 'bad.zip'}", "--out", tmp_path / "out", "--json")
    assert ran.status == BAD_INPUT
    assert "nothing to publish: feed bad: " in ran.complaint
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "give --region FILE, or --feed ID=PATH"),
        (["--feed", "metro"], "'metro': must be ID=PATH"),
        (["--feed", "Metro_1=metro.zip"], "the id 'Metro_1' must match"),
        (["--feed", "a=none.zip"], "there is no none.zip"),
        (["--region", "none.toml"], "none.toml: there is no such file"),
        (["--walk", "fly"], "fly"),
        (["--walk-radius-m", "wide"], "'wide' is not a number"),
        (["--feed", "a=.", "--feed", "a=."], "'a' is given twice"),
        (["--feed", "a=.", "--walk-radius-m", "3001"], "--walk-radius-m is 3001; it must lie between 0 and 3000"),
        (["--feed", "a=.", "--walk-speed", "0"], "--walk-speed is 0"),
        (["--feed", "a=.", "--detour", "nan"], "--detour is nan"),
    ],
)
def test_bad_options_are_bad_input(options: list[str], words: str, run: Shell, tmp_path: Path) -> None:
    ran = run("ingest", *options, "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert words in ran.complaint


def test_a_bad_region_file_is_named_with_its_key(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    region = _region(tmp_path)
    region.write_text(region.read_text().replace("0072B2", "blue"))
    ran = run("ingest", "--region", region, "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "region.toml" in ran.complaint
    assert "'blue'" in ran.complaint
    (tmp_path / "bus.zip").unlink()
    _region(tmp_path)
    ran = run("ingest", "--region", region, "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "region.toml: feed bus: path = 'bus.zip'" in ran.complaint


def test_the_snapshot_s_place_must_be_a_folder(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("ingest", *_feeds(tmp_path), "--out", tmp_path / "metro.zip")
    assert ran.status == BAD_INPUT
    assert "is not a folder" in ran.complaint


# check


def test_a_check_answers_by_id_and_leaves_nothing_behind(
    run: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_feeds(tmp_path)
    queries = _queries(tmp_path / "q.json", QUERY, {**QUERY, "id": "none", "to": "metro_X"})
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = _files(tmp_path)
    found = run("check", *_feeds(tmp_path), "--queries", queries, "--json").json
    assert _files(tmp_path) == before
    assert found.keys() == {"class", "feeds", "notices", "answers", "window"}
    assert found["class"] == "load clean"
    metro = found["feeds"][0]
    assert (metro["feed"], metro["class"], metro["stops"], metro["trips"]) == ("metro", "load clean", 4, 84)
    assert re.fullmatch("[0-9a-f]{64}", metro["sha256"])
    assert found["answers"] == {
        "trip": {"arrive": f"{MONDAY}T07:50:00+07:00", "depart": f"{MONDAY}T07:40:00+07:00", "reason": None},
        "none": {"arrive": None, "depart": None, "reason": "unknown_destination"},
    }


def test_a_region_can_be_checked_and_leaves_nothing_behind_either(
    run: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_feeds(tmp_path)
    region = _region(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = _files(tmp_path)
    found = run("check", "--region", region, "--walk", "off", "--now", f"{MONDAY}T07:00", "--json").json
    assert [feed["feed"] for feed in found["feeds"]] == ["metro", "bus"]
    assert found["answers"] == {}
    assert _files(tmp_path) == before


def test_a_rejected_feed_is_a_normal_result_of_a_check(run: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    queries = _queries(tmp_path / "q.json", QUERY)
    found = run("check", "--feed", f"bad={tmp_path / 'bad.zip'}", "--queries", queries, "--json").json
    assert found["class"] == found["feeds"][0]["class"] == "reject with error"
    assert found["feeds"][0]["reason"]
    assert found["answers"] == {"trip": {"arrive": None, "depart": None, "reason": "unknown_origin"}}


def test_of_several_feeds_the_worst_class_counts_and_rows_are_named(run: Shell, tmp_path: Path) -> None:
    feed = bus_feed()
    feed.add("stop_times", trip_id="T", stop_id="NOPE", stop_sequence=9, arrival_time="07:00:00")
    feed.write_folder(tmp_path / "bus")
    metro_feed().write_zip(tmp_path / "metro.zip")
    options = ["--feed", f"metro={tmp_path / 'metro.zip'}", "--feed", f"bus={tmp_path / 'bus'}"]
    found = run("check", *options, "--json").json
    assert found["class"] == "load with warning"
    assert [feed["class"] for feed in found["feeds"]] == ["load clean", "load with warning"]
    broken = next(notice for notice in found["notices"] if notice["value"] == "NOPE")
    assert (broken["feed"], broken["file"], broken["field"], broken["row"], broken["count"]) == (
        "bus",
        "stop_times.txt",
        "stop_id",
        4,
        1,
    )


def test_a_check_for_people_is_a_report(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("check", *_feeds(tmp_path), "--queries", _queries(tmp_path / "q.json", QUERY))
    assert ran.status == DONE
    for word in ("load clean", "metro", "84", "trip", f"{MONDAY}T07:50:00+07:00"):
        assert word in ran.out


def test_answers_cannot_be_told_apart_by_equal_ids(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("check", *_feeds(tmp_path), "--queries", _queries(tmp_path / "q.json", QUERY, QUERY), "--json")
    assert ran.status == BAD_INPUT
    assert "id 'trip' is given twice" in ran.complaint


def test_a_bad_query_names_file_row_and_value(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    queries = _queries(tmp_path / "q.json", QUERY, {**QUERY, "id": "b", "time": "soon"})
    ran = run("check", *_feeds(tmp_path), "--queries", queries, "--json")
    assert ran.status == BAD_INPUT
    assert "q.json: row 2 (id 'b'): time: time is 'soon'" in ran.complaint
    missing = run("check", *_feeds(tmp_path), "--queries", tmp_path / "none.json", "--json")
    assert missing.status == BAD_INPUT
    assert "none.json: there is no such file" in missing.complaint
    now = run("check", *_feeds(tmp_path), "--now", "soon", "--json")
    assert now.status == BAD_INPUT
    assert "--now 'soon'" in now.complaint


# batch


def test_a_batch_answers_in_order_one_line_a_query(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = [{**QUERY, "id": str(number), "max_transfers": number % 3} for number in range(5)]
    queries[3] |= {"from": "metro_X"}
    ran = run("batch", folder / "city", "--queries", _queries(tmp_path / "q.json", *queries))
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line["id"] for line in lines] == ["0", "1", "2", "3", "4"]
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
    assert _files(tmp_path) == {out, tmp_path / "q.csv"}


def test_a_batch_that_cannot_be_is_bad_input(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = _queries(tmp_path / "q.json", {**QUERY, "mode": "fly"})
    for words, complaint in [
        (["--queries", queries], "mode is 'fly'"),
        (["--queries", tmp_path / "none"], "there is no such file"),
        (["--queries", queries, "--json"], "--out"),
        (["--queries", _queries(tmp_path / "ok.json", QUERY), "--out", tmp_path / "no" / "file"], "there is no folder"),
    ]:
        ran = run("batch", folder / "city", *words)
        assert ran.status == BAD_INPUT
        assert complaint in ran.complaint
    assert _files(tmp_path) == {queries, tmp_path / "ok.json"}


# compare


def test_a_comparison_validates_against_the_service_s_own_description(run: Shell, folder: Path) -> None:
    found = run("compare", folder / "city", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31", "--json").json
    description = create_app(Settings(snapshot=folder / "city")).openapi()
    schema = {"$ref": "#/components/schemas/Comparison", "components": description["components"]}
    jsonschema.validate(found, schema)
    found["options"][0]["journey"]["legs"][0]["departure"] = 5
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_coordinates_south_of_the_equator_are_places_and_not_options(run: Shell, folder: Path) -> None:
    trip = ("compare", folder / "city", "-6.2,106.8", "-6.2,106.84")
    found = run(*trip, "--at", f"{MONDAY}T07:31", "--json").json
    assert (found["query"]["from"], found["query"]["to"]) == ("-6.2,106.8", "-6.2,106.84")
    assert found["options"][0]["arrival"] == f"{MONDAY}T07:50:00+07:00"


def test_options_of_a_comparison_reach_the_query(run: Shell, folder: Path) -> None:
    options = {
        "--arrive-by": f"{MONDAY}T09:00:00+07:00",
        "--providers": "metro,bus",
        "--weights": "travel=2,walk=3",
        "--max-transfers": 3,
        "--max-walk-s": 600,
        "--walk-speed": 1.5,
        "--transfer-slack-s": 60,
        "--modes": "1,3",
    }
    words = [word for pair in options.items() for word in pair]
    found = run("compare", folder / "city", "metro_STA", "metro_C", *words, "--wheelchair", "--json").json
    assert found["query"] == {
        "from": "metro_STA",
        "to": "metro_C",
        "time": f"{MONDAY}T09:00:00+07:00",
        "arrive_by": True,
        "max_transfers": 3,
        "max_walk_s": 600,
        "walk_speed_m_per_s": 1.5,
        "transfer_slack_s": 60,
        "providers": ["bus", "metro"],
        "modes": [1, 3],
        "wheelchair": True,
        "use_realtime": True,
    }
    assert found["ranking"]["weights"]["travel"] == 2
    assert found["ranking"]["weights"]["walk"] == 3


def test_a_comparison_for_people_is_a_table(run: Shell, folder: Path) -> None:
    ran = run("compare", folder / "city", "metro_STA", "metro_C", "--at", f"{MONDAY}T07:31")
    assert ran.status == DONE
    for word in ("Metro Kota", "M1 Timur", "Alun-Alun", "07:40", "every 10 min", "single provider"):
        assert word in ran.out
    assert ran.err == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["metro_X", "metro_C"], "from: there is no stop 'metro_X'"),
        (["metro_A", "metro_X"], "to: there is no stop 'metro_X'"),
        (["metro_A", "metro_C", "--at", "soon"], "at: at is 'soon'"),
        (["metro_A", "metro_C", "--providers", "tram"], "providers: there is no provider 'tram'"),
        (["metro_A", "metro_C", "--weights", "price=1"], "weights: there is no weight 'price'"),
        (["metro_A", "metro_C", "--max-transfers", "99"], "max_transfers: max_transfers is 99"),
        (["metro_A", "metro_C", "--at", f"{MONDAY}", "--arrive-by", f"{MONDAY}"], "not both"),
        (["metro_A"], "TO"),
        (["metro_A", "metro_C", "--colour", "red"], "--colour"),
        (["evil\x1b[31m\nname", "metro_C"], "\\x1b[31m"),
    ],
)
def test_a_comparison_that_makes_no_sense_is_bad_input(
    words: list[str], complaint: str, run: Shell, folder: Path
) -> None:
    ran = run("compare", folder / "city", *words, "--json")
    assert ran.status == BAD_INPUT
    assert complaint in ran.complaint
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("command", ["compare", "batch", "serve", "coverage"])
def test_what_is_no_snapshot_is_bad_input(command: str, run: Shell, tmp_path: Path) -> None:
    more = {
        "compare": ["a", "b"],
        "batch": ["--queries", _queries(tmp_path / "q.json", QUERY)],
        "serve": [],
        "coverage": ["--date", MONDAY, "--out", tmp_path / "out"],
    }
    ran = run(command, tmp_path, *more[command])
    assert ran.status == BAD_INPUT
    assert "holds no snapshot" in ran.complaint


def test_a_spoilt_snapshot_is_bad_input_and_named(run: Shell, tmp_path: Path) -> None:
    city = write_city(tmp_path)
    file = next(city.glob("*/stop_times.arrival.npy"))
    spoilt = bytearray(file.read_bytes())
    spoilt[-1] ^= 1
    file.chmod(0o644)
    file.write_bytes(spoilt)
    ran = run("compare", city, "metro_A", "metro_C")
    assert ran.status == BAD_INPUT
    assert "stop_times.arrival.npy" in ran.complaint


# coverage


def test_coverage_writes_its_files_and_tells_them(run: Shell, folder: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("lat,lon,population\n-6.2,106.8,10\n-6.3,106.8,5\n")
    words = ["--date", MONDAY, "--radius-m", 100, "--population", people, "--out", tmp_path / "out"]
    found = run("coverage", folder / "city", *words, "--json").json
    assert found["files"]
    assert all(Path(file).stat().st_size > 0 for file in found["files"])
    words[words.index(people)] = tmp_path  # a folder that holds one population does as well
    assert run("coverage", folder / "city", *words, "--json").json["files"] == found["files"]


def test_coverage_of_no_date_is_bad_input(run: Shell, folder: Path, tmp_path: Path) -> None:
    ran = run("coverage", folder / "city", "--date", "today", "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "--date 'today'" in ran.complaint


# the frame around all commands


def test_our_own_fault_is_one_line_and_the_traceback_on_demand(
    run: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr("api.comparing.run_comparison", broken)
    trip = ("compare", folder / "city", "metro_A", "metro_C", "--json")
    ran = run(*trip)
    assert ran.status == OUR_FAULT
    assert ran.complaint == "timbang: internal error: ZeroDivisionError: a\\nb; TIMBANG_DEBUG=1 shows where\n"
    monkeypatch.setenv("TIMBANG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(*trip)


def test_no_command_prints_the_help_and_a_wrong_one_is_bad_input(run: Shell) -> None:
    assert "compare" in run("--help").out
    ran = run("weigh")
    assert ran.status == BAD_INPUT
    assert "weigh" in ran.complaint


def _command(*words: object, **environment: str) -> list[str]:
    return [sys.executable, "-m", "api", *map(str, words)]


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from api.cli import main; main(['--help']); main(['compare', '--help']); "
        "heavy = {'numpy', 'numba', 'polars', 'fastapi', 'uvicorn', 'matplotlib', 'gtfs_kit', 'networkx', 'shapely'}; "
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_who_has_enough_is_no_error(folder: Path, tmp_path: Path) -> None:
    queries = _queries(tmp_path / "q.json", *({**QUERY, "id": str(number)} for number in range(3000)))
    with subprocess.Popen(
        _command("batch", folder / "city", "--queries", queries),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (DONE, "")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_ingest_leaves_the_old_snapshot_and_nothing_else(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    city = write_city(tmp_path)
    before = _files(city)
    # The signal comes in the middle of writing: when the first file is synced.
    code = (
        "import os, signal, sys; from api.cli import main; import ingest.snapshot; "
        f"ingest.snapshot.os.fsync = lambda _: os.kill(os.getpid(), {int(number)}); "
        "sys.exit(main(sys.argv[1:]))"
    )
    words = ["ingest", "--feed", f"metro={tmp_path / 'metro.zip'}", "--out", str(city)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == status, done.stderr
    assert _files(city) == before
    fresh = subprocess.run(
        [sys.executable, "-c", code, *words[:-1], str(tmp_path / "fresh")], cwd=ROOT, check=False, timeout=120
    )
    assert fresh.returncode == status
    assert not (tmp_path / "fresh").exists()


@pytest.fixture(params=[1, 2])
def served(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A service with one worker, then with two: its address and its process."""
    process = subprocess.Popen(
        _command("serve", folder / "city", "--port", 0, "--workers", request.param),
        cwd=ROOT,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://\S+", line)
        assert address is not None, line
        yield address[0], process
    finally:
        process.kill()
        process.communicate()


def test_the_service_answers_and_leaves_when_told(served: tuple[str, subprocess.Popen[str]]) -> None:
    address, process = served
    assert _get(f"{address}/health/live") == {"status": "live"}
    found = _get(f"{address}/api/v1/compare?from=metro_STA&to=metro_C&at={MONDAY}T07:31")
    assert [option["providers"] for option in found["options"]] == [["metro"], ["bus"]]
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    assert process.returncode == DONE, err
    assert "Traceback" not in err
    assert out == ""
    assert "GET /health/live" in err


def _get(address: str) -> Any:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=120) as response:
                return json.load(response)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def test_a_port_that_is_taken_is_bad_input(run: Shell, folder: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        ran = run("serve", folder / "city", "--port", taken.getsockname()[1])
    assert ran.status == BAD_INPUT
    assert "cannot listen on 127.0.0.1 port" in ran.complaint
    assert run("serve", folder / "city", "--port", "70000").status == BAD_INPUT


# the real and the given


@pytest.mark.skipif(
    not (ROOT / ".." / "shared" / "corpus").is_dir(), reason="the corpus of feeds is not beside the checkout"
)
def test_every_canary_of_the_base_feed_is_answered_right(run: Shell) -> None:
    feeds = ROOT / ".." / "shared" / "corpus" / "feeds"
    words = ["--feed", f"base={feeds / 'base.zip'}", "--walk", "off", "--queries", feeds / "canaries.json"]
    found = run("check", *words, "--json").json
    assert found["class"] == "load clean"
    for query in json.loads((feeds / "canaries.json").read_text())["canaries"]:
        answer = found["answers"][query["id"]]
        if "range" in query:
            low, high = query["range"]
            assert low <= answer["arrive"] <= high
        elif query["mode"] == "arrive":
            assert answer["depart"] == query["latest_departure"], query
        else:
            assert answer["arrive"] == query["arrive"], query


def test_a_feed_of_rubbish_never_breaks_a_check(run: Shell, tmp_path: Path) -> None:
    feed = GtfsFeed(
        {name: [{"x": "\x00"}] for name in ("stops", "trips", "stop_times", "routes", "agency", "calendar")}
    )
    found = run("check", "--feed", f"a={feed.write_zip(tmp_path / 'a.zip')}", "--json").json
    assert found["class"] == "reject with error"
