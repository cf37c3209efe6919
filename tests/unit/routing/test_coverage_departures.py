"""Departures of a service date, counted by hand on drawn networks."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from routing.coverage.departures import HOURS, Departures, departures_on
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

MONDAY = dt.date(2026, 3, 2)


def counted(text: str, on: dt.date = MONDAY, provider: int = 0) -> tuple[Departures, list[str]]:
    """Departures of one provider, and the ids of the stops served."""
    network = network_of(feeds_of(text))
    departures = departures_on(network, provider, on)
    return departures, [network.stops.id[stop] for stop in departures.stops.tolist()]


def hours(counts: np.ndarray) -> dict[int, float]:
    """Hours that have a count, such as {8: 2.0}."""
    return {int(hour): pytest.approx(counts[hour]) for hour in np.flatnonzero(counts)}


def test_each_stop_but_the_last_of_a_trip_is_a_departure_in_the_hour_in_which_it_is_left() -> None:
    departures, stops = counted("A 08:00 > B 08:30 09:00 > C 09:10 / x")
    assert hours(departures.by_hour) == {8: 1, 9: 1}
    assert hours(departures.trips_by_hour) == {8: 1}
    assert stops == ["x_A", "x_B"]
    assert (departures.first_s, departures.last_s) == (8 * 3600, 9 * 3600)


def test_a_stop_where_nobody_may_board_is_not_served() -> None:
    departures, stops = counted("A 08:00 > B 08:30 (alight) > C 09:10 / x")
    assert stops == ["x_A"]
    assert hours(departures.by_hour) == {8: 1}


def test_a_trip_whose_first_stop_cannot_be_boarded_still_counts_as_a_trip() -> None:
    departures, stops = counted("A 08:00 (alight) > B 09:30 > C 10:10 / x")
    assert hours(departures.trips_by_hour) == {8: 1}
    assert (stops, departures.first_s) == (["x_B"], 9 * 3600 + 1800)


def test_times_past_midnight_belong_to_the_service_date_and_the_last_hour_takes_all_that_is_later() -> None:
    departures, _ = counted("A 23:50 > B 25:10 > C 29:30 > D 31:00 > E 31:10 / x")
    assert hours(departures.by_hour) == {23: 1, 25: 1, 29: 2}
    assert departures.last_s == 31 * 3600


def test_a_headway_service_counts_its_period_over_its_headway_at_every_stop() -> None:
    departures, stops = counted("A 0:00 > B 0:10 > C 0:30 / x, every 600 from 06:00 to 08:00")
    # At A from 06:00 to 08:00, at B from 06:10 to 08:10: twelve departures each.
    assert hours(departures.by_hour) == {6: 6 + 5, 7: 6 + 6, 8: 1}
    assert hours(departures.trips_by_hour) == {6: 6, 7: 6}
    assert stops == ["x_A", "x_B"]
    assert (departures.first_s, departures.last_s) == (6 * 3600, 8 * 3600)  # 07:50 at A is 08:00 at B


def test_a_period_that_is_no_multiple_of_its_headway_counts_a_fraction() -> None:
    departures, _ = counted("A 0:00 > B 0:10 / x, every 1200 from 06:30 to 07:20")
    assert hours(departures.by_hour) == {6: 1.5, 7: 1}
    assert departures.last_s == 7 * 3600 + 600


def test_an_exact_headway_is_a_timetable() -> None:
    departures, _ = counted("A 0:00 > B 0:10 > C 0:20 / x, exact 1200 from 06:30 to 07:20")
    # 06:30, 06:50, 07:10 at A; ten minutes later at B.
    assert hours(departures.by_hour) == {6: 2 + 1, 7: 1 + 2}
    assert hours(departures.trips_by_hour) == {6: 2, 7: 1}
    assert departures.last_s == 7 * 3600 + 1200


def test_a_headway_trip_does_not_also_run_by_itself() -> None:
    departures, _ = counted("A 05:00 > B 05:10 / x, every 600 from 06:00 to 07:00")
    assert hours(departures.by_hour) == {6: 6}


def test_only_services_of_the_date_count() -> None:
    text = """
        days SUN 0000001 2026-01-01 2026-12-31
        A 08:00 > B 08:10 / x, service SUN
        A 09:00 > C 09:10 / x
    """
    assert hours(counted(text)[0].by_hour) == {9: 1}
    assert hours(counted(text, dt.date(2026, 3, 1))[0].by_hour) == {8: 1, 9: 1}


@pytest.mark.parametrize("on", [dt.date(1999, 1, 1), dt.date(2099, 1, 1)])
def test_a_date_that_no_feed_covers_has_no_departures(on: dt.date) -> None:
    departures, stops = counted("A 08:00 > B 08:10 / x\nA 0:00 > B 0:10 / x, every 60 from 06:00 to 07:00", on)
    assert stops == []
    assert not departures.by_hour.any()
    assert len(departures.trips_by_hour) == HOURS
    assert (departures.first_s, departures.last_s) == (None, None)


def test_each_provider_counts_its_own() -> None:
    text = "A 08:00 > B 08:10 / x\nA 08:00 > B 08:10 / y\nA 08:30 > B 08:40 / y"
    assert hours(counted(text, provider=0)[0].by_hour) == {8: 1}
    departures, stops = counted(text, provider=1)
    assert (hours(departures.by_hour), stops) == ({8: 2}, ["y_A"])
