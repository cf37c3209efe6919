"""When feeds run at all: what tells "no service then" from "no connection"."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import numpy as np

from ingest.model import Network
from routing.runs import day_start_s


def service_span_s(network: Network, feeds: Collection[int] | None = None) -> tuple[int, int] | None:
    """UTC seconds of the first service day's start and the last one's end; None if nothing ever runs.

    feeds: indices of the feeds to look at; None means all.
    """
    runs = network.services.runs
    if feeds is not None:
        runs = runs[np.isin(network.services.feed, list(feeds))]
    days = np.flatnonzero(runs.any(axis=0)) if runs.size else np.empty(0, np.int64)
    if len(days) == 0:
        return None
    first, last = (network.first_date + timedelta(days=int(day)) for day in (days[0], days[-1]))
    zone = network.zones[0]
    return day_start_s(first, zone), day_start_s(last + timedelta(days=1), zone)


def outside_service(network: Network, time: datetime, feeds: Collection[int] | None = None) -> str | None:
    """`before_service`, `after_service`, or None where `time` lies inside."""
    return outside_span(service_span_s(network, feeds), time)


def outside_span(span: tuple[int, int] | None, time: datetime) -> str | None:
    """The same of a span of service_span_s."""
    if span is None or time.timestamp() >= span[1]:
        return "after_service"
    return "before_service" if time.timestamp() < span[0] else None
