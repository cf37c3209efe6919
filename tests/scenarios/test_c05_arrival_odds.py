"""p10, p50 and p90 of the arrival: 10 and 90 % of riders are there by then."""

from __future__ import annotations

from datetime import datetime

from routing import Journey, Router
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.timetable_text import feeds_of

LINE = "A 0:00 > B 0:10 > C 0:20 / x, trip H, every 600 from 06:00 to 10:00"


def odds(journey: Journey) -> list[str]:
    """The three, as clocks; `never` where there is none."""
    times = (journey.arrival_p10, journey.arrival_p50, journey.arrival_p90)
    return ["never" if time is None else _clock(time, journey.departure) for time in times]


def _clock(time: datetime, day: datetime) -> str:
    assert time.tzinfo is day.tzinfo
    return f"{time:%H:%M:%S}" + (f"+{(time.date() - day.date()).days}" if time.date() != day.date() else "")


def test_a_tenth_of_the_headway_is_waited_at_least_by_nine_in_ten() -> None:
    # Waits of 0, 1, .. 599 s: 60 of them up to 59 s.
    (journey,) = router_of(LINE).journeys(query_of("x_A", "x_C", "08:00"))
    assert odds(journey) == ["08:20:59", "08:24:59", "08:28:59"]


def test_a_timetable_has_no_odds() -> None:
    (journey,) = router_of("A 08:00 > C 08:20 / x").journeys(query_of("x_A", "x_C", "07:55"))
    assert journey.arrival_p10 == journey.arrival_p50 == journey.arrival_p90 == journey.arrival
    near = router_of("stop A 0 0\nstop B 100 0\nA 08:00 > B 08:20 / x").journeys(query_of("x_A", "x_B", "07:55"))
    assert [walk.arrival_p90 == walk.arrival for walk in near if walk.kind == "walk"] == [True]


def test_the_odds_are_the_same_whatever_wait_the_search_counted() -> None:
    for wait, arrival in (("worst", "08:30"), ("none", "08:20")):
        (journey,) = router_of(LINE).journeys(query_of("x_A", "x_C", "08:00", headway_wait=wait))
        assert f"{journey.arrival:%H:%M}" == arrival
        assert odds(journey) == ["08:20:59", "08:24:59", "08:28:59"]


def test_two_waits_add_up() -> None:
    # The sum of 0..599 and 0..599: of 360,000 pairs 36,000 sum up to at most k where (k + 1)(k + 2) / 2 >= 36,000.
    text = f"{LINE}\nC 0:00 > D 0:10 / x, trip I, every 600 from 06:00 to 10:00"
    (journey,) = router_of(text).journeys(query_of("x_A", "x_D", "08:00"))
    assert odds(journey) == ["08:34:27", "08:39:59", "08:45:31"]


def test_a_train_that_may_be_missed_is_followed_by_the_next_one() -> None:
    # At C from 08:20:00 to 08:29:59: 301 of 600 waits catch 08:25, the others 08:35.
    text = f"{LINE}\nC 0:00 > D 0:10 / x, trip T, exact 600 from 06:05 to 10:00"
    (journey,) = router_of(text).journeys(query_of("x_A", "x_D", "08:00"))
    assert f"{journey.arrival:%H:%M}" == "08:35"
    assert odds(journey) == ["08:35:00", "08:35:00", "08:45:00"]


def test_a_train_that_leaves_before_the_planned_one_is_taken_by_who_is_early() -> None:
    text = f"{LINE}\nC 08:22 > D 08:40 / x\nC 08:26 > D 08:45 / x"
    (journey,) = router_of(text).journeys(query_of("x_A", "x_D", "08:00"))
    assert f"{journey.arrival:%H:%M}" == "08:45"
    assert odds(journey) == ["08:40:00", "08:45:00", "never"]  # two minutes of ten, four more, and four too late


def test_the_train_of_another_provider_is_not_taken() -> None:
    text = f"stop C 0 0\n{LINE}\nC 08:26 > D 08:45 / x\nC 08:31 > D 08:50 / y"
    (journey,) = (j for j in router_of(text).journeys(query_of("x_A", "x_D", "08:00")) if j.providers == {"x"})
    assert odds(journey) == ["08:45:00", "08:45:00", "never"]


def test_who_misses_the_last_vehicle_rides_the_next_morning() -> None:
    # Ready 09:54:30: 330 of 600 waits end before 10:00, the others at 06:00 and up to ten minutes later.
    (journey,) = router_of(LINE).journeys(query_of("x_A", "x_B", "09:54:30"))
    assert odds(journey) == ["10:05:29", "10:09:29", "06:17:46+1"]


def test_arriving_on_time_has_odds_that_look_past_the_deadline() -> None:
    # Timetables begin at midnight UTC, 07:00 here: the train of 07:05 is beyond that of the question.
    text = "A 0:00 > B 0:10 / x, every 600 from 05:00 to 10:00\nB 0:00 > C 0:10 / x, exact 600 from 05:55 to 10:00"
    (journey,) = router_of(text).journeys(query_of("x_A", "x_C", "07:05:59", arrive_by=True))
    assert (f"{journey.departure:%H:%M}", f"{journey.arrival:%H:%M}") == ("06:40", "07:05")
    assert odds(journey) == ["07:05:00", "07:05:00", "07:15:00"]


def test_the_next_row_of_a_trip_has_its_own_headway() -> None:
    feeds = feeds_of("A 0:00 > B 0:10 / x, trip H, every 600 from 06:00 to 08:05:01")
    feeds["x"].add(
        "frequencies", trip_id="H", start_time="08:05:01", end_time="10:00:00", headway_secs=100, exact_times=0
    )
    (journey,) = Router(network_of(feeds)).journeys(query_of("x_A", "x_B", "08:00"))
    # 301 of 600 waits end by then; the others wait until 08:05:01 and up to 99 s more: 239 of them up to 79 s.
    assert f"{journey.arrival:%H:%M}" == "08:15"
    assert odds(journey) == ["08:10:59", "08:14:59", "08:16:20"]


def test_the_json_of_a_journey_has_them() -> None:
    (journey,) = router_of(LINE).journeys(query_of("x_A", "x_C", "08:00"))
    found = journey.to_dict()
    assert [found[name] for name in ("arrival_p10", "arrival_p50", "arrival_p90")] == [
        f"2026-03-02T08:{rest}+07:00" for rest in ("20:59", "24:59", "28:59")
    ]
    (option,) = router_of(LINE).compare(query_of("x_A", "x_C", "08:00")).to_dict()["options"]
    assert [option[name] for name in ("arrival_p10", "arrival_p90")] == [found["arrival_p10"], found["arrival_p90"]]
