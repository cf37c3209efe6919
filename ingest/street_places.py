"""Where riders come in from the street: most stops, and the entrances of stations that have pathways."""

from __future__ import annotations

import numpy as np

from ingest.model import BOARDING_AREA, ENTRANCE, STOP, Int32s, StationWays, Stops

OPEN = 1
"""stop_access of a stop that is reached from the street, whatever entrances its station has."""


def is_walked_to(stops: Stops) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows are stops or boarding areas: what riders walk to in the end."""
    return np.isin(stops.location_type, (STOP, BOARDING_AREA))


def street_places(stops: Stops, ways: StationWays) -> Int32s:
    """Where riders come in from the street: stops that no entrance leads to, entrances that lead to stops, and stops
    that stop_access opens to the street. `ways` are those with stairs too.
    """
    on_ways = np.zeros(len(stops.lat), bool)
    on_ways[ways.from_stop] = on_ways[ways.to_stop] = True
    open_stops = is_walked_to(stops) & (~on_ways | (stops.access == OPEN))
    return np.flatnonzero(open_stops | (on_ways & (stops.location_type == ENTRANCE))).astype(np.int32)
