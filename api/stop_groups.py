"""Which stops a board is about: a stop with what riders take for the same place, or what lies in a circle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from api.stop_facts import StopFacts
from ingest.model import Int32s, Network
from routing.places import UnknownPlaceError

MOST_RADIUS_M = 5000


@dataclass(frozen=True, slots=True)
class StopGroup:
    """The stop that was asked for (None for a coordinate), where it is, and all stops that count."""

    stop: int | None
    lat: float
    lon: float
    stops: Int32s


def group_of_stop(facts: StopFacts, stop: int, radius_m: float | None = None, *, exact: bool = False) -> StopGroup:
    """A stop or station. exact: only its own stops, and those in the circle if there is one."""
    lat, lon = float(facts.network.stops.lat[stop]), float(facts.network.stops.lon[stop])
    own = [facts.members(stop)] if exact else [facts.members(stop), facts.same_place(stop)]
    around = [] if radius_m is None else _around(facts, lat, lon, radius_m, exact=exact)
    return StopGroup(stop, lat, lon, np.unique(np.concatenate([*own, *around])))


def group_of_point(facts: StopFacts, lat: float, lon: float, radius_m: float, *, exact: bool = False) -> StopGroup:
    """The stops in a circle; unless exact, with what riders take for the same places."""
    around = _around(facts, lat, lon, radius_m, exact=exact)
    return StopGroup(None, lat, lon, np.unique(np.concatenate(around)))


def _around(facts: StopFacts, lat: float, lon: float, radius_m: float, *, exact: bool) -> list[Int32s]:
    near, _ = facts.within(lat, lon, float(radius_m))
    return [near] if exact else [near, *(facts.same_place(int(stop)) for stop in near)]


def find_stop(network: Network, stop_id: str) -> int:
    """Row of a scoped stop id, or of a bare one if there is one feed; -1 if there is none."""
    row = network.stops.id.find(stop_id)
    if row < 0 and len(network.feeds) == 1:
        row = network.stops.id.find(f"{network.feeds[0].id}_{stop_id}")
    return row


def unknown_stop(stop_id: str, field: str) -> UnknownPlaceError:
    """The error for a stop that is not there; `field` names the parameter."""
    error = UnknownPlaceError(stop_id)
    error.end = field
    return error
