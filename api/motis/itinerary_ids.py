"""Ids of itineraries: all it takes to put the itinerary together again, packed into text.

Nothing in them is trusted: what comes back is unpacked within bounds and looked up in the snapshot.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.motis.trip_ids import motis_trip_id
from routing import Journey, QueryError, RideLeg
from routing.instants import instant_s
from routing.journeys import Leg
from routing.trip_runs import run_of_leg

MOST_BYTES = 64 * 1024
MOST_LEGS = 40
LAST_INSTANT = 7_258_118_400


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class RidePart(_Part):
    """A ride: the vehicle and, by stop_sequence, from where to where."""

    trip: str
    board: int
    alight: int
    seated: bool = False
    """Whether the rider stays in the vehicle of the ride before."""
    left: int | None = Field(default=None, ge=0, le=LAST_INSTANT)
    """When the rider set out, where that is before the first vehicle leaves."""


class WalkPart(_Part):
    """A walk between two places (stop ids or `lat,lon`), with its names for riders."""

    start: str
    end: str
    departure: int = Field(ge=0, le=LAST_INSTANT)
    seconds: int = Field(ge=0, le=86_400)
    metres: int = Field(ge=0, le=36_000)


@dataclass(frozen=True, slots=True)
class ItineraryId:
    """The parts of an itinerary in order."""

    parts: tuple[RidePart | WalkPart, ...]


_COMPACT = json.JSONEncoder(separators=(",", ":"))
_PARTS: TypeAdapter[list[RidePart | WalkPart]] = TypeAdapter(list[RidePart | WalkPart])


def itinerary_id(journey: Journey, trip_ids: Sequence[str | None] | None = None) -> str:
    """The id of a journey's itinerary. `trip_ids`: of MOTIS, one a leg and None for a walk, if they are known."""
    ids = [_trip_id(leg) for leg in journey.legs] if trip_ids is None else trip_ids
    parts = [_part(leg, trip_id) for leg, trip_id in zip(journey.legs, ids, strict=True)]
    if isinstance(journey.legs[0], RideLeg) and journey.departure_s != instant_s(journey.legs[0].departure):
        parts[0]["left"] = journey.departure_s
    packed = zlib.compress(_COMPACT.encode(parts).encode(), 6)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def _trip_id(leg: Leg) -> str | None:
    run = run_of_leg(leg) if isinstance(leg, RideLeg) else None
    return None if run is None else motis_trip_id(run)


def _part(leg: Leg, trip_id: str | None) -> dict[str, Any]:
    if not isinstance(leg, RideLeg):
        start = instant_s(leg.departure)
        return {
            "start": leg.from_place.id,
            "end": leg.to_place.id,
            "departure": start,
            "seconds": instant_s(leg.arrival) - start,
            "metres": leg.distance_m,
        }
    part: dict[str, Any] = {"trip": trip_id, "board": leg.from_stop_sequence, "alight": leg.to_stop_sequence}
    return part | ({"seated": True} if leg.stay_seated else {})


def parse_itinerary_id(text: str) -> ItineraryId:
    """Raises QueryError for a text that is no id of ours."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(packed, MOST_BYTES)
        parts = _PARTS.validate_json(plain) if unpacker.eof else []
    except (binascii.Error, ValueError, zlib.error, ValidationError):
        parts = []
    if not 0 < len(parts) <= MOST_LEGS:
        raise QueryError("itineraryId is not one that this server gave", "itineraryId")
    return ItineraryId(tuple(parts))
