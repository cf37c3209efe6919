"""Providers head to head over a day: who is best when, and what it costs to insist on one or to lose one.

Every instant is a whole second (docs/semantics.md), so what is said of a day is a sum over all its seconds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from ingest.model import Network
from routing.compare.comparison import query_dict, snapshot_dict
from routing.compare.duel_curve import Curve, front_curve, walk_curve, with_walk
from routing.compare.duel_fares import ExtraFare, RidePrices, extra_fare
from routing.compare.fronts import ProviderSet, competing, find_fronts
from routing.compare.shares import Period, SetShare, best_sets, find_periods, set_shares
from routing.instants import after, instant_s, seconds_between
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.router import Router

LONGEST_S = 25 * 3600
"""A local day on which clocks go back."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Of seconds, over all riders that they are known of."""

    mean: float
    median: float
    worst: int

    @classmethod
    def of(cls, seconds: np.ndarray) -> Stats | None:
        """None where there is nothing."""
        if len(seconds) == 0:
            return None
        return cls(float(seconds.mean()), float(np.median(seconds)), int(seconds.max()))


@dataclass(frozen=True, slots=True)
class ProviderDuel:
    """One provider alone, against all of them together. Shares are of the window.

    connected    who arrives within a day with this provider alone
    travel, wait from being ready to arriving, and to sitting in the first vehicle; where connected
    extra        how much later than with everybody's vehicles who insists on this provider arrives
    fare         how much more that costs, on average
    lost         connected with all providers, not without this one
    loss         how much later the others arrive without it
    """

    id: str
    name: str
    color: str
    connected: float
    travel: Stats | None
    wait: Stats | None
    extra: Stats | None
    fare: ExtraFare | None
    lost: float
    loss: Stats | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "name": self.name,
            "color": self.color,
            "connected_share": self.connected,
            "travel_s": _stats_dict(self.travel),
            "wait_s": _stats_dict(self.wait),
            "insisting": {
                "extra_s": _stats_dict(self.extra),
                "extra_fare": None if self.fare is None else self.fare.to_dict(),
            },
            "without": {"lost_share": self.lost, "extra_s": _stats_dict(self.loss)},
        }


