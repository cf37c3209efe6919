"""Whether a new version of a feed may take the place of the one in use: the hold rule.

A provider's export that went wrong is a valid feed as often as not: half its trips gone, or its calendar over.
Such a version is kept, but held, until somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.notices import FeedRejected, NoticeLog
from ingest.service_days import date_of, service_calendar
from ingest.tables import FeedTables, read_feed

Days = NDArray[np.bool_]

DAYS_AHEAD = 7
"""A version must run on one of this many days, today being the first."""
LEAST_SHARE = 0.5
"""Of the trips, and of the stops, of the version in use."""


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What the hold rule looks at. `reason` is why the feed cannot be used, "" if it can."""

    n_trips: int
    """Trips that riders can use: two calls or more, and a day to run on."""
    n_stops: int
    service: tuple[tuple[date, date], ...]
    """Spans of days, both ends included, on each of which at least one trip runs. In order, with gaps between."""
    reason: str = ""

    @property
    def first_date(self) -> date | None:
        """The first day with service."""
        return self.service[0][0] if self.service else None

    @property
    def last_date(self) -> date | None:
        """The last day with service."""
        return self.service[-1][1] if self.service else None

    def runs_within(self, today: date, days: int) -> bool:
        """Whether a trip runs on `today` or one of the `days` - 1 days after it."""
        last = today + timedelta(days=days - 1)
        return any(start <= last and today <= stop for start, stop in self.service)


def measure_feed(feed_id: str, path: Path, today: date) -> FeedFacts:
    """Read the feed at `path`. A feed that cannot be used gives facts with a reason; it does not raise."""
    try:
        return facts_of(read_feed(feed_id, path, NoticeLog(), today=today))
    except FeedRejected as error:
        return FeedFacts(0, 0, (), error.reason)


def facts_of(tables: FeedTables) -> FeedFacts:
    """The same of a feed that has been read."""
    services, first, runs = service_calendar(tables)
    place = {service: row for row, service in enumerate(services)}
    rows = np.array([place[service] for service in tables.trips["service_id"]], np.int64)
    by_service = runs.astype(np.bool_)
    days: Days = np.logical_or.reduce(by_service[np.unique(rows)], axis=0)
    runs_at_all: Days = np.logical_or.reduce(by_service, axis=1)
    service = tuple((date_of(first, start), date_of(first, stop)) for start, stop in _spans(days))
    return FeedFacts(int(np.count_nonzero(runs_at_all[rows])), tables.stops.height, service)


def _spans(days: Days) -> Iterator[tuple[int, int]]:
    """(first, last) index of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], days, [False]]).astype(np.int8)))
    for start, stop in edges.reshape(-1, 2).tolist():
        yield start, stop - 1


def hold_reasons(new: FeedFacts, old: FeedFacts | None, today: date) -> tuple[str, ...]:
    """Why `new` must not replace `old` by itself, one line each; empty if it may. `old` is None for a first version."""
    if new.n_trips == 0:
        return (new.reason or "no trip can be used",)
    reasons = []
    if not new.runs_within(today, DAYS_AHEAD):
        reasons.append(f"no service from {today} to {today + timedelta(days=DAYS_AHEAD - 1)}{_runs(new)}")
    if old is not None:
        counts = (("trips", new.n_trips, old.n_trips), ("stops", new.n_stops, old.n_stops))
        for what, now, before in counts:
            if now < LEAST_SHARE * before:
                reasons.append(f"{now} {what}, {before} before: less than {LEAST_SHARE:.0%}")
    return tuple(reasons)


def _runs(facts: FeedFacts) -> str:
    return f"; it runs from {facts.first_date} to {facts.last_date}" if facts.service else ""


def expiry_warning(facts: FeedFacts, today: date, days: int) -> str:
    """What to say of a feed whose service ends, or is absent, within `days` days from today; "" if nothing."""
    last = facts.last_date
    if last is None:
        return "it has no service on any day"
    if last < today:
        return f"expired: its last day with service was {last}"
    if not facts.runs_within(today, days):
        return f"no service in the next {days} days; it runs from {facts.first_date} to {last}"
    if last < today + timedelta(days=days - 1):
        return f"expires soon: its last day with service is {last}"
    return ""
