"""How feeds and providers stand today: whether there is service, not yet, or no longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from api.query_text import network_zone
from ingest.model import FeedInfo, Network

BEST_FIRST = ("ok", "not_yet", "stale", "no_data")


def feed_statuses(network: Network, now: datetime) -> list[dict[str, Any]]:
    """One row a feed, JSON-ready but for its dates."""
    today = now.astimezone(network_zone(network)).date()

    def status(feed: FeedInfo) -> str:
        if feed.first_date is None or feed.last_date is None or feed.n_trips == 0:
            return "no_data"
        if today > feed.last_date:
            return "stale"
        return "not_yet" if today < feed.first_date else "ok"

    return [
        {"id": feed.id, "status": status(feed), "first_date": feed.first_date, "last_date": feed.last_date}
        for feed in network.feeds
    ]


def provider_statuses(network: Network, feeds: Mapping[str, str]) -> list[dict[str, str]]:
    """One row a provider: as the best of the feeds that have routes of it; `feeds` is feed id -> status."""
    routes, found = network.routes, []
    for index, provider in enumerate(network.providers):
        own = np.unique(routes.feed[routes.provider == index]).tolist()
        statuses = [feeds[network.feeds[feed].id] for feed in own] or ["no_data"]
        found.append({"id": provider.id, "name": provider.name, "status": min(statuses, key=BEST_FIRST.index)})
    return found
