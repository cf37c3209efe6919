"""What is laid out once for the searches of one moment, when it is first asked for: timetables, footpaths, bounds."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest.model import Bits, Bounds, Int32s, Network
from routing.allowed import allowed_patterns
from routing.cancel import check_cancelled
from routing.compile import compile_timetable
from routing.ground import Ground
from routing.headways.lines import LinesBetween
from routing.headways.waits import waits_s, with_waits
from routing.instants import instant_s
from routing.kept import Recent
from routing.least import LeastTimes, bounds_of, least_times
from routing.places import open_stops
from routing.provider_services import ProviderServices
from routing.query import Query, QueryError
from routing.realtime.faster import lowered
from routing.realtime.live import LiveNetwork
from routing.realtime.room import CallRoom
from routing.reconstruct import Ends
from routing.runs import DAY_S
from routing.search import HORIZON_S, WHOLE_FRONT, Searcher, SearchTask, Wanted
from routing.timetable import Timetable, pattern_owners
from routing.walks import WalkTable, walk_table, with_copies

if TYPE_CHECKING:
    from routing.fares import FareBook
    from routing.own_bounds import Hops

KEPT_TIMETABLES = 4
KEPT_WALKS = 4
KEPT_FILTERS = 1024
"""The provider sets that the comparisons of a region search: a byte a pattern, two or four a stop."""
KEPT_LINES = 4096


class LaidOut:
    """A network of one moment, and what was made of it. Safe to share between threads.

    All that it is asked for is of this very network: whoever has chosen the router of one moment must not be given
    another one's timetable when real time comes in between.
    """

    def __init__(self, network: Network, base: LaidOut | None = None, folder: Path | None = None) -> None:
        """base: a router of the schedule that `network`, a LiveNetwork, is laid over; they share what they can.

        folder: of the snapshot's version that `network` is mapped from, for another process to map it, too.
        """
        self.network = network
        self.folder = folder
        self._base = base
        self._grounds = {
            step_free: Ground.of(network, step_free=step_free) if base is None else base.ground_of(network, step_free)
            for step_free in (False, True)
        }
        self._timetables: Recent[Hashable, Timetable] = Recent(KEPT_TIMETABLES)
        self._bounds: Recent[Hashable, Bounds] = Recent(KEPT_TIMETABLES)
        self._other_waits: Recent[Hashable, Timetable] = Recent(KEPT_TIMETABLES)
        self._walks: Recent[Hashable, WalkTable] = Recent(KEPT_WALKS) if base is None else base._walks
        self._changes: Recent[Hashable, WalkTable] = Recent(KEPT_WALKS)
        self._allowed: Recent[Hashable, Bits] = Recent(KEPT_FILTERS)
        self._connected: Recent[Hashable, Int32s] = Recent(KEPT_FILTERS)
        self._hops: Recent[Hashable, Hops] = Recent(2 * KEPT_TIMETABLES)
        self._owners: Recent[Hashable, Sequence[int]] = Recent(KEPT_TIMETABLES)
        self._lines: Recent[Hashable, LinesBetween] = Recent(KEPT_LINES)
        self._provider_rows = {provider.id: row for row, provider in enumerate(network.providers)}
        self._threads = threading.local()

    @cached_property
    def fares(self) -> FareBook:
        """What prices are made from, laid out when first asked for."""
        from routing.fares import FareBook  # with pydantic, which a router alone does not need

        if self._base is not None and not self._goes_other_ways:
            return self._base.fares
        return FareBook(self.network)

    @cached_property
    def services(self) -> ProviderServices:
        """What each provider runs."""
        return ProviderServices(self.network)

    @cached_property
    def _room(self) -> CallRoom:
        """For the calls of routers of real time."""
        return CallRoom(self.network.stop_times)

    @property
    def _goes_other_ways(self) -> bool:
        """Whether vehicles go otherwise than any of the schedule: prices that look at the way must know it."""
        return isinstance(self.network, LiveNetwork) and self.network.live.goes_other_ways

    def _timetable(self, query: Query) -> Timetable:
        check_cancelled()
        first = instant_s(query.time) // DAY_S * DAY_S - (HORIZON_S if query.arrive_by else 0)
        timetable = self._timetables.get(first, lambda: compile_timetable(self.network, first, DAY_S + HORIZON_S))
        if query.headway_wait == "expected":
            return timetable
        return self._other_waits.get(
            (first, query.headway_wait), lambda: with_waits(timetable, waits_s(timetable, query.headway_wait))
        )

    def _task(self, query: Query, ends: Ends, timetable: Timetable, wanted: Wanted = WHOLE_FRONT) -> SearchTask:
        origin, destination = ends.access, ends.egress
        if query.wheelchair:  # who can climb stairs finds no stop closed
            closed = self._ground(query).closed
            origin, destination = open_stops(origin, closed), open_stops(destination, closed)
        return SearchTask(
            origin=origin.at_copies(timetable.stops),
            destination=destination.at_copies(timetable.stops),
            time=instant_s(query.time) - timetable.epoch_s,
            arrive_by=query.arrive_by,
            allowed=self._allowed_in(query, timetable),
            max_rounds=query.max_transfers + 1,
            slack_s=query.transfer_slack_s,
            max_walk_s=query.max_walk_s,
            least=self._least(query, ends, timetable),
            horizon_s=wanted.horizon_s,
            known_s=wanted.known_s,
            within_s=wanted.within_s,
            is_first_enough=wanted.is_first_enough,
        )

    def _least(self, query: Query, ends: Ends, timetable: Timetable, *, is_fine: bool = False) -> LeastTimes:
        place, reach = (ends.origin, ends.access) if query.arrive_by else (ends.destination, ends.egress)
        speed = query.walk_speed_m_per_s
        bounds = self._bounds.get(timetable.epoch_s, lambda: bounds_of(self.network.bounds, timetable.stops))
        is_waited = query.headway_wait != "none" and self._waits_hold
        found = least_times(bounds, place, reach, speed, onward=query.arrive_by, is_waited=is_waited, is_fine=is_fine)
        return found if self._base is None else lowered(found, self._faster_s, query.max_transfers + 1)

    @property
    def _waits_hold(self) -> bool:
        """Whether whoever boards a headway service has to wait for it as the snapshot says."""
        return not (isinstance(self.network, LiveNetwork) and self.network.live.is_wait_known)

    @property
    def _faster_s(self) -> int:
        return self.network.live.faster_s if isinstance(self.network, LiveNetwork) else 0

    def _allowed_in(self, query: Query, timetable: Timetable) -> Bits:
        return self.allowed_of(query, query.providers, timetable)

    def allowed_of(self, query: Query, providers: frozenset[str] | None, timetable: Timetable) -> Bits:
        """`allowed` with the vehicles of `providers` instead of the query's, in one of this router's own timetables."""
        key = (timetable.epoch_s, timetable.span_s, providers, query.modes, query.wheelchair)
        return self._allowed.get(
            key,
            lambda: allowed_patterns(
                timetable, query, None if providers is None else [*map(self.provider_index, providers)]
            ),
        )

    def pattern_owners(self, timetable: Timetable) -> Sequence[int]:
        """The providers of each pattern of one of this router's own timetables: bit i for the network's i-th."""
        return self._owners.get((timetable.epoch_s, timetable.span_s), lambda: pattern_owners(timetable.classes))

    def _links(self, query: Query, providers: frozenset[str] | None, timetable: Timetable) -> Int32s:
        from routing.connected import connected_stops

        return connected_stops(timetable, self.walks_in(query, timetable), self.allowed_of(query, providers, timetable))

    def provider_index(self, provider: str) -> int:
        """Raises QueryError for a provider that the snapshot does not hold."""
        index = self._provider_rows.get(provider)
        if index is not None:
            return index
        known_ids = ", ".join(sorted(known.id for known in self.network.providers))
        raise QueryError(f"there is no provider {provider!r}; this snapshot has {known_ids}", "providers")

    def walks_in(self, query: Query, timetable: Timetable) -> WalkTable:
        """`walks` of one of this router's own timetables."""
        table = self._walk_table(query)
        if timetable.stops.n_copies == 0:
            return table
        speed, step_free = query.walk_speed_m_per_s, query.wheelchair
        return self._changes.get(
            (speed, step_free, timetable.epoch_s),
            lambda: with_copies(table, self.network, timetable.stops, speed, step_free=step_free),
        )

    def _walk_table(self, query: Query) -> WalkTable:
        speed, step_free = query.walk_speed_m_per_s, query.wheelchair
        return self._walks.get((speed, step_free), lambda: walk_table(self.network, speed, step_free=step_free))

    def ground_of(self, network: Network, step_free: bool) -> Ground:
        """What walks on this router's ground, for a network that has the same stops."""
        return self._grounds[step_free].on(network)

    def _ground(self, query: Query) -> Ground:
        return self._grounds[query.wheelchair]

    def _searcher(self) -> Searcher:
        searcher: Searcher | None = getattr(self._threads, "searcher", None)
        if searcher is None:
            searcher = self._threads.searcher = Searcher()
        return searcher

    def zone(self, stop: int) -> ZoneInfo:
        """In which times at a stop of the network are told."""
        return self._grounds[False].reconstructor.zone(stop)
