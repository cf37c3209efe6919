"""The router: a mapped network, the timetables of the days asked for, and every search on them."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ingest.model import Bits, Bounds, Int32s, Int64s, Network
from ingest.realtime.patch import FeedPatch
from ingest.snapshot import read_version, version_folder
from routing.allowed import allowed_patterns
from routing.cancel import check_cancelled
from routing.compile import compile_timetable
from routing.ground import Ground
from routing.headways.lines import LinesBetween, Ride, lines_between
from routing.headways.odds import JourneyOdds
from routing.headways.waits import waits_s, with_waits
from routing.instants import after, instant_s
from routing.journeys import Journey
from routing.kept import Recent
from routing.kernels.onward import walk_on
from routing.least import LeastTimes, bounds_of, least_times, read_through
from routing.matrix import travel_matrix
from routing.places import PlaceFinder, ResolvedPlace, UnknownPlaceError, open_stops
from routing.profile_search import check_window, ride_profile
from routing.provider_services import ProviderServices
from routing.query import Place, Query, QueryError
from routing.realtime.faster import lowered
from routing.realtime.live import LiveNetwork
from routing.realtime.overlay import live_network
from routing.realtime.room import CallRoom
from routing.reconstruct import Ends, Reconstructor, replay
from routing.rivals import Rivals, beginning_early, headways_only
from routing.routed_journey import JourneyWriter, RoutedJourney
from routing.runs import DAY_S
from routing.search import HORIZON_S, WHOLE_FRONT, Searcher, SearchTask, Skeleton, Wanted
from routing.timetable import Timetable, pattern_owners
from routing.walks import WalkTable, walk_table, with_copies

if TYPE_CHECKING:
    from routing.compare import Comparison
    from routing.compare.duel import Duel
    from routing.fares import FareBook

KEPT_TIMETABLES = 4
KEPT_WALKS = 4
KEPT_FILTERS = 1024
"""The provider sets that the comparisons of a region search: a byte a pattern, two or four a stop."""
KEPT_LINES = 4096


class Router:
    """Answers queries on one network. Safe to share between threads."""

    def __init__(self, network: Network, base: Router | None = None, folder: Path | None = None) -> None:
        """base: a router of the schedule that `network`, a LiveNetwork, is laid over; they share what they can.

        folder: of the snapshot's version that `network` is mapped from, for another process to map it, too.
        """
        self.network = network
        self.folder = folder
        self._base = base
        self._live: Router | None = None
        self._grounds = {
            step_free: Ground.of(network, step_free=step_free) if base is None else base.ground_of(network, step_free)
            for step_free in (False, True)
        }
        self._timetables: Recent[Hashable, Timetable] = Recent(KEPT_TIMETABLES)
        self._bounds: Recent[Hashable, Bounds] = Recent(KEPT_TIMETABLES)
        self._read_bounds: Recent[Hashable, bool] = Recent(KEPT_TIMETABLES)
        self._other_waits: Recent[Hashable, Timetable] = Recent(KEPT_TIMETABLES)
        self._walks: Recent[Hashable, WalkTable] = Recent(KEPT_WALKS) if base is None else base._walks
        self._changes: Recent[Hashable, WalkTable] = Recent(KEPT_WALKS)
        self._allowed: Recent[Hashable, Bits] = Recent(KEPT_FILTERS)
        self._connected: Recent[Hashable, Int32s] = Recent(KEPT_FILTERS)
        self._owners: Recent[Hashable, Sequence[int]] = Recent(KEPT_TIMETABLES)
        self._lines: Recent[Hashable, LinesBetween] = Recent(KEPT_LINES)
        self._provider_rows = {provider.id: row for row, provider in enumerate(network.providers)}
        self._threads = threading.local()

    @classmethod
    def open(cls, path: str | Path) -> Router:
        """Map the snapshot under `path`. Raises ingest.snapshot.SnapshotError."""
        folder = version_folder(Path(path))
        return cls(read_version(folder), folder=folder)

    def live(self, patches: Sequence[FeedPatch]) -> Router:
        """A router of the schedule with `patches` of its feeds laid over it. This one does not change."""
        return type(self)(live_network(self.network, patches, self._room), self)

    def use(self, live: Router | None) -> None:
        """From now on queries that take real time are answered by `live`; None: by the schedule. Whoever is at work
        on the one before goes on with it."""
        self._live = live

    def pinned(self, query: Query) -> Router:
        """The router of one moment that answers `query`: whoever asks several things of one answer asks this one."""
        live = self._live
        return live if live is not None and query.use_realtime else self

    @property
    def current(self) -> Router:
        """The router of now: with real time, where there is any."""
        return self._live or self

    def warm_up(self) -> None:
        """Compile the kernels, or read them from the cache, by a search of each kind on the first service day."""
        from routing.warm_up import warm_up  # it is built on the router

        warm_up(self)

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

    def timetable(self, query: Query) -> Timetable:
        """The timetable that a query is answered on. Asked for by every search: here it is given up, if it is to be."""
        return self.pinned(query)._timetable(query)

    # What begins with an underscore answers for this router itself: whoever has chosen the router of one moment must
    # not be given another one's timetable when real time comes in between.

    def _timetable(self, query: Query) -> Timetable:
        check_cancelled()
        first = instant_s(query.time) // DAY_S * DAY_S - (HORIZON_S if query.arrive_by else 0)
        timetable = self._timetables.get(first, lambda: compile_timetable(self.network, first, DAY_S + HORIZON_S))
        if query.headway_wait == "expected":
            return timetable
        return self._other_waits.get(
            (first, query.headway_wait), lambda: with_waits(timetable, waits_s(timetable, query.headway_wait))
        )

    def journeys(self, query: Query) -> list[Journey]:
        """Journeys that are not beaten on arrival (arrive-by: departure) and transfers, earliest first.

        Raises UnknownPlaceError for a stop that is not there and QueryError for a provider that is not.
        """
        if (live := self.pinned(query)) is not self:
            return live.journeys(query)
        ends = self.ends(query)
        if ends.is_same_place:
            return [self._ground(query).reconstructor.walk(ends, query.time, 0, 0)]
        walk = self.walk(query, ends)
        found = walk + [ride for ride in self._rides(query, ends) if not any(_beats(way, ride) for way in walk)]
        return sorted(found, key=lambda journey: (journey.arrival_s, journey.transfers, journey.departure_s))

    def travel_s(self, query: Query) -> int | None:
        """Seconds from the query's time to being there at the soonest (arrive-by: from leaving at the latest to it), in
        vehicles or on foot; None where nothing leads there. Less work than `journeys`. Raises as that does.
        """
        if (live := self.pinned(query)) is not self:
            return live.travel_s(query)
        ends = self.ends(query)
        if ends.is_same_place:
            return 0
        timetable = self._timetable(query)
        walk = self._ground(query).finder.walk(ends, query.max_walk_s, query.walk_speed_m_per_s)
        task = self._task(query, ends, timetable, Wanted(HORIZON_S if walk is None else min(walk[0], HORIZON_S)))
        ride_s = self._searcher().soonest(timetable, self.walks_in(query, timetable), task)
        return ride_s if walk is None or (ride_s is not None and ride_s < walk[0]) else walk[0]

    def profile(self, query: Query, window_s: int) -> list[Journey]:
        """Journeys of which none beats another on departure, arrival and transfers, earliest departure first.

        They leave in [time, time + window_s), or, arrive-by, arrive in (time - window_s, time]. Raises as `journeys`
        does, and QueryError for a window that is empty or longer than a day.
        """
        if (live := self.pinned(query)) is not self:
            return live.profile(query, window_s)
        check_window(window_s)
        ends = self.ends(query)
        if ends.is_same_place:
            return [self._ground(query).reconstructor.walk(ends, query.time, 0, 0)]
        walk = self.walk(query, ends)
        walk_s = walk[0].duration_s if walk else HORIZON_S + 1
        rides = [ride for ride in ride_profile(self, query, ends, window_s) if ride.duration_s < walk_s]
        return sorted(walk + rides, key=lambda journey: (journey.departure_s, journey.arrival_s, journey.transfers))

    def compare(
        self,
        query: Query,
        weights: Mapping[str, float] | None = None,
        *,
        window_s: int | None = None,
        cheapest_within_s: int | None = None,
    ) -> Comparison:
        """The ranked comparison by provider set; `weights` changes some of the published rule's.

        window_s: compare all departures in [time, time + window_s), or, arrive-by, arrivals in (time - window_s, time].
        cheapest_within_s: look also for cheaper journeys that arrive at most so much later (arrive-by: leave earlier).
        """
        from routing.compare import compare  # the comparison is built on the router

        return compare(self.pinned(query), query, weights, window_s=window_s, cheapest_within_s=cheapest_within_s)

    def duel(self, query: Query, window_s: int | None = None) -> Duel:
        """Who is best when, over the local day of the query's time; with `window_s`, from that time on so long."""
        from routing.compare.duel import duel

        return duel(self.pinned(query), query, window_s)

    def reach(self, query: Query) -> Int32s:
        """Seconds from the origin to every stop (arrive-by: from every stop to the destination), UNREACHED where none.

        Shape (stops,), in the order of the network's stops. The other end of the query is not looked at.
        """
        if (live := self.pinned(query)) is not self:
            return live.reach(query)
        ends = self.ends(query)
        timetable = self._timetable(query)
        return self._seconds_to_all(query, ends, timetable, self._task(query, ends, timetable))

    def _seconds_to_all(self, query: Query, ends: Ends, timetable: Timetable, task: SearchTask) -> Int32s:
        walks = self.walks_in(query, timetable)
        rides = self._searcher().one_to_all(timetable, walks, task)
        near, paths = (ends.egress, walks.egress) if query.arrive_by else (ends.access, walks.access)
        time = -task.time if query.arrive_by else task.time
        closed, stop_of = self._ground(query).closed, timetable.stops.stop_of
        return walk_on(rides, stop_of, closed, paths, query.max_walk_s, near.stops, near.seconds, time, HORIZON_S)

    def matrix(
        self,
        origins: Sequence[Place],
        destinations: Sequence[str],
        times: Sequence[datetime],
        *,
        threads: int | None = None,
    ) -> Int32s:
        """Seconds of travel, shape (origins, destinations, times), UNREACHED where there is none.

        threads: how many work at it, by default one for each processor. Raises as `journeys` does.
        """
        return travel_matrix(self.current, self._grounds[False].finder, origins, destinations, times, threads)

    def ends(self, query: Query) -> Ends:
        """Both ends of a query and the stops they reach on foot. Raises UnknownPlaceError."""
        walks, finder = self._walk_table(query), self._ground(query).finder
        origin, destination = (
            self._resolve(finder, place, end)
            for place, end in ((query.origin, "origin"), (query.destination, "destination"))
        )
        limit, speed = query.max_walk_s, query.walk_speed_m_per_s
        return Ends(
            origin,
            destination,
            finder.reach(origin, walks.access, limit, speed, onward=True),
            finder.reach(destination, walks.egress, limit, speed, onward=False),
        )

    def _resolve(self, finder: PlaceFinder, place: Place, end: str) -> ResolvedPlace:
        try:
            return finder.resolve(place)
        except UnknownPlaceError as error:
            error.end = end
            raise

    def walk(self, query: Query, ends: Ends) -> list[Journey]:
        """Walking all the way, where that is near enough. `ends` are those of this very query."""
        ground = self._ground(query)
        found = ground.finder.walk(ends, query.max_walk_s, query.walk_speed_m_per_s)
        if found is None:
            return []
        seconds, metres = found
        departure = after(query.time, -seconds) if query.arrive_by else query.time
        return [ground.reconstructor.walk(ends, departure, seconds, metres)]

    def rides(self, query: Query, ends: Ends) -> list[Journey]:
        """Journeys in vehicles, Pareto on arrival (arrive-by: departure) and transfers."""
        return self.pinned(query)._rides(query, ends)

    def _rides(self, query: Query, ends: Ends) -> list[Journey]:
        timetable = self._timetable(query)
        writer = JourneyWriter(self, query, ends, timetable)
        return [RoutedJourney.of(writer, skeleton) for skeleton in self._skeletons(query, ends, timetable)]

    def skeletons(
        self, query: Query, ends: Ends, horizon_s: int = HORIZON_S, known_s: int = 0, *, is_first_enough: bool = False
    ) -> list[Skeleton]:
        """The rides of `rides` before they are written out: times are seconds of `timetable(query)`.

        horizon_s: how long after the query's time the far end is of interest. known_s: how long after it the far end
        is reached at the soonest, if that is known; it only saves time. is_first_enough: only the one that is there
        first (arrive-by: leaves last).
        """
        router = self.pinned(query)
        timetable = router._timetable(query)
        return router._skeletons(query, ends, timetable, Wanted(horizon_s, known_s, is_first_enough))

    def _skeletons(
        self, query: Query, ends: Ends, timetable: Timetable, wanted: Wanted = WHOLE_FRONT
    ) -> list[Skeleton]:
        task = self._task(query, ends, timetable, wanted)
        return self._searcher().pareto(timetable, self.walks_in(query, timetable), task)

    def search_task(self, query: Query, ends: Ends) -> tuple[SearchTask, Searcher]:
        """A query as searches take it, and what the thread that asks may search with."""
        if (live := self.pinned(query)) is not self:
            return live.search_task(query, ends)
        return self._task(query, ends, self.timetable(query)), self._searcher()

    def can_connect(self, query: Query, ends: Ends) -> bool:
        """Whether the vehicles of a query link its ends at some time of the timetable. Quick, once known for a filter.

        False is certain, True is not: no time is looked at.
        """
        router = self.pinned(query)
        stops = router._timetable(query).stops
        near, far = ends.access.at_copies(stops), ends.egress.at_copies(stops)
        return router.can_link(query, query.providers, near.stops, far.stops)

    def can_link(self, query: Query, providers: frozenset[str] | None, near: Int32s, far: Int32s) -> bool:
        """The same of stops of the query's timetable, with the vehicles of `providers` instead of the query's."""
        if (live := self.pinned(query)) is not self:
            return live.can_link(query, providers, near, far)
        from routing.connected import can_connect  # scipy takes a while to import

        timetable = self._timetable(query)
        key = (timetable.epoch_s, timetable.span_s, query.wheelchair, providers, query.modes)
        return can_connect(self._connected.get(key, lambda: self._links(query, providers, timetable)), near, far)

    def _links(self, query: Query, providers: frozenset[str] | None, timetable: Timetable) -> Int32s:
        from routing.connected import connected_stops

        return connected_stops(timetable, self.walks_in(query, timetable), self.allowed_of(query, providers, timetable))

    def profile_skeletons(self, query: Query, ends: Ends, window_s: int) -> list[Skeleton] | None:
        """Rides of a window within the query's UTC day; None where headway services are boarded at the near end."""
        return self.pinned(query)._profile_skeletons(query, ends, window_s)

    def _profile_skeletons(self, query: Query, ends: Ends, window_s: int) -> list[Skeleton] | None:
        timetable = self._timetable(query)
        task, searcher = self._task(query, ends, timetable), self._searcher()
        instants = searcher.departures(timetable, task, window_s)
        if instants is None:
            return None
        task = replace(task, least=self._least(query, ends, timetable, is_fine=True))
        return searcher.profile(timetable, self.walks_in(query, timetable), task, window_s, instants)

    def rivals(self, query: Query, ends: Ends, window_s: int) -> Rivals:
        """Who may be quicker in a window, with vehicles of a timetable, than a journey by headway services alone."""
        if (live := self.pinned(query)) is not self:
            return live.rivals(query, ends, window_s)
        timetable = self._timetable(query)
        task = replace(self._task(query, ends, timetable), least=self._least(query, ends, timetable, is_fine=True))
        headways = headways_only(timetable.forward, task.allowed)
        walks, sign = self.walks_in(query, timetable), -1 if query.arrive_by else 1

        def find(begin: int, end: int, within_s: int) -> tuple[Int64s, Int64s]:
            forward, backward = (beginning_early(side, end - begin) for side in (timetable.forward, timetable.backward))
            best = timetable._replace(forward=forward, backward=backward)
            asked, searcher = replace(task, time=sign * begin, horizon_s=within_s), self._searcher()
            near_s = searcher.ready_s(best, walks, replace(asked, allowed=headways))
            return searcher.rivals(timetable, walks, asked, end - begin, near_s)

        begin = sign * task.time
        return Rivals(begin, begin + window_s, find)

    def journey(self, query: Query, ends: Ends, skeleton: Skeleton) -> Journey:
        """The journey of a skeleton, to be written out on first use."""
        router = self.pinned(query)
        return RoutedJourney.of(JourneyWriter(router, query, ends, router._timetable(query)), skeleton)

    def written(self, query: Query, ends: Ends, timetable: Timetable, skeleton: Skeleton) -> Journey:
        """The journey of a skeleton of one of this router's timetables, with everything in it. Whatever has come since
        the search, what it knew then is what is told."""
        rides = replay(timetable, self.walks_in(query, timetable), skeleton, ends.access, query.transfer_slack_s)
        odds = JourneyOdds(self, query, ends, skeleton, timetable, rides)
        return self._ground(query).reconstructor.journey(timetable, skeleton, rides, ends, odds)

    def zone(self, stop: int) -> ZoneInfo:
        """In which times at a stop of the network are told."""
        return self._grounds[False].reconstructor.zone(stop)

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
            is_first_enough=wanted.is_first_enough,
        )

    def least(self, query: Query, ends: Ends) -> LeastTimes:
        """Least times to the destination of a query (arrive-by: from its origin), over the stops of its timetable."""
        router = self.pinned(query)
        return router._least(query, ends, router._timetable(query))

    def _least(self, query: Query, ends: Ends, timetable: Timetable, *, is_fine: bool = False) -> LeastTimes:
        place, reach = (ends.origin, ends.access) if query.arrive_by else (ends.destination, ends.egress)
        speed = query.walk_speed_m_per_s
        bounds = self._bounds.get(timetable.epoch_s, lambda: bounds_of(self.network.bounds, timetable.stops))
        if is_fine:
            self._read_bounds.get(timetable.epoch_s, lambda: read_through(bounds))
        found = least_times(bounds, place, reach, speed, onward=query.arrive_by, is_fine=is_fine)
        return found if self._base is None else lowered(found, self._faster_s, query.max_transfers + 1)

    @property
    def _faster_s(self) -> int:
        return self.network.live.faster_s if isinstance(self.network, LiveNetwork) else 0

    def allowed(self, query: Query, timetable: Timetable) -> Bits:
        """Which patterns a query may ride: 1 or 0, shape (patterns,). Raises QueryError for an unknown provider."""
        return self.pinned(query)._allowed_in(query, timetable)

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

    def headway_lines(self, query: Query, timetable: Timetable, allowed: Bits, ride: Ride) -> LinesBetween:
        """`lines_between` of a ride in a timetable of the router; `allowed` is what the query may ride in it."""
        if (live := self.pinned(query)) is not self:
            return live.headway_lines(query, timetable, allowed, ride)
        key = (timetable.epoch_s, timetable.span_s, query.providers, query.modes, query.wheelchair, ride)
        return self._lines.get(key, lambda: lines_between(timetable, allowed, ride))

    def provider_index(self, provider: str) -> int:
        """Raises QueryError for a provider that the snapshot does not hold."""
        index = self._provider_rows.get(provider)
        if index is not None:
            return index
        known_ids = ", ".join(sorted(known.id for known in self.network.providers))
        raise QueryError(f"there is no provider {provider!r}; this snapshot has {known_ids}", "providers")

    def walks(self, query: Query) -> WalkTable:
        """Footpaths at a query's walking speed, with changes between the stops of its timetable."""
        router = self.pinned(query)
        return router.walks_in(query, router._timetable(query))

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

    def reconstructor(self, query: Query) -> Reconstructor:
        """What writes the journeys of a query."""
        if (live := self.pinned(query)) is not self:
            return live.reconstructor(query)
        return self._ground(query).reconstructor

    def _ground(self, query: Query) -> Ground:
        return self._grounds[query.wheelchair]

    def _searcher(self) -> Searcher:
        searcher: Searcher | None = getattr(self._threads, "searcher", None)
        if searcher is None:
            searcher = self._threads.searcher = Searcher()
        return searcher


def _beats(walk: Journey, ride: Journey) -> bool:
    return walk.departure_s >= ride.departure_s and walk.arrival_s <= ride.arrival_s
