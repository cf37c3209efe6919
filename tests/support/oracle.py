"""The test oracle: every answer of docs/semantics.md, computed the plain way and without the project's code.

It knows no patterns, no marks, no pruning: in each round every vehicle is tried at every call. What a network
of a dozen stops allows. Use it to judge faster code, never to answer riders.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle_transfers import named_trips
from tests.support.oracle_vehicles import HeadwayVehicle, Schedule, Spot, Vehicle
from tests.support.oracle_walking import Pace, Place, Walking

HORIZON_S = 24 * 3600

Found = tuple[dt.datetime, dt.datetime, int]
"""(departure, arrival, transfers) of one journey, both instants in UTC."""
Option = tuple[frozenset[str], dt.datetime, dt.datetime, int]
"""(providers, departure, arrival, transfers) of one option."""
Seconds = tuple[int, int, int]


@dataclass(frozen=True)
class Question:
    """What is asked, with everything that does not depend on the instant worked out."""

    vehicles: list[Vehicle]
    access: dict[Spot, int]
    egress: dict[Spot, int]
    changes: list[tuple[Spot, Spot, int]]
    walk_s: int | None
    is_same_place: bool
    max_transfers: int

    def earliest(self, departure: int, limit: int) -> list[int | None]:
        """For each number of transfers the earliest arrival by `limit` in vehicles, leaving at `departure` or later."""
        ready = {spot: departure + seconds for spot, seconds in self.access.items()}
        best: list[int | None] = []
        for _ in range(self.max_transfers + 1):
            off = _best(min, (found for vehicle in self.vehicles for found in vehicle.alightings(ready)))
            ends = [off[spot] + seconds for spot, seconds in self.egress.items() if spot in off]
            best.append(min((end for end in ends if end <= limit), default=None))
            ready = _best(min, ((b, off[a] + seconds) for a, b, seconds in self.changes if a in off))
        return best

    def latest(self, arrival: int, limit: int) -> list[int | None]:
        """For each number of transfers the latest departure from `limit` on, in vehicles, to arrive by `arrival`."""
        due = {spot: arrival - seconds for spot, seconds in self.egress.items()}
        best: list[int | None] = []
        for _ in range(self.max_transfers + 1):
            on = _best(max, (found for vehicle in self.vehicles for found in vehicle.boardings(due)))
            starts = [on[spot] - seconds for spot, seconds in self.access.items() if spot in on]
            best.append(max((start for start in starts if start >= limit), default=None))
            due = _best(max, ((a, on[b] - seconds) for a, b, seconds in self.changes if b in on))
        return best

    def depart_at(self, instant: int) -> list[Seconds]:
        """(departure, arrival, transfers) in vehicles, Pareto on arrival and transfers."""
        front: list[Seconds] = []
        for transfers, arrival in enumerate(self.earliest(instant, instant + HORIZON_S)):
            if arrival is None or (front and arrival >= front[-1][1]):
                continue
            departure = self.latest(arrival, instant)[transfers]
            assert departure is not None, "the backward search misses a journey of the forward one"
            front.append((departure, arrival, transfers))
        return front

    def arrive_by(self, instant: int) -> list[Seconds]:
        """(departure, arrival, transfers) in vehicles, Pareto on departure and transfers."""
        front: list[Seconds] = []
        for transfers, departure in enumerate(self.latest(instant, instant - HORIZON_S)):
            if departure is None or (front and departure <= front[-1][0]):
                continue
            arrival = self.earliest(departure, instant)[transfers]
            assert arrival is not None, "the forward search misses a journey of the backward one"
            front.append((departure, arrival, transfers))
        return front

    def answer(self, instant: int, *, arrive_by: bool) -> list[Seconds]:
        """(departure, arrival, transfers) of every journey, walking all the way among them."""
        rides = self.arrive_by(instant) if arrive_by else self.depart_at(instant)
        if self.walk_s is None:
            return rides
        leave = instant - self.walk_s if arrive_by else instant
        walk = (leave, leave + self.walk_s, 0)
        # Who is there already rides nowhere: no ride round and back is an answer.
        return [walk] + [ride for ride in rides if not self.is_same_place and not _beats(walk, ride)]


class Oracle:
    """Answers over `feeds`, GTFS feeds by feed id; `providers` maps feed ids to providers (default: itself).

    Footpaths by geometry: `footpaths` lists them as (from, to, distance_m); without it, `walk="straight"`
    links stops at most `radius_m` apart, on ways `detour` times as long, and `walk="off"` links none.
    transfers.txt is applied on top; pathways.txt is read with `straight` only. A coordinate is always linked by
    straight line times `detour`.
    """

    def __init__(
        self,
        feeds: Mapping[str, GtfsFeed],
        footpaths: Iterable[tuple[str, str, int]] | None = None,
        *,
        walk: str = "off",
        radius_m: float = 400.0,
        detour: float = 1.3,
        providers: Mapping[str, str] | None = None,
    ) -> None:
        of_feed = providers or {}
        self._schedules = [Schedule(key, feed, of_feed.get(key, key), named_trips(feed)) for key, feed in feeds.items()]
        self.providers = frozenset(of_feed.get(key, key) for key in feeds)
        made = (feeds, footpaths, radius_m if walk == "straight" else None, detour)
        self.walking, self.step_free = (Walking(*made, step_free=step_free) for step_free in (False, True))
        self._accessible = {
            f"{key}_{row['trip_id']}"
            for key, feed in feeds.items()
            for row in feed.rows("trips")
            if row.get("wheelchair_accessible") == "1"
        }
        self._days: dict[tuple[int, dt.date], list[Vehicle]] = {}

    def journeys(
        self,
        origin: Place,
        destination: Place,
        t: dt.datetime,
        *,
        arrive_by: bool = False,
        providers: Iterable[str] | None = None,
        max_transfers: int = 7,
        max_walk_s: int = 1200,
        walk_speed: float = 1.2,
        slack: int = 0,
        wheelchair: bool = False,
        headway_wait: str = "expected",
    ) -> list[Found]:
        """The journeys of docs/semantics.md, earliest arrival first. Raises KeyError for an unknown stop."""
        question = self.question(
            origin,
            destination,
            t,
            max_transfers=max_transfers,
            max_walk_s=max_walk_s,
            walk_speed=walk_speed,
            slack=slack,
            providers=providers,
            wheelchair=wheelchair,
            headway_wait=headway_wait,
        )
        found = question.answer(int(t.timestamp()), arrive_by=arrive_by)
        return [(_utc(d), _utc(a), n) for d, a, n in sorted(found, key=lambda f: (f[1], f[2], f[0]))]

    def compare(
        self,
        origin: Place,
        destination: Place,
        t: dt.datetime,
        *,
        arrive_by: bool = False,
        max_transfers: int = 7,
        max_walk_s: int = 1200,
        walk_speed: float = 1.2,
        slack: int = 0,
        wheelchair: bool = False,
        headway_wait: str = "expected",
    ) -> set[Option]:
        """The options of every set of providers; the empty set walks. Tries each subset by itself."""
        names = sorted(self.providers)
        subsets = [frozenset(s) for size in range(len(names) + 1) for s in combinations(names, size)]
        fronts = {
            ridden: self.journeys(
                origin,
                destination,
                t,
                arrive_by=arrive_by,
                providers=ridden,
                max_transfers=max_transfers,
                max_walk_s=max_walk_s,
                walk_speed=walk_speed,
                slack=slack,
                wheelchair=wheelchair,
                headway_wait=headway_wait,
            )
            for ridden in subsets
        }
        return {
            (ridden, *found)
            for ridden, front in fronts.items()
            for found in front
            if not any(_covers(other, found) for less in subsets if less < ridden for other in fronts[less])
        }

    def question(
        self,
        origin: Place,
        destination: Place,
        t: dt.datetime,
        *,
        max_transfers: int = 7,
        max_walk_s: int = 1200,
        walk_speed: float = 1.2,
        slack: int = 0,
        providers: Iterable[str] | None = None,
        wheelchair: bool = False,
        headway_wait: str = "expected",
    ) -> Question:
        """The question with its vehicles, walks and changes, valid a day before and after `t`."""
        ridden = self.providers if providers is None else frozenset(providers)
        pace = Pace(walk_speed, max_walk_s)
        walking = self.step_free if wheelchair else self.walking
        vehicles = [
            replace(vehicle, wait=headway_wait) if isinstance(vehicle, HeadwayVehicle) else vehicle
            for vehicle in self.vehicles_around(t)
            if vehicle.provider in ridden and (not wheelchair or self._accessible.issuperset(vehicle.trips))
        ]
        spots = sorted({c.spot for vehicle in vehicles for c in vehicle.calls if c.stop not in walking.closed})
        return Question(
            vehicles,
            _at_spots(walking.links(origin, pace, outward=True), spots),
            _at_spots(walking.links(destination, pace, outward=False), spots),
            walking.changes(spots, pace, slack),
            walking.all_the_way(origin, destination, pace),
            walking.is_same_place(origin, destination),
            max_transfers,
        )

    def vehicles_around(self, t: dt.datetime) -> Iterator[Vehicle]:
        """Every vehicle, of whatever service day, that may be on the road within 24 hours of `t`."""
        instant = int(t.timestamp())
        for index, schedule in enumerate(self._schedules):
            # Two days more on either side than the clock needs: no zone is that far from UTC.
            first = t.astimezone(dt.UTC).date() - dt.timedelta(days=3 + schedule.longest_s // HORIZON_S)
            last = t.astimezone(dt.UTC).date() + dt.timedelta(days=3)
            for ordinal in range(first.toordinal(), last.toordinal() + 1):
                key = (index, dt.date.fromordinal(ordinal))
                if key not in self._days:
                    self._days[key] = schedule.vehicles_on(key[1])
                for vehicle in self._days[key]:
                    if vehicle.is_under_way(instant - HORIZON_S, instant + HORIZON_S):
                        yield vehicle


def _beats(walk: Seconds, ride: Seconds) -> bool:
    return walk[0] >= ride[0] and walk[1] <= ride[1]


def _covers(other: Found, found: Found) -> bool:
    return other[0] >= found[0] and other[1] <= found[1] and other[2] <= found[2]


def _at_spots(links: Mapping[str, int], spots: Iterable[Spot]) -> dict[Spot, int]:
    """What is said of stops, for every spot at them."""
    return {spot: links[spot[0]] for spot in spots if spot[0] in links}


def _best(choose: Callable[[int, int], int], found: Iterable[tuple[Spot, int]]) -> dict[Spot, int]:
    """The least (or greatest) instant of each spot."""
    best: dict[Spot, int] = {}
    for spot, instant in found:
        best[spot] = choose(instant, best.get(spot, instant))
    return best


def _utc(instant: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(instant, dt.UTC)
