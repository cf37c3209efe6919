"""Who competes in a snapshot, how big they are, and where the region lies."""

from __future__ import annotations

from typing import Any

import numpy as np

from api.served_stops import ServedStops
from api.snapshot_extra import SnapshotExtra
from ingest.model import Int32s, Network


def provider_list(network: Network, served: ServedStops, extra: SnapshotExtra) -> dict[str, Any]:
    """JSON-ready: schemas.network.Providers."""
    rows = [_provider_row(network, served, index) for index in range(len(network.providers))]
    return {
        "region": dict(extra.region) or _unnamed_region(network, served),
        "providers": rows,
        "examples": [dict(example) for example in extra.examples],
    }


def _provider_row(network: Network, served: ServedStops, index: int) -> dict[str, Any]:
    provider = network.providers[index]
    stops = served.stop[served.provider == index]
    feeds = np.unique(network.routes.feed[network.routes.provider == index]).tolist()
    return {
        "id": provider.id,
        "name": provider.name,
        "color": provider.color,
        "feeds": [network.feeds[feed].id for feed in feeds],
        "n_routes": int(served.n_routes[index]),
        "n_stops": len(stops),
        "bbox": _bounding_box(network, stops),
    }


def _bounding_box(network: Network, stops: Int32s) -> list[float] | None:
    """west, south, east, north; None where no stop has a position."""
    points = np.column_stack([network.stops.lon[stops], network.stops.lat[stops]])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) == 0:
        return None
    return [*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]


def _unnamed_region(network: Network, served: ServedStops) -> dict[str, Any]:
    box = _bounding_box(network, served.stop)
    center = None if box is None else [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
    zone = network.zones[0] if network.zones else "UTC"
    return {"id": network.region, "name": network.region, "timezone": zone, "center": center}
