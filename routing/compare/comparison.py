"""The whole answer of a comparison, as CONTRACT section 5 lays it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.model import Network
from routing.answer import why_none
from routing.compare.option import Option, make_options
from routing.compare.options import find_options
from routing.compare.ranking import RULE, Weights, checked_weights, quantities, rank, weight_ranges
from routing.compare.standing import Standing, standings
from routing.instants import after
from routing.query import Place, Query, QueryError
from routing.router import Router, is_same_place
from routing.search import HORIZON_S


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ranked options by the exact set of providers ridden, and how each provider stands."""

    network: Network
    query: Query
    searched: tuple[datetime, datetime]
    providers: tuple[Standing, ...]
    options: tuple[Option, ...]
    weights: Weights
    reason: str | None
    """None, or why there is no option: the words of routing.answer.Answer."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the same object as `compare --json` and GET /api/v1/compare."""
        return {
            "query": query_dict(self.query),
            "snapshot": snapshot_dict(self.network),
            "searched": {"from": self.searched[0].isoformat(), "to": self.searched[1].isoformat()},
            "reason": self.reason,
            "providers": [standing.to_dict() for standing in self.providers],
            "options": [option.to_dict() for option in self.options],
            "trade_offs": [],
            "dropped": [],
            "ranking": {"rule": RULE, "weights": dict(self.weights), "ranges": self._ranges()},
        }

    def _ranges(self) -> list[dict[str, Any]]:
        values = [quantities(option.journey, self.query) for option in self.options]
        return [
            {
                "option": option.id,
                "weights": {
                    name: {"low": low, "high": high}
                    for name, (low, high) in weight_ranges(values, self.weights, index).items()
                },
            }
            for index, option in enumerate(self.options)
        ]


def compare(router: Router, query: Query, weights: Weights | None = None) -> Comparison:
    """Compare the providers of a router's network. Raises UnknownPlaceError and QueryError."""
    chosen = checked_weights(weights)
    _check_rider(router, query)
    ends = router.ends(query)
    journeys = router.journeys(query) if is_same_place(ends) else find_options(router, query, ends)
    ranked = rank(journeys, query, chosen)
    options = make_options(
        [(place, journey, router.fares.price(journey, query.rider)) for place, journey in ranked], query, chosen
    )
    return Comparison(
        network=router.network,
        query=query,
        searched=(after(query.time, -HORIZON_S), query.time)
        if query.arrive_by
        else (query.time, after(query.time, HORIZON_S)),
        providers=tuple(standings(router, query, ends, options)),
        options=tuple(options),
        weights=chosen,
        reason=_reason(router, query, options),
    )


def _check_rider(router: Router, query: Query) -> None:
    known = router.fares.riders
    if query.rider is not None and query.rider not in known:
        told = ", ".join(sorted(known)) or "none"
        raise QueryError(f"there is no category of riders {query.rider!r}; the fares here have {told}", "rider")


def _searched(query: Query) -> tuple[datetime, datetime]:
    if query.arrive_by:
        return after(query.time, -HORIZON_S), query.time
    return query.time, after(query.time, HORIZON_S)


def _reason(router: Router, query: Query, options: list[Option]) -> str | None:
    ends = router.ends(query)
    if is_same_place(ends):
        return "same_place"
    if any(option.journey.rides for option in options):
        return None
    return "walk_only" if options else why_none(router.network, query, ends)


def snapshot_dict(network: Network) -> dict[str, Any]:
    """What an answer was made from."""
    return {
        "id": network.snapshot_id,
        "region": network.region,
        "walk": network.walk,
        "detour": network.detour,
        "feeds": [
            {
                "id": feed.id,
                "name": feed.name,
                "sha256": feed.sha256,
                "first_date": feed.first_date.isoformat() if feed.first_date else None,
                "last_date": feed.last_date.isoformat() if feed.last_date else None,
            }
            for feed in network.feeds
        ],
    }


def query_dict(query: Query) -> dict[str, Any]:
    """JSON-ready: what was asked."""
    return {
        "from": _place_text(query.origin),
        "to": _place_text(query.destination),
        "time": query.time.isoformat(),
        "arrive_by": query.arrive_by,
        "max_transfers": query.max_transfers,
        "max_walk_s": query.max_walk_s,
        "walk_speed_m_per_s": query.walk_speed_m_per_s,
        "transfer_slack_s": query.transfer_slack_s,
        "providers": None if query.providers is None else sorted(query.providers),
        "modes": None if query.modes is None else sorted(query.modes),
        "wheelchair": query.wheelchair,
        "use_realtime": query.use_realtime,
        "headway_wait": query.headway_wait,
        "rider": query.rider,
    }


def _place_text(place: Place) -> str:
    return place if isinstance(place, str) else f"{place[0]},{place[1]}"
