"""Lines on the map in Google's polyline encoding."""

from __future__ import annotations

from collections.abc import Sequence

from polyline_rs import encode_lonlat

from routing.along import Point


def encoded(points: Sequence[Point], precision: int) -> str:
    """(lon, lat) points. A line that crosses 180 degrees is too wide for 7 decimals, as v1 has them: it is left out."""
    try:
        return encode_lonlat(points, precision)
    except ValueError:
        return ""
