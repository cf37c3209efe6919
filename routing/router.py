"""The router: a mapped network, the timetables of the days asked for, and every search on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.model import Bits, Int32s, Network
from ingest.realtime.patch import FeedPatch
from ingest.snapshot import read_version, version_folder
from routing.headways.lines import LinesBetween, Ride, lines_between
from routing.headways.odds import JourneyOdds
from routing.instants import after
from routing.journeys import Journey
from routing.kernels.onward import walk_on
from routing.laid_out import LaidOut
from routing.least import LeastTimes
from routing.matrix import travel_matrix
from routing.places import PlaceFinder, ResolvedPlace, UnknownPlaceError
from routing.profile_search import check_window, ride_profile
from routing.query import Place, Query
from routing.realtime.overlay import live_network
from routing.reconstruct import Ends, Reconstructor, replay
from routing.rival_search import RivalSearch
from routing.rivals import Rivals
from routing.routed_journey import JourneyWriter, RoutedJourney
from routing.search import HORIZON_S, WHOLE_FRONT, Searcher, SearchTask, Skeleton, Wanted
from routing.timetable import Timetable
from routing.walks import WalkTable

if TYPE_CHECKING:
    from routing.compare import Comparison
    from routing.compare.duel import Duel


class Router(LaidOut):
    """Answers queries on one network. Safe to share between threads.

    A method whose name begins with an underscore answers for this router itself, others for the one of real time where
    a query takes that.
    """

    def __init__(self, network: Network, base: Router | None = None, folder: Path | None = None) -> None:
        """As of LaidOut."""
        super().__init__(network, base, folder)
        self._live: Router | None = None

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

    def timetable(self, query: Query) -> Timetable:
        """The timetable that a query is answered on. Asked for by every search: here it is given up, if it is to be."""
        return self.pinned(query)._timetable(query)

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
        rides = [ride for ride in self.window_rides(query, ends, window_s) if ride.duration_s < walk_s]
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
        origin = self._resolve(finder, query.origin, "origin")
        destination = self._resolve(finder, query.destination, "destination")
        limit, speed = query.max_walk_s, query.walk_speed_m_per_s
        return Ends(
            origin,
            destination,
            finder.reach(origin, walks, limit, speed, onward=True),
            finder.reach(destination, walks, limit, speed, onward=False),
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

    def window_rides(self, query: Query, ends: Ends, window_s: int) -> list[Journey]:
        """Those of `profile` in vehicles, in the order of the search; no walk leaves any out."""
        return list(ride_profile(self.pinned(query), query, ends, window_s))

    def skeletons(self, query: Query, ends: Ends, wanted: Wanted = WHOLE_FRONT) -> list[Skeleton]:
        """The rides of `rides` before they are written out: times are seconds of `timetable(query)`."""
        router = self.pinned(query)
        timetable = router._timetable(query)
        return router._skeletons(query, ends, timetable, wanted)

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

    def rivals(self, query: Query, ends: Ends, window_s: int, *, is_first_enough: bool = False) -> Rivals:
        """Who may be quicker in a window, with vehicles of a timetable, than a journey by headway services alone.

        is_first_enough: whatever vehicles he rides.
        """
        if (live := self.pinned(query)) is not self:
            return live.rivals(query, ends, window_s, is_first_enough=is_first_enough)
        timetable = self._timetable(query)
        task = replace(self._task(query, ends, timetable), least=self._least(query, ends, timetable, is_fine=True))
        walks = self.walks_in(query, timetable)
        search = RivalSearch(self._searcher(), timetable, walks, task, is_first_enough=is_first_enough)
        begin = -task.time if query.arrive_by else task.time
        return Rivals(begin, begin + window_s, search)

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

    def least(self, query: Query, ends: Ends) -> LeastTimes:
        """Least times to the destination of a query (arrive-by: from its origin), over the stops of its timetable."""
        router = self.pinned(query)
        return router._least(query, ends, router._timetable(query))

    def allowed(self, query: Query, timetable: Timetable) -> Bits:
        """Which patterns a query may ride: 1 or 0, shape (patterns,). Raises QueryError for an unknown provider."""
        return self.pinned(query)._allowed_in(query, timetable)

    def headway_lines(self, query: Query, timetable: Timetable, allowed: Bits, ride: Ride) -> LinesBetween:
        """`lines_between` of a ride in a timetable of the router; `allowed` is what the query may ride in it."""
        if (live := self.pinned(query)) is not self:
            return live.headway_lines(query, timetable, allowed, ride)
        key = (timetable.epoch_s, timetable.span_s, query.providers, query.modes, query.wheelchair, ride)
        return self._lines.get(key, lambda: lines_between(timetable, allowed, ride))

    def walks(self, query: Query) -> WalkTable:
        """Footpaths at a query's walking speed, with changes between the stops of its timetable."""
        router = self.pinned(query)
        return router.walks_in(query, router._timetable(query))

    def reconstructor(self, query: Query) -> Reconstructor:
        """What writes the journeys of a query."""
        if (live := self.pinned(query)) is not self:
            return live.reconstructor(query)
        return self._ground(query).reconstructor


def _beats(walk: Journey, ride: Journey) -> bool:
    return walk.departure_s >= ride.departure_s and walk.arrival_s <= ride.arrival_s
