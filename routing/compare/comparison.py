"""The whole answer of a comparison, as CONTRACT section 5 lays it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.model import Network
from routing.answer import why_none
from routing.cheapest import check_within
from routing.compare.cheaper import Priced, with_cheaper
from routing.compare.dropped import Dropped, find_dropped
from routing.compare.flips import FlipFinder
from routing.compare.option import Option, make_options
from routing.compare.options import find_options
from routing.compare.ranking import RankRule, Weights, checked_weights, rank, rank_rule
from routing.compare.standing import Standing, standings
from routing.compare.trade_offs import FOLD, TradeOff, find_trade_offs
from routing.compare.weight_ranges import ranges_dict, weight_ranges
from routing.compare.window import find_window_options
from routing.instants import after
from routing.profile_search import check_window
from routing.query import Place, Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router
from routing.search import HORIZON_S


@dataclass(frozen=True, slots=True)
class Comparison:
    """Ranked options by the exact set of providers ridden, and how each provider stands."""

    network: Network
    query: Query
    window_s: int | None
    """None, or the seconds of departures (arrive-by: arrivals) that were asked for"""
    cheapest_within_s: int | None
    """None, or how much later (arrive-by: how much earlier to leave) a cheaper journey was looked for"""
    searched: tuple[datetime, datetime]
    providers: tuple[Standing, ...]
    options: tuple[Option, ...]
    trade_offs: tuple[TradeOff, ...]
    dropped: tuple[Dropped, ...]
    rule: RankRule
    reason: str | None
    """None, or why there is no option: the words of routing.answer.Answer."""

    @property
    def weights(self) -> Weights:
        """The weights used."""
        return self.rule.weights

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the same object as `compare --json` and GET /api/v1/compare."""
        return {
            "query": query_dict(self.query) | {"window_s": self.window_s, "cheapest_within_s": self.cheapest_within_s},
            "snapshot": snapshot_dict(self.network),
            "searched": {"from": self.searched[0].isoformat(), "to": self.searched[1].isoformat()},
            "reason": self.reason,
            "providers": [standing.to_dict() for standing in self.providers],
            "options": [option.to_dict() for option in self.options],
            "trade_offs": [trade_off.to_dict() for trade_off in self.trade_offs],
            "dropped": [dropped.to_dict() for dropped in self.dropped],
            "ranking": {**self.rule.to_dict(), "fold": FOLD, "ranges": self._ranges()},
        }

    def _ranges(self) -> list[dict[str, Any]]:
        options = self.options
        ranges = weight_ranges([option.values for option in options], [option.rank for option in options], self.weights)
        return ranges_dict([option.id for option in options], ranges)


def compare(
    router: Router,
    query: Query,
    weights: Weights | None = None,
    *,
    window_s: int | None = None,
    cheapest_within_s: int | None = None,
) -> Comparison:
    """Compare the providers of a router's network, over all departures of a window if there is one.

    cheapest_within_s: look also for cheaper journeys that arrive at most so much later than the first one (arrive-by:
    leave so much earlier than the last one). Raises UnknownPlaceError, and QueryError also for a window that is empty
    or longer than a day, and for a limit of more than two hours, or too much to look through.
    """
    chosen = checked_weights(weights)
    _check_rider(router, query)
    if window_s is not None:
        check_window(window_s)
    if cheapest_within_s is not None:
        check_within(cheapest_within_s)
    ends = router.ends(query)
    if ends.is_same_place:
        journeys = router.journeys(query)
    elif window_s is None:
        journeys = find_options(router, query, ends)
    else:
        journeys = find_window_options(router, query, ends, window_s)
    priced: list[Priced] = [(journey, router.fares.price(journey, query.rider)) for journey in journeys]
    if cheapest_within_s is not None and not ends.is_same_place:
        priced = with_cheaper(router, query, ends, priced, cheapest_within_s, window_s)
    rule = rank_rule(priced, query, chosen, is_window=window_s is not None)
    options = make_options(rank(priced, rule))
    providers = standings(router, query, ends, options, window_s)
    return Comparison(
        network=router.network,
        query=query,
        window_s=window_s,
        cheapest_within_s=cheapest_within_s,
        searched=_searched(query, window_s or 0),
        providers=tuple(providers),
        options=tuple(options),
        trade_offs=tuple(find_trade_offs(options)),
        dropped=tuple(find_dropped(options, providers, FlipFinder(router, query, ends, rule, window_s))),
        rule=rule,
        reason=_reason(router, query, ends, options),
    )


def _check_rider(router: Router, query: Query) -> None:
    known = router.fares.riders
    if query.rider is not None and query.rider not in known:
        told = ", ".join(sorted(known)) or "none"
        raise QueryError(f"there is no category of riders {query.rider!r}; the fares here have {told}", "rider")


def _searched(query: Query, window_s: int) -> tuple[datetime, datetime]:
    """Journeys lie in it: those of the last departure of a window (arrive-by: the first arrival) among them."""
    if query.arrive_by:
        return after(query.time, -HORIZON_S - window_s), query.time
    return query.time, after(query.time, HORIZON_S + window_s)


def _reason(router: Router, query: Query, ends: Ends, options: list[Option]) -> str | None:
    if ends.is_same_place:
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
