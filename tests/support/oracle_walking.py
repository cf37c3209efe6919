"""Where riders walk and how they change, by geometry and transfers.txt. Part of the test oracle.

Written from docs/semantics.md alone. Distances are whole metres, durations whole seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from tests.support.gtfs_feed import GtfsFeed, Row
from tests.support.oracle_stations import InsideStations, Way
from tests.support.oracle_transfers import Rule, rules_of
from tests.support.oracle_vehicles import Spot

EARTH_RADIUS_M = 6_371_008.8

Position = tuple[float, float]
Place = str | Position


@dataclass(frozen=True)
class Footpath:
    """A way on foot from one stop to another one.

    `distance_m` is walked at the rider's speed; `own_s` is what elevators and the like take besides.
    `fixed_s` is what transfers.txt lays down for it; `forbidden` bars changing vehicles this way.
    """

    distance_m: int
    fixed_s: int | None = None
    forbidden: bool = False
    own_s: int = 0


@dataclass(frozen=True)
class Pace:
    """How a rider walks: metres per second, and the most seconds in one go."""

    speed: float = 1.2
    max_walk_s: int = 1200

    def seconds(self, distance_m: int, own_s: int = 0) -> int | None:
        """How long the walk takes, or None if that is too long."""
        seconds = math.ceil(distance_m / self.speed) + own_s
        return seconds if seconds <= self.max_walk_s else None

    def footpath_seconds(self, footpath: Footpath) -> int | None:
        """How long the footpath takes, or None if it is too far to walk, however quick transfers.txt calls it."""
        walked = self.seconds(footpath.distance_m, footpath.own_s)
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
    most `radius_m` apart in a straight line, each `detour` times as long; or none where the radius is None. Ways inside
    stations are found where links are made. `step_free` walks without stairs.
    """

    def __init__(
        self,
        feeds: Mapping[str, GtfsFeed],
        links: Iterable[tuple[str, str, int]] | None,
        radius_m: float | None,
        detour: float,
        *,
        step_free: bool = False,
    ) -> None:
        self._detour, self._step_free = detour, step_free
        # Entrances and nodes: places that a rider may name, but no stops.
        self._points: dict[str, Position] = {}
        self._open: set[str] = set()
        self.closed: set[str] = set()
        self._positions: dict[str, Position] = {}
        self._members: dict[str, list[str]] = {}
        for feed_id, feed in feeds.items():
            self._add_stops(feed_id, feed.rows("stops"))
        inside = {step: self._inside(feeds, radius_m, step_free=step) for step in {False, step_free}}
        self._ways = {pair: way for station in inside[step_free] for pair, way in station.ways.items()}
        self._pieces = [piece for station in inside[False] for piece in station.pieces]
        doors = {door for station in inside[False] for door in station.doors}
        behind = {end for station in inside[False] for pair in station.ways if doors & set(pair) for end in pair}
        own = {stop: {stop: Way.of(0)} for stop in self._positions if stop not in behind or stop in self._open}
        self._out = {stop: own.get(stop, {}) | self._leading(stop, doors, out=True) for stop in self._positions}
        self._into = {stop: own.get(stop, {}) | self._leading(stop, doors, out=False) for stop in self._positions}
        made = self._near(radius_m) if links is None else ((a, b, Footpath(metres)) for a, b, metres in links)
        self._links = {(a, b): footpath for a, b, footpath in made}
        self._measured: dict[tuple[str, str], Footpath | None] = {}
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
                if row.get("stop_access") == "1":
                    self._open.add(stop)
            elif kind == "1":
                self._members.setdefault(stop, [])
            elif row.get("stop_lat"):
                self._points[stop] = (float(row["stop_lat"]), float(row["stop_lon"]))

    def walked_m(self, a: Position, b: Position) -> int:
        """Walked metres between two positions, rounded up."""
        return math.ceil(straight_m(a, b) * self._detour)

    def _inside(
        self, feeds: Mapping[str, GtfsFeed], radius_m: float | None, *, step_free: bool
    ) -> list[InsideStations]:
        """Pathways of all feeds; nobody reads them where walking is off. Notes the stops that are closed."""
        stations = []
        for feed_id, feed in feeds.items():
            station = InsideStations(feed_id, feed, straight_m, self._detour, step_free=step_free)
            stations.append(station)
            for row in feed.rows("stops"):
                if self._step_free and station.wheelchair(row["stop_id"]) == "2":
                    self.closed.add(f"{feed_id}_{row['stop_id']}")
        return [] if radius_m is None else stations

    def _leading(self, stop: str, doors: set[str], *, out: bool) -> dict[str, Way]:
        """The ways from a stop to each entrance, or from each entrance to it."""
        pairs = {door: (stop, door) if out else (door, stop) for door in doors}
        return {door: self._ways[pair] for door, pair in pairs.items() if pair in self._ways}

    def _near(self, radius_m: float | None) -> Iterator[tuple[str, str, Footpath]]:
        """Footpaths between stops: inside where pathways lead there, else in the street, through the doors."""
        if radius_m is None:
            return
        for a in self._positions:
            for b in self._positions:
                if a == b:
                    continue
                if (a, b) in self._ways:
                    yield a, b, _walked(self._ways[a, b])
                    continue
                walks = [
                    walk
                    for leave, enter, walk, straight in self._through_doors(a, b)
                    if straight <= radius_m
                    and ((leave, enter) == (a, b) or walk.paced + walk.still <= radius_m * self._detour)
                    and not self._goes_round(a, b, leave, enter)
                ]
                if walks:
                    yield a, b, _walked(min(walks))

    def _goes_round(self, a: str, b: str, leave: str, enter: str) -> bool:
        """A straight line between two stops that pathways join, though not this way."""
        in_the_street = (leave, enter) == (a, b)
        return in_the_street and not {a, b} <= self._open and any({a, b} <= piece for piece in self._pieces)

    def _through_doors(self, a: str, b: str) -> Iterator[tuple[str, str, Way, float]]:
        """(door of a, door of b, the whole walk, straight metres from door to door)."""
        at = self._positions | self._points
        for leave, first in self._out[a].items():
            for enter, last in self._into[b].items():
                if leave == enter:
                    continue
                middle = Way.of(self.walked_m(at[leave], at[enter]))
                yield leave, enter, first + middle + last, straight_m(at[leave], at[enter])

    def _rule(self, a: Spot, b: Spot) -> Rule | None:
        """The row that speaks for a change from one trip to another: the most specific one, of equals the first."""
        holding = [
            rule
            for rule in self._rules.get((a[0], b[0]), ())
            if rule.start.is_about(a[1], self._route.get(a[1], ""))
            and rule.end.is_about(b[1], self._route.get(b[1], ""))
        ]
        return max(holding, key=lambda rule: rule.specificity(self._positions), default=None)

    def _measure(self, a: str, b: str) -> Footpath | None:
        """The walk between two stops that only transfers.txt links. None: no step-free one."""
        if (a, b) in self._ways:
            return _walked(self._ways[a, b])
        ways = self._through_doors(a, b)
        walks = [walk for leave, enter, walk, _ in ways if not self._goes_round(a, b, leave, enter)]
        if walks:
            return _walked(min(walks))
        straight = self.walked_m(self._positions[a], self._positions[b])
        return None if self._step_free else Footpath(straight)

    def _footpath(self, a: Spot, b: Spot) -> Footpath | None:
        """The way from one stop to another one for riders who change from trip to trip, or None where there is none."""
        pair = a[0], b[0]
        rule, link = self._rule(a, b), self._links.get(pair)
        if rule is None or rule.kind == "3":
            return None if link is None else replace(link, forbidden=rule is not None)
        if link is None:
            if pair not in self._measured:
                self._measured[pair] = self._measure(*pair)
            link = self._measured[pair]
        return None if link is None else replace(link, fixed_s={"1": 0, "2": rule.min_time_s}.get(rule.kind))

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
        at = self._points.get(place) if isinstance(place, str) else place
        if at is not None:
            return self._links_at(at, pace, outward=outward)
        assert isinstance(place, str)
        own = self.stops_of(place)
        found = dict.fromkeys(own, 0)
        for (a, b), footpath in self.footpaths.items():
            near, far = (a, b) if outward else (b, a)
            seconds = pace.footpath_seconds(footpath)
            if near in own and seconds is not None:
                found[far] = min(seconds, found.get(far, seconds))
        return found

    def _links_at(self, place: Position, pace: Pace, *, outward: bool) -> dict[str, int]:
        places, found = self._positions | self._points, {}
        for stop in self._positions:
            doors = (self._into if outward else self._out)[stop]
            walks = [pace.seconds(self.walked_m(place, places[d]) + w.paced, w.seconds) for d, w in doors.items()]
            known = [seconds for seconds in walks if seconds is not None]
            if known:
                found[stop] = min(known)
        return found

    def is_same_place(self, origin: Place, destination: Place) -> bool:
        """Whether who is at the one is at the other; stops and stations are one place where they share a stop."""
        named = [isinstance(place, str) and place not in self._points for place in (origin, destination)]
        if isinstance(origin, str) and isinstance(destination, str) and all(named):
            return not set(self.stops_of(origin)).isdisjoint(self.stops_of(destination))
        return origin == destination

    def all_the_way(self, origin: Place, destination: Place, pace: Pace) -> int | None:
        """Seconds on foot from one place to the other in one walk, or None if that is not possible."""
        ends = [self._points.get(place) if isinstance(place, str) else place for place in (origin, destination)]
        if isinstance(destination, str) and ends[1] is None:
            links = self.links(origin, pace, outward=True)
            return _least(links, self.stops_of(destination), pace)
        if isinstance(origin, str) and ends[0] is None:
            links = self.links(destination, pace, outward=False)
            return _least(links, self.stops_of(origin), pace)
        assert ends[0] is not None
        assert ends[1] is not None
        return pace.seconds(self.walked_m(ends[0], ends[1]))

    def changes(self, spots: Iterable[Spot], pace: Pace, slack: int) -> list[tuple[Spot, Spot, int]]:
        """(from, to, seconds) for each way to change between trips at `spots`, slack included."""
        return [
            (a, b, seconds + slack) for a in spots for b in spots if (seconds := self.change_s(a, b, pace)) is not None
        ]


def _walked(way: Way) -> Footpath:
    return Footpath(way.paced, own_s=way.seconds)


def _least(links: Mapping[str, int], stops: Iterable[str], pace: Pace) -> int | None:
    walks = [links[stop] for stop in stops if stop in links and links[stop] <= pace.max_walk_s]
    return min(walks, default=None)
