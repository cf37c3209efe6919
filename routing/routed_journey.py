"""A journey that is written out when somebody reads it: until then it knows when it begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from routing.journeys import Journey, Leg

if TYPE_CHECKING:
    from routing.headways.odds import JourneyOdds


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
        values = (arrival_s, departure_s, transfers, write, None)
        for name, value in zip(RoutedJourney.__slots__, values, strict=True):
            object.__setattr__(self, name, value)

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
