"""`--from` and `--to` of `timbang ingest` and `timbang check`: only the service of some days."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from api.cli import BAD_INPUT
from ingest.model import Network
from ingest.snapshot import open_snapshot
from tests.support.command_line import QUERY, Shell, feed_options, files_under, write_queries
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import MONDAY, bus_feed, metro_feed, write_feeds

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def night_feed() -> GtfsFeed:
    """The metro, with a trip of Sundays that runs until 25:10, one of Mondays, and a change between those two."""
    feed = metro_feed()
    for name, day in (("SUN", "sunday"), ("MON", "monday")):
        feed.add("calendar", service_id=name, **dict.fromkeys(WEEK, 0) | {day: 1},
                 start_date="20260101", end_date="20261231")  # fmt: skip
        feed.add("trips", route_id="R", service_id=name, trip_id=name, direction_id=0)
        for position, (stop, time) in enumerate({"A": "25:00:00", "B": "25:05:00", "C": "25:10:00"}.items()):
            feed.add("stop_times", trip_id=name, stop_id=stop, stop_sequence=position, arrival_time=time,
                     departure_time=time)  # fmt: skip
    feed.add("transfers", from_stop_id="A", to_stop_id="B", from_trip_id="SUN", to_trip_id="MON", transfer_type=3)
    return feed


def _ingested(run: Shell, folder: Path, feed: GtfsFeed, *words: str) -> Network:
    path = feed.write_zip(folder / "metro.zip")
    run("ingest", "--feed", f"metro={path}", *words, "--out", folder / "out", "--json").json  # noqa: B018 # reading it checks the run
    return open_snapshot(folder / "out")


def test_only_service_of_the_days_is_kept_both_ends_included(run: Shell, tmp_path: Path) -> None:
    network = _ingested(run, tmp_path, night_feed(), "--from", "2026-03-02", "--to", "2026-03-03")
    (feed,) = network.feeds
    assert (feed.first_date, feed.last_date, feed.n_trips) == (date(2026, 3, 2), date(2026, 3, 3), 85)
    assert network.first_date == date(2026, 3, 2)
    assert network.services.runs.shape[1] == 2
    ids = list(network.trips.id)
    assert "metro_MON" in ids
    assert "metro_T360" in ids


def test_a_trip_of_the_day_before_is_left_out_though_it_runs_after_midnight(run: Shell, tmp_path: Path) -> None:
    feed = night_feed()
    whole = _ingested(run, tmp_path, feed)
    monday = _ingested(run, tmp_path, feed, "--from", MONDAY)
    sunday = _ingested(run, tmp_path, feed, "--from", "2026-03-01", "--to", "2026-03-01")
    left_out = set(whole.trips.id) - set(monday.trips.id)
    assert left_out == set()  # Sundays come again until the end of the year
    assert set(whole.trips.id) - set(sunday.trips.id) == {"metro_MON"}
    only = _ingested(run, tmp_path, feed, "--from", MONDAY, "--to", MONDAY)
    assert set(whole.trips.id) - set(only.trips.id) == {"metro_SUN"}


def test_calls_stay_with_their_trips_and_a_change_between_trips_goes_with_them(run: Shell, tmp_path: Path) -> None:
    feed = night_feed()
    whole = _ingested(run, tmp_path, feed)
    only = _ingested(run, tmp_path, feed, "--from", MONDAY, "--to", MONDAY)
    for trip in only.trips.id:
        was, now = whole.trips.id.find(trip), only.trips.id.find(trip)
        calls = slice(whole.trips.times_ptr[was], whole.trips.times_ptr[was + 1])
        kept = slice(only.trips.times_ptr[now], only.trips.times_ptr[now + 1])
        assert np.array_equal(whole.stop_times.departure[calls], only.stop_times.departure[kept])
    assert len(whole.transfers.type) == 1
    assert len(only.transfers.type) == 0, "a row without its trip would forbid the change to every rider"


def test_headways_stay_with_their_trips_too(run: Shell, tmp_path: Path) -> None:
    feed = bus_feed()
    feed.rows("trips")[0]["service_id"] = "NEVER"
    feed.rows("trips").append(feed.rows("trips")[0] | {"trip_id": "U", "service_id": "ALL"})
    feed.tables["frequencies"].append(feed.rows("frequencies")[0] | {"trip_id": "U", "headway_secs": "300"})
    feed.tables["stop_times"] += [row | {"trip_id": "U"} for row in feed.rows("stop_times")]
    feed.add("calendar_dates", service_id="NEVER", date="20260601", exception_type=1)
    network = _ingested(run, tmp_path, feed, "--to", MONDAY)
    assert list(network.trips.id) == ["metro_U"]
    assert (network.headways.trip.tolist(), network.headways.headway_s.tolist()) == ([0], [300])


def test_answers_of_a_check_are_of_the_days_asked_for(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    queries = write_queries(tmp_path / "q.json", QUERY)
    words = ("check", *feed_options(tmp_path), "--queries", queries, "--json")
    assert run(*words, "--from", MONDAY, "--to", MONDAY).json["answers"]["trip"]["reason"] is None
    later = run(*words, "--from", "2026-03-05").json
    assert later["answers"]["trip"]["reason"] == "before_service"
    assert later["feeds"][0]["service"] == ["2026-03-05", "2026-12-31"]


def test_other_days_are_another_snapshot(run: Shell, tmp_path: Path) -> None:
    feed = metro_feed()
    ids = [
        _ingested(run, tmp_path, feed, *words).snapshot_id
        for words in ((), ("--from", MONDAY), ("--to", MONDAY), ("--from", MONDAY, "--to", MONDAY))
    ]
    assert len(set(ids)) == 4


def test_a_feed_without_service_on_the_days_is_reported_and_the_others_are_kept(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    bus = bus_feed()
    bus.rows("calendar")[0]["end_date"] = "20260131"
    bus.write_zip(tmp_path / "bus.zip")
    words = ("--from", MONDAY, "--to", MONDAY, "--out", tmp_path / "out", "--json")
    found = run("ingest", *feed_options(tmp_path), *words).json
    assert [(feed["trips"], feed["service"]) for feed in found["feeds"]] == [(84, [MONDAY, MONDAY]), (0, None)]
    (notice,) = (notice for notice in found["notices"] if notice["code"] == "no_service_in_range")
    assert (notice["feed"], notice["value"]) == ("bus", "runs from 2026-01-01 to 2026-01-31")


@pytest.mark.parametrize("command", ["ingest", "check"])
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--from", "2026-03-03", "--to", "2026-03-02"], "--from 2026-03-03 --to 2026-03-02: 2026-03-03 is after"),
        (["--from", "soon"], "--from 'soon': must be YYYY-MM-DD"),
        (["--to", "2026-02-30"], "--to '2026-02-30': must be YYYY-MM-DD"),
        (
            ["--from", "2027-03-01", "--to", "2027-03-02"],
            "no trip runs from 2027-03-01 to 2027-03-02: feed metro runs from 2026-01-01 to 2026-12-31; feed bus runs",
        ),
    ],
)
def test_days_that_cannot_be_are_one_line(
    command: str, words: list[str], complaint: str, run: Shell, tmp_path: Path
) -> None:
    write_feeds(tmp_path)
    before = files_under(tmp_path)
    out = ["--out", tmp_path / "out"] if command == "ingest" else []
    ran = run(command, *feed_options(tmp_path), *words, *out, "--json")
    assert ran.status == BAD_INPUT
    assert complaint in ran.complaint
    assert files_under(tmp_path) == before


def test_a_snapshot_of_some_days_answers_like_the_whole_on_them(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    answers = []
    for words in ([], ["--from", "2026-03-01", "--to", "2026-03-03"]):
        run("ingest", *feed_options(tmp_path), *words, "--out", tmp_path / "out", "--json").json  # noqa: B018 # reading it checks the run
        ran = run("batch", tmp_path / "out", "--queries", write_queries(tmp_path / "q.json", QUERY))
        answers.append(json.loads(ran.out))
    assert answers[0] == answers[1]
