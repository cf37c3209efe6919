"""Lower bounds on travel time, once for a network: what lets a search leave out stops that cannot help.

Stops are gathered in cells by place. For each cell and stop the tables say how long the way between them takes at
least, both ways, on any day, with vehicles at their fastest, walking at BOUND_WALKING_M_PER_S, and how many vehicles it
takes. Nobody waits for a vehicle with a timetable, for he may come just in time. Who boards a headway service waits
half of the shortest headway that it ever has, as riders do on average.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ingest.bound_kernels import ENTER, LEAVE, NEVER, Lines, Ways, any_rides, fastest_steps, fewest_rides, one_ride
from ingest.geometry import EARTH_RADIUS_M
from ingest.model import (
    BOUND_UNIT_S,
    BOUND_WALKING_M_PER_S,
    CAN_ALIGHT,
    CAN_BOARD,
    Bits,
    Bounds,
    Int32s,
    Int64s,
    Network,
)
from ingest.typical import no_typical_times, typical_times
from ingest.waits import expected_wait_s

MOST_CELLS = 4096
MOST_BYTES = 120_000_000
"""Of the tables with three rows: finer cells leave out more, and take longer to make."""
TYPICAL_CELLS = 256
WORKERS = 2
IN_SEAT = 4


def no_bounds() -> Bounds:
    """For a network whose times or changes are not those that bounds were made from: nothing is left out."""
    nothing = np.empty((0, 3, 0), np.uint8)
    cells = np.empty(0, np.int32)
    return Bounds(cells, nothing, nothing.copy(), _by_stop(nothing), _by_stop(nothing), cells, no_typical_times())


def build_bounds(network: Network) -> Bounds:
    """Bounds of a network with its footpaths. Every search on it stays exact with them."""
    lat, lon = network.stops.lat, network.stops.lon
    cells = stop_cells(lat, lon, min(MOST_CELLS, MOST_BYTES // (6 * max(len(lat), 1))))
    n_stops, n_cells = len(cells), int(cells.max(initial=-1)) + 1
    away = _ground(network)
    n_rows = 4 if len(away.unwaited.ptr) else 3
    toward, onward = (np.empty((n_cells, n_rows, n_stops), np.uint8) for _ in range(2))
    order = np.argsort(cells, kind="stable").astype(np.int32)
    members = np.split(order, np.cumsum(np.bincount(cells, minlength=n_cells))[:-1])
    at_once = [np.zeros_like(stops) for stops in members]

    def fill(task: tuple[int, int]) -> None:
        ground, cell = grounds[task[0]], task[1]
        direct, anyhow, fewest, *unwaited = (toward, onward)[task[0]][cell]
        one_ride(ground.lines, ground.walks, members[cell], BOUND_UNIT_S, direct)
        any_rides(ground.ways, members[cell], at_once[cell], BOUND_UNIT_S, anyhow)
        fewest_rides(ground.lines, ground.walks, members[cell], fewest)
        for row in unwaited:
            any_rides(ground.unwaited, members[cell], at_once[cell], BOUND_UNIT_S, row)

    grounds = (_reversed(away), away)
    with ThreadPoolExecutor(WORKERS) as pool:
        for _ in pool.map(fill, product(range(2), range(n_cells))):
            pass
    coarse = stop_cells(lat, lon, TYPICAL_CELLS)
    typical = typical_times(network, coarse, away.walks)
    return Bounds(cells, toward, onward, _by_stop(toward), _by_stop(onward), coarse, typical)


def _by_stop(table: Bits) -> Bits:
    n_cells, _, n_stops = table.shape
    return np.ascontiguousarray(table.transpose(2, 0, 1)) if n_cells < n_stops else np.empty((0, 0, 0), np.uint8)


def stop_cells(lat: NDArray[np.float64], lon: NDArray[np.float64], most: int) -> Int32s:
    """A cell for each stop, at most `most` of them: halves of halves, each cut across its longer side."""
    north = np.nan_to_num(np.radians(lat)) * EARTH_RADIUS_M
    east = np.nan_to_num(np.radians(lon)) * EARTH_RADIUS_M * np.cos(np.nan_to_num(np.radians(lat)))
    cells = np.empty(len(lat), np.int32)
    halvings = max(most, 1).bit_length() - 1
    for number, stops in enumerate(_halved(np.arange(len(lat)), np.stack([north, east]), halvings)):
        cells[stops] = number
    return cells


def _halved(stops: Int64s, places: NDArray[np.float64], halvings: int) -> Iterator[Int64s]:
    if len(stops) <= 1 or halvings == 0:
        if len(stops):
            yield stops
        return
    axis = int(np.argmax(np.ptp(places[:, stops], axis=1)))
    ordered = stops[np.argsort(places[axis, stops], kind="stable")]
    for half in (ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]):
        yield from _halved(half, places, halvings - 1)


@dataclass(frozen=True, slots=True)
class _Ground:
    """One direction of travel."""

    lines: Lines
    walks: Ways
    ways: Ways
    unwaited: Ways
    """As if nobody ever waited; without rows where nobody does"""


def _ground(network: Network) -> _Ground:
    """The network's stop sequences as lines, forward."""
    sequences, trips, times = network.sequences, network.trips, network.stop_times
    n_lines, n_stops = len(sequences.ptr) - 1, len(network.stops.lat)
    steps = fastest_steps(n_lines, sequences.ptr, trips.sequence, trips.times_ptr, times.arrival, times.departure)
    flags = np.where(sequences.flags & CAN_BOARD, ENTER, 0) | np.where(sequences.flags & CAN_ALIGHT, LEAVE, 0)
    links = _seat_links(network)
    lines = Lines(
        sequences.ptr,
        sequences.stops,
        flags.astype(np.uint8),
        steps,
        least_waits_s(network),
        *_rows_by(links[0], links[1], links[1], n_lines)[:2],
        *_calls_by_stop(sequences.ptr, sequences.stops, n_stops),
    )
    walks = _walks(network)
    without = lines._replace(waits=np.zeros_like(lines.waits))
    unwaited = Ways(*(np.empty(0, np.int32),) * 3)
    if lines.waits.any():
        unwaited = _ways(without, walks, links, n_stops)
    return _Ground(lines, Ways(*_rows_by(*walks, n_stops)), _ways(lines, walks, links, n_stops), unwaited)


