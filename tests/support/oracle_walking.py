"""Where riders walk and how they change, by geometry and transfers.txt. Part of the test oracle.

Written from docs/semantics.md alone. Distances are whole metres, durations whole seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle_transfers import Rule, rules_of
from tests.support.oracle_vehicles import Spot

EARTH_RADIUS_M = 6_371_008.8

Position = tuple[float, float]
Place = str | Position


@dataclass(frozen=True)
class Footpath:
    """A way on foot from one stop to another one.

    `fixed_s` is what transfers.txt lays down for it; `forbidden` bars changing vehicles this way.
    """

    distance_m: int
    fixed_s: int | None = None
    forbidden: bool = False


@dataclass(frozen=True)
class Pace:
    """How a rider walks: metres per second, and the most seconds in one go."""

    speed: float = 1.2
    max_walk_s: int = 1200

    def seconds(self, distance_m: int) -> int | None:
        """How long the walk takes, or None if that is too long."""
        seconds = math.ceil(distance_m / self.speed)
        return seconds if seconds <= self.max_walk_s else None

    def footpath_seconds(self, footpath: Footpath) -> int | None:
        """How long the footpath takes, or None if it is too far to walk, however quick transfers.txt calls it."""
        walked = self.seconds(footpath.distance_m)
        return walked if walked is None or footpath.fixed_s is None else footpath.fixed_s


def straight_m(a: Position, b: Position) -> float:
    """Great-circle metres between two (lat, lon)."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(h))


