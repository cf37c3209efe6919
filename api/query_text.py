"""What users type, to what the router takes: places, times, lists and weights.

Every fault is a QueryError whose `field` is the name of the request's parameter; the command line and the HTTP
service say the same about it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from api.coordinate import COORDINATE
from ingest.model import Network
from routing import QueryError
from routing.query import Place

LOST_PLUS = re.compile(r"(?<=[0-9:.]) (?=\d\d:?\d\d$)")
"""A `+` that was not escaped in an address arrives as a space."""
YEARS = range(1970, 2200)

Value = TypeVar("Value")


def network_zone(network: Network) -> ZoneInfo:
    """The zone that times without one are meant in: that of the first agency."""
    return ZoneInfo(network.zones[0] if network.zones else "UTC")


def parse_place(text: str, field: str, network: Network) -> Place:
    """A stop id as it stands, else `lat,lon` in degrees. A stop whose id looks like a coordinate is still a stop."""
    if not text.strip():
        raise QueryError(f"{field} is empty; give a stop id or lat,lon", field)
    match = COORDINATE.fullmatch(text)
    if match is None or is_stop(text, network):
        return text
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise QueryError(
            f"{field} is {text.strip()}; latitude must lie within ±90 and longitude within ±180", field, "±90,±180"
        )
    return lat, lon


def is_stop(text: str, network: Network) -> bool:
    """Whether a snapshot has a stop of that id, or of that bare GTFS id if it has one feed."""
    ids = network.stops.id
    if ids.find(text) >= 0:
        return True
    return len(network.feeds) == 1 and ids.find(f"{network.feeds[0].id}_{text}") >= 0


def parse_time(text: str, field: str, zone: ZoneInfo) -> datetime:
    """ISO 8601; without an offset it is local time in `zone`. The answer is in `zone`."""
    try:
        time = datetime.fromisoformat(LOST_PLUS.sub("+", text.strip()))
    except ValueError:
        raise QueryError(f"{field} is {text!r}; it must be ISO 8601, as 2026-03-02T07:30:00+07:00", field) from None
    if time.year not in YEARS:
        limit = f"{YEARS[0]}-{YEARS[-1]}"
        raise QueryError(f"{field} is {text!r}; its year must lie in {limit}", field, limit)
    if time.tzinfo is None:
        time = time.replace(tzinfo=zone)
    return time.astimezone(zone)


def parse_names(text: str, field: str) -> frozenset[str]:
    """`a,b` to a set. Raises QueryError if it names nothing."""
    names = frozenset(filter(None, (part.strip() for part in text.split(","))))
    if not names:
        raise QueryError(f"{field} is empty; give names separated by commas, or leave it out", field)
    return names


def parse_modes(text: str, field: str) -> frozenset[int]:
    """`0,1,3`: GTFS route types."""
    try:
        return frozenset(map(int, parse_names(text, field)))
    except ValueError as error:
        if isinstance(error, QueryError):
            raise
        raise QueryError(f"{field} is {text!r}; it must be GTFS route types separated by commas", field) from None


def parse_weights(text: str, field: str) -> dict[str, float]:
    """`travel=1,walk=2`, or with colons. Which names there are is for the ranking to say."""
    weights: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = re.sub(r"\s", "", part).replace(":", "=").partition("=")
        try:
            weights[name] = float(value)
        except ValueError:
            message = f"{field} is {text!r}; it must be name=number pairs separated by commas"
            raise QueryError(message, field) from None
    return weights


def optional(parse: Callable[[str, str], Value], text: str | None, field: str) -> Value | None:
    """`parse`, where there is anything to parse."""
    return None if text is None else parse(text, field)
