"""Which vehicles run in a window of time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ingest.model import Network
from ingest.pipeline import WalkOptions
from routing.runs import DAY_S, day_start_s, headway_runs, scheduled_runs, trip_spans
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
JAKARTA_S = 7 * 3600


def _network(text: str) -> Network:
    return network_of(feeds_of(text), WalkOptions("off"))


def _runs(text: str, epoch_s: int = MONDAY, span_s: int = DAY_S) -> list[tuple[str, str, int]]:
    """(trips, service date, first departure in seconds of the window) of all scheduled runs."""
    network = _network(text)
    spans = trip_spans(network)
    runs = scheduled_runs(network, spans, epoch_s, span_s)
    ids = network.trips.id
    found = []
    for run in range(len(runs.day)):
        parts = runs.parts[runs.ptr[run] : runs.ptr[run + 1]].tolist()
        start = int(spans.first[parts[0]] + runs.start_s[run])
        day = date.fromordinal(int(runs.day[run]))
        found.append(("+".join(ids[part][2:] for part in parts), f"{day:%d}", start))
    return sorted(found, key=lambda run: (run[2], run[0]))


def test_a_service_day_starts_at_noon_minus_twelve_hours() -> None:
    assert day_start_s(date(2026, 3, 2), "Asia/Jakarta") == MONDAY - JAKARTA_S
    # Berlin: 23:00 of the day before, 01:00 of the day itself, on the days on which the clocks change.
    assert datetime.fromtimestamp(day_start_s(date(2026, 3, 29), "Europe/Berlin"), UTC).hour == 22
    assert datetime.fromtimestamp(day_start_s(date(2026, 10, 25), "Europe/Berlin"), UTC).hour == 23


def test_spans_are_first_departure_and_last_arrival() -> None:
    network = _network("A 08:00 08:01 > B 08:10 > C 25:00 25:30 / x")
    spans = trip_spans(network)
    assert (spans.first.tolist(), spans.last.tolist()) == ([28_860], [90_000])
    assert (spans.first_stop.tolist(), spans.last_stop.tolist()) == ([0], [2])


def test_a_daily_trip_runs_once_a_day_of_the_window() -> None:
    # The window is Monday in UTC: 08:00 in Jakarta is 01:00.
    assert _runs("A 08:00 > B 08:10 / x, trip T") == [("T", "02", 3600)]
    assert [day for _, day, _ in _runs("A 08:00 > B 08:10 / x, trip T", span_s=2 * DAY_S)] == ["02", "03"]


def test_what_is_under_way_when_the_window_opens_is_in_it() -> None:
    # Sunday's trip from 30:50 to 31:00 = 00:00 UTC of Monday, and Monday's own, 24 hours later, which is too late.
    assert _runs("A 30:50 > B 31:00 / x, trip T") == [("T", "01", -600), ("T", "02", DAY_S - 600)]
    assert _runs("A 30:49 > B 30:59:59 / x, trip T") == [("T", "02", DAY_S - 660)]


def test_what_begins_when_the_window_has_closed_is_not() -> None:
    assert [day for _, day, _ in _runs("A 31:00 > B 31:10 / x, trip T")] == ["01"]


def test_trips_of_many_days_are_found_from_long_ago() -> None:
    # 103:30 is 96 hours and 07:30: UTC 00:30, four service days later.
    assert _runs("A 103:30 > B 103:40 / x, trip T")[0] == ("T", "26", 1800)


def test_a_trip_of_another_zone_starts_with_its_own_day() -> None:
    text = "zone x America/Los_Angeles\nA 08:00 > B 08:10 / x, trip T"
    # 08:00-08:00 is 16:00 UTC.
    assert _runs(text) == [("T", "02", 16 * 3600)]


def test_exact_frequencies_are_vehicles_and_the_trip_itself_is_not() -> None:
    text = "A 03:00 > B 03:10 / x, trip T, exact 1200 from 08:00 to 09:00"
    assert [start for _, _, start in _runs(text)] == [3600, 4800, 6000]


def test_seated_trips_are_one_run_and_are_not_run_alone() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, block 1
        B 08:10 > C 08:20 / x, trip T2, block 1
        C 08:30 > A 08:40 / x, trip T3
        A 08:50 > B 09:00 / x, trip T4
        C 08:45 > B 08:50 / x, trip T5
        stay x T3 > T4
        stay x T3 > T5
    """
    assert [trips for trips, _, _ in _runs(text)] == ["T1+T2", "T3+T4", "T3+T5"]


