"""Ids of itineraries: all it takes to put the itinerary together again, packed into text.

Nothing in them is trusted: what comes back is unpacked within bounds and looked up in the snapshot.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from isal import isal_zlib
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from api.motis.trip_ids import motis_trip_id
from routing import Journey, QueryError, RideLeg, WalkLeg
from routing.instants import instant_s
from routing.journeys import Leg
from routing.trip_runs import run_of_leg

MOST_BYTES = 64 * 1024
MOST_LEGS = 40
LAST_INSTANT = 7_258_118_400
COMPRESSION = 2
"""Of ISA-L: some bytes more than zlib's usual one, in a fraction of the time. Either unpacks what the other packed."""


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


_PARTS: TypeAdapter[list[RidePart | WalkPart]] = TypeAdapter(list[RidePart | WalkPart])


def itinerary_id(journey: Journey) -> str:
    """The id of a journey's itinerary."""
    parts = [_part(leg) for leg in journey.legs]
    return packed_id(parts, journey.departure_s, instant_s(journey.legs[0].departure))


def packed_id(parts: Sequence[dict[str, Any]], departure_s: int, leaves_s: int) -> str:
    """Of `parts` as ride_part and walk_part make them, when the rider sets out and when the first leg begins."""
    if "trip" in parts[0] and departure_s != leaves_s:
        parts[0]["left"] = departure_s
    packed = isal_zlib.compress(orjson.dumps(parts), COMPRESSION)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def ride_part(leg: RideLeg, trip_id: str | None) -> dict[str, Any]:
    """`trip_id`: of MOTIS; None where the leg rides no vehicle of this snapshot."""
    part: dict[str, Any] = {"trip": trip_id, "board": leg.from_stop_sequence, "alight": leg.to_stop_sequence}
    return part | ({"seated": True} if leg.stay_seated else {})


def walk_part(leg: WalkLeg, start_s: int, end_s: int) -> dict[str, Any]:
    """`start_s`, `end_s`: UTC seconds of its departure and arrival."""
    return {
        "start": leg.from_place.id,
        "end": leg.to_place.id,
        "departure": start_s,
        "seconds": end_s - start_s,
        "metres": leg.distance_m,
    }


def _part(leg: Leg) -> dict[str, Any]:
    if not isinstance(leg, RideLeg):
        return walk_part(leg, instant_s(leg.departure), instant_s(leg.arrival))
    run = run_of_leg(leg)
    return ride_part(leg, None if run is None else motis_trip_id(run))


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
