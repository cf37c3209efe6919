"""What MOTIS clients type, to what the router takes: places, boxes, instants, lists.

Every fault is a QueryError whose `field` is the name of the request's parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.query_text import is_stop, network_zone, parse_time
from ingest.model import Network
from ingest.translated_names import LANGUAGE_TAG, accepted_languages
from routing import QueryError
from routing.moving import Box
from routing.query import Place

NUMBER = r"[+-]?\d{1,3}(?:\.\d*)?"
COORDINATE = re.compile(rf"\s*({NUMBER})\s*[,;]\s*({NUMBER})\s*(?:[,;]\s*{NUMBER}\s*)?")
EPOCH = date(1970, 1, 1).toordinal()
DAY_MINUTES = 24 * 60
_MINUTES = tuple(f"T{hour:02d}:{minute:02d}:" for hour in range(24) for minute in range(60))
_SECONDS = tuple(f"{second:02d}Z" for second in range(60))
MOST_ITEMS = 128
"""The longest list that a parameter may hold."""


def split_list(value: Any) -> Any:
    """`a=x,y` and `a=x&a=y` mean the same list."""
    parts = [value] if isinstance(value, str) else value
    if not isinstance(parts, list):
        return value
    return [item for part in parts for item in (part.split(",") if isinstance(part, str) else [part]) if item != ""]


Texts = Annotated[tuple[str, ...], BeforeValidator(split_list), Field(max_length=MOST_ITEMS)]


class Asked(BaseModel):
    """Parameters in camelCase. What is not declared is passed over: clients send more than any server reads."""

    model_config = ConfigDict(extra="ignore", alias_generator=to_camel, populate_by_name=True, allow_inf_nan=False)


def point_of(text: str, field: str) -> tuple[float, float]:
    """(lat, lon) of `lat,lon` or `lat,lon,level`; the level is not read. Raises QueryError."""
    match = COORDINATE.fullmatch(text)
    if match is None:
        raise QueryError(f"{field} is {text!r}; it must be latitude,longitude in degrees", field)
    lat, lon = float(match[1]), float(match[2])
    if abs(lat) > 90 or abs(lon) > 180:
        raise QueryError(
            f"{field} is {text.strip()}; latitude must lie within ±90 and longitude within ±180", field, "±90,±180"
        )
    return lat, lon


def place_of(text: str, field: str, network: Network) -> Place:
    """A stop id as it stands, else a coordinate. Which stops there are the router says."""
    if not text.strip():
        raise QueryError(f"{field} is empty; give a stop id or latitude,longitude", field)
    if is_stop(text, network) or not COORDINATE.fullmatch(text):
        return text
    return point_of(text, field)


def box_of(least: str, most: str) -> Box:
    """The box between two corners, whichever they are."""
    (lat, lon), (other_lat, other_lon) = point_of(least, "min"), point_of(most, "max")
    return Box(min(lat, other_lat), min(lon, other_lon), max(lat, other_lat), max(lon, other_lon))


def instant_of(text: str | None, field: str, now: datetime, network: Network) -> datetime:
    """An instant; without a text, now. Without an offset it is local time."""
    zone = network_zone(network)
    if text is None or not text.strip():
        return now.astimezone(zone).replace(microsecond=0)
    return parse_time(text, field, zone).replace(microsecond=0)


def languages_of(tags: Iterable[str], accept_language: str | None) -> tuple[str, ...]:
    """Best first. Raises QueryError for what is no language tag."""
    asked = tuple(tags)
    for tag in asked:
        if not LANGUAGE_TAG.fullmatch(tag):
            raise QueryError(f"language is {tag!r}; it must be a language tag such as en or pt-BR", "language")
    return asked or accepted_languages(accept_language or "")


def utc_text(instant: int) -> str:
    """UTC seconds as MOTIS writes them. An answer has hundreds: they are put together from parts that are kept."""
    minute = instant // 60
    return f"{_date_text(minute // DAY_MINUTES)}{_MINUTES[minute % DAY_MINUTES]}{_SECONDS[instant % 60]}"


@lru_cache(maxsize=1024)
def _date_text(day: int) -> str:
    return date.fromordinal(EPOCH + day).isoformat()
