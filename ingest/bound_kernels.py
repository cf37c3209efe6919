"""Least travel times that no timetable can beat: searches over rides at their fastest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.arrays import Bits, Int32s, Int64s
from ingest.compiled import kernel, part

NEVER = 1_000_000_000
NOT_REACHED = 255
"""In a table of bounds: no way there."""
FARTHEST = 254
"""In a table of bounds: this many units or more."""

ENTER, LEAVE = 1, 2

SEATED = -1
"""Before the first call of a line: who came in a vehicle that goes on as it."""


class Ways(NamedTuple):
    """From node to node in one direction of travel, by a vehicle to its next call or on foot. CSR rows.

    The first nodes are the stops; others are calls, where a rider is in a vehicle.
    """

    ptr: Int32s
    """node -> its rows                                         [nodes + 1]"""
    ends: Int32s
    seconds: Int32s


class Lines(NamedTuple):
    """Stop sequences in one direction of travel, call by call, as their fastest trips run them."""

    ptr: Int64s
    """line -> its calls                                        [L + 1]"""
    stops: Int32s
    flags: Bits
    """call -> ENTER | LEAVE"""
    steps: Int32s
    """call -> least seconds from leaving it to reaching the line's next call"""
    waits: Int32s
    """line -> least seconds of waiting for a vehicle of it     [L]"""
    next_ptr: Int32s
    """line -> lines that riders stay seated into               [L + 1]"""
    next_lines: Int32s
    calls_ptr: Int32s
    """stop -> its calls                                        [S + 1]"""
    call_lines: Int32s
    call_positions: Int32s


@kernel
def fastest_steps(
    n_lines: int, ptr: Int64s, line_of: Int32s, times_ptr: Int64s, arrivals: Int32s, departures: Int32s
) -> Int32s:
    """Lines.steps of `n_lines` lines over all trips; trip t runs line line_of[t]. The last call of a line has NEVER."""
    steps = np.full(ptr[n_lines], NEVER, np.int32)
    for trip in range(len(line_of)):
        shift = times_ptr[trip] - ptr[line_of[trip]]
        for call in range(ptr[line_of[trip]], ptr[line_of[trip] + 1] - 1):
            steps[call] = min(steps[call], arrivals[call + shift + 1] - departures[call + shift])
    return steps


