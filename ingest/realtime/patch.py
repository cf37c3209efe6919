"""What real time says of the trips of a feed: frozen columns, bound to the rows of one Network. Routing reads this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np

from ingest.arrays import Bits, Int8s, Int32s, Int64s


class ChangeKind(IntEnum):
    """What happens to a vehicle."""

    UPDATED = 0
    """It runs at other times, or passes some of its stops."""
    REPLACED = 1
    """It runs another way."""
    CANCELLED = 2
    DELETED = 3
    """As cancelled, but riders are not to be told."""
    ADDED = 4
    """The schedule does not have it."""
    DUPLICATED = 5
    """A further vehicle that does as a trip of the schedule does, at another time."""
    EXTRA = 6
    """A vehicle of a headway service, of which now is known when it runs."""


_PER_ROW = ("kind", "trip", "day", "start_s", "shift_s", "route")
_PER_CALL = ("stop", "flags", "arrival", "departure", "sequence", "is_known")
"""Columns of TripChanges."""
TAKES_OUT = (ChangeKind.UPDATED, ChangeKind.REPLACED, ChangeKind.CANCELLED, ChangeKind.DELETED)
"""Kinds that take a vehicle out of the schedule."""


@dataclass(frozen=True, slots=True)
class TripChanges:
    """One row a vehicle, no vehicle twice. Its calls are rows ptr[r]:ptr[r + 1] of the columns of calls."""

    kind: Int8s
    """A ChangeKind."""
    trip: Int32s
    """Row of Network.trips that the schedule has it as, or that it is like; -1 for ADDED."""
    day: Int32s
    """Service date as proleptic ordinal."""
    start_s: Int32s
    """Which vehicle of a trip by frequencies.txt: its first departure; -1: all that the trip has that day."""
    shift_s: Int32s
    """What its schedule adds to the trip's stop_times: 0 but for vehicles of frequencies.txt, and duplicates."""
    route: Int32s
    """Row of Network.routes."""
    id: tuple[str, ...]
    """Scoped id; "" for the trip's own."""
    headsign: tuple[str, ...]
    """"" for the trip's own."""
    ptr: Int64s
    stop: Int32s
    flags: Bits
    """CAN_BOARD | CAN_ALIGHT; 0 at a call that is passed."""
    arrival: Int32s
    departure: Int32s
    """Seconds of the service day, never decreasing along a trip."""
    sequence: Int32s
    is_known: Bits
    """1 where real time says when, itself or by a delay carried along; 0 where the schedule is all there is."""

    def __len__(self) -> int:
        return len(self.trip)


@dataclass(frozen=True, slots=True)
class Selector:
    """What an alert is for: all that is not None must hold. Rows of the Network's tables."""

    agency: int | None = None
    route: int | None = None
    route_type: int | None = None
    direction: int | None = None
    trip: int | None = None
    day: int | None = None
    """Service date as proleptic ordinal."""
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something riders should know. Texts by language; "" is the language nobody named. Plain text, never markup."""

    id: str
    feed: str
    header: Mapping[str, str]
    description: Mapping[str, str]
    url: Mapping[str, str]
    """http and https only."""
    cause: str
    effect: str
    severity: str
    """Words of GTFS-Realtime."""
    periods: tuple[tuple[int, int], ...]
    """[from, to) in UTC seconds; none means always."""
    selectors: tuple[Selector, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; all languages."""
        return {
            "id": self.id,
            "feed": self.feed,
            "header": dict(self.header),
            "description": dict(self.description),
            "url": dict(self.url),
            "cause": self.cause,
            "effect": self.effect,
            "severity": self.severity,
            "periods": [list(period) for period in self.periods],
        }

    def is_active(self, start_s: int, end_s: int) -> bool:
        """Whether it holds at some instant of [start_s, end_s] (UTC seconds)."""
        return not self.periods or any(start <= end_s and start_s < end for start, end in self.periods)


@dataclass(frozen=True, slots=True)
class VehiclePosition:
    """Where a vehicle is. Row of Network.trips and service date where it is on a trip; -1 and 0 where nobody says."""

    id: str
    label: str
    trip: int
    day: int
    lat: float
    lon: float
    bearing: float | None
    timestamp_s: int
    stop: int
    status: str
    occupancy: str


@dataclass(frozen=True, slots=True)
class FeedPatch:
    """All that a feed says now, as of `timestamp_s` (UTC seconds)."""

    feed: str
    timestamp_s: int
    trips: TripChanges
    alerts: tuple[Alert, ...]
    vehicles: tuple[VehiclePosition, ...]


def no_changes() -> TripChanges:
    """Of a feed of which nothing is said."""
    narrow, bits = np.empty(0, np.int32), np.empty(0, np.uint8)
    return TripChanges(
        kind=np.empty(0, np.int8), trip=narrow, day=narrow, start_s=narrow, shift_s=narrow, route=narrow, id=(),
        headsign=(), ptr=np.zeros(1, np.int64), stop=narrow, flags=bits, arrival=narrow, departure=narrow,
        sequence=narrow, is_known=bits,
    )  # fmt: skip


def joined_changes(pieces: Sequence[TripChanges]) -> TripChanges:
    """Rows of all pieces, in order."""
    pieces = [piece for piece in pieces if len(piece)]
    if len(pieces) <= 1:
        return pieces[0] if pieces else no_changes()
    lengths = np.concatenate([np.diff(piece.ptr) for piece in pieces])
    return TripChanges(
        **{name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in _PER_ROW + _PER_CALL},
        id=tuple(text for piece in pieces for text in piece.id),
        headsign=tuple(text for piece in pieces for text in piece.headsign),
        ptr=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    )


def distinct_changes(changes: TripChanges) -> TripChanges:
    """Of several rows for one vehicle the first: two messages of a feed may speak of it."""
    kept = first_of_each(changes, np.arange(len(changes), dtype=np.int64))
    return changes if len(kept) == len(changes) else chosen_changes(changes, kept)


def first_of_each(changes: TripChanges, order: Int64s) -> Int64s:
    """Of the rows `order`, in that order, the first of each vehicle. One with an id of its own is that, another is one
    of its trip's."""
    numbers: dict[str, int] = {"": 0}
    ids = [numbers.setdefault(text, len(numbers)) for text in changes.id] if any(changes.id) else [0] * len(changes)
    own = np.array(ids, np.int64)[order]
    trip, start = (np.where(own > 0, -1, column[order]) for column in (changes.trip, changes.start_s))
    columns = own, trip, start, changes.day[order]
    by_vehicle = np.lexsort(columns)  # stable: of one vehicle the first stays first
    is_first = np.ones(len(order), bool)
    if len(order):
        is_first[1:] = np.any([column[by_vehicle[1:]] != column[by_vehicle[:-1]] for column in columns], axis=0)
    found: Int64s = order[np.sort(by_vehicle[is_first])]
    return found


def chosen_changes(changes: TripChanges, rows: Int64s) -> TripChanges:
    """Some rows, in the order given."""
    lengths = np.diff(changes.ptr)[rows]
    ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    calls = np.repeat(changes.ptr[:-1][rows] - ptr[:-1], lengths) + np.arange(int(ptr[-1]))
    return TripChanges(
        **{name: getattr(changes, name)[rows] for name in _PER_ROW},
        **{name: getattr(changes, name)[calls] for name in _PER_CALL},
        id=tuple(changes.id[row] for row in rows.tolist()),
        headsign=tuple(changes.headsign[row] for row in rows.tolist()),
        ptr=ptr,
    )
