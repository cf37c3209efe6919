"""A journey that is written out when somebody reads it: until then it knows when it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal

from routing.journeys import Journey, Leg

if TYPE_CHECKING:
    from routing.headways.odds import JourneyOdds
    from routing.query import Query
    from routing.reconstruct import Ends
    from routing.router import Router
    from routing.search import Skeleton
    from routing.timetable import Timetable


class RoutedJourney(Journey):
    """What `Router` answers with: a Journey whose legs, names and local times are made on first use.

    A profile of a day holds hundreds, of which a caller reads a few. Safe to share between threads: whoever comes
    first writes it, and two at once write the same.
    """

    __slots__ = ("_arrival_s", "_departure_s", "_transfers", "_write", "_written")

    _arrival_s: int
    _departure_s: int
    _transfers: int
    _write: Callable[[], Journey]
    _written: Journey | None

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
        self._fill(written.departure_s, written.arrival_s, transfers, lambda: written)

    @classmethod
    def of(cls, departure_s: int, arrival_s: int, transfers: int, write: Callable[[], Journey]) -> RoutedJourney:
        """A journey between two UTC seconds, written out by `write`."""
        found = cls.__new__(cls)
        found._fill(departure_s, arrival_s, transfers, write)
        return found

    def _fill(self, departure_s: int, arrival_s: int, transfers: int, write: Callable[[], Journey]) -> None:
        put = object.__setattr__
        put(self, "_arrival_s", arrival_s)
        put(self, "_departure_s", departure_s)
        put(self, "_transfers", transfers)
        put(self, "_write", write)
        put(self, "_written", None)

    @property
    def written(self) -> Journey:
        """The journey with everything in it."""
        written = self._written
        if written is None:
            written = self._write()
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
        return self.written.departure

    @property
    def arrival(self) -> datetime:
        """In the zone of the last stop."""
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


class JourneyWriter:
    """Makes journeys of the skeletons of one query, and writes them out when they are read.

    It keeps the timetable that the skeletons count in, so that a journey goes on to be what it was when real time has
    changed the router, or another day's timetable has taken its place there.
    """

    __slots__ = ("_ends", "_query", "_router", "_timetable")

    def __init__(self, router: Router, query: Query, ends: Ends, timetable: Timetable) -> None:
        """`timetable` is one of `router` itself, not of one that answers in its place."""
        self._router, self._query, self._ends, self._timetable = router, query, ends, timetable

    def journey(self, skeleton: Skeleton) -> RoutedJourney:
        """To be written out on first use."""
        epoch_s = self._timetable.epoch_s
        write = partial(self._write, skeleton)
        return RoutedJourney.of(
            epoch_s + skeleton.departure, epoch_s + skeleton.arrival, len(skeleton.steps) - 1, write
        )

    def _write(self, skeleton: Skeleton) -> Journey:
        return self._router.written(self._query, self._ends, self._timetable, skeleton)
