"""`timbang check`: what it reports and answers, and that it leaves nothing behind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api.cli import BAD_INPUT, DONE
from tests.support.command_line import (
    QUERY,
    ROOT,
    Shell,
    feed_options,
    files_under,
    write_queries,
    write_region,
)
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import MONDAY, bus_feed, metro_feed, write_feeds


def test_a_check_answers_by_id_and_leaves_nothing_behind(
    run: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_feeds(tmp_path)
    queries = write_queries(tmp_path / "q.json", QUERY, {**QUERY, "id": "none", "to": "metro_X"})
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = files_under(tmp_path)
    found = run("check", *feed_options(tmp_path), "--queries", queries, "--json").json
    assert files_under(tmp_path) == before
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
    region = write_region(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    before = files_under(tmp_path)
    found = run("check", "--region", region, "--walk", "off", "--now", f"{MONDAY}T07:00", "--json").json
    assert [feed["feed"] for feed in found["feeds"]] == ["metro", "bus"]
    assert found["answers"] == {}
    assert files_under(tmp_path) == before


def test_a_rejected_feed_is_a_normal_result_of_a_check(run: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    queries = write_queries(tmp_path / "q.json", QUERY)
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
    ran = run("check", *feed_options(tmp_path), "--queries", write_queries(tmp_path / "q.json", QUERY))
    assert ran.status == DONE
    for word in ("load clean", "metro", "84", "trip", f"{MONDAY}T07:50:00+07:00"):
        assert word in ran.out


def test_answers_cannot_be_told_apart_by_equal_ids(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    ran = run("check", *feed_options(tmp_path), "--queries", write_queries(tmp_path / "q.json", QUERY, QUERY), "--json")
    assert ran.status == BAD_INPUT
    assert "id 'trip' is given twice" in ran.complaint


def test_a_bad_query_names_file_row_and_value(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    queries = write_queries(tmp_path / "q.json", QUERY, {**QUERY, "id": "b", "time": "soon"})
    ran = run("check", *feed_options(tmp_path), "--queries", queries, "--json")
    assert ran.status == BAD_INPUT
    assert "q.json: row 2 (id 'b'): time: time is 'soon'" in ran.complaint
    missing = run("check", *feed_options(tmp_path), "--queries", tmp_path / "none.json", "--json")
    assert missing.status == BAD_INPUT
    assert "none.json: there is no such file" in missing.complaint
    now = run("check", *feed_options(tmp_path), "--now", "soon", "--json")
    assert now.status == BAD_INPUT
    assert "--now 'soon'" in now.complaint


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
