"""`timbang ingest`: feeds and regions to a snapshot, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.app import create_app
from api.cli import BAD_INPUT, DONE
from api.settings import Settings
from tests.support.command_line import (
    Shell,
    feed_options,
    write_region,
)
from tests.unit.api.small_city import MONDAY, metro_feed, write_feeds


def test_feeds_become_a_snapshot_that_compares(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    found = run("ingest", *feed_options(tmp_path), "--out", tmp_path / "out", "--json").json
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
    ran = run("ingest", *feed_options(tmp_path), "--out", tmp_path / "out")
    assert (ran.status, ran.out) == (DONE, "")
    assert "metro: load clean: 4 stops, 84 trips, 2026-01-01 to 2026-12-31" in ran.err


def test_a_folder_is_a_feed_too(run: Shell, tmp_path: Path) -> None:
    metro_feed().write_folder(tmp_path / "metro")
    found = run("ingest", "--feed", f"metro={tmp_path / 'metro'}", "--out", tmp_path / "out", "--json").json
    assert found["trips"] == 84


def test_walking_can_be_switched_off_and_shaped(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    out = ("--out", tmp_path / "out", "--json")
    assert run("ingest", *feed_options(tmp_path), "--walk", "off", *out).json["footpaths"] == 0
    assert run("ingest", *feed_options(tmp_path), "--walk-radius-m", 200, *out).json["footpaths"] == 0
    assert run("ingest", *feed_options(tmp_path), "--walk-speed", 2, "--detour", 1, *out).json["footpaths"] == 4
    compared = run("compare", tmp_path / "out", "metro_A", "bus_P", "--at", f"{MONDAY}T07:31", "--json").json
    # 222.39 m, no detour, 2 m/s.
    assert compared["options"][0]["duration_s"] == 112
    assert compared["query"]["walk_speed_m_per_s"] == 2


def test_a_region_brings_its_names_and_trips(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    region = write_region(tmp_path)
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


def test_a_bad_feed_among_good_ones_is_reported_and_left_out(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    (tmp_path / "bus.zip").write_bytes(b"no zip")
    found = run("ingest", *feed_options(tmp_path), "--out", tmp_path / "out", "--json").json
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
    region = write_region(tmp_path)
    region.write_text(region.read_text().replace("0072B2", "blue"))
    ran = run("ingest", "--region", region, "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "region.toml" in ran.complaint
    assert "'blue'" in ran.complaint
    (tmp_path / "bus.zip").unlink()
    write_region(tmp_path)
    ran = run("ingest", "--region", region, "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "region.toml: feed bus: path = 'bus.zip'" in ran.complaint


def test_the_snapshot_s_place_must_be_a_folder(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("ingest", *feed_options(tmp_path), "--out", tmp_path / "metro.zip")
    assert ran.status == BAD_INPUT
    assert "is not a folder" in ran.complaint
