"""What a page of itineraries says about the providers."""

from __future__ import annotations

from collections.abc import Sequence

from api.motis.told import Told, without_none
from ingest.model import Network
from routing import Journey, Query, Router
from routing.compare import Comparison
from routing.compare.ranking import RULE, checked_weights, rank, rank_rule


def ranks(router: Router, journeys: Sequence[Journey], query: Query) -> list[int]:
    """The place of each journey among them all, by the published rule and its weights."""
    priced = [(journey, router.fares.price(journey, query.rider)) for journey in journeys]
    rows = rank(priced, rank_rule(priced, query, checked_weights(None)))
    places = {id(row.journey): row.rank for row in rows}
    return [places[id(journey)] for journey in journeys]


def plan_comparison(
    network: Network, itineraries: Sequence[Told], compared: Comparison | None
) -> Told:  # fmt: skip
    """The itineraries of a page by provider, the best ranked first; with how each stands in a comparison."""
    standings = {} if compared is None else {standing.id: standing for standing in compared.providers}
    ranked = sorted(itineraries, key=lambda itinerary: itinerary.get("rank", 0))
    rows = []
    for provider in sorted(network.providers, key=lambda provider: provider.id):
        own = [row for row in ranked if provider.id in row["providers"]]
        standing = standings.get(provider.id)
        rows.append(
            without_none(
                id=provider.id,
                name=provider.name,
                color=provider.color,
                alone=[row["id"] for row in own if len(row["providers"]) == 1],
                combined=[row["id"] for row in own if len(row["providers"]) > 1],
                status=standing.status if standing else None,
                reason=standing.reason if standing else None,
            )
        )
    return {
        "rule": RULE,
        "weights": {name: float(weight) for name, weight in checked_weights(None).items()},
        "providers": rows,
        "complete": compared is not None,
    }
