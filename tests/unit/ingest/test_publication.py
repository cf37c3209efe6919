"""When a new version of a feed may replace the one in use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.publication import FeedFacts, expiry_warning, hold_reasons, measure_feed
from tests.unit.ingest.reading import small_feed

TODAY = date(2026, 3, 2)
GOOD = FeedFacts(100, 50, ((date(2026, 1, 1), date(2026, 12, 31)),))


def test_a_version_like_the_one_before_is_published() -> None:
    assert hold_reasons(GOOD, GOOD, TODAY) == ()
    assert hold_reasons(GOOD, None, TODAY) == ()


@pytest.mark.parametrize(
    ("trips", "stops", "held"),
    [(50, 25, []), (49, 25, ["trips"]), (50, 24, ["stops"]), (1, 1, ["trips", "stops"]), (5000, 5000, [])],
)
def test_half_of_the_trips_and_of_the_stops_must_be_left(trips: int, stops: int, held: list[str]) -> None:
    reasons = hold_reasons(replace(GOOD, n_trips=trips, n_stops=stops), GOOD, TODAY)
    assert [reason.split()[1].rstrip(",") for reason in reasons] == held
    assert all("less than 50%" in reason for reason in reasons)


def test_half_of_an_odd_number_is_not_rounded() -> None:
    before = replace(GOOD, n_trips=3)
    assert hold_reasons(replace(GOOD, n_trips=1), before, TODAY)
    assert not hold_reasons(replace(GOOD, n_trips=2), before, TODAY)


@pytest.mark.parametrize(("days", "held"), [(-1, True), (0, False), (6, False), (7, True)])
def test_there_must_be_service_today_or_on_one_of_the_six_days_after(days: int, held: bool) -> None:
    day = TODAY + timedelta(days=days)
    reasons = hold_reasons(replace(GOOD, service=((day, day),)), GOOD, TODAY)
    assert bool(reasons) is held
    assert not held or "no service from 2026-03-02 to 2026-03-08" in reasons[0]


def test_a_gap_in_the_service_over_the_next_seven_days_holds() -> None:
    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=7)
    assert hold_reasons(replace(GOOD, service=((before, before), (after, after))), None, TODAY)


def test_a_first_version_needs_trips_and_service_too() -> None:
    assert hold_reasons(FeedFacts(0, 0, (), "stops.txt is missing"), None, TODAY) == ("stops.txt is missing",)
    assert hold_reasons(FeedFacts(0, 9, GOOD.service), None, TODAY) == ("no trip can be used",)


def test_a_feed_is_measured_by_its_trips_that_run(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("calendar", service_id="NEVER", **dict.fromkeys(
        ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), "0"),
        start_date="20260101", end_date="20271231")  # fmt: skip
    feed.rows("trips")[1]["service_id"] = "NEVER"
    feed.add("calendar_dates", service_id="S", date="20260704", exception_type=2)
    feed.add("calendar_dates", service_id="S", date="20270105", exception_type=1)
    facts = measure_feed("f", feed.write_zip(tmp_path / "f.zip"), TODAY)
    assert (facts.n_trips, facts.n_stops) == (1, 3)
    assert facts.service == (
        (date(2026, 1, 1), date(2026, 7, 3)),
        (date(2026, 7, 5), date(2026, 12, 31)),
        (date(2027, 1, 5), date(2027, 1, 5)),
    )
    assert (facts.first_date, facts.last_date) == (date(2026, 1, 1), date(2027, 1, 5))


def test_days_of_services_without_trips_do_not_count(tmp_path: Path) -> None:
    feed = small_feed()
    feed.add("calendar_dates", service_id="OTHER", date="20300101", exception_type=1)
    assert measure_feed("f", feed.write_zip(tmp_path / "f.zip"), TODAY).last_date == date(2026, 12, 31)


def test_a_feed_that_cannot_be_used_is_measured_as_nothing_with_a_reason(tmp_path: Path) -> None:
    feed = small_feed()
    del feed.tables["stop_times"]
    facts = measure_feed("f", feed.write_zip(tmp_path / "f.zip"), TODAY)
    assert (facts.n_trips, facts.service) == (0, ())
    assert "stop_times.txt" in facts.reason


@pytest.mark.parametrize(
    ("service", "warning"),
    [
        (((date(2026, 1, 1), date(2026, 12, 31)),), ""),
        (((date(2026, 1, 1), date(2026, 3, 15)),), ""),
        (((date(2026, 1, 1), date(2026, 3, 14)),), "expires soon: its last day with service is 2026-03-14"),
        (((date(2026, 1, 1), date(2026, 3, 2)),), "expires soon: its last day with service is 2026-03-02"),
        (((date(2026, 1, 1), date(2026, 3, 1)),), "expired: its last day with service was 2026-03-01"),
        (((date(2026, 3, 16), date(2026, 4, 1)),), "no service in the next 14 days"),
        ((), "it has no service on any day"),
    ],
)  # fmt: skip
def test_a_feed_that_ends_within_fourteen_days_is_warned_of(
    service: tuple[tuple[date, date], ...], warning: str
) -> None:
    assert expiry_warning(replace(GOOD, service=service), TODAY, 14).partition(";")[0] == warning
