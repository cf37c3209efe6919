"""Why an option was dropped, and that it wins exactly when it is told to: each change is made and asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from routing import Router
from routing.compare import Comparison
from routing.compare.dropped import Dropped
from routing.compare.other_headway import OtherHeadway
from routing.compare.trade_offs import FOLD
from tests.scenarios.drawn import network_of, query_of
from tests.support.timetable_text import feeds_of

DOMINATED = """
    A 08:00 > C 08:20 / x
    A 08:00 > C 08:40 / y
"""
FIVE = "\n".join(f"A 08:0{n} > C 08:2{n} / p{n}" for n in range(1, 6))
BELOW = f"{FIVE}\nA 08:30 > C 09:00 / y"


def _compare(text: str, fares: Mapping[str, str] | None = None, time: str = "07:30", **more: Any) -> Comparison:
    feeds = feeds_of(text)
    for feed, price in (fares or {}).items():
        feeds[feed].add("fare_attributes", fare_id="F", price=price, currency_type="IDR", payment_method=0, transfers=0)
    destination = more.pop("destination", f"{next(iter(feeds))}_C")
    return Router(network_of(feeds)).compare(query_of(f"{next(iter(feeds))}_A", destination, time, **more))


def _dropped(found: Comparison, provider: str = "y") -> Dropped:
    return next(row for row in found.dropped if row.provider == provider)


def _is_ahead(found: Comparison, of: frozenset[str], provider: str = "y") -> bool:
    ranks = {option.providers: option.rank for option in reversed(found.options)}
    return ranks[frozenset({provider})] < ranks[of]


def test_every_best_option_is_above_the_fold_or_explained() -> None:
    found = _compare(BELOW)
    told = {row.provider: row.why for row in found.dropped}
    shown = {option.id for option in found.options[:FOLD]}
    for provider in found.providers:
        assert provider.best in shown or provider.id in told
    assert told["y"] == "below_the_fold"
    assert _dropped(found).by is found.options[FOLD - 1]


def test_who_is_no_better_in_anything_is_dominated_even_above_the_fold() -> None:
    found = _compare(DOMINATED)
    row = _dropped(found)
    assert (row.why, row.by.providers) == ("dominated", {"x"})
    assert [option.providers for option in found.options] == [{"x"}, {"y"}]


def test_who_is_cheaper_is_not_dominated_and_whose_fare_is_unknown_is_judged_by_the_rest() -> None:
    assert _compare(DOMINATED, {"x": "3500", "y": "3000"}).dropped == ()
    assert _dropped(_compare(DOMINATED, {"x": "3500", "y": "3500"})).why == "dominated"
    assert _dropped(_compare(DOMINATED, {"x": "3500"})).why == "dominated"


def test_it_wins_at_the_fare_that_is_told_and_not_a_coin_above() -> None:
    for text in (DOMINATED, BELOW):
        fares = dict.fromkeys(feeds_of(text), "9000") | {"y": "20000"}
        row = _dropped(_compare(text, fares))
        assert row.flips.fare is not None
        assert row.flips.currency == "IDR"
        at, above = (_compare(text, fares | {"y": str(row.flips.fare + more)}) for more in (0, 1))
        assert _is_ahead(at, row.by.providers)
        assert not _is_ahead(above, row.by.providers)


def test_no_fare_is_told_where_even_a_free_ride_would_lose_or_prices_do_not_count() -> None:
    # 20 minutes are worth 6,667 rupiah.
    assert _dropped(_compare(DOMINATED, {"x": "3500", "y": "4000"})).flips.fare is None
    assert _dropped(_compare(DOMINATED, {"x": "9000"})).flips.fare is None


@pytest.mark.parametrize("arrive_by", [False, True])
def test_it_wins_at_the_departure_that_is_told_and_not_a_second_nearer_to_its_own(arrive_by: bool) -> None:
    # A minute more of travel is worth two minutes nearer to the time that was asked for.
    if arrive_by:
        text, leaves, query = "A {0} > C {1} / y\nA 08:29 > C 08:49 / x", 8 * 3600 + 28 * 60, {"time": "09:00"}
    else:
        text, leaves, query = "A {0} > C {1} / y\nA 08:00 > C 08:20 / x", 8 * 3600, {"time": "07:30"}

    def moved(leaves: int) -> Comparison:
        return _compare(text.format(_clock(leaves), _clock(leaves + 21 * 60)), arrive_by=arrive_by, **query)

    row = _dropped(moved(leaves))
    when = row.flips.departure
    assert when is not None
    at = when.hour * 3600 + when.minute * 60 + when.second
    nearer = -1 if at > leaves else 1
    assert _is_ahead(moved(at), frozenset("x"))
    assert abs(at - leaves) == 121 if arrive_by else 120  # of equal costs the earlier arrival is ahead
    assert not _is_ahead(moved(at + nearer), frozenset("x"))


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def test_no_departure_is_told_before_the_time_that_was_asked_for() -> None:
    assert _dropped(_compare(DOMINATED, time="08:00")).flips.departure is None


@pytest.mark.parametrize(
    "text",
    [
        "A 0:00 > C 0:20 / y, every {0} from 06:00 to 10:00\nA 07:40 > C 08:00 / x",
        # Whom it takes to a train: only some headways catch the earlier one.
        """
        A 0:00 > B 0:05 / y, trip H, every {0} from 06:00 to 10:00
        B 07:45 > C 07:50 / y
        B 08:10 > C 08:25 / y
        A 07:45 > C 08:09 / x
        """,
        # Two of them: the one that comes less often would have to come more often.
        """
        A 0:00 > B 0:05 / y, trip H1, every 300 from 06:00 to 10:00
        B 0:00 > C 0:09 / y, trip H2, every {0} from 06:00 to 10:00
        A 07:33 > C 07:58 / x
        """,
    ],
)
def test_it_wins_at_the_headway_that_is_told_and_not_with_a_second_more(text: str) -> None:
    row = _dropped(_compare(text.format(3000)))
    headway_s = row.flips.headway_s
    assert headway_s is not None
    assert 1 <= headway_s < 3000
    assert _is_ahead(_compare(text.format(headway_s)), frozenset("x"))
    assert not _is_ahead(_compare(text.format(headway_s + 1)), frozenset("x"))


def test_no_headway_is_told_where_it_would_move_the_other_option_too() -> None:
    text = """
        A 0:00 > E 0:20 / y, trip H, every 1800 from 06:00 to 10:00
        E 0:00 > C 0:20 / y, trip G, every 300 from 06:00 to 10:00
        A 0:00 > B 0:01 / y, trip F, every 120 from 06:00 to 10:00
        B 07:40 > C 07:50 / x
        B 07:45 > C 07:55 / x
        A 07:00 > Q 07:01 / x
    """
    found = _compare(text)
    row = _dropped(found)
    assert row.by.providers == {"x", "y"}
    assert (row.flips.headway_s, row.flips.departure) == (None, None)


WALK = """
    stop A 0 0
    stop C 99.9 0
    A 08:00 > C 08:20 / y
    A 08:00 > C 08:01 / x
