"""Walking, for one walking speed: the changes that kernels relax, and the footpaths of access and egress."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.model import Bits, Int32s, Network, TripTransfers
from routing.csr import owners
from routing.kernels.layout import UNREACHED, Walks
from routing.stop_copies import StopCopies


class WalkTable(NamedTuple):
    """Changes both ways between stops of a timetable; and all footpaths for access and egress (forbidden changes
    included) between stops of the network, which no copies are among, each stop itself included.
    """

    forward: Walks
    backward: Walks
    access: Walks
    egress: Walks
    longest_s: int
    """The longest walk of access and egress"""


NO_WHEELCHAIR = 2
"""wheelchair_boarding of a stop where no wheelchair gets into a vehicle or out of it."""


class _Rows(NamedTuple):
    """Footpaths timed at one speed, in any order. Seconds and metres."""

    start: Int32s
    end: Int32s
    change_by_foot_s: Int32s
    walk_s: Int32s
    metres: Int32s


class _Lengths(NamedTuple):
    """How far walks are, as in ingest.model.Footpaths. distance_m is below 0 where there is no way."""

    distance_m: Int32s
    fixed_m: Int32s
    fixed_s: Int32s


def closed_stops(network: Network, *, step_free: bool) -> Bits:
    """1 where a rider (with a wheelchair, if `step_free`) can neither board nor alight, shape (stops,)."""
    if not step_free:
        return np.zeros(len(network.stops.lat), np.uint8)
    closed: Bits = (network.stops.wheelchair == NO_WHEELCHAIR).astype(np.uint8)
    return closed


def walk_table(network: Network, speed_m_per_s: float, *, step_free: bool = False) -> WalkTable:
    """Footpaths timed at one walking speed, between stops of the network: ceil(m / speed) for m metres, and what takes
    a time of its own.

    `step_free` takes those without stairs, and no changes at or to stops that are closed to wheelchairs.
    """
    paths = network.step_free_footpaths if step_free else network.footpaths
    closed = closed_stops(network, step_free=step_free)
    own = paths.from_stop == paths.to_stop
    change = np.zeros(len(closed), np.int32)
    change[paths.from_stop[own]] = np.where(paths.forbidden[own] == 1, UNREACHED, np.maximum(paths.min_time_s[own], 0))
    change[closed == 1] = UNREACHED
    lengths = _Lengths(paths.distance_m, paths.fixed_m, paths.fixed_s)
    walks = _timed(paths.from_stop, paths.to_stop, lengths, paths.min_time_s, speed_m_per_s)
    is_open = (closed[paths.from_stop] == 0) & (closed[paths.to_stop] == 0)
    allowed = _Rows(*(column[~own & (paths.forbidden == 0) & is_open] for column in walks))
    here, none = np.arange(len(change), dtype=np.int32), np.zeros(len(change), np.int32)
    stay = _Rows(here, here, none, none, none)
    anywhere = _Rows(*(np.concatenate([one, column[~own]]) for one, column in zip(stay, walks, strict=True)))
    longest_s = int(anywhere.walk_s.max(initial=0))
    return WalkTable(*_both_ways(allowed, change), *_both_ways(anywhere, change), longest_s)


def with_copies(
    table: WalkTable, network: Network, stops: StopCopies, speed_m_per_s: float, *, step_free: bool = False
) -> WalkTable:
    """`table` with changes between all stops of a timetable: copies change as their stop does, but where rows of
    Network.trip_transfers decide. `step_free` as `table` is.
    """
    rules = network.trip_transfers
    lengths = _Lengths(*(column[stops.rule] for column in _lengths(rules, step_free=step_free)))
    ruled = _timed(stops.rule_from, stops.rule_to, lengths, rules.min_time_s[stops.rule], speed_m_per_s)
    closed = closed_stops(network, step_free=step_free)[stops.stop_of]
    allowed = (rules.forbidden[stops.rule] == 0) & (lengths.distance_m >= 0)
    allowed &= (closed[stops.rule_from] == 0) & (closed[stops.rule_to] == 0)
    own = stops.rule_from == stops.rule_to
    change = table.forward.change_s[stops.stop_of]
    change[stops.rule_from[own]] = np.where(allowed[own], ruled.change_by_foot_s[own], UNREACHED)
    others = _less(_between_copies(table, stops), stops)
    walks = _Rows(*(column[~own & allowed] for column in ruled))
    rows = _Rows(*(np.concatenate(pair) for pair in zip(walks, others, strict=True)))
    forward, backward = _both_ways(rows, change)
    return table._replace(forward=forward, backward=backward)


def _lengths(rules: TripTransfers, *, step_free: bool) -> _Lengths:
    if step_free:
        return _Lengths(rules.step_free_distance_m, rules.step_free_fixed_m, rules.step_free_fixed_s)
    return _Lengths(rules.distance_m, rules.fixed_m, rules.fixed_s)


def _timed(start: Int32s, end: Int32s, lengths: _Lengths, min_time_s: Int32s, speed_m_per_s: float) -> _Rows:
    paced = np.ceil((lengths.distance_m - lengths.fixed_m) / speed_m_per_s).astype(np.int32)
    walk = paced + lengths.fixed_s
    return _Rows(start, end, np.where(min_time_s >= 0, min_time_s, walk).astype(np.int32), walk, lengths.distance_m)


def _between_copies(table: WalkTable, stops: StopCopies) -> _Rows:
    """Every change from one stop of a timetable to another one, as if no row named trips or routes."""
    paths = table.forward
    several = np.flatnonzero((np.diff(stops.copies_ptr) > 1) & (paths.change_s < UNREACHED)).astype(np.int32)
    none = np.zeros(len(several), np.int32)
    at_one_stop = _Rows(several, several, paths.change_s[several], none, none)
    start = owners(paths.ptr)
    on_foot = _Rows(start, paths.stops, paths.change_by_foot_s, paths.walk_s, paths.metres)
    rows = _Rows(*(np.concatenate(pair) for pair in zip(at_one_stop, on_foot, strict=True)))
    index, starts = stops.here(rows.start)
    rows = _Rows(*(column[index] for column in rows))._replace(start=starts)
    index, ends = stops.here(rows.end)
    rows = _Rows(*(column[index] for column in rows))._replace(end=ends)
    useful = (rows.start != rows.end) & stops.is_left[rows.start] & stops.is_boarded[rows.end]
    return _Rows(*(column[useful] for column in rows))


def _less(rows: _Rows, stops: StopCopies) -> _Rows:
    """The rows but those for which a rule decides."""
    n_stops = len(stops.stop_of)
    ruled = stops.rule_from.astype(np.int64) * n_stops + stops.rule_to
    kept = ~np.isin(rows.start.astype(np.int64) * n_stops + rows.end, ruled)
    return _Rows(*(column[kept] for column in rows))


def _both_ways(rows: _Rows, change: Int32s) -> tuple[Walks, Walks]:
    return _walks(rows, change), _walks(rows._replace(start=rows.end, end=rows.start), change)


def _walks(rows: _Rows, change: Int32s) -> Walks:
    # Rows come in few ascending runs, which a stable sort merges.
    order = np.argsort(rows.start.astype(np.int64) * len(change) + rows.end, kind="stable")
    counts = np.bincount(rows.start, minlength=len(change))
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    ends, seconds, walk_s = rows.end[order], rows.change_by_foot_s[order], rows.walk_s[order]
    together = np.stack([ends, seconds, walk_s], axis=1)
    walks = Walks(together, ptr, ends, seconds, walk_s, rows.metres[order], change)
    for array in walks:
        array.flags.writeable = False
    return walks
