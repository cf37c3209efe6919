"""The providers' networks as GeoJSON: one line a direction of a route, one point a stop and provider."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from api.place_search import place_rows
from api.served_stops import ServedStops
from ingest.model import Network

TOLERANCE_DEGREES = 9e-5
"""Ten metres of latitude: what a line may leave out."""
DECIMALS = 5

Coordinates = NDArray[np.float64]


def network_map(network: Network, served: ServedStops) -> dict[str, Any]:
    """A FeatureCollection; routes first, so that stops are drawn upon them."""
    features = [*_routes(network), *_stops(network, served)]
    return {"type": "FeatureCollection", "features": features}


def _routes(network: Network) -> Iterator[dict[str, Any]]:
    drawn: set[tuple[int, tuple[tuple[float, ...], ...]]] = set()
    trips = _longest_trips(network).tolist()
    lines = _simplified([_trip_points(network, trip) for trip in trips])
    for trip, points in zip(trips, lines, strict=True):
        route = int(network.trips.route[trip])
        line = tuple(map(tuple, points.round(DECIMALS).tolist()))
        if len(set(line)) < 2 or (route, line) in drawn or (route, line[::-1]) in drawn:
            continue
        drawn.add((route, line))
        yield {
            "type": "Feature",
            "properties": _route_properties(network, route),
            "geometry": {"type": "LineString", "coordinates": [list(point) for point in line]},
        }


def _longest_trips(network: Network) -> NDArray[np.int64]:
    """The trip with most calls of each route and direction; of equals, the first."""
    trips = network.trips
    calls = np.diff(network.sequences.ptr)[trips.sequence]
    order = np.lexsort((np.arange(len(calls)), -calls, trips.direction, trips.route))
    keys = np.column_stack([trips.route[order], trips.direction[order]])
    first = np.ones(len(order), bool)
    first[1:] = (keys[1:] != keys[:-1]).any(axis=1)
    return order[first]


def _trip_points(network: Network, trip: int) -> Coordinates:
    """(lon, lat) of the trip's shape, or of its stops where it has none. Shape (points, 2)."""
    shape = int(network.trips.shape[trip])
    if shape >= 0:
        rows = slice(int(network.shapes.ptr[shape]), int(network.shapes.ptr[shape + 1]))
        points = np.column_stack([network.shapes.lon[rows], network.shapes.lat[rows]]).astype(np.float64)
        points = points[np.isfinite(points).all(axis=1)]
        if len(points) >= 2:
            return points
    sequence = int(network.trips.sequence[trip])
    stops = network.sequences.stops[network.sequences.ptr[sequence] : network.sequences.ptr[sequence + 1]]
    points = np.column_stack([network.stops.lon[stops], network.stops.lat[stops]])
    return points[np.isfinite(points).all(axis=1)]


def _simplified(lines: Sequence[Coordinates]) -> list[Coordinates]:
    """Each within about ten metres, measured in degrees of latitude both ways. All at once, other threads running."""
    long = [points for points in lines if len(points) >= 3]
    squeezes = [np.array([max(np.cos(np.radians(points[:, 1].mean())), 0.01), 1.0]) for points in long]
    kept = shapely.simplify(
        shapely.linestrings(
            np.concatenate([points * squeeze for points, squeeze in zip(long, squeezes, strict=True)]),
            indices=np.repeat(np.arange(len(long)), [len(points) for points in long]),
        ) if long else [],
        TOLERANCE_DEGREES,
        preserve_topology=False,  # lines may cross themselves as well after as before: a fifth of the time
    )  # fmt: skip
    simplified = (shapely.get_coordinates(line) / squeeze for line, squeeze in zip(kept, squeezes, strict=True))
    return [points if len(points) < 3 else next(simplified) for points in lines]


def _route_properties(network: Network, route: int) -> dict[str, Any]:
    routes = network.routes
    provider = network.providers[int(routes.provider[route])]
    name = " ".join(dict.fromkeys(filter(None, (routes.short_name[route], routes.long_name[route]))))
    return {
        "kind": "route",
        "provider": provider.id,
        "route": routes.id[route],
        "name": name or routes.id[route],
        "color": routes.color[route] or provider.color,
    }


def _stops(network: Network, served: ServedStops) -> Iterator[dict[str, Any]]:
    pairs = set(zip(place_rows(network)[served.stop].tolist(), served.provider.tolist(), strict=True))
    stops = network.stops
    names, ids, lons, lats = stops.name.to_list(), stops.id.to_list(), stops.lon.tolist(), stops.lat.tolist()
    for row, provider in sorted(pairs):
        lon, lat = lons[row], lats[row]
        if math.isfinite(lon) and math.isfinite(lat):
            yield {
                "type": "Feature",
                "properties": {
                    "kind": "stop",
                    "provider": network.providers[provider].id,
                    "id": ids[row],
                    "name": names[row] or ids[row],
                },
                "geometry": {"type": "Point", "coordinates": [round(lon, DECIMALS), round(lat, DECIMALS)]},
            }