@dataclass(frozen=True, slots=True)
class Duel:
    """Who is best for riders ready at each second of [begin, begin + seconds).

    curves  arrivals with each provider alone, of all together under the set of all, walking under the empty set
    """

    network: Network
    query: Query
    begin: datetime
    seconds: int
    sets: tuple[SetShare, ...]
    nobody: float
    """Share of the window in which nobody gets there within a day."""
    together: tuple[Stats | None, Stats | None]
    """Travel and wait with all providers."""
    providers: tuple[ProviderDuel, ...]
    periods: tuple[Period, ...]
    curves: Mapping[ProviderSet, Curve]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the same object as `duel --json` and GET /api/v1/duel."""
        travel, wait = self.together
        return {
            "query": query_dict(self.query) | {"window_s": self.seconds},
            "snapshot": snapshot_dict(self.network),
            "window": {
                "from": self.begin.isoformat(),
                "until": after(self.begin, self.seconds).isoformat(),
                "seconds": self.seconds,
            },
            "sets": [share.to_dict() for share in self.sets],
            "nobody_share": self.nobody,
            "together": {"travel_s": _stats_dict(travel), "wait_s": _stats_dict(wait)},
            "providers": [provider.to_dict() for provider in self.providers],
            "periods": [
                {
                    "from": after(self.begin, period.begin).isoformat(),
                    "until": after(self.begin, period.end).isoformat(),
                    "best": [sorted(chosen) for chosen in period.best],
                }
                for period in self.periods
            ],
        }


def duel(router: Router, query: Query, window_s: int | None = None, *, fares: bool = True) -> Duel:
    """Over the local day of the query's time, midnight to midnight; with `window_s`, from that time on so long.

    fares: also what insisting on a provider costs, which takes about as long as all the rest. Raises
    UnknownPlaceError, and QueryError also for arrive_by and for a window that is empty or longer than 25 hours.
    """
    query, seconds = _window(query, window_s)
    ends = router.ends(query)
    if ends.is_same_place:
        raise QueryError("both ends are the same place: nobody has to ride", "destination")
    names = competing(router, query)
    begin_s = instant_s(query.time)
    found = router.walk(query, ends)
    walk = walk_curve(seconds, found[0].duration_s if found else None)
    rides = _curves(router, query, ends, names, begin_s, seconds)
    # Most sets share a curve with others.
    walked = {key: with_walk(curve, walk) for key, curve in {id(curve): curve for curve in rides.values()}.items()}
    curves = {chosen: walked[id(curve)] for chosen, curve in rides.items()} | {frozenset[str](): walk}
    best = best_sets({chosen: curve.arrival for chosen, curve in curves.items()})
    together = curves[names]
    prices = RidePrices(router, query, ends) if fares else None
    providers = [_provider(router, provider, rides, curves, prices) for provider in sorted(names)]
    shares = set_shares(best, seconds)
    drawn = {chosen: curve for chosen, curve in rides.items() if len(chosen) == 1}
    return Duel(
        network=router.network,
        query=query,
        begin=query.time,
        seconds=seconds,
        sets=tuple(shares),
        nobody=float(1 - together.is_reached.mean()),
        together=(Stats.of(together.travel), Stats.of(together.wait[together.is_reached])),
        providers=tuple(providers),
        periods=tuple(find_periods(best, seconds)),
        curves=drawn | {names: together, frozenset(): walk},
    )


def _window(query: Query, window_s: int | None) -> tuple[Query, int]:
    if query.arrive_by:
        raise QueryError("a duel is about who is ready to leave; arrive_by is not offered", "arrive_by")
    if window_s is not None:
        if not 0 < window_s <= LONGEST_S:
            bound = LONGEST_S if window_s > 0 else 1
            raise QueryError(f"window_s is {window_s}; it must lie between 1 and {LONGEST_S}", "window_s", bound)
        return query, window_s
    day, zone = query.time.date(), query.time.tzinfo
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return dataclasses.replace(query, time=begin), seconds_between(begin, end)


def _curves(
    router: Router, query: Query, ends: Ends, names: ProviderSet, begin_s: int, seconds: int
) -> dict[ProviderSet, Curve]:
    """Of each non-empty set; sets that share a front share its curve."""
    made: dict[int, Curve] = {}
    found = {}
    for chosen, front in find_fronts(router, query, ends, seconds, names, is_first_enough=True).items():
        if id(front) not in made:
            made[id(front)] = front_curve(router, ends, front, begin_s, seconds)
        if chosen:
            found[chosen] = made[id(front)]
    return found


def _provider(
    router: Router,
    provider: str,
    rides: Mapping[ProviderSet, Curve],
    curves: Mapping[ProviderSet, Curve],
    prices: RidePrices | None,
) -> ProviderDuel:
    said = next(known for known in router.network.providers if known.id == provider)
    names = max(curves, key=len)
    mine, together, others = rides[frozenset({provider})], curves[names], curves[names - {provider}]
    both, still = mine.is_reached & together.is_reached, others.is_reached & together.is_reached
    return ProviderDuel(
        id=provider,
        name=said.name,
        color=said.color,
        connected=float(mine.is_reached.mean()),
        travel=Stats.of(mine.travel),
        wait=Stats.of(mine.wait[mine.is_reached]),
        extra=Stats.of((mine.arrival - together.arrival)[both]),
        fare=None if prices is None else extra_fare(prices, mine, together),
        lost=float((together.is_reached & ~others.is_reached).mean()),
        loss=Stats.of((others.arrival - together.arrival)[still]),
    )


def _stats_dict(stats: Stats | None) -> dict[str, float] | None:
    return None if stats is None else {"mean": stats.mean, "median": stats.median, "worst": stats.worst}


def set_names(names: Mapping[str, str], chosen: Sequence[str] | ProviderSet) -> str:
    """`A + B`, by name; walking for the empty set."""
    return " + ".join(sorted(names.get(provider, provider) for provider in chosen)) or "on foot"
