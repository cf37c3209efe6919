"""The dates on which providers can be compared at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ingest.cross_feed_codes import NO_COMMON_DATE, add_to_both
from ingest.model import Network
from ingest.notices import NoticeLog


@dataclass(frozen=True, slots=True)
class DateSpan:
    """First and last date of some dates, and how many there are: fewer than the days between where there are gaps."""

    first: date | None
    last: date | None
    n_days: int

    def to_dict(self) -> dict[str, str | int | None]:
        """JSON-ready."""
        first, last = (None if day is None else day.isoformat() for day in (self.first, self.last))
        return {"first": first, "last": last, "days": self.n_days}


@dataclass(frozen=True, slots=True)
class ComparisonWindow:
    """When providers run. Only providers with a trip on some date count as providers here.

    `all_run` holds the dates on which every one of them runs: the comparison-ready window. `two_run` those on which
    at least two do. Both are empty where there are fewer than two providers.
    """

    all_run: DateSpan
    two_run: DateSpan
    providers: dict[str, DateSpan]

    def to_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return {
            "all_run": self.all_run.to_dict(),
            "two_run": self.two_run.to_dict(),
            "providers": {provider: span.to_dict() for provider, span in self.providers.items()},
        }


def find_window(network: Network) -> ComparisonWindow:
    """When the providers of a network run, by the service dates of their trips."""
    runs = provider_days(network)
    active = runs[runs.any(axis=1)]
    rivals = active if len(active) > 1 else active[:0]
    count = rivals.sum(axis=0)
    return ComparisonWindow(
        all_run=_span(network.first_date, (count == len(rivals)) & (count > 0)),
        two_run=_span(network.first_date, count > 1),
        providers={
            provider.id: _span(network.first_date, days) for provider, days in zip(network.providers, runs, strict=True)
        },
    )


def provider_days(network: Network) -> NDArray[np.bool_]:
    """Whether a provider has a trip on a day. Shape (n_providers, n_days); day 0 is Network.first_date."""
    trips, services = network.trips, network.services
    runs = np.zeros((len(network.providers), services.runs.shape[1]), bool)
    known = (trips.service >= 0) & (trips.route >= 0)
    provider = network.routes.provider[trips.route[known]].astype(np.int64)
    for pair in np.unique(provider * len(services.runs) + trips.service[known]).tolist():
        index, service = divmod(pair, len(services.runs))
        runs[index] |= services.runs[service] > 0
    return runs


def report_dates(network: Network, log: NoticeLog) -> None:
    """A notice for each two providers of different feeds that never run on one date."""
    runs = provider_days(network)
    feeds = _feeds_of_providers(network)
    for a, b in combinations(np.flatnonzero(runs.any(axis=1)).tolist(), 2):
        if (runs[a] & runs[b]).any():
            continue
        texts = [_text(network, index, runs[index]) for index in (a, b)]
        for pair in [(left, right) for left in feeds[a] for right in feeds[b] if left != right]:
            add_to_both(log, NO_COMMON_DATE, pair, "calendar.txt", count=1, value="; ".join(sorted(texts)))


def _feeds_of_providers(network: Network) -> list[list[str]]:
    routes = network.routes
    return [
        [network.feeds[feed].id for feed in np.unique(routes.feed[routes.provider == index]).tolist()]
        for index in range(len(network.providers))
    ]


def _text(network: Network, provider: int, days: NDArray[np.bool_]) -> str:
    span = _span(network.first_date, days)
    return f"{network.providers[provider].id} {span.first} to {span.last}"


def _span(first_date: date, days: NDArray[np.bool_]) -> DateSpan:
    on = np.flatnonzero(days).tolist()
    if not on:
        return DateSpan(None, None, 0)
    return DateSpan(first_date + timedelta(days=on[0]), first_date + timedelta(days=on[-1]), len(on))
