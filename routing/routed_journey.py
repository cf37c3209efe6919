"""A journey that is written out when somebody reads it: until then it knows what its search knew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from routing.instants import clock_at
from routing.journeys import Journey, Leg, RideLeg, WalkLeg

if TYPE_CHECKING:
    from routing.headways.odds import JourneyOdds
    from routing.query import Query
    from routing.reconstruct import Ends
    from routing.router import Router
    from routing.search import RideStep, Skeleton
    from routing.timetable import Timetable


class RoutedJourney(Journey):
    """What `Router` answers with: a Journey whose legs and names are made on first use.

    A profile of a day holds hundreds, of which a caller reads a few, or only when they begin and end. Safe to share
    between threads: whoever comes first writes it, and two at once write the same.
    """

    __slots__ = ("_arrival_s", "_departure_s", "_once", "_skeleton", "_transfers", "_writer", "_written")

    _arrival_s: int
    _departure_s: int
    _transfers: int
    _once: dict[str, Any]
    """What is summed over the legs, once it was asked for"""
    _writer: JourneyWriter | None
    _skeleton: Skeleton | None
    _written: Journey | None
    """None until it is read; then what was written, or what it was made of instead of a skeleton."""

    def __init__(
        self,
        departure: datetime,
        arrival: datetime,
        transfers: int,
        providers: frozenset[str],
        legs: tuple[Leg, ...],
        kind: Literal["ride", "walk"] = "ride",
        odds: JourneyOdds | None = None,
    ) -> None:
        written = Journey(departure, arrival, transfers, providers, legs, kind, odds)
        self._fill(written.departure_s, written.arrival_s, transfers, None, None, written)

    @classmethod
    def of(cls, writer: JourneyWriter, skeleton: Skeleton) -> RoutedJourney:
        """The journey of a skeleton, written out by `writer`."""
        found = cls.__new__(cls)
        epoch_s = writer.timetable.epoch_s
        found._fill(
            epoch_s + skeleton.departure, epoch_s + skeleton.arrival, len(skeleton.steps) - 1, writer, skeleton, None
        )
        return found

    def _fill(
        self,
        departure_s: int,
        arrival_s: int,
        transfers: int,
        writer: JourneyWriter | None,
        skeleton: Skeleton | None,
        written: Journey | None,
    ) -> None:
        put = object.__setattr__  # it is frozen
        put(self, "_departure_s", departure_s)
        put(self, "_arrival_s", arrival_s)
        put(self, "_transfers", transfers)
        put(self, "_writer", writer)
        put(self, "_skeleton", skeleton)
        put(self, "_written", written)
        put(self, "_once", {})

    @property
    def written(self) -> Journey:
        """The journey with everything in it."""
        written = self._written
        if written is None:
            assert self._writer is not None
            assert self._skeleton is not None
            written = self._writer.write(self._skeleton)
            object.__setattr__(self, "_written", written)
        return written

    @property
    def departure_s(self) -> int:
        """UTC seconds."""
        return self._departure_s

    @property
    def arrival_s(self) -> int:
        """UTC seconds."""
        return self._arrival_s

    @property
    def duration_s(self) -> int:
        """Seconds from leaving to arriving."""
        return self.arrival_s - self.departure_s

    @property
    def transfers(self) -> int:
        """Vehicles minus one."""
        return self._transfers

    @property
    def departure(self) -> datetime:
        """In the zone of the first stop."""
        if self._written is None and self._writer is not None and self._skeleton is not None:
            return self._writer.departure(self._skeleton)
        return self.written.departure

    @property
    def arrival(self) -> datetime:
        """In the zone of the last stop."""
        if self._written is None and self._writer is not None and self._skeleton is not None:
            return self._writer.arrival(self._skeleton)
        return self.written.arrival

    @property
    def providers(self) -> frozenset[str]:
        """Ids of the providers ridden."""
        return self.written.providers

    @property
    def legs(self) -> tuple[Leg, ...]:
        """Rides and walks in order."""
        return self.written.legs

    @property
    def kind(self) -> Literal["ride", "walk"]:
        """Always a ride."""
        return "ride"

    @property
    def odds(self) -> JourneyOdds | None:
        """As of Journey."""
        return self.written.odds

    @property
    def rides(self) -> Sequence[RideLeg]:
        """Legs in vehicles."""
        found: Sequence[RideLeg] = self._kept("rides", Journey.rides)
        return found

    @property
    def walks(self) -> Sequence[WalkLeg]:
        """Legs on foot."""
        found: Sequence[WalkLeg] = self._kept("walks", Journey.walks)
        return found

    @property
    def walk_m(self) -> int:
        """Walked metres."""
        found: int = self._kept("walk_m", Journey.walk_m)
        return found

    @property
    def walk_s(self) -> int:
        """Seconds on foot."""
        found: int = self._kept("walk_s", Journey.walk_s)
        return found

    @property
    def wait_s(self) -> int:
        """Seconds of waiting for vehicles."""
        found: int = self._kept("wait_s", Journey.wait_s)
        return found

    def _kept(self, name: str, of_journey: Any) -> Any:
        """A property of Journey, worked out once: a comparison asks for some of them six times."""
        once = self._once
        if name not in once:
            once[name] = of_journey.fget(self)
        return once[name]


class JourneyWriter:
    """Makes journeys of the skeletons of one query, and writes them out when they are read.

    It keeps the timetable that the skeletons count in, so that a journey goes on to be what it was when real time has
    changed the router, or another day's timetable has taken its place there.
    """

    __slots__ = ("_ends", "_query", "_router", "timetable")

    def __init__(self, router: Router, query: Query, ends: Ends, timetable: Timetable) -> None:
        """`timetable` is one of `router` itself, not of one that answers in its place."""
        self._router, self._query, self._ends, self.timetable = router, query, ends, timetable

    def write(self, skeleton: Skeleton) -> Journey:
        """The journey with everything in it."""
        return self._router.written(self._query, self._ends, self.timetable, skeleton)

    def departure(self, skeleton: Skeleton) -> datetime:
        """When the journey begins, in the zone of the stop of its first vehicle."""
        first = skeleton.steps[0]
        return self._clock(skeleton.departure, first, first.board)

    def arrival(self, skeleton: Skeleton) -> datetime:
        """When it ends, in the zone of the stop where its last vehicle is left."""
        last = skeleton.steps[-1]
        return self._clock(skeleton.arrival, last, last.alight)

    def _clock(self, seconds: int, step: RideStep, position: int) -> datetime:
        side, stops = self.timetable.forward, self.timetable.stops
        stop = int(stops.stop_of[side.call_stops[side.calls_ptr[step.pattern] + position]])
        return clock_at(self.timetable.epoch_s + seconds, self._router.zone(stop))