def least_waits_s(network: Network) -> Int32s:
    """line -> seconds that who boards it waits at least: 0 where a trip of it has a timetable."""
    trips, headways = network.trips, network.headways
    waits = np.where(trips.is_headway == 1, NEVER, 0).astype(np.int32)
    np.minimum.at(waits, headways.trip, np.where(headways.exact, 0, expected_wait_s(headways.headway_s)))
    found = np.full(len(network.sequences.ptr) - 1, NEVER, np.int32)
    np.minimum.at(found, trips.sequence, waits)
    found[found == NEVER] = 0  # no trip of it ever runs
    return found


def _ways(lines: Lines, walks: tuple[Int32s, Int32s, Int32s], links: tuple[Int32s, Int32s], n_stops: int) -> Ways:
    """From node to node. The stops are nodes, and the calls of lines that are waited for: who is in such a vehicle has
    waited, and waits again when he boards another one."""
    line = _starts(lines.ptr)
    is_waited = lines.waits[line] > 0
    node = np.where(is_waited, n_stops + np.cumsum(is_waited) - 1, lines.stops).astype(np.int32)
    moving = np.flatnonzero(lines.steps < NEVER)
    enter, leave = (np.flatnonzero(is_waited & (lines.flags & flag > 0)) for flag in (ENTER, LEAVE))
    last, first = node[lines.ptr[1:] - 1], node[lines.ptr[:-1]]
    return _least(
        np.concatenate([node[moving], lines.stops[enter], node[leave], walks[0], last[links[0]]]),
        np.concatenate([node[moving + 1], node[enter], lines.stops[leave], walks[1], first[links[1]]]),
        np.concatenate(
            [
                lines.steps[moving],
                lines.waits[line[enter]],
                np.zeros(len(leave), np.int32),
                walks[2],
                np.zeros(len(links[0]), np.int32),
            ]
        ),
        n_stops + int(is_waited.sum()),
    )


def _least(start: Int32s, end: Int32s, seconds: Int32s, n_nodes: int) -> Ways:
    """The fastest way of each pair of nodes."""
    order = np.lexsort((seconds, end, start))
    start, end, seconds = start[order], end[order], seconds[order]
    is_first = np.ones(len(order), bool)
    is_first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    return Ways(*_rows_by(start[is_first], end[is_first], seconds[is_first], n_nodes))


