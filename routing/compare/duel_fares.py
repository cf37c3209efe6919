"""What it costs to insist on one provider, over all riders of a window."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from ingest.model import Int64s
from routing.compare.duel_curve import WALK, Curve
from routing.fares import Fare
from routing.fares.money import json_amount, money_texts, to_coins
from routing.query import Query
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import Skeleton


@dataclass(frozen=True, slots=True)
class ExtraFare:
    """The mean of what a provider's journey costs more than the one that arrives first. Negative: it costs less.

    known  share of the window for which both prices are known, in one currency
    """

    mean: Decimal
    currency: str
    known: float

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "mean": json_amount(self.mean),
            "currency": self.currency,
            "text": money_texts(self.mean, self.currency),
            "known_share": self.known,
        }


Price = tuple[Decimal, str | None]
"""(amount, currency), of a walk (0, None)."""


class RidePrices:
    """What the rides of one question cost. Each is asked for once, whoever's front it is in."""

    def __init__(self, router: Router, query: Query, ends: Ends) -> None:
        self._router, self._query, self._ends = router, query, ends
        self._found: dict[tuple[int, Skeleton], Price | None] = {}

    def of(self, curve: Curve, ride: int) -> Price | None:
        """Of a ride of a curve, or WALK; None if it is unknown."""
        if ride == WALK:
            return Decimal(0), None
        one = curve.rides[ride]
        key = one.departure_s, one.skeleton
        if key not in self._found:
            fare = self._router.fares.price(one.journey(self._router, self._ends), self._query.rider)
            self._found[key] = (fare.amount, fare.currency) if isinstance(fare, Fare) else None
        return self._found[key]


def extra_fare(prices: RidePrices, mine: Curve, best: Curve) -> ExtraFare | None:
    """None where no two prices can be compared, or those that can are in several currencies."""
    both = mine.is_reached & best.is_reached
    total, known, currencies = Fraction(0), 0, set()
    for (one, other), count in _counted(mine.ride[both], best.ride[both]).items():
        first, second = prices.of(mine, one), prices.of(best, other)
        if first is None or second is None or len({first[1], second[1]} - {None}) != 1:
            continue
        total += count * Fraction(first[0] - second[0])
        known += count
        currencies |= {first[1], second[1]} - {None}
    if len(currencies) != 1:
        return None
    currency = next(iter(currencies))
    assert currency is not None
    mean = total / known
    exact = Decimal(mean.numerator) / Decimal(mean.denominator)
    return ExtraFare(to_coins(exact, currency), currency, known / len(mine.ride))


def _counted(mine: Int64s, best: Int64s) -> Counter[tuple[int, int]]:
    """How often each pair of rides comes at once, by the stretches of seconds in which neither changes."""
    changes = np.flatnonzero((mine[1:] != mine[:-1]) | (best[1:] != best[:-1]))
    starts = np.concatenate([np.zeros(min(len(mine), 1), np.int64), changes + 1])
    lengths = np.diff(np.append(starts, len(mine)))
    found: Counter[tuple[int, int]] = Counter()
    for one, other, length in zip(mine[starts].tolist(), best[starts].tolist(), lengths.tolist(), strict=True):
        found[one, other] += length
    return found