"""


def test_who_is_beaten_by_walking_is_told_when_it_would_be_an_option() -> None:
    row = _dropped(_compare(WALK, time="08:00"))
    assert (row.why, row.by.providers) == ("beaten_by_walking", frozenset())
    assert row.flips.departure is not None
    assert f"{row.flips.departure:%H:%M:%S}" == "08:00:01"
    moved = _compare(WALK.replace("A 08:00 > C 08:20", "A 08:00:01 > C 08:20:01"), time="08:00")
    assert {"y"} in [option.providers for option in moved.options]


def test_a_headway_service_that_walking_beats_is_told_how_often_it_would_have_to_come() -> None:
    text = "stop A 0 0\nstop C 99.9 0\nA 0:00 > C 0:01 / y, every {0} from 06:00 to 10:00"
    row = _dropped(_compare(text.format(600), time="08:00"))
    assert row.why == "beaten_by_walking"
    # 99.9 m with the detour take 109 s; 60 s of riding leave 48 of waiting, half of 97.
    assert row.flips.headway_s == 97
    for headway_s, is_option in ((97, True), (98, False)):
        options = _compare(text.format(headway_s), time="08:00").options
        assert ({"y"} in [option.providers for option in options]) == is_option


def test_what_is_dropped_is_told_in_words_of_the_same_numbers() -> None:
    fares = dict.fromkeys(feeds_of(BELOW), "9000") | {"y": "20000"}
    found = _compare(BELOW, fares)
    told = _dropped(found).to_dict()
    fare = told["flips_when"]["fare"]
    assert told["by"] == found.options[FOLD - 1].id
    assert found.options[FOLD - 1].rank == 5
    text = "It ranks #6, behind the first 5. It would rank ahead of option #5 at a fare of"
    assert told["text"]["en"] == f"{text} {fare['text']['en']} or less."
    assert fare["text"]["id"] in told["text"]["id"]
    assert _dropped(_compare(DOMINATED, time="08:00")).to_dict()["text"]["en"] == (
        "Option #1 is at least as good in everything that is known. No single change would put it ahead of option #1."
    )


def test_what_if_changes_nothing_that_the_router_says_of_the_lines_there_are() -> None:
    text = "A 0:00 > C 0:20 / y, trip H, every 600 from 06:00 to 10:00\nA 07:40 > C 08:00 / x"
    router, untouched = (Router(network_of(feeds_of(text))) for _ in range(2))
    query = query_of("x_A", "x_C", "07:30")
    other = OtherHeadway(router, "y_H", 60)
    (often,) = (j for j in other.journeys(replace(query, providers=frozenset("y"))))
    assert often.arrival_p90 is not None
    told, expected = (
        [
            (j.arrival_p10, j.arrival_p50, j.arrival_p90)
            for j in asked.journeys(replace(query, providers=frozenset("y")))
        ]
        for asked in (router, untouched)
    )
    assert told == expected
    assert often.arrival_p90 != told[0][2]
