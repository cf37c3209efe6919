"""Updates of trips carried along their calls: flat arrays, plain loops, compiled.

Times are seconds of the service day. What an update says of a call holds; between what is said a delay is carried
along, bent where it would make a vehicle go back in time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ingest.arrays import Bits, Bools, Int8s, Int32s, Int64s
from ingest.compiled import kernel, part

SAID, SKIPPED, NO_DATA = 0, 1, 2
"""Relationships of an update to the schedule; UNSCHEDULED counts as SAID."""
NOTHING, DELAY, TIME = 0, 1, 2
"""What an event of an update gives."""
NOWHERE, UNKNOWN = -1, -2
"""In place of a stop: none is named, or one that the feed does not have."""

MOST_LATE_S = 48 * 3600
MOST_EARLY_S = 24 * 3600

(GOOD, TOO_MANY, UNKNOWN_STOP, UNKNOWN_SEQUENCE, MISMATCH, MISSING, AMBIGUOUS, DUPLICATE, DISORDER, OUT_OF_RANGE,
 DECREASING, UNSAID) = range(12)  # fmt: skip
"""What became of a trip's updates."""

_NEVER = 2**40


class Schedule(NamedTuple):
    """What the kernel reads of a Network."""

    times_ptr: Int64s
    arrival: Int32s
    departure: Int32s
    stop_sequence: Int32s
    sequence: Int32s
    sequence_ptr: Int64s
    sequence_stops: Int32s
    sequence_flags: Bits
    parent: Int32s


class TripUpdates(NamedTuple):
    """Updates of trips, one row a trip, and of its calls: rows ptr[u]:ptr[u + 1] of the columns of calls."""

    trip: Int32s
    day_start_s: Int64s
    """UTC seconds"""
    shift_s: Int64s
    """Added to the trip's stop_times"""
    delay_s: Int64s
    has_delay: Bools
    ptr: Int64s
    at_sequence: Int64s
    """stop_sequence, -1 for none"""
    stop: Int32s
    """Row of stops, NOWHERE or UNKNOWN"""
    assigned: Int32s
    """The stop where it calls in place of that, likewise"""
    relation: Int8s
    arrival_is: Int8s
    arrival: Int64s
    departure_is: Int8s
    departure: Int64s


class Followed(NamedTuple):
    """The calls of the updated trips, rows ptr[u]:ptr[u + 1], and what became of each trip's updates."""

    ptr: Int64s
    status: Int8s
    stop: Int32s
    flags: Bits
    arrival: Int32s
    departure: Int32s
    is_known: Bits


def follow_updates(schedule: Schedule, updates: TripUpdates) -> Followed:
    """The trips as their updates have them. Rows of trips whose status is not GOOD hold nothing of use."""
    counts = np.diff(schedule.times_ptr)[updates.trip]
    ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    n, longest = int(ptr[-1]), int(counts.max(initial=0))
    found = Followed(
        ptr, np.zeros(len(updates.trip), np.int8), np.empty(n, np.int32), np.empty(n, np.uint8),
        np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.uint8),
    )  # fmt: skip
    _follow(schedule, updates, found, np.empty(2 * longest, np.int64), np.empty(2 * longest, np.bool_),
            np.empty(longest, np.int64))  # fmt: skip
    return found


@kernel
def _follow(
    schedule: Schedule, updates: TripUpdates, found: Followed, times: Int64s, is_said: Bools, update_at: Int64s
) -> None:
    for row in range(len(updates.trip)):
        status = _match(schedule, updates, row, update_at)
        if status == GOOD:
            status = _carry(schedule, updates, row, update_at, times, is_said, found)
        outcome = status
        if status in (GOOD, UNSAID):
            status = _straighten(int(found.ptr[row + 1] - found.ptr[row]), times, is_said)
        if status == GOOD:
            status = outcome
            first = found.ptr[row]
            for place in range(found.ptr[row + 1] - first):
                found.arrival[first + place] = times[2 * place]
                found.departure[first + place] = times[2 * place + 1]
        found.status[row] = status


