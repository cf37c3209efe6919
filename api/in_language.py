"""Answers in the language that was asked for: the names of a finished comparison, and of places that were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from api.place_search import FoundPlace
from ingest.model import Network
from ingest.translated_names import LANGUAGE_TAG, accepted_languages
from routing import QueryError
from routing.along import AlongTrip
from routing.compare import Comparison
from routing.headways.interchangeable import InterchangeableLine, Lines
from routing.journeys import Journey, Leg, PlaceName, RideLeg
from routing.names import headsign, route_name


def asked_languages(lang: str | None, accept_language: str | None = None) -> tuple[str, ...]:
    """Best first: the one that was named, else those that the client accepts. Raises QueryError for what is no tag."""
    if lang is None:
        return accepted_languages(accept_language or "")
    if not LANGUAGE_TAG.fullmatch(lang):
        raise QueryError(f"lang is {lang!r}; it must be a language tag such as en or pt-BR", "lang")
    return (lang,)


def comparison_in(found: Comparison, network: Network) -> Comparison:
    """`found` with the names that `network` has: its own one, or what translated_names.network_in makes of that."""
    if network is found.network:
        return found
    names = {provider.id: provider.name for provider in network.providers}
    return replace(
        found,
        network=network,
        providers=tuple(replace(standing, name=names[standing.id]) for standing in found.providers),
        options=tuple(replace(option, journey=journey_in(option.journey, network)) for option in found.options),
    )


def places_in(places: Iterable[FoundPlace], network: Network) -> list[FoundPlace]:
    """`places` with the names that `network` has."""
    return [replace(place, name=_stop_name(network, place.id) or place.name) for place in places]


def journey_in(journey: Journey, network: Network) -> Journey:
    """`journey` with the names that `network` has: its own one, or what translated_names.network_in makes of that."""
    if any(isinstance(ride.along, AlongTrip) and ride.along.network is network for ride in journey.rides):
        return journey
    return replace(journey, legs=tuple(_leg_in(leg, network) for leg in journey.legs))


def _leg_in(leg: Leg, network: Network) -> Leg:
    start, end = _place_in(leg.from_place, network), _place_in(leg.to_place, network)
    if not isinstance(leg, RideLeg):
        return replace(leg, from_place=start, to_place=end)
    trip, row = network.trips.id.find(leg.trip_id), network.routes.id.find(leg.route.id)
    route = route_name(network, row)
    along = replace(leg.along, network=network) if isinstance(leg.along, AlongTrip) else leg.along
    lines = None if leg.lines is None else partial(_lines_in, leg.lines, network)
    return replace(
        leg, from_place=start, to_place=end, route=route, headsign=headsign(network, trip), along=along, lines=lines
    )


def _lines_in(lines: Lines, network: Network) -> tuple[InterchangeableLine, ...]:
    ids = network.trips.id, network.routes.id
    rows = ((line, ids[0].find(line.trip_id), ids[1].find(line.route_id)) for line in lines())
    return tuple(
        replace(line, route=route_name(network, route), headsign=headsign(network, trip)) for line, trip, route in rows
    )


def _place_in(place: PlaceName, network: Network) -> PlaceName:
    return replace(place, name=_stop_name(network, place.id) or place.name)


def _stop_name(network: Network, stop_id: str) -> str:
    """ "" for what is no stop: a coordinate."""
    row = network.stops.id.find(stop_id)
    return network.stops.name[row] if row >= 0 else ""