def test_a_branch_that_joins_is_in_both_runs() -> None:
    text = """
        A 08:00 > C 08:10 / x, trip T1
        B 08:00 > C 08:10 / x, trip T2
        C 08:10 > D 08:20 / x, trip T3
        stay x T1 > T3
        stay x T2 > T3
    """
    assert [trips for trips, _, _ in _runs(text)] == ["T1+T3", "T2+T3"]


@pytest.mark.parametrize(
    "rows", ["stay x T1 > T1", "stay x T1 > T2\nstay x T2 > T1"], ids=["into itself", "into each other"]
)
def test_trips_that_continue_in_a_circle_still_run(rows: str) -> None:
    """Only trips that take no time can: the feed is odd, but riders must not lose them."""
    text = f"""
        A 08:00 > B 08:00 / x, trip T1
        B 08:00 > A 08:00 / x, trip T2
        {rows}
    """
    ridden = {trip for trips, _, _ in _runs(text) for trip in trips.split("+")}
    assert ridden == {"T1", "T2"}


def _headways(text: str, epoch_s: int = MONDAY, span_s: int = DAY_S) -> list[tuple[int, int, int]]:
    network = _network(text)
    runs = headway_runs(network, trip_spans(network), epoch_s, span_s)
    return list(zip(runs.start_s.tolist(), runs.end_s.tolist(), runs.headway_s.tolist(), strict=True))


def test_headway_rows_are_windows_on_each_service_day() -> None:
    text = "A 0:00 > B 0:10 / x, trip T, every 600 from 08:00 to 10:00"
    assert _headways(text) == [(3600, 10_800, 600)]
    assert _headways(text, span_s=2 * DAY_S) == [(3600, 10_800, 600), (3600 + DAY_S, 10_800 + DAY_S, 600)]


def test_a_headway_vehicle_still_under_way_keeps_its_window() -> None:
    # Sunday 30:00 to 30:50; the last vehicle is 10 minutes on the way, until 31:00 = 00:00 UTC.
    text = "A 0:00 > B 0:10:01 / x, trip T, every 600 from 30:00 to 30:50"
    assert _headways(text)[0] == (-3600, -600, 600)
    assert _headways(text.replace("0:10:01", "0:10"))[0] != (-3600, -600, 600)


def test_a_headway_vehicle_of_many_days_is_found_from_long_ago() -> None:
    # It starts at 95:00 and is 95 hours on the way: until 190:00, seven service days after its own.
    text = "A 0:00 > B 95:00 / x, trip T, every 600 from 94:00 to 95:00"
    starts = [start for start, _, _ in _headways(text)]
    # 190:00 on must still be after 00:00 UTC of Monday, which is 07:00 of Monday in Jakarta: 7 days and 15 h before.
    assert min(starts) == (94 - 7 - 7 * 24) * 3600


def test_a_window_of_no_service_has_no_runs() -> None:
    past = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
    assert _runs("A 08:00 > B 08:10 / x, trip T", epoch_s=past) == []
    assert _headways("A 0:00 > B 0:10 / x, trip T, every 600 from 08:00 to 10:00", epoch_s=past) == []


def test_a_string_of_trips_is_cut_where_a_query_may_tell_them_apart() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, block 1, wheelchair 1
        B 08:10 > C 08:20 / x, trip T2, block 1, wheelchair 1
        C 08:20 > D 08:30 / x, trip T3, block 1
        D 08:30 > E 08:40 / x, trip T4, block 1, wheelchair 1
    """
    assert [trips for trips, _, _ in _runs(text)] == ["T1+T2", "T1+T2+T3", "T1+T2+T3+T4", "T3", "T3+T4", "T4"]


def test_two_strings_that_share_a_part_have_it_once() -> None:
    text = """
        A 08:00 > B 08:10 / x, trip T1, wheelchair 1
        B 08:10 > C 08:20 / x, trip T2
        B 08:10 > D 08:20 / x, trip T3
        stay x T1 > T2
        stay x T1 > T3
    """
    assert sorted(trips for trips, _, _ in _runs(text)) == ["T1", "T1+T2", "T1+T3", "T2", "T3"]