@part
def _match(schedule: Schedule, updates: TripUpdates, row: int, update_at: Int64s) -> int:
    """Find the call of each update: update_at[call] is the update's row, -1 where there is none."""
    trip = updates.trip[row]
    first, n = schedule.times_ptr[trip], schedule.times_ptr[trip + 1] - schedule.times_ptr[trip]
    stops = schedule.sequence_ptr[schedule.sequence[trip]]
    for place in range(n):
        update_at[place] = -1
    if updates.ptr[row + 1] - updates.ptr[row] > n:
        return TOO_MANY
    last = -1
    for update in range(updates.ptr[row], updates.ptr[row + 1]):
        stop, wanted = updates.stop[update], updates.at_sequence[update]
        if stop == UNKNOWN or updates.assigned[update] == UNKNOWN:
            return UNKNOWN_STOP
        found = -1
        if wanted >= 0:
            for place in range(n):
                if schedule.stop_sequence[first + place] == wanted:
                    found = place
                    break
            if found < 0:
                return UNKNOWN_SEQUENCE
            if stop >= 0 and schedule.sequence_stops[stops + found] != stop:
                station = schedule.parent[stop]
                if station < 0 or schedule.parent[schedule.sequence_stops[stops + found]] != station:
                    return MISMATCH
        elif stop >= 0:
            for place in range(n):
                if schedule.sequence_stops[stops + place] == stop:
                    if found >= 0:
                        return AMBIGUOUS
                    found = place
            if found < 0:
                return UNKNOWN_STOP
        else:
            return MISSING
        if found <= last:
            return DUPLICATE if update_at[found] >= 0 else DISORDER
        update_at[found] = update
        last = found
    return GOOD


@part
def _carry(
    schedule: Schedule,
    updates: TripUpdates,
    row: int,
    update_at: Int64s,
    times: Int64s,
    is_said: Bools,
    found: Followed,
) -> int:
    """Times of arrival (2 i) and departure (2 i + 1) of each call i, and which of them an update says itself."""
    trip = updates.trip[row]
    first, shift = schedule.times_ptr[trip], updates.shift_s[row]
    calls = schedule.sequence_ptr[schedule.sequence[trip]]
    out = found.ptr[row]
    delay, is_known = 0, updates.has_delay[row]
    says_anything = is_known
    if is_known:
        delay = updates.delay_s[row]
        if delay > MOST_LATE_S or delay < -MOST_EARLY_S:
            return OUT_OF_RANGE
    for place in range(schedule.times_ptr[trip + 1] - first):
        arrival, departure = schedule.arrival[first + place] + shift, schedule.departure[first + place] + shift
        stop, flags = schedule.sequence_stops[calls + place], schedule.sequence_flags[calls + place]
        said_arrival = said_departure = False
        update = update_at[place]
        times[2 * place], times[2 * place + 1] = arrival + delay, departure + delay
        if update >= 0:
            if updates.assigned[update] >= 0:
                stop = updates.assigned[update]
            elif updates.stop[update] >= 0:
                stop = updates.stop[update]
            relation = updates.relation[update]
            if relation == SKIPPED:
                flags = np.uint8(0)
                says_anything = True
            elif relation == NO_DATA:
                is_known, delay = False, 0
                times[2 * place], times[2 * place + 1] = arrival, departure
            else:
                was_known = is_known
                said_departure = updates.departure_is[update] != NOTHING
                said_arrival = updates.arrival_is[update] != NOTHING
                if said_arrival:
                    late = _late(updates.arrival_is[update], updates.arrival[update], updates.day_start_s[row], arrival)
                    if late == _NEVER:
                        return OUT_OF_RANGE
                    is_known, delay = True, late
                    times[2 * place], times[2 * place + 1] = arrival + late, departure + late
                if said_departure:
                    late = _late(
                        updates.departure_is[update], updates.departure[update], updates.day_start_s[row], departure
                    )
                    if late == _NEVER:
                        return OUT_OF_RANGE
                    is_known, delay = True, late
                    times[2 * place + 1] = departure + late
                    if not said_arrival and not was_known:
                        times[2 * place] = arrival + late
                says_anything = says_anything or is_known
        is_said[2 * place], is_said[2 * place + 1] = said_arrival, said_departure
        found.stop[out + place], found.flags[out + place] = stop, flags
        found.is_known[out + place] = is_known
    return GOOD if says_anything or updates.ptr[row + 1] > updates.ptr[row] else UNSAID


@part
def _late(kind: int, said: int, day_start_s: int, scheduled_s: int) -> int:
    """Seconds behind the schedule, by a delay or a time that is said; _NEVER where that is out of range."""
    late = said
    if kind == TIME:
        if said <= 0 or said >= _NEVER:
            return _NEVER
        late = said - day_start_s - scheduled_s
    return _NEVER if late > MOST_LATE_S or late < -MOST_EARLY_S else late


@part
def _straighten(n: int, times: Int64s, is_said: Bools) -> int:
    """Bend what nobody said, so that no vehicle goes back in time; what was said must not itself."""
    latest = _NEVER
    for place in range(2 * n - 1, -1, -1):
        if is_said[place]:
            if times[place] > latest:
                return DECREASING
            latest = times[place]
        elif times[place] > latest:
            times[place] = latest
    earliest = -_NEVER
    for place in range(2 * n):
        if times[place] < earliest:
            times[place] = earliest
        earliest = times[place]
    return GOOD
