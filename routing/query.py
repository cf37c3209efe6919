"""What a rider asks: one frozen, checked Query."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import datetime

Place = str | tuple[float, float]
"""A scoped stop id such as `mrt_LBB`, or (lat, lon) in degrees."""

MAX_TRANSFERS = 15
MAX_WALK_S = 3600
HEADWAY_WAITS = ("expected", "worst", "none")
"""What a search takes the wait for a headway service to be: half the headway, all of it, or nothing."""


class QueryError(ValueError):
    """A query that makes no sense. `field` names the part at fault, `limit` the bound it broke, if any."""

    def __init__(self, message: str, field: str, limit: float | str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Query:
    """Travel from `origin` to `destination`, leaving at `time` or later (or arriving then or earlier).

    Seconds and metres per second throughout. `providers` and `modes` (GTFS route types) restrict what may be
    ridden; None means everything. `headway_wait` is one of HEADWAY_WAITS; `rider` is a category of riders that fares
    are for, None nobody special. Raises QueryError on a naive time, a number out of bounds or an unknown wait.
    """

    origin: Place
    destination: Place
    time: datetime
    arrive_by: bool = False
    max_transfers: int = 7
    max_walk_s: int = 1200
    walk_speed_m_per_s: float = 1.2
    transfer_slack_s: int = 0
    providers: frozenset[str] | None = None
    modes: frozenset[int] | None = None
    wheelchair: bool = False
    use_realtime: bool = field(default=True)
    headway_wait: str = "expected"
    rider: str | None = None

    def __post_init__(self) -> None:
        if self.time.tzinfo is None or self.time.utcoffset() is None:
            raise QueryError(f"time {self.time.isoformat()} has no time zone", "time")
        _check_range("max_transfers", self.max_transfers, 0, MAX_TRANSFERS)
        _check_range("max_walk_s", self.max_walk_s, 0, MAX_WALK_S)
        _check_range("walk_speed_m_per_s", self.walk_speed_m_per_s, 0.1, 10)
        _check_range("transfer_slack_s", self.transfer_slack_s, 0, 3600)
        if self.headway_wait not in HEADWAY_WAITS:
            raise QueryError(
                f"headway_wait is {self.headway_wait!r}; it must be one of {', '.join(HEADWAY_WAITS)}", "headway_wait"
            )
        for name, place in (("origin", self.origin), ("destination", self.destination)):
            if not isinstance(place, str):
                _check_coordinates(name, place)
        for name in ("providers", "modes"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, frozenset):
                object.__setattr__(self, name, frozenset(value))

    def at(self, instant: int) -> Query:
        """The same at another instant, in UTC seconds, told in the same zone. Nothing else is looked at again."""
        found, put = object.__new__(Query), object.__setattr__  # it is frozen
        for name in Query.__slots__:
            put(found, name, getattr(self, name))
        put(found, "time", datetime.fromtimestamp(instant, self.time.tzinfo))
        return found


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        bound = high if value > high else low
        raise QueryError(f"{name} is {value}; it must lie between {low} and {high}", name, bound)


def _check_coordinates(name: str, place: tuple[float, float]) -> None:
    lat, lon = place
    if not (math.isfinite(lat) and math.isfinite(lon) and abs(lat) <= 90 and abs(lon) <= 180):
        raise QueryError(f"{name} is {lat},{lon}; latitude must lie within ±90 and longitude within ±180", name)
