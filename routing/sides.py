"""Lay patterns out for the kernels: times shared as profiles, boardings by stop, and the mirror image of it all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.model import CAN_ALIGHT, CAN_BOARD, Bits, Int32s, Int64s
from routing.csr import pointers, ranges
from routing.kernels.calls import turn_around
from routing.kernels.layout import BUCKET_S, UNREACHED, Int32Grid, Side
from routing.kernels.profiles import lay_offsets, share_profiles

Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]

LOOKED_UP_S = 72 * 3600


class Patterns(NamedTuple):
    """Patterns with their times trip by trip: each trip's times in the order of the calls, trips in order of time."""

    n_calls: Int64s
    """                                                         [P]"""
    stops: Int32s
    """Pattern by pattern, as flags"""
    flags: Bits
    n_trips: Int64s
    """                                                         [P]"""
    arrivals: Int32s
    departures: Int32s
    runs_ptr: Int32s
    """pattern -> its headway runs, none for scheduled trips    [P + 1]"""
    run_lo: Int32s
    run_hi: Int32s
    run_board_wait: Int32s
    run_alight_wait: Int32s


def build_side(patterns: Patterns, n_stops: int) -> Side:
    """The side in which these patterns run as they are given."""
    is_headway = np.diff(patterns.runs_ptr) > 0
    shape = patterns.n_calls.astype(np.int32), patterns.n_trips.astype(np.int32), is_headway.astype(np.uint8)
    times = patterns.arrivals, patterns.departures
    with np.errstate(over="ignore"):  # its products wrap around: compiled they do so in silence
        starts, profiles, n_cells = share_profiles(*shape, *times)
    offsets, latest = lay_offsets(*shape, profiles, n_cells, *times)
    call_pattern = np.repeat(np.arange(len(patterns.n_calls)), patterns.n_calls)
    can_board = (patterns.flags & CAN_BOARD) != 0
    can_board[np.cumsum(patterns.n_calls) - 1] = False
    boardings_ptr, boardings = _boardings(patterns, can_board, call_pattern, latest, n_stops)
    first_trips, first_trips_from = _first_trips(patterns.n_trips, starts)
    calls_ptr, trips_ptr = pointers(patterns.n_calls), pointers(patterns.n_trips)
    return Side(
        calls_ptr=calls_ptr,
        call_stops=patterns.stops,
        call_flags=patterns.flags,
        board_stops=np.where(can_board, patterns.stops, n_stops).astype(np.int32),
        alight_stops=np.where(patterns.flags & CAN_ALIGHT, patterns.stops, n_stops).astype(np.int32),
        call_latest=latest,
        trips_ptr=trips_ptr,
        trips=np.stack([starts, profiles], axis=1),
        first_trips=first_trips,
        first_trips_from=first_trips_from,
        offsets=offsets,
        runs_ptr=patterns.runs_ptr,
        run_lo=patterns.run_lo,
        run_hi=patterns.run_hi,
        run_board_wait=patterns.run_board_wait,
        run_alight_wait=patterns.run_alight_wait,
        boardings_ptr=boardings_ptr,
        boardings=boardings,
        call_last=_last_departures(patterns, is_headway),
    )


def mirrored(patterns: Patterns) -> Patterns:
    """The same vehicles with time negated: last call first, last trip first, boarding and alighting swapped."""
    calls = _backwards(patterns.n_calls)
    flags = patterns.flags[calls]
    swapped = np.where(flags & CAN_BOARD, CAN_ALIGHT, 0) | np.where(flags & CAN_ALIGHT, CAN_BOARD, 0)
    # Reversing all times of a pattern at once reverses its trips and the calls of each.
    n_times = (patterns.n_calls * patterns.n_trips).astype(np.int64)
    return patterns._replace(
        stops=patterns.stops[calls],
        flags=swapped.astype(np.uint8),
        arrivals=turn_around(patterns.departures, n_times),
        departures=turn_around(patterns.arrivals, n_times),
        run_lo=-patterns.run_hi,
        run_hi=-(patterns.run_lo + patterns.run_board_wait),
        run_board_wait=patterns.run_alight_wait,
        run_alight_wait=patterns.run_board_wait,
    )


def _backwards(lengths: Int64s) -> Int64s:
    """Rows that turn each of several blocks, laid end to end, around."""
    ends = np.cumsum(lengths)
    return np.repeat(2 * ends - lengths - 1, lengths) - np.arange(int(ends[-1]) if len(ends) else 0)


def _first_trips(n_trips: Int64s, starts: Int32s) -> tuple[Int32Grid, Int32s]:
    """(first_trips, first_trips_from) of Side: up to the last start, and for no more than LOOKED_UP_S before it."""
    n_patterns = len(n_trips)
    end = int(starts.max(initial=0))
    begin = max(int(starts.min(initial=0)), end - LOOKED_UP_S) // BUCKET_S * BUCKET_S
    n_rows = (end - begin) // BUCKET_S + 2
    pattern = np.repeat(np.arange(n_patterns), n_trips)
    bucket = np.maximum((starts - begin) // BUCKET_S, 0)
    counts = np.bincount(bucket * n_patterns + pattern, minlength=(n_rows - 1) * n_patterns)
    first = np.zeros((n_rows, n_patterns), np.int32)
    np.cumsum(counts.reshape(n_rows - 1, n_patterns), axis=0, out=first[1:])
    return first, np.array([begin], np.int32)


def _boardings(
    patterns: Patterns, can_board: Flags, call_pattern: Int64s, latest: Int32s, n_stops: int
) -> tuple[Int32s, Int32Grid]:
    """(pointers, rows) of Side: where each stop's patterns can be boarded, not at their last calls."""
    usable = np.flatnonzero(can_board)
    calls = usable[np.argsort(patterns.stops[usable], kind="stable")]
    pattern = call_pattern[calls]
    position = calls - (np.cumsum(patterns.n_calls) - patterns.n_calls)[pattern]
    rows = np.stack([calls, pattern, position, latest[calls]], axis=1).astype(np.int32)
    return pointers(np.bincount(patterns.stops[calls], minlength=n_stops)), rows


def _last_departures(patterns: Patterns, is_headway: Flags) -> Int32s:
    """Side.call_last."""
    n_times = patterns.n_calls * patterns.n_trips
    rows = ranges(np.cumsum(n_times) - patterns.n_calls, patterns.n_calls)
    last = np.where(np.repeat(is_headway, patterns.n_calls), UNREACHED, patterns.departures[rows])
    return last.astype(np.int32)