class Walking:
    """The stops of all feeds with the footpaths and change times between them.

    `links` are the footpaths (from, to, distance_m) that geometry gives. None makes them: between all stops at
    most `radius_m` apart in a straight line, each `detour` times as long; or none where the radius is None.
    """

    def __init__(
        self,
        feeds: Mapping[str, GtfsFeed],
        links: Iterable[tuple[str, str, int]] | None,
        radius_m: float | None,
        detour: float,
    ) -> None:
        self._detour = detour
        self._positions: dict[str, Position] = {}
        self._members: dict[str, list[str]] = {}
        for feed_id, feed in feeds.items():
            self._add_stops(feed_id, feed.rows("stops"))
        self._links = {(a, b): metres for a, b, metres in (self._near(radius_m) if links is None else links)}
        self._rules: dict[tuple[str, str], list[Rule]] = {}
        self._route: dict[str, str] = {}
        for feed_id, feed in feeds.items():
            self._route |= {f"{feed_id}_{row['trip_id']}": f"{feed_id}_{row['route_id']}" for row in feed.rows("trips")}
            for rule in rules_of(feed_id, feed):
                for a in self._members.get(rule.start.place, ()):
                    for b in self._members.get(rule.end.place, ()):
                        self._rules.setdefault((a, b), []).append(rule)
        self.footpaths = dict(self._footpaths())

    def _add_stops(self, feed_id: str, rows: list[Row]) -> None:
        for row in rows:
            stop, kind = f"{feed_id}_{row['stop_id']}", row.get("location_type") or "0"
            if kind == "0":
                self._positions[stop] = (float(row["stop_lat"]), float(row["stop_lon"]))
                self._members.setdefault(stop, []).append(stop)
                if row.get("parent_station"):
                    self._members.setdefault(f"{feed_id}_{row['parent_station']}", []).append(stop)
            elif kind == "1":
                self._members.setdefault(stop, [])

    def walked_m(self, a: Position, b: Position) -> int:
        """Walked metres between two positions, rounded up."""
        return math.ceil(straight_m(a, b) * self._detour)

    def _near(self, radius_m: float | None) -> list[tuple[str, str, int]]:
        return [
            (a, b, self.walked_m(at_a, at_b))
            for a, at_a in self._positions.items()
            for b, at_b in self._positions.items()
            if radius_m is not None and a != b and straight_m(at_a, at_b) <= radius_m
        ]

    def _rule(self, a: Spot, b: Spot) -> Rule | None:
        """The row that speaks for a change from one trip to another: the most specific one, of equals the first."""
        holding = [
            rule
            for rule in self._rules.get((a[0], b[0]), ())
            if rule.start.is_about(a[1], self._route.get(a[1], ""))
            and rule.end.is_about(b[1], self._route.get(b[1], ""))
        ]
        return max(holding, key=lambda rule: rule.specificity(self._positions), default=None)

    def _footpath(self, a: Spot, b: Spot) -> Footpath | None:
        """The way from one stop to another one for riders who change from trip to trip, or None where there is none."""
        rule, metres = self._rule(a, b), self._links.get((a[0], b[0]))
        if rule is None or rule.kind == "3":
            return None if metres is None else Footpath(metres, forbidden=rule is not None)
        if metres is None:
            metres = self.walked_m(self._positions[a[0]], self._positions[b[0]])
        return Footpath(metres, fixed_s={"1": 0, "2": rule.min_time_s}.get(rule.kind))

    def _footpaths(self) -> Iterator[tuple[tuple[str, str], Footpath]]:
        """Those that are there for whoever walks, by what geometry and the rows for all trips say."""
        for a in self._positions:
            for b in self._positions:
                footpath = self._footpath((a, ""), (b, "")) if a != b else None
                if footpath is not None:
                    yield (a, b), footpath

    def change_s(self, a: Spot, b: Spot, pace: Pace) -> int | None:
        """Seconds from one trip to another, on foot where their stops differ; None: no change this way."""
        if a[0] != b[0]:
            footpath = self._footpath(a, b)
            return None if footpath is None or footpath.forbidden else pace.footpath_seconds(footpath)
        rule = self._rule(a, b)
        if rule is None:
            return 0
        return {"2": rule.min_time_s or 0, "3": None}.get(rule.kind, 0)

    def stops_of(self, place: str) -> list[str]:
        """The stops that a stop or a station stands for. Raises KeyError where no feed has it."""
        return self._members[place]

    def links(self, place: Place, pace: Pace, *, outward: bool) -> dict[str, int]:
        """Seconds on foot between `place` and each stop in reach: from it if `outward`, else to it."""
        if not isinstance(place, str):
            walks = {stop: pace.seconds(self.walked_m(place, at)) for stop, at in self._positions.items()}
            return {stop: seconds for stop, seconds in walks.items() if seconds is not None}
        own = self.stops_of(place)
        found = dict.fromkeys(own, 0)
        for (a, b), footpath in self.footpaths.items():
            near, far = (a, b) if outward else (b, a)
            seconds = pace.footpath_seconds(footpath)
            if near in own and seconds is not None:
                found[far] = min(seconds, found.get(far, seconds))
        return found

    def is_same_place(self, origin: Place, destination: Place) -> bool:
        """Whether who is at the one is at the other; stops and stations are one place where they share a stop."""
        if isinstance(origin, str) and isinstance(destination, str):
            return not set(self.stops_of(origin)).isdisjoint(self.stops_of(destination))
        return origin == destination

    def all_the_way(self, origin: Place, destination: Place, pace: Pace) -> int | None:
        """Seconds on foot from one place to the other in one walk, or None if that is not possible."""
        if isinstance(destination, str):
            links = self.links(origin, pace, outward=True)
            return _least(links, self.stops_of(destination), pace)
        if isinstance(origin, str):
            links = self.links(destination, pace, outward=False)
            return _least(links, self.stops_of(origin), pace)
        return pace.seconds(self.walked_m(origin, destination))

    def changes(self, spots: Iterable[Spot], pace: Pace, slack: int) -> list[tuple[Spot, Spot, int]]:
        """(from, to, seconds) for each way to change between trips at `spots`, slack included."""
        return [
            (a, b, seconds + slack) for a in spots for b in spots if (seconds := self.change_s(a, b, pace)) is not None
        ]


def _least(links: Mapping[str, int], stops: Iterable[str], pace: Pace) -> int | None:
    walks = [links[stop] for stop in stops if stop in links and links[stop] <= pace.max_walk_s]
    return min(walks, default=None)
