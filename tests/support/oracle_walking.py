"""Where riders walk and how they change, by geometry and transfers.txt. Part of the test oracle.

Written from docs/semantics.md alone. Distances are whole metres, durations whole seconds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.support.gtfs_feed import GtfsFeed, Row

EARTH_RADIUS_M = 6_371_008.8

Position = tuple[float, float]
Place = str | Position
Rule = tuple[int, str, int | None]
"""How many of its two ends name the stop itself, transfer_type, min_transfer_time."""


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
        self.footpaths: dict[tuple[str, str], Footpath] = {
            (a, b): Footpath(metres) for a, b, metres in (self._near(radius_m) if links is None else links)
        }
        self.change_s: dict[str, int | None] = dict.fromkeys(self._positions, 0)
        for feed_id, feed in feeds.items():
            for pair, rule in self._rules(feed_id, feed.rows("transfers")).items():
                self._apply(pair, rule)

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

    def _rules(self, feed_id: str, rows: list[Row]) -> dict[tuple[str, str], Rule]:
        rules: dict[tuple[str, str], Rule] = {}
        for row in rows:
            kind = row.get("transfer_type") or "0"
            if kind not in "0123" or any(
                row.get(f"{end}_{of}") for end in ("from", "to") for of in ("route_id", "trip_id")
            ):
                continue
            ends = [f"{feed_id}_{row[name]}" for name in ("from_stop_id", "to_stop_id")]
            own = sum(end in self._positions for end in ends)
            time = int(row["min_transfer_time"]) if row.get("min_transfer_time") else None
            for a in self._members.get(ends[0], ()):
                for b in self._members.get(ends[1], ()):
                    rules[a, b] = max(rules.get((a, b), (-1, "", None)), (own, kind, time), key=lambda rule: rule[0])
        return rules

    def _apply(self, pair: tuple[str, str], rule: Rule) -> None:
        _, kind, time = rule
        a, b = pair
        if a == b:
            self.change_s[a] = None if kind == "3" else time if kind == "2" and time is not None else 0
            return
        link = self.footpaths.get(pair)
        if kind == "3":
            if link is not None:
                self.footpaths[pair] = Footpath(link.distance_m, forbidden=True)
            return
        metres = self.walked_m(self._positions[a], self._positions[b]) if link is None else link.distance_m
        self.footpaths[pair] = Footpath(metres, fixed_s={"1": 0, "2": time}.get(kind))

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

    def changes(self, pace: Pace, slack: int) -> list[tuple[str, str, int]]:
        """(from, to, seconds) for each way to change vehicles, slack included."""
        same = [(stop, stop, seconds) for stop, seconds in self.change_s.items() if seconds is not None]
        walked = [
            (a, b, seconds)
            for (a, b), footpath in self.footpaths.items()
            if not footpath.forbidden and (seconds := pace.footpath_seconds(footpath)) is not None
        ]
        return [(a, b, seconds + slack) for a, b, seconds in same + walked]


def _least(links: Mapping[str, int], stops: Iterable[str], pace: Pace) -> int | None:
    walks = [links[stop] for stop in stops if stop in links and links[stop] <= pace.max_walk_s]
    return min(walks, default=None)