def _reversed(ground: _Ground) -> _Ground:
    """The same lines, walks and links, from their ends."""
    lines = ground.lines
    n_lines, n_stops = len(lines.ptr) - 1, len(lines.calls_ptr) - 1
    lengths = np.diff(lines.ptr)
    calls = np.repeat(lines.ptr[1:] + lines.ptr[:-1] - 1, lengths) - np.arange(len(lines.stops))
    flags = lines.flags[calls]
    swapped = np.where(flags & ENTER, LEAVE, 0) | np.where(flags & LEAVE, ENTER, 0)
    starts = _starts(lines.next_ptr)
    mirrored = Lines(
        lines.ptr,
        lines.stops[calls],
        swapped.astype(np.uint8),
        # A step belongs to the call that it starts from, which now is the one where it ended.
        np.roll(lines.steps[calls], -1),
        lines.waits,
        *_rows_by(lines.next_lines, starts, starts, n_lines)[:2],
        *_calls_by_stop(lines.ptr, lines.stops[calls], n_stops),
    )
    unwaited = _turned(ground.unwaited) if len(ground.unwaited.ptr) else ground.unwaited
    return _Ground(mirrored, _turned(ground.walks), _turned(ground.ways), unwaited)


def _turned(ways: Ways) -> Ways:
    return Ways(*_rows_by(ways.ends, _starts(ways.ptr), ways.seconds, len(ways.ptr) - 1))


def _starts(pointers: Int32s | Int64s) -> Int32s:
    return np.repeat(np.arange(len(pointers) - 1, dtype=np.int32), np.diff(pointers))


def _calls_by_stop(ptr: Int64s, stops: Int32s, n_stops: int) -> tuple[Int32s, Int32s, Int32s]:
    """(pointers, lines, positions): where the lines call at each stop."""
    line = _starts(ptr)
    position = (np.arange(len(stops)) - ptr[:-1][line]).astype(np.int32)
    return _rows_by(stops, line, position, n_stops)


def _rows_by(start: Int32s, end: Int32s, value: Int32s, n: int) -> tuple[Int32s, Int32s, Int32s]:
    """Rows as CSR: (pointers [n + 1], end, value)."""
    order = np.argsort(start, kind="stable")
    pointers = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=n))]).astype(np.int32)
    return pointers, end[order].astype(np.int32), value[order].astype(np.int32)


def _walks(network: Network) -> tuple[Int32s, Int32s, Int32s]:
    """(from, to, least seconds): footpaths, those that may not be changed by too, and what trips are given between."""
    tables = (network.footpaths, network.trip_transfers)
    names = ("from_stop", "to_stop", "distance_m", "fixed_m", "fixed_s", "min_time_s")
    start, end, metres, fixed_m, fixed_s, given = (
        np.concatenate([getattr(table, name) for table in tables]) for name in names
    )
    # Ways without stairs are no shorter. Where trips are given a change without any way, any time may be given.
    walk = np.where(metres < 0, 0, np.floor((metres - fixed_m) / BOUND_WALKING_M_PER_S) + fixed_s)
    least = np.where(given >= 0, np.minimum(given, walk), walk)
    other = start != end
    return start[other], end[other], least[other].astype(np.int32)


def _seat_links(network: Network) -> tuple[Int32s, Int32s]:
    """(line, line) that some trip of the one may become: rows of type 4, and trips of a block that can follow."""
    trips, sequences, rows = network.trips, network.sequences, network.transfers
    explicit = np.flatnonzero((rows.from_trip >= 0) & (rows.to_trip >= 0) & (rows.type == IN_SEAT))
    pairs = [np.stack([trips.sequence[rows.from_trip[explicit]], trips.sequence[rows.to_trip[explicit]]])]
    blocked = np.flatnonzero(trips.block >= 0)
    first, last = sequences.stops[sequences.ptr[:-1]], sequences.stops[sequences.ptr[1:] - 1]
    # Within a block only the lines matter, and where they meet: days and times are not looked at, which links more
    # than runs, never less.
    ends = np.unique(np.stack([trips.block[blocked], trips.sequence[blocked]]), axis=1)
    block, line = ends
    by_end, by_start = _keys(block, last[line]), _keys(block, first[line])
    order = np.argsort(by_start, kind="stable")
    low, high = (np.searchsorted(by_start[order], by_end, side) for side in ("left", "right"))
    counts = high - low
    rows_of = np.repeat(low - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
    pairs.append(np.stack([np.repeat(line, counts), line[order[rows_of]]]))
    found = np.unique(np.concatenate(pairs, axis=1), axis=1).astype(np.int32)
    return found[0], found[1]


def _keys(block: Int32s, stop: Int32s) -> Int64s:
    return block.astype(np.int64) << 32 | stop.astype(np.int64)