@kernel
def any_rides(ways: Ways, starts: Int32s, start_s: Int32s, unit_s: int, row: Bits) -> None:
    """Fill `row` [stops]: whole units from the nearest of `starts`, with any number of rides and walks.

    start_s: how far away each of them is to begin with, in seconds: less than FARTHEST units.

    Dijkstra with a bucket for each second (Dial 1969), up to FARTHEST units; beyond, only who can be reached at all.
    """
    ptr, ends, seconds = ways.ptr, ways.ends, ways.seconds
    limit, n_nodes = FARTHEST * unit_s, len(ptr) - 1
    best = np.full(n_nodes, NEVER, np.int32)
    heads = np.full(limit + 1, -1, np.int32)  # bucket -> its last entry
    nodes, before = np.empty(len(starts) + len(ends), np.int32), np.empty(len(starts) + len(ends), np.int32)
    n_entries = 0
    far, n_far = np.empty(n_nodes, np.int32), 0
    for index in range(len(starts)):
        stop, seconds_away = starts[index], start_s[index]
        best[stop] = min(best[stop], seconds_away)
        nodes[n_entries], before[n_entries] = stop, heads[seconds_away]
        heads[seconds_away] = n_entries
        n_entries += 1
    for time in range(limit):
        while heads[time] >= 0:
            entry = heads[time]
            heads[time] = before[entry]
            node = nodes[entry]
            if best[node] < time:
                continue  # improved since
            for way in range(ptr[node], ptr[node + 1]):
                end, reached = ends[way], time + seconds[way]
                if reached >= limit:
                    if best[end] == NEVER:
                        best[end] = limit
                        far[n_far] = end
                        n_far += 1
                elif reached < best[end]:
                    best[end] = reached
                    nodes[n_entries], before[n_entries] = end, heads[reached]
                    heads[reached] = n_entries
                    n_entries += 1
    while n_far:
        n_far -= 1
        node = far[n_far]
        for way in range(ptr[node], ptr[node + 1]):
            if best[ends[way]] == NEVER:
                best[ends[way]] = limit
                far[n_far] = ends[way]
                n_far += 1
    for stop in range(len(row)):
        row[stop] = NOT_REACHED if best[stop] == NEVER else min(best[stop] // unit_s, FARTHEST)


@kernel
def one_ride(lines: Lines, walks: Ways, starts: Int32s, unit_s: int, row: Bits) -> None:
    """Fill `row` [stops]: whole units from the nearest of `starts`, with a walk, a ride and a walk, or less."""
    walk_ptr, walk_ends, walk_s = walks.ptr, walks.ends, walks.seconds
    n_stops = len(row)
    best, ready = np.full(n_stops, NEVER, np.int32), np.full(n_stops, NEVER, np.int32)
    near, n_near = np.empty(n_stops, np.int32), 0
    for start in starts:
        best[start] = ready[start] = 0
    for start in starts:
        for way in range(walk_ptr[start], walk_ptr[start + 1]):
            ready[walk_ends[way]] = min(ready[walk_ends[way]], walk_s[way])
    for stop in range(n_stops):
        if ready[stop] < NEVER:
            best[stop] = ready[stop]
            near[n_near] = stop
            n_near += 1
    left = np.full(n_stops, NEVER, np.int32)
    reached, n_reached = np.empty(n_stops, np.int32), 0
    for stop in _ride(lines, ready, near, n_near, left):
        if left[stop] < NEVER:
            reached[n_reached] = stop
            n_reached += 1
    for index in range(n_reached):
        stop = reached[index]
        best[stop] = min(best[stop], left[stop])
        for way in range(walk_ptr[stop], walk_ptr[stop + 1]):
            best[walk_ends[way]] = min(best[walk_ends[way]], left[stop] + walk_s[way])
    for stop in range(n_stops):
        row[stop] = NOT_REACHED if best[stop] == NEVER else min(best[stop] // unit_s, FARTHEST)


@part
def _ride(lines: Lines, ready: Int32s, near: Int32s, n_near: int, left: Int32s) -> Int32s:
    """Ride once from the `near` stops, staying seated from line to line; returns the stops left at, each once.

    ready, left [stops]: seconds at which a vehicle is entered, and the least at which one is left.
    """
    # Local names: taking an array out of a NamedTuple costs a reference count, once here and not in the loops.
    ptr, stops, flags, steps, waits = lines.ptr, lines.stops, lines.flags, lines.steps, lines.waits
    next_ptr, next_lines = lines.next_ptr, lines.next_lines
    calls_ptr, call_lines, call_positions = lines.calls_ptr, lines.call_lines, lines.call_positions
    n_lines = len(ptr) - 1
    first, carried = np.full(n_lines, NEVER, np.int32), np.full(n_lines, NEVER, np.int32)
    queue, n_queued, taken = np.empty(n_lines, np.int32), 0, 0
    for index in range(n_near):
        stop = near[index]
        for row in range(calls_ptr[stop], calls_ptr[stop + 1]):
            line = call_lines[row]
            if first[line] == NEVER:
                queue[n_queued] = line
                n_queued += 1
            first[line] = min(first[line], call_positions[row])
    found, n_found = np.empty(len(left), np.int32), 0
    while n_queued:
        line = queue[taken % n_lines]
        taken += 1
        n_queued -= 1
        start = ptr[line] + first[line]
        aboard = carried[line] if first[line] == 0 else NEVER
        first[line], wait = NEVER, waits[line]
        for call in range(start, ptr[line + 1]):
            stop = stops[call]
            if call > start:
                aboard = min(aboard + steps[call - 1], NEVER)
                if flags[call] & LEAVE and aboard < left[stop]:
                    if left[stop] == NEVER:
                        found[n_found] = stop
                        n_found += 1
                    left[stop] = aboard
            if flags[call] & ENTER and ready[stop] + wait < aboard and call < ptr[line + 1] - 1:
                aboard = ready[stop] + wait
        for row in range(next_ptr[line], next_ptr[line + 1]):
            following = next_lines[row]
            if aboard < carried[following]:
                carried[following] = aboard
                if first[following] == NEVER:
                    queue[(taken + n_queued) % n_lines] = following
                    n_queued += 1
                first[following] = 0
    return found[:n_found]


@kernel
def fewest_rides(lines: Lines, walks: Ways, starts: Int32s, row: Bits) -> None:
    """Fill `row` [stops]: the least number of vehicles from the nearest of `starts`, walking once before and once after
    each; FARTHEST is that many or more.

    Round by round. Of a line each call is looked at once: who enters it farther back rides to where others did before.
    """
    walk_ptr, walk_ends, ptr, stops, flags = walks.ptr, walks.ends, lines.ptr, lines.stops, lines.flags
    calls_ptr, call_lines, call_positions = lines.calls_ptr, lines.call_lines, lines.call_positions
    n_stops, n_lines = len(row), len(ptr) - 1
    row[:] = NOT_REACHED
    is_left = np.zeros(n_stops, np.uint8)
    left, n_left = np.empty(n_stops, np.int32), 0  # where a vehicle was left, each stop once
    found, n_found = np.empty(n_stops, np.int32), 0  # in the order of rounds
    entered, first = np.full(n_lines, NEVER, np.int32), np.full(n_lines, NEVER, np.int32)
    queue = np.empty(n_lines, np.int32)
    for start in starts:
        is_left[start] = 1
        left[n_left] = start
        n_left += 1
        row[start] = 0
        found[n_found] = start
        n_found += 1
    rides, begin, begin_left = 0, 0, 0
    while True:
        for index in range(begin_left, n_left):
            for way in range(walk_ptr[left[index]], walk_ptr[left[index] + 1]):
                end = walk_ends[way]
                if row[end] == NOT_REACHED:
                    row[end] = rides
                    found[n_found] = end
                    n_found += 1
        begin_left = n_left
        n_queued = 0
        for index in range(begin, n_found):
            for call in range(calls_ptr[found[index]], calls_ptr[found[index] + 1]):
                line, position = call_lines[call], call_positions[call]
                if flags[ptr[line] + position] & ENTER and position < entered[line]:
                    if first[line] == NEVER:
                        queue[n_queued] = line
                        n_queued += 1
                    first[line] = min(first[line], position)
        if n_queued == 0:
            return
        begin = n_found
        rides = min(rides + 1, FARTHEST)
        while n_queued:
            n_queued -= 1
            line = queue[n_queued]
            position, before = first[line], entered[line]
            first[line], entered[line] = NEVER, position
            last = ptr[line + 1] - 1
            for call in range(ptr[line] + position + 1, min(ptr[line] + before, last) + 1):
                stop = stops[call]
                if flags[call] & LEAVE and is_left[stop] == 0:
                    is_left[stop] = 1
                    left[n_left] = stop
                    n_left += 1
                    if row[stop] == NOT_REACHED:
                        row[stop] = rides
                        found[n_found] = stop
                        n_found += 1
            if before < NEVER:
                continue
            for next_line in range(lines.next_ptr[line], lines.next_ptr[line + 1]):
                following = lines.next_lines[next_line]
                if entered[following] > SEATED and first[following] > SEATED:
                    if first[following] == NEVER:
                        queue[n_queued] = following
                        n_queued += 1
                    first[following] = SEATED
