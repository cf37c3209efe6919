"""Calls that no vehicle could make in time: a stop is in the wrong place, or a time is wrong."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

BLOCK = 1 << 20
METRES_A_DEGREE = 111_195.0
SLACK_S = 30
"""Times are rounded, and stops are not points."""


def find_too_fast(calls: pl.DataFrame, interpolated: Bools, stops: pl.DataFrame, limits: NDArray[np.float32]) -> Bools:
    """For each call, whether the way from the one before is too long for its time; shape (n_calls,).

    calls          by trip and stop_sequence
    interpolated   calls whose times are made up: nothing is concluded from them
    limits         metres a second that the vehicle of each trip can go, shape (n_trips,)
    """
    found = np.zeros(len(calls), np.bool_)
    for start in range(1, len(calls), BLOCK):
        found[start : start + BLOCK] = _too_fast(calls[start - 1 : start + BLOCK], stops, limits)
    found &= ~interpolated
    found[1:] &= ~interpolated[:-1]
    return found


def _too_fast(calls: pl.DataFrame, stops: pl.DataFrame, speed_limits: NDArray[np.float32]) -> Bools:
    """For each call but the first, whether the way from the one before is too long for its time."""
    trip, stop = calls["trip"].to_numpy(), calls["stop"].to_numpy()
    lat = stops["stop_lat"].to_numpy().astype(np.float32)[stop]
    lon = stops["stop_lon"].to_numpy().astype(np.float32)[stop]
    north = np.diff(lat)
    east = np.diff(lon)
    east = np.minimum(np.abs(east), 360 - np.abs(east)) * np.cos(np.radians(lat[1:]))
    metres = np.hypot(north, east) * np.float32(METRES_A_DEGREE)
    arrival, departure = calls["arrival"].to_numpy()[1:], calls["departure"].to_numpy()[:-1]
    whole_minutes = (arrival % 60 == 0) & (departure % 60 == 0)
    seconds = arrival - departure + SLACK_S + 30 * whole_minutes
    too_fast: Bools = (metres > seconds * speed_limits[trip[1:]]) & (trip[1:] == trip[:-1])
    return too_fast


_KMH = {0: 100, 1: 150, 2: 500, 3: 150, 4: 80, 5: 30, 6: 50, 7: 50, 11: 150, 12: 150}
_KMH_EXTENDED = {1: 500, 2: 150, 4: 150, 7: 150, 8: 150, 9: 100, 10: 80, 11: 1000, 12: 80, 13: 50, 14: 50}
_KMH_OTHER = 200


def speed_limits(trips: pl.DataFrame, routes: pl.DataFrame) -> NDArray[np.float32]:
    """What the vehicle of each trip can go at most, in metres a second, by the type of its route."""
    types = routes["route_type"].unique().to_list()
    kmh = [_KMH.get(kind, _KMH_EXTENDED.get(kind // 100, _KMH_OTHER)) for kind in types]
    limits = pl.DataFrame({"route_type": pl.Series(types, dtype=pl.Int16), "kmh": pl.Series(kmh, dtype=pl.Float32)})
    found = trips.join(routes, on="route_id", how="left", maintain_order="left")
    found = found.join(limits, on="route_type", how="left", maintain_order="left")
    metres: NDArray[np.float32] = (found["kmh"].fill_null(_KMH_OTHER) / 3.6).to_numpy().astype(np.float32)
    return metres
