"""Only the service of some days: what `--from` and `--to` leave of a feed.

A day is a service day of GTFS. So a vehicle that runs at 01:00 as 25:00 of the day before the first is not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl

from ingest.notices import NoticeLog
from ingest.service_days import date_of, service_calendar
from ingest.tables import FeedTables, renumber_trips


class NoServiceError(ValueError):
    """No feed has a trip on any of the days. One line that says when the feeds do run."""


@dataclass(frozen=True, slots=True)
class ServiceRange:
    """Service days, both included. Raises ValueError where `first` is after `last`."""

    first: date = date.min
    last: date = date.max

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"{self.first} is after {self.last}")

    def __str__(self) -> str:
        if self.last == date.max:
            return f"from {self.first} on"
        return f"until {self.last}" if self.first == date.min else f"from {self.first} to {self.last}"


def limit_feeds(feeds: Sequence[FeedTables], days: ServiceRange, log: NoticeLog) -> list[FeedTables]:
    """The same feeds, each with the trips that run on one of `days` and no other day of service.

    A feed that is left without a trip stays, and is reported. Raises NoServiceError where every feed is.
    """
    limited = [limit_service(feed, days) for feed in feeds]
    empty = [feed for feed, left in zip(feeds, limited, strict=True) if left.trips.is_empty()]
    if len(empty) == len(feeds):
        runs = "; ".join(f"feed {feed.feed_id} runs {_when(feed)}" for feed in feeds)
        raise NoServiceError(f"no trip runs {days}: {runs}")
    for feed in empty:
        log.add(
            "no_service_in_range", feed.feed_id, "calendar.txt", value=f"runs {_when(feed)}", action="trips dropped"
        )
    return limited


def limit_service(feed: FeedTables, days: ServiceRange) -> FeedTables:
    """One feed, so limited. Stops and routes stay, whether trips are left to them or not."""
    day, start, end = pl.col("date"), pl.col("start_date"), pl.col("end_date")
    calendar = feed.calendar.filter((start <= days.last) & (end >= days.first))
    calendar = calendar.with_columns(start.clip(lower_bound=days.first), end.clip(upper_bound=days.last))
    dates = feed.calendar_dates.filter(day.is_between(days.first, days.last))
    cut = replace(feed, calendar=calendar, calendar_dates=dates)
    services, _, runs = service_calendar(cut)
    running = pl.Series(services, dtype=pl.String).filter(pl.Series(runs.any(axis=1), dtype=pl.Boolean))
    stays = cut.trips["service_id"].is_in(running.implode())
    return _keep_trips(cut, stays)


def _keep_trips(feed: FeedTables, stays: pl.Series) -> FeedTables:
    good = stays.to_numpy()
    number = np.cumsum(good, dtype=np.uint32) - np.uint32(1)
    trips = feed.trips.filter(stays)
    dropped = feed.trips.filter(~stays)["trip_id"].implode()
    names_dropped = pl.col("from_trip_id").is_in(dropped) | pl.col("to_trip_id").is_in(dropped)
    return replace(
        feed,
        trips=trips,
        stop_times=renumber_trips(feed.stop_times, good, number),
        frequencies=renumber_trips(feed.frequencies, good, number),
        # A row whose trip is gone would read as one that names no trip, and so speak for every rider.
        transfers=feed.transfers.filter(~names_dropped),
        shapes=feed.shapes.filter(pl.col("shape_id").is_in(trips["shape_id"].unique().implode())),
    )


def _when(feed: FeedTables) -> str:
    _, first, runs = service_calendar(feed)
    on = np.flatnonzero(runs.any(axis=0)).tolist()
    return f"from {date_of(first, on[0])} to {date_of(first, on[-1])}" if on else "on no day"
