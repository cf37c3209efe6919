"""One rule that ranks options, and how far each of its weights may move before a rank changes."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from routing.instants import instant_s
from routing.journeys import Journey, RideLeg
from routing.query import Query, QueryError

RULE = (
    "cost = travel * duration_s + margin * margin_s + walk * walk_s + wait * wait_s + transfer * transfers; "
    "least cost first, then earlier arrival, later departure, fewer transfers, less walking, less waiting, "
    "then the times and places of the legs; equals share a rank; never the name or order of a provider or feed"
)

Weights = Mapping[str, float]
Quantities = Mapping[str, float]


@cache
def default_weights() -> Weights:
    """The published weights, from weights.toml beside this file."""
    text = resources.files("routing.compare").joinpath("weights.toml").read_text("utf-8")
    return {name: float(value) for name, value in tomllib.loads(text).items()}


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


def quantities(journey: Journey, query: Query) -> Quantities:
    """What the rule multiplies, by the name of its weight."""
    asked = instant_s(query.time)
    margin = asked - journey.arrival_s if query.arrive_by else journey.departure_s - asked
    return {
        "travel": journey.duration_s,
        "margin": margin,
        "walk": journey.walk_s,
        "wait": journey.wait_s,
        "transfer": journey.transfers,
    }


def cost(values: Quantities, weights: Weights) -> float:
    """Generalised cost, in seconds of travel."""
    return sum(weight * values[name] for name, weight in weights.items())


def rank(journeys: Sequence[Journey], query: Query, weights: Weights) -> list[tuple[int, Journey]]:
    """(rank, journey), best first. Journeys that the rule cannot tell apart share a rank."""
    keyed = sorted(((_rank_key(journey, query, weights), journey) for journey in journeys), key=lambda pair: pair[0])
    keys = [key for key, _ in keyed]
    return [(keys.index(key) + 1, journey) for key, journey in keyed]


def _rank_key(journey: Journey, query: Query, weights: Weights) -> tuple[object, ...]:
    return cost(quantities(journey, query), weights), *_tie_break(journey)


def _tie_break(journey: Journey) -> tuple[object, ...]:
    """What orders equal costs: nothing that renaming or reordering providers changes."""
    legs = [
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
    ]
    return journey.arrival_s, -journey.departure_s, journey.transfers, journey.walk_s, journey.wait_s, legs


def weight_ranges(values: Sequence[Quantities], weights: Weights, index: int) -> dict[str, tuple[float, float | None]]:
    """For each weight the interval, others fixed, in which option `index` keeps its rank; None is no upper end.

    Costs are linear in each weight, so two options swap at one weight at most.
    """
    mine = values[index]
    ranges: dict[str, tuple[float, float | None]] = {}
    for name, weight in weights.items():
        low, high = 0.0, math.inf
        for other in values:
            slope = mine[name] - other[name]
            if slope == 0:
                continue
            meets = weight + (cost(other, weights) - cost(mine, weights)) / slope
            if weight < meets < high:
                high = meets
            elif low < meets < weight:
                low = meets
        ranges[name] = (low, None if math.isinf(high) else high)
    return ranges
