"""When prices count in the ranking, and how many seconds of travel a price is worth."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from routing.fares import Fare, UnknownFare
from routing.fares.money import json_amount
from routing.journeys import Journey

HOUR_S = 3600
KEPT_PRICES = 10_000

Price = Fare | UnknownFare


@dataclass(frozen=True, slots=True)
class FareTerm:
    """Whether prices count: only if all are known in one currency that has a rate, so that none is guessed.

    reason    None, or why they count for no option: `nothing_ridden`, `unknown_fare`, `several_currencies`, `no_rate`
    currency  of all prices, where they have one
    hour      what an hour of travel is worth in it
    """

    reason: str | None
    currency: str | None = None
    hour: Decimal | None = None

    def seconds(self, price: Price) -> Fraction:
        """The travel that a price is worth; 0 where prices do not count, or nothing is ridden."""
        if self.hour is None or not isinstance(price, Fare):
            return Fraction(0)
        return _travel_s(price.amount, self.hour)

    def amount(self, seconds: Fraction) -> Fraction:
        """The price that so many seconds of travel are worth. Needs a rate."""
        assert self.hour is not None
        return seconds * Fraction(self.hour) / HOUR_S

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "counts": self.reason is None,
            "reason": self.reason,
            "currency": self.currency,
            "hour": None if self.hour is None else json_amount(self.hour),
        }


@lru_cache(KEPT_PRICES)
def _travel_s(amount: Decimal, hour: Decimal) -> Fraction:
    return Fraction(amount) * HOUR_S / Fraction(hour)


def fare_term(priced: Sequence[tuple[Journey, Price]]) -> FareTerm:
    """What all options together allow: the same for each of them. A walk costs nothing."""
    prices = [price for journey, price in priced if journey.rides]
    known = [price for price in prices if isinstance(price, Fare)]
    currencies = {price.currency for price in known}
    if not prices:
        return FareTerm("nothing_ridden")
    if len(known) < len(prices):
        return FareTerm("unknown_fare")
    if len(currencies) > 1:
        return FareTerm("several_currencies")
    (currency,) = currencies
    hour = hour_worths().get(currency)
    return FareTerm("no_rate" if hour is None else None, currency, hour)


@cache
def rule_table() -> Mapping[str, Any]:
    """What weights.toml says. Its numbers are Decimal or int."""
    text = resources.files("routing.compare").joinpath("weights.toml").read_text("utf-8")
    return tomllib.loads(text, parse_float=Decimal)


@cache
def hour_worths() -> Mapping[str, Decimal]:
    """Currency -> what an hour of travel is worth."""
    return {currency: Decimal(worth) for currency, worth in rule_table()["hour"].items()}
