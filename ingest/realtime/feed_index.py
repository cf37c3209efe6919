"""The ids of one feed looked up fast, as GTFS-Realtime gives them: unscoped. Made once for a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.gtfs_time import day_start
from ingest.model import Int32s, Int64s, Network
from ingest.realtime.kernels import Schedule
from ingest.strings import StringColumn


@dataclass(frozen=True, slots=True)
class DayWindow:
    """The service dates that a snapshot knows: `first` is the ordinal of column 0."""

    first: int
    n: int

    def column(self, day: int) -> int:
        """Column of Services.runs, -1 outside."""
        return day - self.first if 0 <= day - self.first < self.n else -1


class FeedIndex:
    """What a feed's messages may name. Safe to share between threads.

    Raises KeyError for a feed that the network does not have.
    """

    def __init__(self, network: Network, feed: str) -> None:
        ids = [known.id for known in network.feeds]
        if feed not in ids:
            raise KeyError(feed)
        self.network, self.feed, self.feed_row = network, feed, ids.index(feed)
        self.days = DayWindow(network.first_date.toordinal(), network.services.runs.shape[1])
        self.day_start = lru_cache(4096)(self._day_start)
        times, sequences = network.stop_times, network.sequences
        self.schedule = Schedule(
            np.asarray(network.trips.times_ptr), np.asarray(times.arrival), np.asarray(times.departure),
            np.asarray(times.stop_sequence), np.asarray(network.trips.sequence), np.asarray(sequences.ptr),
            np.asarray(sequences.stops), np.asarray(sequences.flags), np.asarray(network.stops.parent),
        )  # fmt: skip
        self.first_departure = np.asarray(times.departure)[np.asarray(network.trips.times_ptr)[:-1]]
        self.last_arrival = np.asarray(times.arrival)[np.asarray(network.trips.times_ptr)[1:] - 1]
        self.zone = network.agencies.zone[network.routes.agency]

    @cached_property
    def trips(self) -> dict[str, int]:
        """trip_id -> row."""
        return self._rows(self.network.trips.id, self.network.routes.feed[self.network.trips.route])

    @cached_property
    def stops(self) -> dict[str, int]:
        """stop_id -> row."""
        return self._rows(self.network.stops.id, self.network.stops.feed)

    @cached_property
    def routes(self) -> dict[str, int]:
        """route_id -> row."""
        return self._rows(self.network.routes.id, self.network.routes.feed)

    @cached_property
    def agencies(self) -> dict[str, int]:
        """agency_id -> row; also "" where the feed has one agency, which need not be named."""
        found = self._rows(self.network.agencies.id, self.network.agencies.feed)
        return found | {"": next(iter(found.values()))} if len(found) == 1 else found

    @cached_property
    def trips_of_route(self) -> dict[int, Int64s]:
        """Row of a route -> rows of its trips."""
        routes = np.asarray(self.network.trips.route)
        order = np.argsort(routes, kind="stable")
        edges = np.flatnonzero(np.diff(routes[order], prepend=-1))
        return {int(routes[group[0]]): group for group in np.split(order, edges[1:]) if len(group)}

    @cached_property
    def headways_of_trip(self) -> dict[int, list[int]]:
        """Row of a trip -> its rows of Headways."""
        found: dict[int, list[int]] = {}
        for row, trip in enumerate(self.network.headways.trip.tolist()):
            found.setdefault(trip, []).append(row)
        return found

    def zone_of(self, route: int) -> str:
        """The time zone in which trips of a route have their times."""
        return self.network.zones[int(self.zone[route])]

    def runs_on(self, trip: int, day: int) -> bool:
        """Whether the trip's service runs on a date."""
        column = self.days.column(day)
        return column >= 0 and bool(self.network.services.runs[int(self.network.trips.service[trip]), column])

    def _rows(self, ids: StringColumn, feed: NDArray[np.int16] | Int32s) -> dict[str, int]:
        cut = len(self.feed) + 1
        return {ids[row][cut:]: row for row in np.flatnonzero(np.asarray(feed) == self.feed_row).tolist()}

    def _day_start(self, day: int, zone: str) -> int:
        """UTC seconds."""
        return day_start(date.fromordinal(day), zone)
