"""Between which options a rider must choose, and what each gains and loses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from routing.compare.option import Option
from routing.compare.sentences import difference_sentence, in_both
from routing.fares import Fare
from routing.fares.money import json_amount

FOLD = 5
"""So many options, the best ranked, are seen at once; what lies below is asked for."""
NOTICED: Mapping[str, int] = {"departure_s": 60, "arrival_s": 60, "transfers": 1, "walk_m": 100, "fare": 0}
"""From where on a difference counts for a choice: a minute, 100 m, one transfer, and any money."""


@dataclass(frozen=True, slots=True)
class Differences:
    """What the second of two options has more than the first. `fare` is None unless both are known in one currency."""

    departure_s: int
    arrival_s: int
    duration_s: int
    wait_s: int
    transfers: int
    walk_m: int
    fare: Decimal | None
    currency: str | None

    def noticed(self) -> dict[str, int | Decimal]:
        """Those that count for a choice, by name."""
        found: dict[str, int | Decimal] = {}
        for name, least in NOTICED.items():
            value = getattr(self, name)
            if value and abs(value) >= least:
                found[name] = value
        return found

    def gains(self) -> set[str]:
        """In what the second is noticeably better."""
        return {name for name, value in self.noticed().items() if (value > 0) == (name == "departure_s")}

    def is_no_worse(self) -> bool:
        """Whether the second is at least as good in everything, to the second, metre and coin."""
        worse = (-self.departure_s, self.arrival_s, self.transfers, self.walk_m, self.fare or 0)
        return all(value <= 0 for value in worse)

    def is_same(self) -> bool:
        """Whether they differ in nothing that a rider chooses by."""
        return not any((self.departure_s, self.arrival_s, self.transfers, self.walk_m, self.fare or 0))

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "departure_s": self.departure_s,
            "arrival_s": self.arrival_s,
            "duration_s": self.duration_s,
            "wait_s": self.wait_s,
            "transfers": self.transfers,
            "walk_m": self.walk_m,
            "fare": None if self.fare is None else json_amount(self.fare),
            "currency": self.currency,
        }


@dataclass(frozen=True, slots=True)
class TradeOff:
    """Two options of which neither is at least as good in everything; `differences` are second minus first."""

    first: str
    second: str
    differences: Differences

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        noticed, currency = self.differences.noticed(), self.differences.currency
        return {
            "options": [self.first, self.second],
            "differences": self.differences.to_dict(),
            "text": in_both(lambda language: difference_sentence(noticed, currency, language)),
        }


def differences(first: Option, second: Option) -> Differences:
    """What `second` has more than `first`."""
    one, other = first.journey, second.journey
    fare, currency = _fare_difference(first, second)
    return Differences(
        departure_s=other.departure_s - one.departure_s,
        arrival_s=other.arrival_s - one.arrival_s,
        duration_s=other.duration_s - one.duration_s,
        wait_s=other.wait_s - one.wait_s,
        transfers=other.transfers - one.transfers,
        walk_m=other.walk_m - one.walk_m,
        fare=fare,
        currency=currency,
    )


def _fare_difference(first: Option, second: Option) -> tuple[Decimal | None, str | None]:
    """A walk costs nothing, in whatever currency the other is paid."""
    known = [option.fare for option in (first, second) if isinstance(option.fare, Fare)]
    currencies = {fare.currency for fare in known}
    is_known = all(isinstance(option.fare, Fare) or not option.journey.rides for option in (first, second))
    if not is_known or len(currencies) != 1:
        return None, None
    one, other = (option.fare.amount if isinstance(option.fare, Fare) else Decimal(0) for option in (first, second))
    return other - one, currencies.pop()


def find_trade_offs(options: Sequence[Option]) -> list[TradeOff]:
    """Of the options above the fold: the best with each other one, then each with the next. By rank.

    Only pairs in which each is noticeably better in something.
    """
    found = []
    for first, second in _pairs(options[:FOLD]):
        gained = differences(first, second)
        if gained.gains() and gained.noticed().keys() - gained.gains():
            found.append(TradeOff(first.id, second.id, gained))
    return found


def _pairs(shown: Sequence[Option]) -> Iterator[tuple[Option, Option]]:
    for second in shown[1:]:
        yield shown[0], second
    yield from pairwise(shown[1:])
