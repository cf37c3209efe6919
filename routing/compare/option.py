"""One ranked way to travel, with the exact set of providers it rides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing.compare.ranking import Weights, cost, quantities
from routing.journeys import Journey, RideLeg, iso
from routing.query import Query

FARE_UNKNOWN = "fares_not_read"


@dataclass(frozen=True, slots=True)
class Option:
    """A journey with its rank. `cost` is the published rule's, in seconds of travel."""

    id: str
    rank: int
    journey: Journey
    cost: float
    badges: tuple[str, ...]

    @property
    def providers(self) -> frozenset[str]:
        """The exact set ridden; empty for a walk."""
        return self.journey.providers

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        journey = self.journey
        return {
            "id": self.id,
            "rank": self.rank,
            "providers": sorted(self.providers),
            "departure": journey.departure.isoformat(),
            "arrival": journey.arrival.isoformat(),
            "duration_s": journey.duration_s,
            "transfers": journey.transfers,
            "walk_s": journey.walk_s,
            "walk_m": journey.walk_m,
            "wait_s": journey.wait_s,
            "arrival_p10": iso(journey.arrival_p10),
            "arrival_p50": iso(journey.arrival_p50),
            "arrival_p90": iso(journey.arrival_p90),
            "fare": None,
            "fare_unknown_reason": FARE_UNKNOWN if journey.rides else None,
            "badges": list(self.badges),
            "cost": round(self.cost, 3),
            "journey": journey.to_dict(),
        }


def make_options(ranked: Sequence[tuple[int, Journey]], query: Query, weights: Weights) -> list[Option]:
    """Options of (rank, journey) pairs, best first."""
    badges = _badges([journey for _, journey in ranked])
    return [
        Option(option_id(journey), place, journey, cost(quantities(journey, query), weights), own)
        for (place, journey), own in zip(ranked, badges, strict=True)
    ]


def option_id(journey: Journey) -> str:
    """The same journey has the same id in every answer of a snapshot."""
    parts = [journey.departure.isoformat(), journey.arrival.isoformat()]
    for leg in journey.legs:
        ridden = leg.trip_id if isinstance(leg, RideLeg) else "walk"
        parts += [ridden, leg.from_place.id, leg.to_place.id, leg.departure.isoformat()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _badges(journeys: Sequence[Journey]) -> list[tuple[str, ...]]:
    """What each journey is best at among all; equals share a badge."""
    if not journeys:
        return []
    rides = [journey for journey in journeys if journey.rides]
    best = {
        "earliest_arrival": min(journey.arrival_s for journey in journeys),
        "latest_departure": max(journey.departure_s for journey in journeys),
        "fastest": min(journey.duration_s for journey in journeys),
        "fewest_transfers": min((journey.transfers for journey in rides), default=0),
        "least_walking": min(journey.walk_s for journey in journeys),
    }
    found = []
    for journey in journeys:
        own = {
            "earliest_arrival": journey.arrival_s,
            "latest_departure": journey.departure_s,
            "fastest": journey.duration_s,
            "fewest_transfers": journey.transfers if journey.rides else -1,
            "least_walking": journey.walk_s,
        }
        badges = [name for name, value in own.items() if value == best[name]]
        badges += ["single_provider"] if len(journey.providers) == 1 else []
        found.append(tuple(badges))
    return found
