"""A walk leg held against the ground: how far it must be, how long it must take, and whether there is a way at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from ingest.replay.document import FoundJourney
from ingest.replay.faults import Findings
from ingest.replay.feeds import Feeds, Place, Spot
from ingest.replay.pathways import AT_ONCE, WalkedWay
from ingest.replay.records import WalkRecord
from ingest.replay.rides import KnownRide, check_place, check_said
from ingest.replay.stops import Position, straight_m
from ingest.replay.transfers import NOBODY, Rule

ASSUMED_DETOUR = 1.3
"""For ways to stops that only their entrances lead to, where nobody says what the snapshot takes."""
ROUNDING_M = 1

End = Spot | Position
"""What is walked from or to: a stop, or a place in the street."""


@dataclass(frozen=True, slots=True)
class Possible:
    """A walk that the feeds allow. Inside: what pathways make of it. street_m: the straight line in the street between
    the doors, None where the walk is inside all the way. `rule`: the row of transfers.txt that speaks for it.
    """

    inside: WalkedWay
    street_m: float | None
    rule: Rule | None

    def walked_s(self, metres: int, speed: float) -> int:
        """What it takes to walk it, if it is so many metres."""
        return math.ceil((metres - self.inside.fixed_m) / speed) + self.inside.fixed_s

    def takes_s(self, metres: int, speed: float) -> int:
        """The same, or what transfers.txt fixes for the change."""
        fixed = None if self.rule is None else self.rule.walk_s
        return self.walked_s(metres, speed) if fixed is None else fixed

    def lengths_m(self, detour: float | None) -> tuple[int, int | None]:
        """The least and the greatest it can be; no greatest where the way in the street is not known."""
        inside = self.inside.paced_m + self.inside.fixed_m
        if self.street_m is None:
            return inside, inside
        if detour is None:
            return inside + math.floor(self.street_m), None
        street = math.ceil(self.street_m * detour)
        # A hair in the last digit of a degree may carry a ceiling over.
        return inside + street - ROUNDING_M, inside + street + ROUNDING_M

    def fits(self, metres: int, detour: float | None) -> bool:
        """Whether it can be so many metres."""
        least, most = self.lengths_m(detour)
        return least <= metres and (most is None or metres <= most)


@dataclass(frozen=True, slots=True)
class Walker:
    """How the walks of one journey are held against the feeds."""

    feeds: Feeds
    found: FoundJourney

    @property
    def _detour(self) -> float | None:
        """What a straight line is multiplied by; None where walks follow streets, or nobody says."""
        terms = self.found.terms
        return None if terms.walk in (None, "streets") else terms.detour

    def check(
        self,
        walk: WalkRecord,
        ends: tuple[Place, Place],
        rides: tuple[KnownRide | None, KnownRide | None],
        findings: Findings,
    ) -> bool:
        """Whether the leg's metres and seconds can be. `rides` are the vehicles before and after; a walk between two
        is a change, which transfers.txt may forbid or fix for them.
        """
        for side, place, record in (("from_", ends[0], walk.start), ("to_", ends[1], walk.end)):
            if place.spot is not None:
                check_place(record, side, place.spot, findings)
            elif place.position is not None:
                check_said(record, side, {place.id}, place.position, findings)
        possible = list(self._possible(*ends, rides))
        if possible and all(way.rule is not None and way.rule.forbids for way in possible) and None not in rides:
            findings.add("change_forbidden", "to_place", "a change that transfers.txt allows", walk.end.id)
            return False
        return self._is_one_of(walk, possible, findings)

    def _is_one_of(self, walk: WalkRecord, possible: list[Possible], findings: Findings) -> bool:
        terms, seconds = self.found.terms, walk.arrival.instant_s - walk.departure.instant_s
        if not possible:
            findings.add("no_way", "to_place", f"a place that can be walked to from {walk.start.id}", walk.end.id)
            return False
        fitting = [way for way in possible if way.fits(walk.distance_m, self._detour)]
        if not fitting:
            lengths = {_span(*way.lengths_m(self._detour)) for way in possible}
            findings.add("wrong_distance", "distance_m", " or ".join(sorted(lengths)), walk.distance_m)
            return False
        speed = terms.walk_speed_m_per_s
        timed = [way for way in fitting if way.takes_s(walk.distance_m, speed) == seconds]
        if not timed:
            arrivals = {walk.departure.instant_s + way.takes_s(walk.distance_m, speed) for way in fitting}
            expected = " or ".join(map(walk.arrival.beside, sorted(arrivals)))
            findings.add("wrong_walk_time", "arrival", expected, walk.arrival)
            return False
        limit_s, takes_s = self.found.query.max_walk_s, min(way.walked_s(walk.distance_m, speed) for way in timed)
        if limit_s is not None and takes_s > limit_s:
            told = f"{walk.distance_m}, which takes {takes_s} s"
            findings.add("walk_too_long", "distance_m", f"what takes {limit_s} s or less", told)
        return True

    def _possible(
        self, start: Place, end: Place, rides: tuple[KnownRide | None, KnownRide | None]
    ) -> Iterator[Possible]:
        here: tuple[End, ...] = start.spots or ((start.position,) if start.position else ())
        there: tuple[End, ...] = end.spots or ((end.position,) if end.position else ())
        for a, b in product(here, there):
            if a == b:
                if None in rides:  # who changes at one stop does not walk
                    yield Possible(AT_ONCE, None, None)
                continue
            rule = _rule(a, b, rides)
            ways = list(self._ways(a, b))
            # transfers.txt links stops that nothing else links, but promises no wheelchair a way.
            if not ways and rule is not None and (rule.forbids or not self.found.query.wheelchair):
                ways = [(AT_ONCE, _straight(_position(a), _position(b)))]
            yield from (Possible(inside, street, rule) for inside, street in ways)

    def _ways(self, a: End, b: End) -> Iterator[tuple[WalkedWay, float | None]]:
        """(inside, straight metres in the street) of each way from one end to the other."""
        joined = False
        if isinstance(a, Spot) and isinstance(b, Spot) and a.feed is b.feed and self._has_pathways:
            stations = a.feed.inside(self._inside_detour, step_free=self.found.query.wheelchair)
            way = stations.between(a.stop, b.stop)
            if way is not None:
                yield way, None
                return
            joined = stations.are_joined(a.stop, b.stop) and not a.stop.access == b.stop.access == 1
        for (left, out), (entered, into) in product(self._doors(a, outward=True), self._doors(b, outward=False)):
            is_open = isinstance(a, Spot) and isinstance(b, Spot) and (left, entered) == (a.id, b.id)
            if left != entered and not (joined and is_open):
                yield _together(out[0], into[0]), _straight(out[1], into[1])

    @property
    def _has_pathways(self) -> bool:
        """With `--walk off` nobody walks along pathways."""
        return self.found.terms.walk != "off"

    @property
    def _inside_detour(self) -> float:
        return self.found.terms.detour or ASSUMED_DETOUR

    def _doors(self, end: End, *, outward: bool) -> list[tuple[str, tuple[WalkedWay, Position | None]]]:
        """Name of each door of an end, the way to it and where it is; a place in the street is its own."""
        if not isinstance(end, Spot):
            return [("", (AT_ONCE, end))]
        if not self._has_pathways:
            return [(end.id, (AT_ONCE, end.stop.position))]
        stations = end.feed.inside(self._inside_detour, step_free=self.found.query.wheelchair)
        doors = stations.doors(end.stop, outward=outward)
        places = end.feed.stops.by_id
        return [(f"{end.feed.id}_{door}", (way, places[door].position)) for door, way in doors.items()]


def _together(out: WalkedWay, into: WalkedWay) -> WalkedWay:
    return WalkedWay(*(a + b for a, b in zip(out, into, strict=True)))


def _position(end: End) -> Position | None:
    return end.stop.position if isinstance(end, Spot) else end


def _straight(a: Position | None, b: Position | None) -> float:
    """0 where a place is not known."""
    return 0.0 if a is None or b is None else straight_m(a, b)


def _rule(a: End, b: End, rides: tuple[KnownRide | None, KnownRide | None]) -> Rule | None:
    """The row that speaks for a walk. To the first vehicle and from the last one nothing is forbidden."""
    if not (isinstance(a, Spot) and isinstance(b, Spot) and a.feed is b.feed):
        return None
    if rides[0] is None or rides[1] is None:
        rule = a.feed.transfers.rule(a.stop, b.stop)
        return None if rule is not None and rule.forbids else rule
    left, boarded = (ride.ridden if ride.feed is a.feed else NOBODY for ride in (rides[0], rides[1]))
    return a.feed.transfers.rule(a.stop, b.stop, left, boarded)


def _span(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more"
    return str(least) if least == most else f"{least} to {most}"
