"""/geocode and /reverse-geocode: stops and stations by name and by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from api.in_language import places_in
from api.motis.asked import COORDINATE, Asked, Texts, box_of, languages_of, point_of
from api.motis.modes import modes_of, route_types_of
from api.motis.versions import ApiVersion
from api.place_search import FoundPlace, match_ranges
from api.schemas.motis.stops import Match
from api.state import ServiceState
from ingest.geometry import haversine_m
from ingest.translated_names import network_in
from routing import QueryError
from routing.moving import Box

TYPES = ("ADDRESS", "PLACE", "STOP")
MOST_RESULTS = 50
USUAL_RESULTS = 10
NEAR_M = (250.0, 1_000.0, 4_000.0, 16_000.0, 64_000.0)
"""Circles that are looked through for stops, one after another until there are enough."""
BIAS_M = 5_000.0
"""At this distance from `place` half of the bias is left."""


class GeocodeParameters(Asked):
    """What /geocode may be asked."""

    text: Annotated[str, Field(max_length=200, description="What was typed so far; also latitude,longitude.")]
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()
    type: Annotated[Texts, Field(description="ADDRESS, PLACE, STOP: only stops have names here.")] = ()
    mode: Annotated[Texts, Field(description="Only stops where one of these stops.")] = ()
    place: Annotated[str | None, Field(description="latitude,longitude that results should be near to.")] = None
    place_bias: Annotated[float, Field(ge=0, le=1_000, description="How much nearness counts.")] = 1
    num_results: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = USUAL_RESULTS
    min: Annotated[str | None, Field(description="latitude,longitude of a corner that results lie within.")] = None
    max: Annotated[str | None, Field(description="The opposite corner.")] = None


class ReverseGeocodeParameters(Asked):
    """What /reverse-geocode may be asked."""

    place: Annotated[str, Field(description="latitude,longitude")]
    type: Annotated[Texts, Field(description="ADDRESS, PLACE, STOP: only stops are known here.")] = ()
    num_results: Annotated[int, Field(ge=1, le=MOST_RESULTS)] = 5
    language: Annotated[Texts, Field(description="Of names, where a feed has them translated.")] = ()


def geocode(
    state: ServiceState, asked: GeocodeParameters, version: ApiVersion, accepted: str | None
) -> list[Match]:  # fmt: skip
    """Best first. Raises QueryError."""
    types = _types(asked.type)
    if COORDINATE.fullmatch(asked.text):
        return [_coordinate(asked.text)] if "PLACE" in types else []
    if "STOP" not in types:
        return []
    spoken = network_in(state.network, languages_of(asked.language, accepted))
    found = _filtered(
        state, asked, state.places.find(asked.text, MOST_RESULTS if _narrows(asked) else asked.num_results)
    )
    found = places_in(_near_first(found, asked), spoken)[: asked.num_results]
    return [
        _match(state, place, version, score=float(position), text=asked.text) for position, place in enumerate(found)
    ]  # fmt: skip


def _types(asked: Sequence[str]) -> Sequence[str]:
    for kind in asked:
        if kind not in TYPES:
            raise QueryError(f"type is {kind!r}; there are {', '.join(TYPES)}", "type")
    return asked or TYPES


def _narrows(asked: GeocodeParameters) -> bool:
    """Whether some of what is found may be left out or moved."""
    return bool(asked.mode or asked.place or (asked.min and asked.max))


def _filtered(state: ServiceState, asked: GeocodeParameters, found: Sequence[FoundPlace]) -> list[FoundPlace]:
    kept = list(found)
    if asked.min and asked.max:
        box = box_of(asked.min, asked.max)
        kept = [place for place in kept if _is_inside(place, box)]
    if asked.mode:
        wanted = route_types_of(asked.mode, "mode", set(state.network.routes.type.tolist()))
        kept = [place for place in kept if wanted is None or wanted & _route_types(state, place)]
    return kept


def _is_inside(place: FoundPlace, box: Box) -> bool:
    return box.south <= place.lat <= box.north and box.west <= place.lon <= box.east


def _near_first(found: Sequence[FoundPlace], asked: GeocodeParameters) -> Sequence[FoundPlace]:
    """In the order of match, moved forward by up to `placeBias` times ten places for being near."""
    if asked.place is None:
        return found
    lat, lon = point_of(asked.place, "place")
    metres = [float(haversine_m(lat, lon, place.lat, place.lon)) for place in found]
    moved = [
        position - 10 * asked.place_bias * BIAS_M / (BIAS_M + away) for position, away in enumerate(metres)
    ]  # fmt: skip
    return [found[position] for position in sorted(range(len(found)), key=moved.__getitem__)]


def _route_types(state: ServiceState, place: FoundPlace) -> set[int]:
    rows = [state.network.stops.id.find(stop) for stop in place.ids]
    return {kind for row in rows for kind in state.stop_facts.route_types(row)}


def _match(state: ServiceState, place: FoundPlace, version: ApiVersion, score: float, text: str) -> Match:
    network = state.network
    row = network.stops.id.find(place.id)
    return Match(
        type="STOP",
        tokens=match_ranges(text, place.name),
        name=place.name,
        id=place.id,
        lat=place.lat,
        lon=place.lon,
        tz=network.zones[int(network.stops.zone[row])],
        areas=[],
        score=score,
        modes=modes_of(_route_types(state, place), version),
        importance=round(float(state.stop_facts.importance[row]), 4),
        providers=list(place.providers),
    )


def _coordinate(text: str) -> Match:
    lat, lon = point_of(text, "text")
    name = f"{lat},{lon}"
    return Match(type="PLACE", tokens=[(0, len(name))], name=name, id=name, lat=lat, lon=lon, areas=[], score=0)


def reverse_geocode(
    state: ServiceState, asked: ReverseGeocodeParameters, version: ApiVersion, accepted: str | None
) -> list[Match]:  # fmt: skip
    """The nearest stations, and stops that belong to none, nearest first. Raises QueryError."""
    lat, lon = point_of(asked.place, "place")
    if "STOP" not in _types(asked.type):
        return []
    network = network_in(state.network, languages_of(asked.language, accepted))
    found: list[FoundPlace] = []
    for radius_m in NEAR_M:
        found = _within(state, lat, lon, radius_m)
        if len(found) >= asked.num_results:
            break
    found = places_in(found[: asked.num_results], network)
    scores = [float(haversine_m(lat, lon, place.lat, place.lon)) for place in found]
    return [
        _match(state, place, version, score=round(score, 1), text="")
        for place, score in zip(found, scores, strict=True)
    ]


def _within(state: ServiceState, lat: float, lon: float, radius_m: float) -> list[FoundPlace]:
    """Places with a stop in the circle, each once."""
    rows, _ = state.stop_facts.within(lat, lon, radius_m)
    served = state.stop_facts.is_served()
    found: dict[str, FoundPlace] = {}
    for row in rows[served[rows]].tolist():
        place = state.places.place_of(row)
        if place is not None and place.id not in found:
            lat, lon = float(state.network.stops.lat[row]), float(state.network.stops.lon[row])
            found[place.id] = replace(place, lat=lat, lon=lon)
    return list(found.values())
