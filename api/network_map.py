"""The providers' networks as GeoJSON: one line a direction of a route, one point a stop and provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from api.place_search import place_row
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
    drawn: set[tuple[int, tuple[tuple[float, float], ...]]] = set()
    for trip in _longest_trips(network).tolist():
        route = int(network.trips.route[trip])
        points = _simplified(_trip_points(network, trip))
        line = tuple((round(lon, DECIMALS), round(lat, DECIMALS)) for lon, lat in points.tolist())
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


def _simplified(points: Coordinates) -> Coordinates:
    """Within about ten metres, measured in degrees of latitude both ways."""
    if len(points) < 3:
        return points
    squeeze = np.array([max(np.cos(np.radians(points[:, 1].mean())), 0.01), 1.0])
    kept = shapely.simplify(shapely.LineString(points * squeeze), TOLERANCE_DEGREES)
    simplified: Coordinates = shapely.get_coordinates(kept) / squeeze
    return simplified


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
    pairs = {
        (place_row(network, stop), provider)
        for stop, provider in zip(served.stop.tolist(), served.provider.tolist(), strict=True)
    }
    stops = network.stops
    for row, provider in sorted(pairs):
        lon, lat = float(stops.lon[row]), float(stops.lat[row])
        if np.isfinite(lon) and np.isfinite(lat):
            name = stops.name[row] or stops.id[row]
            yield {
                "type": "Feature",
                "properties": {
                    "kind": "stop",
                    "provider": network.providers[provider].id,
                    "id": stops.id[row],
                    "name": name,
                },
                "geometry": {"type": "Point", "coordinates": [round(lon, DECIMALS), round(lat, DECIMALS)]},
            }
