"""From the street into stations: the stops behind the entrances that a walk reaches."""

from __future__ import annotations

import numpy as np

from ingest.model import Floats, Int32s, Network
from ingest.street_places import is_walked_to


class StationDoors:
    """Ways inside the stations of one network, found by their entrance; `step_free` those without stairs."""

    def __init__(self, network: Network, *, step_free: bool = False) -> None:
        ways = network.step_free_station_ways if step_free else network.station_ways
        self._is_stop = is_walked_to(network.stops)
        self._columns = (ways.distance_m, ways.fixed_m, ways.fixed_s)
        n_stops = len(network.stops.lat)
        leads_in = np.flatnonzero(~self._is_stop[ways.from_stop])
        leads_out = np.flatnonzero(~self._is_stop[ways.to_stop])
        leads_out = leads_out[np.argsort(ways.to_stop[leads_out], kind="stable")]
        self._into = (leads_in, _pointers(ways.from_stop[leads_in], n_stops), ways.to_stop)
        self._out = (leads_out, _pointers(ways.to_stop[leads_out], n_stops), ways.from_stop)

    def behind(
        self, places: Int32s, metres: Floats, max_walk_s: int, speed: float, *, onward: bool
    ) -> tuple[Int32s, Int32s, Int32s]:
        """(stops, seconds, metres), by stop: the quickest walk to each, where it takes no longer than `max_walk_s`.

        `places` are stops and entrances reached after `metres` in the street; `onward=False` walks the other way.
        """
        order, ptr, ends = self._into if onward else self._out
        counts = ptr[places + 1] - ptr[places]
        first = np.repeat(ptr[places] - np.cumsum(counts) + counts, counts)
        rows = order[first + np.arange(len(first))]
        is_stop = self._is_stop[places]
        distance_m, fixed_m, fixed_s = (column[rows] for column in self._columns)
        stops = np.concatenate([places[is_stop], ends[rows]])
        in_street = np.concatenate([metres[is_stop], np.repeat(metres, counts)])
        inside = np.concatenate([np.zeros(int(is_stop.sum()), np.int32), distance_m - fixed_m])
        fixed_m, fixed_s = (
            np.concatenate([np.zeros(int(is_stop.sum()), np.int32), part]) for part in (fixed_m, fixed_s)
        )
        seconds = np.ceil((in_street + inside) / speed) + fixed_s
        walked = in_street + inside + fixed_m
        near = np.flatnonzero(seconds <= max_walk_s)
        near = near[np.lexsort((walked[near], seconds[near], stops[near]))]
        best = near[np.append(True, stops[near][1:] != stops[near][:-1])[: len(near)]]
        return stops[best].astype(np.int32), seconds[best].astype(np.int32), walked[best].astype(np.int32)


def _pointers(rows: Int32s, n_stops: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Stop -> where its rows begin, for rows in order of stops. Length n + 1."""
    return np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_stops))]).astype(np.int64)
