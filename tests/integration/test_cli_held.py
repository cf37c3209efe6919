"""When `timbang ingest` does not replace a snapshot."""

from __future__ import annotations

import errno
import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli import BAD_INPUT, DONE, OUR_FAULT
from ingest.last_ingest import LAST_INGEST, IngestOutcome, last_ingest
from tests.support.command_line import Ran, Shell, files_under
from tests.support.gtfs_feed import GtfsFeed
from tests.unit.api.small_city import bus_feed, metro_feed


def _running(feed: GtfsFeed, first: int = -30, last: int = 300) -> GtfsFeed:
    """The feed with service from so many days after today to so many."""
    for name, days in (("start_date", first), ("end_date", last)):
        feed.rows("calendar")[0][name] = f"{date.today() + timedelta(days=days):%Y%m%d}"
    return feed


def _without_trips(feed: GtfsFeed, kept: int) -> GtfsFeed:
    trips = {row["trip_id"] for row in feed.rows("trips")[:kept]}
    for table in ("trips", "stop_times"):
        feed.tables[table] = [row for row in feed.rows(table) if row["trip_id"] in trips]
    return feed


class City:
    """A snapshot, and ingests over it."""

    def __init__(self, run: Shell, folder: Path) -> None:
        self._run, self._folder, self.out = run, folder, folder / "out"

    def ingest(self, *words: object, **feeds: GtfsFeed) -> Ran:
        options = []
        for feed_id, feed in feeds.items():
            options += ["--feed", f"{feed_id}={feed.write_zip(self._folder / f'{feed_id}.zip')}"]
        return self._run("ingest", *options, "--out", self.out, *words, "--json")

    def published(self, *words: object, **feeds: GtfsFeed) -> Any:
        return json.loads(_done(self.ingest(*words, **feeds)).out)


def _done(ran: Ran) -> Ran:
    assert ran.status == DONE, ran.err
    return ran


@pytest.fixture
def city(run: Shell, tmp_path: Path) -> City:
    city = City(run, tmp_path)
    city.published(metro=_running(metro_feed()), bus=_running(bus_feed()))
    return city


def test_a_version_that_lost_half_its_trips_leaves_the_snapshot_as_it_is(city: City) -> None:
    before = files_under(city.out)
    ran = city.ingest(metro=_without_trips(_running(metro_feed()), 41), bus=_running(bus_feed()))
    assert ran.status == BAD_INPUT
    assert "feed metro: 41 trips, 84 before: less than 50%" in ran.complaint
    assert "--accept-held" in ran.complaint
    assert files_under(city.out) == before
    assert noted(city) == (IngestOutcome.HELD, "metro")


def noted(city: City) -> tuple[IngestOutcome, str]:
    """What the service is told of the last ingest."""
    last = last_ingest(city.out)
    assert last is not None
    return last.outcome, last.why


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_is_full_or_may_not_be_written_leaves_the_snapshot_as_it_is(
    number: int, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in files_under(city.out) if path.is_file() and path.name != LAST_INGEST}
    assert noted(city) == (IngestOutcome.PUBLISHED, "")

    def refuse(*words: object, **names: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("ingest.snapshot.np.save", refuse)
    ran = city.ingest(metro=_running(metro_feed()), bus=_running(bus_feed()))
    assert ran.status == OUR_FAULT
    assert ran.complaint == f"timbang: {city.out}: {os.strerror(number)}; {city.out} is left as it is\n"
    assert noted(city) == (IngestOutcome.FAILED, errno.errorcode[number])
    after = {path: path.read_bytes() for path in files_under(city.out) if path.is_file() and path.name != LAST_INGEST}
    assert after == before
    monkeypatch.undo()
    city.published(metro=_running(metro_feed()), bus=_running(bus_feed()))
    assert noted(city) == (IngestOutcome.PUBLISHED, "")


def test_it_is_published_where_somebody_accepts_it_and_is_the_measure_from_then_on(city: City) -> None:
    small = _without_trips(_running(metro_feed()), 41)
    found = city.published("--accept-held", metro=small, bus=_running(bus_feed()))
    assert found["trips"] == 42
    assert found["warnings"] == ["feed metro: 41 trips, 84 before: less than 50%"]
    assert city.published(metro=_without_trips(_running(metro_feed()), 30))["warnings"] == []


def test_several_held_feeds_are_named_in_one_line(city: City) -> None:
    bus = _running(bus_feed(), -30, -1)
    ran = city.ingest(metro=_without_trips(_running(metro_feed()), 1), bus=bus)
    assert "feed metro: 1 trips, 84 before" in ran.complaint
    assert "feed bus: no service from" in ran.complaint


def test_a_version_that_cannot_be_read_is_held_too(city: City) -> None:
    bus = _running(bus_feed())
    del bus.tables["stops"]
    ran = city.ingest(metro=_running(metro_feed()), bus=bus)
    assert ran.status == BAD_INPUT
    assert "feed bus: stops.txt is missing" in ran.complaint
    assert city.published("--accept-held", metro=_running(metro_feed()), bus=bus)["providers"] == ["metro"]


def test_a_feed_that_is_left_out_on_purpose_is_not_held(city: City) -> None:
    assert city.published(metro=_running(metro_feed()))["providers"] == ["metro"]


def test_fewer_days_are_no_loss_of_the_feed_s(city: City) -> None:
    night = _running(metro_feed())
    night.rows("trips")[0]["service_id"] = "ONCE"
    night.add("calendar_dates", service_id="ONCE", date=f"{date.today() + timedelta(days=9):%Y%m%d}", exception_type=1)
    day = (date.today() + timedelta(days=9)).isoformat()
    assert city.published(metro=night, bus=_running(bus_feed()))["trips"] == 85
    assert city.published("--from", day, "--to", day, metro=night, bus=_running(bus_feed()))["trips"] == 85
    assert city.published("--from", day, metro=night, bus=_running(bus_feed()))["warnings"] == []


def test_a_first_ingest_without_service_in_the_next_days_is_published_with_a_warning(
    run: Shell, tmp_path: Path
) -> None:
    ran = _done(City(run, tmp_path).ingest(bus=_running(bus_feed(), 8, 20)))
    (warning,) = json.loads(ran.out)["warnings"]
    assert warning.startswith(
        f"feed bus: no service from {date.today()} to {date.today() + timedelta(days=6)}; it runs"
    )
    assert ran.err == f"warning: {warning}\n"


def test_equal_bytes_that_expired_do_not_keep_the_others_from_being_renewed(run: Shell, tmp_path: Path) -> None:
    city = City(run, tmp_path)
    old = _running(bus_feed(), -30, -1)
    city.published(metro=_running(metro_feed()), bus=old)
    renewed = city.published(metro=_running(metro_feed(), -30, 301), bus=old)
    assert [warning.split(":")[0] for warning in renewed["warnings"]] == ["feed bus"]


def test_a_snapshot_that_cannot_be_read_holds_nothing(city: City) -> None:
    (city.out / "CURRENT").write_text("spoilt")
    assert city.published(metro=_without_trips(_running(metro_feed()), 1))["trips"] == 1
