"""One ranked way to travel, with the exact set of providers it rides."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from routing.compare.ranking import Quantities, Ranked
from routing.fares import Fare, UnknownFare
from routing.journeys import Journey, RideLeg, iso


@dataclass(frozen=True, slots=True)
class Option:
    """A journey with its rank and price. `cost` is the published rule's, in seconds of travel, of `values`."""

    id: str
    rank: int
    journey: Journey
    cost: float
    badges: tuple[str, ...]
    fare: Fare | UnknownFare
    values: Quantities

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
            **_fare_dict(self.fare, is_ridden=bool(journey.rides)),
            "badges": list(self.badges),
            "cost": round(self.cost, 3),
            "journey": journey.to_dict(),
        }


def _fare_dict(fare: Fare | UnknownFare, *, is_ridden: bool) -> dict[str, Any]:
    """The price, or why there is none; neither where nothing is ridden."""
    if isinstance(fare, Fare):
        return {"fare": fare.to_dict(), "fare_unknown_reason": None, "fare_unknown_text": None}
    told = (fare.reason.value, dict(fare.text)) if is_ridden else (None, None)
    return {"fare": None, "fare_unknown_reason": told[0], "fare_unknown_text": told[1]}


def make_options(ranked: Sequence[Ranked]) -> list[Option]:
    """Options of ranked journeys, best first."""
    badges = _badges([row.journey for row in ranked])
    least = _least_fare([row.fare for row in ranked if row.journey.rides])
    return [
        Option(
            id=option_id(row.journey),
            rank=row.rank,
            journey=row.journey,
            cost=float(row.cost),
            badges=(*own, "cheapest") if isinstance(row.fare, Fare) and row.fare.amount == least else own,
            fare=row.fare,
            values=row.values,
        )
        for row, own in zip(ranked, badges, strict=True)
    ]


def _least_fare(fares: Sequence[Fare | UnknownFare]) -> Decimal | None:
    """Of all rides; None where one of them is unknown or in another currency, so that nobody can say."""
    known = [fare for fare in fares if isinstance(fare, Fare)]
    if len(known) < len(fares) or len({fare.currency for fare in known}) != 1:
        return None
    return min(fare.amount for fare in known)


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
