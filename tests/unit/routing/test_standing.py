"""How each provider stands: no one is left out, and each is told why."""

from __future__ import annotations

from typing import Any

from routing import Router
from routing.compare.standing import Standing
from tests.scenarios.drawn import network_of, query_of, router_of
from tests.support.timetable_text import feeds_of

SERVED = "A 08:00 > C 08:20 / x, trip T"


def _standing(text: str, provider: str = "y", **more: Any) -> Standing:
    query = query_of("x_A", "x_C", "07:55", **more)
    return next(s for s in router_of(text).compare(query).providers if s.id == provider)


def _why(text: str, **more: Any) -> tuple[str, str | None]:
    standing = _standing(text, **more)
    return standing.status, standing.reason


def test_who_has_an_option_is_served_and_its_best_is_alone() -> None:
    standing = _standing(f"{SERVED}\nA 08:00 > C 08:30 / y")
    assert (standing.status, standing.reason, len(standing.alone)) == ("served", None, 1)
    assert standing.best == standing.alone[0]


def test_who_serves_only_with_others_has_no_best() -> None:
    standing = _standing("A 08:00 > B 08:10 / y\nB 08:10 > C 08:20 / x\nA 06:00 > Q 06:10 / x")
    assert (standing.status, standing.best, standing.alone, len(standing.combined)) == ("served", None, (), 1)


def test_who_does_not_stop_near_is_out_of_reach() -> None:
    assert _why(f"{SERVED}\nE 08:00 > F 08:10 / y") == ("cannot", "no_stop_in_reach")
    assert _why(f"{SERVED}\nA 08:00 > F 08:10 / y") == ("cannot", "no_stop_in_reach")


def test_who_stops_at_both_ends_but_does_not_link_them_has_no_connection() -> None:
    assert _why(f"{SERVED}\nC 08:00 > A 08:10 / y") == ("cannot", "no_connection")


def test_whose_day_it_is_not_is_not_running() -> None:
    # 2026-03-02 is a Monday.
    week = "days SUN 0000001 2026-02-01 2026-03-31\nA 08:00 > C 08:20 / y, service SUN"
    text = f"{SERVED}\n{week}"
    feeds = feeds_of(text)
    feeds["y"].tables["calendar"] = [row for row in feeds["y"].rows("calendar") if row["service_id"] == "SUN"]
    comparison = Router(network_of(feeds)).compare(query_of("x_A", "x_C", "07:55", date="2026-03-03"))
    assert [(s.id, s.status, s.reason) for s in comparison.providers] == [
        ("x", "served", None),
        ("y", "cannot", "not_running"),
    ]


def test_whose_feed_is_over_is_stale_and_whose_has_not_begun_cannot() -> None:
    for first, last, expected in (
        ("2025-01-01", "2025-12-31", ("stale", "after_service")),
        ("2027-01-01", "2027-12-31", ("cannot", "before_service")),
    ):
        feeds = feeds_of(f"{SERVED}\ndays ALL 1111111 {first} {last}\nA 08:00 > C 08:20 / y, service ALL")
        feeds["y"].tables["calendar"] = [row for row in feeds["y"].rows("calendar") if row["service_id"] == "ALL"]
        comparison = Router(network_of(feeds)).compare(query_of("x_A", "x_C", "07:55"))
        assert [(s.status, s.reason) for s in comparison.providers if s.id == "y"] == [expected]


def test_who_is_slower_than_walking_is_told_so() -> None:
    text = """
        stop A 0 0
        stop C 99.9 0
        A 08:00 > C 08:20 / y
        A 08:00 > C 08:01 / x
    """
    standing = next(s for s in router_of(text).compare(query_of("x_A", "x_C", "08:00")).providers if s.id == "y")
    assert (standing.status, standing.reason) == ("cannot", "beaten_by_walking")


def test_all_are_listed_by_id_whatever_they_do() -> None:
    text = f"{SERVED}\nE 08:00 > F 08:10 / a\nE 08:00 > F 08:10 / z"
    comparison = router_of(text).compare(query_of("x_A", "x_C", "07:55"))
    assert [s.id for s in comparison.providers] == ["a", "x", "z"]


def test_who_is_left_out_of_the_question_is_left_out_of_the_answer() -> None:
    text = f"{SERVED}\nA 08:00 > C 08:30 / y"
    comparison = router_of(text).compare(query_of("x_A", "x_C", "07:55", providers=frozenset({"x"})))
    assert [s.id for s in comparison.providers] == ["x"]


def test_a_standing_is_json() -> None:
    data = _standing(f"{SERVED}\nA 08:00 > C 08:30 / y").to_dict()
    assert {"id", "name", "status", "reason", "best", "alone", "combined"} <= data.keys()
    assert isinstance(data["alone"], list)
