"""Between which options a rider must choose, and whether the sentence says what the numbers are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.compare.option import Option, make_options
from routing.compare.ranking import default_weights, rank, rank_rule
from routing.compare.sentences import distance_text, time_text
from routing.compare.trade_offs import FOLD, find_trade_offs
from routing.fares import Fare
from routing.fares.fare import FareReason, UnknownFare, unknown_fare
from routing.journeys import Journey, PlaceName, RouteName, WalkLeg
from tests.scenarios.drawn import query_of, router_of
from tests.unit.routing.test_comparison_fares import priced_rivals

QUERY = query_of("x_A", "x_C", "08:00")
UNKNOWN = unknown_fare(FareReason.NO_FARE_DATA)


Made = tuple[int, int, int, int, str | None]
"""Seconds until it leaves, seconds under way, metres on foot, transfers, price."""
PRICES = [None, "0", "3500", "6500.50", "10000", "2.75 USD"]
MADE = st.lists(
    st.tuples(
        st.integers(0, 4000), st.integers(0, 9000), st.integers(0, 2500), st.integers(0, 3), st.sampled_from(PRICES)
    ),
    min_size=2,
    max_size=7,
)


def _options(made: Sequence[Made]) -> list[Option]:
    """Ranked options made of numbers, so that every kind of difference comes up."""
    ridden = router_of("A 08:00 > C 08:20 / x, trip T").journeys(QUERY)[0].rides[0]
    place = PlaceName("x_A", "A", 0.0, 0.0)
    priced: list[tuple[Journey, Fare | UnknownFare]] = []
    for number, (leaves_s, takes_s, walk_m, transfers, price) in enumerate(made):
        leaves = QUERY.time + timedelta(seconds=leaves_s)
        arrives = leaves + timedelta(seconds=takes_s)
        legs = (
            WalkLeg(place, place, leaves, leaves, walk_m, ridden.along),
            replace(ridden, trip_id=f"x_T{number}", departure=leaves, arrival=arrives),
        )
        amount, _, currency = (price or "").partition(" ")
        fare = UNKNOWN if price is None else Fare(Decimal(amount), currency or "IDR", ())
        priced.append((Journey(leaves, arrives, transfers, frozenset("x"), legs), fare))
    rule = rank_rule(priced, QUERY, default_weights())
    return make_options(rank(priced, rule))


TIME = {
    "en": r"(?:(\d+) hours?)? ?(?:(\d+) minutes?)? ?(?:(\d+) seconds?)?",
    "id": r"(?:(\d+) jam)? ?(?:(\d+) menit)? ?(?:(\d+) detik)?",
}


def _seconds(text: str, language: str) -> int:
    match = re.fullmatch(TIME[language], text)
    assert match, text
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _number(text: str, language: str) -> Decimal:
    group, point = (",", ".") if language == "en" else (".", ",")
    return Decimal(text.replace(group, "").replace(point, "."))


PARTS = {
    "en": {
        "both": r"leaves and arrives (.+) (later|earlier)",
        "departure_s": r"leaves (.+) (later|earlier)",
        "arrival_s": r"arrives (.+) (later|earlier)",
        "fare": r"(?:Rp\u00a0|\$)([\d,.]+) (more expensive|cheaper)",
        "transfers": r"(\d+) transfers? (more|fewer)",
        "walk_m": r"(.+ k?m) (more|less) walking",
    },
    "id": {
        "both": r"berangkat dan tiba (.+) lebih (lambat|awal)",
        "departure_s": r"berangkat (.+) lebih (lambat|awal)",
        "arrival_s": r"tiba (.+) lebih (lambat|awal)",
        "fare": r"(?:Rp\u00a0|US\$|\$)([\d,.]+) lebih (mahal|murah)",
        "transfers": r"(\d+) kali pindah lebih (banyak|sedikit)",
        "walk_m": r"jalan kaki (.+ k?m) lebih (jauh|dekat)",
    },
}
MORE = {"later", "more expensive", "more", "lambat", "mahal", "banyak", "jauh"}


def _said(sentence: str, language: str) -> dict[str, tuple[int, Decimal]]:
    """What a sentence claims: name of the difference -> (sign, size)."""
    assert sentence.endswith(".")
    # No number has a comma and a space.
    parts = (sentence[0].lower() + sentence[1:-1]).replace("rp\u00a0", "Rp\u00a0").replace("uS$", "US$").split(", ")
    found: dict[str, tuple[int, Decimal]] = {}
    for part in parts:
        name, match = next(
            (name, match) for name, pattern in PARTS[language].items() if (match := re.fullmatch(pattern, part))
        )
        sign = 1 if match[2] in MORE else -1
        if name in ("both", "departure_s", "arrival_s"):
            size = Decimal(_seconds(match[1], language))
        elif name == "walk_m":
            number, unit = match[1].replace("\u00a0", " ").split(" ")
            size = _number(number, language) * (1000 if unit == "km" else 1)
        else:
            size = _number(match[1], language)
        for key in ("departure_s", "arrival_s") if name == "both" else (name,):
            found[key] = sign, size
    return found


def _instant(option: Mapping[str, Any], name: str) -> int:
    return int(datetime.fromisoformat(option[name]).timestamp())


def _rounding(name: str, exact: Decimal) -> Decimal:
    """How far a sentence may be from the exact difference."""
    size = abs(exact)
    if name in ("departure_s", "arrival_s"):
        return Decimal(30)
    if name == "walk_m":
        return Decimal(5) if size < 995 else Decimal(50)
    return Decimal(0)


@given(MADE)
def test_every_number_of_a_sentence_follows_from_the_options(made: list[Made]) -> None:
    options = _options(made)
    rows = {option.id: json.loads(json.dumps(option.to_dict())) for option in options}
    for trade_off in find_trade_offs(options):
        told = json.loads(json.dumps(trade_off.to_dict()))
        first, second = (rows[name] for name in told["options"])
        exact: dict[str, Decimal] = {
            "departure_s": Decimal(_instant(second, "departure") - _instant(first, "departure")),
            "arrival_s": Decimal(_instant(second, "arrival") - _instant(first, "arrival")),
            "transfers": Decimal(second["transfers"] - first["transfers"]),
            "walk_m": Decimal(second["walk_m"] - first["walk_m"]),
        }
        fares = [row["fare"] for row in (first, second)]
        if all(fares) and fares[0]["currency"] == fares[1]["currency"]:
            exact["fare"] = Decimal(str(fares[1]["amount"])) - Decimal(str(fares[0]["amount"]))
        least = {"departure_s": 60, "arrival_s": 60, "transfers": 1, "walk_m": 100, "fare": Decimal("0.01")}
        noticed = {name for name, value in exact.items() if abs(value) >= least[name]}
        for language in ("en", "id"):
            said = _said(told["text"][language], language)
            assert said.keys() == noticed
            for name, (sign, size) in said.items():
                assert (exact[name] > 0) == (sign > 0)
                assert abs(abs(exact[name]) - size) <= _rounding(name, exact[name]), (name, told)
        for name, value in exact.items():
            assert Decimal(str(told["differences"][name])) == value
        # Each is better in something.
        better = {name: (value > 0) == (name == "departure_s") for name, value in exact.items() if name in noticed}
        assert len(set(better.values())) == 2


@given(MADE)
def test_the_list_is_short_and_no_pair_comes_twice(made: list[Made]) -> None:
    options = _options(made)
    found = find_trade_offs(options)
    shown = [option.id for option in options[:FOLD]]
    pairs = [(trade_off.first, trade_off.second) for trade_off in found]
    assert len(pairs) == len(set(pairs)) <= 2 * FOLD - 3
    for first, second in pairs:
        assert first in shown
        assert second in shown


def test_a_pair_is_told_as_a_rider_would_say_it() -> None:
    # x leaves at 08:00, is there at 08:20 and costs 3,500; y leaves at 08:05, is there at 08:30 and costs 3,000.
    found = priced_rivals({"x": "3500 IDR", "y": "3000 IDR", "z": "1000 IDR"})
    names = {option.id: "+".join(sorted(option.providers)) for option in found.options}
    told = {(names[pair.first], names[pair.second]): pair.to_dict()["text"] for pair in found.trade_offs}
    assert told["x", "y"] == {
        "en": "Leaves 5 minutes later, arrives 10 minutes later, Rp\u00a0500 cheaper.",
        "id": "Berangkat 5 menit lebih lambat, tiba 10 menit lebih lambat, Rp\u00a0500 lebih murah.",
    }


def test_who_is_at_least_as_good_in_everything_leaves_no_choice() -> None:
    router = router_of("""
        A 08:00 > C 08:20 / x
        A 08:00 > C 08:40 / y
    """)
    assert router.compare(query_of("x_A", "x_C", "07:58")).trade_offs == ()


@pytest.mark.parametrize(
    ("seconds", "english", "indonesian"),
    [
        (1, "1 second", "1 detik"),
        (59, "59 seconds", "59 detik"),
        (60, "1 minute", "1 menit"),
        (89, "1 minute", "1 menit"),
        (90, "2 minutes", "2 menit"),
        (3570, "1 hour", "1 jam"),
        (3600 + 300, "1 hour 5 minutes", "1 jam 5 menit"),
        (7260, "2 hours 1 minute", "2 jam 1 menit"),
    ],
)
def test_times_are_told_with_the_plural_of_their_language(seconds: int, english: str, indonesian: str) -> None:
    assert (time_text(seconds, "en"), time_text(seconds, "id")) == (english, indonesian)


@pytest.mark.parametrize(
    ("metres", "english", "indonesian"),
    [(100, "100 m", "100 m"), (994, "990 m", "990 m"), (995, "1 km", "1 km"), (1249, "1.2 km", "1,2 km")],
)
def test_metres_are_told_to_ten_and_kilometres_to_a_tenth(metres: int, english: str, indonesian: str) -> None:
    told = (distance_text(metres, language).replace("\u00a0", " ") for language in ("en", "id"))
    assert tuple(told) == (english, indonesian)


def test_a_route_name_is_no_part_of_a_sentence() -> None:
    """Only numbers are: the sentences are the same whatever providers and routes are called."""
    text = "A 08:00 > C 08:20 / {0}, route {1}\nA 08:05 > C 08:25 / y\nA 07:59 > C 08:30 / z"
    told = []
    for feed, route in (("x", "R1"), ("q", "X9")):
        found = router_of(text.format(feed, route)).compare(query_of("y_A", "y_C", "07:55"))
        told.append([pair.to_dict()["text"] for pair in found.trade_offs])
        assert isinstance(found.options[0].journey.rides[0].route, RouteName)
    assert told[0] == told[1]
    assert told[0]
