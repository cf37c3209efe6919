"""One rule that ranks options. Costs are exact fractions, so that a tie is a tie."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from routing.compare.fare_term import FareTerm, Price, fare_term, rule_table
from routing.instants import instant_s
from routing.journeys import Journey, RideLeg
from routing.query import Query, QueryError
from routing.search import HORIZON_S

RULE = (
    "cost = travel * duration_s + margin * margin_s + walk * walk_s + wait * wait_s + risk * risk_s "
    "+ transfer * transfers + fare * fare_s; margin_s is 0 for a window of departures; risk_s is how much later than "
    "planned nine of ten riders are there, fare_s the price in seconds of travel, for no option if one of the prices "
    "is unknown or in another currency; "
    "least cost first, then earlier arrival, later departure, fewer transfers, less walking, less waiting, "
    "then the times and places of the legs; equals share a rank; never the name or order of a provider or feed"
)

KEPT_WEIGHTS = 256

Weights = Mapping[str, float]
Quantities = Mapping[str, int | Fraction]
RankKey = tuple[Any, ...]


@cache
def default_weights() -> Weights:
    """The published weights, from weights.toml beside this file."""
    return {name: float(value) for name, value in rule_table().items() if not isinstance(value, dict)}


def checked_weights(changes: Weights | None) -> Weights:
    """The published weights with a query's changes. Raises QueryError for an unknown or negative weight."""
    weights = dict(default_weights())
    for name, value in (changes or {}).items():
        if name not in weights:
            raise QueryError(f"there is no weight {name!r}; there are {', '.join(sorted(weights))}", "weights")
        if not (math.isfinite(value) and value >= 0):
            raise QueryError(f"weight {name} is {value}; it must be 0 or more", "weights", 0)
        weights[name] = float(value)
    return weights


@dataclass(frozen=True, slots=True)
class Ranked:
    """A journey with its price, what the rule multiplies, and its place."""

    rank: int
    journey: Journey
    fare: Price
    values: Quantities
    cost: Fraction


@dataclass(frozen=True, slots=True)
class RankRule:
    """The rule as it stands for one question: the same for every option.

    asked_s: UTC seconds; None where a window of departures was asked for, in which none is better than another.
    """

    weights: Weights
    fares: FareTerm
    asked_s: int | None
    arrive_by: bool

    def quantities(self, journey: Journey, fare: Price) -> Quantities:
        """What the rule multiplies, by the name of its weight."""
        margin = 0
        if self.asked_s is not None:
            margin = self.asked_s - journey.arrival_s if self.arrive_by else journey.departure_s - self.asked_s
        return {
            "travel": journey.duration_s,
            "margin": margin,
            "walk": journey.walk_s,
            "wait": journey.wait_s,
            "risk": risk_s(journey),
            "transfer": journey.transfers,
            "fare": self.fares.seconds(fare),
        }

    def cost(self, values: Quantities) -> Fraction:
        """Generalised cost, in seconds of travel."""
        return cost(values, self.weights)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"rule": RULE, "weights": dict(self.weights), "fares": self.fares.to_dict()}


def rank_rule(
    priced: Sequence[tuple[Journey, Price]], query: Query, weights: Weights, *, is_window: bool = False
) -> RankRule:
    """The rule for these options of a question."""
    return RankRule(weights, fare_term(priced), None if is_window else instant_s(query.time), query.arrive_by)


def cost(values: Quantities, weights: Weights) -> Fraction:
    """The sum of weight x quantity, exact for weights as they are written."""
    whole, shares = _whole(tuple(weights.items()))
    total = sum([weight * values[name] for name, weight in whole])
    return Fraction(total, shares)


@lru_cache(KEPT_WEIGHTS)
def _whole(weights: tuple[tuple[str, float], ...]) -> tuple[list[tuple[str, int]], int]:
    """Weights in units of 1 / shares, and shares: sums of whole numbers are quick."""
    shares = math.lcm(*(exact(weight).denominator for _, weight in weights))
    return [(name, int(exact(weight) * shares)) for name, weight in weights], shares


@cache
def exact(weight: float) -> Fraction:
    """The decimal that a weight is written as."""
    return Fraction(repr(weight))


def risk_s(journey: Journey) -> int:
    """By how much one in ten riders is later than planned; who does not arrive counts as a day after leaving."""
    if not any(leg.headway_s for leg in journey.rides):
        return 0
    late = journey.arrival_p90
    return max(0, (journey.departure_s + HORIZON_S if late is None else instant_s(late)) - journey.arrival_s)


def rank(priced: Sequence[tuple[Journey, Price]], rule: RankRule) -> list[Ranked]:
    """Best first. Journeys that the rule cannot tell apart share a rank."""
    found = [(journey, fare, rule.quantities(journey, fare)) for journey, fare in priced]
    keyed: list[tuple[RankKey, Journey, Price, Quantities]] = [
        ((rule.cost(values), *_figures(journey)), journey, fare, values) for journey, fare, values in found
    ]
    # Few are equal so far: only of these the legs are looked at.
    counts = Counter(key for key, *_ in keyed)
    told = [
        (key if counts[key] == 1 else (*key, *_times_and_places(journey)), journey, fare, values)
        for key, journey, fare, values in keyed
    ]
    told.sort(key=lambda row: row[0])
    places: dict[RankKey, int] = {}
    return [
        Ranked(places.setdefault(key, place), journey, fare, values, key[0])
        for place, (key, journey, fare, values) in enumerate(told, start=1)
    ]


def rank_key(journey: Journey, values: Quantities, rule: RankRule) -> RankKey:
    """What options are sorted by: cost, then what tells equal costs apart."""
    return rule.cost(values), *_figures(journey), *_times_and_places(journey)


def _figures(journey: Journey) -> tuple[int, int, int, int, int]:
    """What orders equal costs: nothing that renaming or reordering providers changes."""
    return journey.arrival_s, -journey.departure_s, journey.transfers, journey.walk_s, journey.wait_s


def _times_and_places(journey: Journey) -> tuple[tuple[object, ...], ...]:
    """Of the legs: what orders those that are equal in all of these."""
    return tuple(
        (
            instant_s(leg.departure),
            instant_s(leg.arrival),
            leg.from_place.lat,
            leg.from_place.lon,
            leg.to_place.lat,
            leg.to_place.lon,
            isinstance(leg, RideLeg),
        )
        for leg in journey.legs
    )
