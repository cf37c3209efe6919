"""Least travel times of one question: to its very end, with the vehicles that it may ride in its timetable.

Those of the snapshot hold for every question, and lie ready. These leave more out and take a search to make: they are
for who asks many times between two places.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from ingest.bound_kernels import FARTHEST, Ways, any_rides
from ingest.model import BOUND_UNIT_S, Bits, Int32s
from routing.csr import owners
from routing.kernels.hops import fastest_hops, fastest_ways
from routing.kernels.layout import NO_WAY, UNREACHED, Least, Side, Walks
from routing.least import LeastTimes
from routing.places import Reach
from routing.query import Query
from routing.read_only import read_only
from routing.reconstruct import Ends
from routing.router import Router
from routing.timetable import Timetable

LONG_WINDOW_S = 4 * 3600
"""From then on bounds of its own save a window more than they take."""


class SamePlaces(Router):
    """`router`, asked about a window of so many seconds between two places. Not for use by several threads at once.

    `router`: the one of one moment (Router.pinned) for all that is asked, which differs in time and providers alone.
    """

    def __init__(self, router: Router, window_s: int) -> None:
        self.__dict__.update(router.__dict__)
        self._is_long = window_s >= LONG_WINDOW_S
        self._own: dict[Hashable, LeastTimes] = {}

    def _least(self, query: Query, ends: Ends, timetable: Timetable, *, is_fine: bool = False) -> LeastTimes:
        """As of Router."""
        if not self._is_long:
            return super()._least(query, ends, timetable, is_fine=is_fine)
        key = (timetable.epoch_s, timetable.span_s, query.providers, query.arrive_by)
        if key not in self._own:
            known = super()._least(query, ends, timetable, is_fine=True)
            far = (ends.access if query.arrive_by else ends.egress).at_copies(timetable.stops)
            self._own[key] = own_least(self._own_ways(query, timetable), far, known, timetable.n_stops)
        return self._own[key]

    def _own_ways(self, query: Query, timetable: Timetable) -> Ways:
        pace = (query.headway_wait, query.wheelchair, query.walk_speed_m_per_s, query.arrive_by)
        walks = self.walks_in(query, timetable)
        side, paths = (timetable.forward, walks.forward) if query.arrive_by else (timetable.backward, walks.backward)
        hops = self._hops.get((timetable.epoch_s, timetable.span_s, *pace), lambda: hops_of(side, paths))
        return ways_of(hops, self._allowed_in(query, timetable))


class Hops(NamedTuple):
    """Every way from node to node of one side, by start and end, the fastest first. Nodes: as of ingest.bounds."""

    start: Int32s
    end: Int32s
    seconds: Int32s
    pattern: Int32s
    """Whose hop it is, -1 on foot"""
    n_nodes: int


def hops_of(side: Side, walks: Walks) -> Hops:
    """Those of all patterns of a side, with a wait for headway services alone: the least of whoever may board them."""
    n_stops = len(walks.ptr) - 1
    hops = fastest_hops(side.calls_ptr, side.trips_ptr, side.trips, side.offsets)
    pattern = owners(side.calls_ptr)
    waits = _least_waits_s(side)[pattern]
    is_waited = waits > 0
    node = np.where(is_waited, n_stops + np.cumsum(is_waited) - 1, side.call_stops)
    moving = np.flatnonzero(hops < UNREACHED)
    enter, leave = (np.flatnonzero(is_waited & (stops < n_stops)) for stops in (side.board_stops, side.alight_stops))
    start = np.concatenate([node[moving], side.board_stops[enter], node[leave], owners(walks.ptr)])
    end = np.concatenate([node[moving + 1], node[enter], side.alight_stops[leave], walks.stops])
    seconds = np.concatenate([hops[moving], waits[enter], np.zeros(len(leave), np.int32), walks.change_by_foot_s])
    ridden = np.concatenate([pattern[moving], pattern[enter], pattern[leave], np.full(len(walks.stops), -1, np.int32)])
    order = np.lexsort((seconds, end, start))
    start, end, seconds, ridden = (column[order].astype(np.int32) for column in (start, end, seconds, ridden))
    return Hops(start, end, seconds, ridden, n_stops + int(is_waited.sum()))


def ways_of(hops: Hops, allowed: Bits) -> Ways:
    """The fastest way of each pair of nodes with the allowed patterns and on foot."""
    return Ways(*fastest_ways(hops.start, hops.end, hops.seconds, hops.pattern, hops.n_nodes, allowed))


def _least_waits_s(side: Side) -> Int32s:
    """pattern -> seconds that who rides it waits at least; 0 for those with a timetable."""
    waits = np.full(len(side.runs_ptr) - 1, UNREACHED, np.int32)
    np.minimum.at(waits, owners(side.runs_ptr), side.run_board_wait + side.run_alight_wait)
    return np.where(waits == UNREACHED, 0, waits).astype(np.int32)


def own_least(ways: Ways, far: Reach, known: LeastTimes, n_stops: int) -> LeastTimes:
    """Least times to the stops around an end over `ways`, or as they are `known` where that is more."""
    near = np.flatnonzero(far.seconds < FARTHEST * BOUND_UNIT_S)
    anyhow = np.empty(n_stops, np.uint8)
    any_rides(ways, far.stops[near], far.seconds[near], BOUND_UNIT_S, anyhow)
    direct, n_rides = anyhow, np.where(anyhow == NO_WAY, NO_WAY, 0).astype(np.uint8)
    if known.unit_s > 0:
        n_rides = known.table.n_rides
    if known.unit_s == BOUND_UNIT_S:
        anyhow = np.maximum(anyhow, known.table.any_rides)
        direct = np.maximum(anyhow, known.table.one_ride)
    return LeastTimes(Least(*map(read_only, (direct, anyhow, n_rides))), BOUND_UNIT_S, known.typical)
