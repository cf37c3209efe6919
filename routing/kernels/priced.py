"""Search for cheap journeys: labels with what was paid, the ticket in use and the providers ridden, round by round.

Like routing.kernels.raptor it keeps two kinds of labels at a stop, those of riders who have got off and those of riders
who are ready to board; a round is one vehicle more. But a stop keeps every label that no other is as good as. A ticket
(a pass of routing.cheapest.passes) is bought when a ride begins that it is for; which one is a choice of the label, so
that one ride makes a label for each pass that can pay for it. A pass whose price is known when it is bought is paid
then. Of others the price is settled when the rider gets off for good: that is a label of its own, without a ticket.

In the mirrored side rides come last one first: a pass begins with the last ride that it pays for, and is settled at the
first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel, leaf
from routing.kernels.layout import (
    BUCKET_S,
    CAN_ALIGHT,
    NO_WAY,
    UNREACHED,
    Bits,
    Int32Grid,
    Int32s,
    Int64s,
    Least,
    Side,
    Walks,
)
from routing.kernels.raptor import first_vehicle

Int64Grid = NDArray[np.int64]

AT_START, BY_PAIR, BY_METRES = range(3)
"""When and how a pass is priced."""
NO_PRICE = -1
NO_PASS = -1
KIND, GRID, N_STATIONS, MAX_RIDES, LIMIT_S, UNTIL_ALIGHTING, MIN_PROVIDERS, LINK = range(8)
"""Columns of Passes.columns."""
FULL = -1
"""There was no room for all labels."""


class Passes(NamedTuple):
    """What can be bought. S stops, N passes, F classes of rides."""

    trip_class: Int32s
    """trip of the side -> its class, -1 where it may not be ridden             [T]"""
    class_provider: Int64s
    """                                                                         [F]"""
    covers: Bits
    """1 where a pass pays for rides of a class                                 [F, N]"""
    usable: Bits
    """1 where something that a pass pays for can be boarded                    [S, N]"""
    onward: Bits
    """1 where a rider who gets off may board such a thing next, here or on foot    [S, N]"""
    columns: Int32Grid
    """MAX_RIDES 0 and LIMIT_S -1 are no limit, LINK a row of links or -1       [N, 8]"""
    round_km: Int32s
    """Metres of a ride count as they are (0), to the nearest kilometre (1), up (2)    [N]"""
    factors: np.ndarray
    """What metres are multiplied by                                            [N]"""
    stations: Int32Grid
    """GRID, stop -> station, -1 for none                                       [., S]"""
    links: np.ndarray
    """LINK, stop -> a bit for each group of linked stops                       [., S]"""
    floors: Int64Grid
    """Station of a pass by pair -> the least that it can cost from there (mirrored: to there)    [N, .]"""
    metres_ptr: Int64s
    """trip of the side -> where its calls begin in `metres`, -1 for none       [T]"""
    metres: np.ndarray
    """Along a line, at each call of the forward side"""


class Spans(NamedTuple):
    """Prices, each from a second of the timetable on at which a pass is first used."""

    ptr: Int32s
    """pass -> its spans                                                        [N + 1]"""
    begin: Int32s
    first: Int64s
    """span -> where its amounts begin"""
    amounts: Int64s
    """BY_PAIR: stations x stations, AT_START: one, BY_METRES: nine numbers (routing.cheapest.passes)"""


class Asked(NamedTuple):
    """The numbers of a question, in seconds of the side."""

    time: int
    limit: int
    max_rounds: int
    slack_s: int
    max_walk_s: int
    unit_s: int
    """Of Least; 0: it is not read"""
    is_mirrored: int
    same_until: int
    """Before then who is sooner at a stop may pay more from there on"""


class Stops(NamedTuple):
    """What is known of stops."""

    board_by: Int32s
    """As of routing.cheapest.task.CheapTask                                    [S]"""
    alight_by: Int32s
    egress: Int32s
    """Seconds to the far end, UNREACHED elsewhere                              [S]"""
    later_until: Int32s
    """pattern -> to who is ready before then a later trip than the first may be cheaper    [P]"""


class Labels(NamedTuple):
    """Columns of labels, and lists of those at each stop. L is the room."""

    numbers: Int32Grid
    """See the columns below                                                    [L, 18]"""
    sums: Int64Grid
    """PAID, RIDDEN, PROVIDERS (that the pass in use has paid for), AT_LEAST (that will be paid in the end)    [L, 4]"""
    heads: Int32Grid
    """The first label of those who have got off (row 0) and are ready (1), for each of GROUPS    [2, S, GROUPS]"""
    ends: Int64Grid
    """Journeys: label (-1 where a better one has come, -2 of one known before), far end, near end, vehicles, amount,
    providers ridden                                                            [., 6]"""
    n_ends: Int64s
    """How many rows of `ends` are in use                                       [1]"""


class Ride(NamedTuple):
    """A vehicle that a rider boards."""

    label: int
    pattern: int
    position: int
    """Of the call where he boards it"""
    trip: int
    row: int
    """Of Side.trips"""
    start: int
    near: int
    """When he is at the near end then"""


class GettingOff(NamedTuple):
    """A call where a rider leaves a vehicle, and when it left the one where he boarded it."""

    off: int
    stop: int
    departure: int
    arrival: int
    n_calls: int


(
    STOP, TIME, NEAR, VEHICLES, PASS, ORIGIN, TABLE, METRES, SINCE, RIDES, LAST, LINKED, PARENT, PATTERN, BOARD, ALIGHT,
    TRIP, NEXT,
) = range(18)  # fmt: skip
PAID, RIDDEN, PROVIDERS, AT_LEAST = range(4)
END_LABEL, END_FAR, END_NEAR, END_VEHICLES, END_PAID, END_RIDDEN = range(6)
KNOWN_BEFORE = -2
GROUPS = 16
"""Labels of riders who owe nothing for a ticket in use are in the first; others by the ticket and where it began, as
only such can be as good as each other."""
GONE = -2
"""NEXT of a label that another is as good as."""


@leaf
def wide(value: int) -> int:
    """The same in 64 bits: each function is compiled once for all callers."""
    return np.int64(value)  # type: ignore[return-value] # what numba makes of it


@kernel
def search_priced(
    side: Side,
    walks: Walks,
    allowed: Bits,
    near_stops: Int32s,
    near_s: Int32s,
    least: Least,
    asked: Asked,
    stops: Stops,
    passes: Passes,
    spans: Spans,
    labels: Labels,
) -> int:
    """Fill `labels`, in which ends that are known before may be. Returns how many there are, or FULL."""
    numbers, sums = labels.numbers, labels.sums
    labels.heads[:] = -1
    n = wide(0)
    for index in range(len(near_stops)):
        stop = near_stops[index]
        time = asked.time + near_s[index]
        if time <= stops.board_by[stop]:
            if n >= len(numbers):
                return FULL
            row = numbers[n]
            row[:] = 0
            row[STOP], row[TIME], row[NEAR] = stop, time, asked.time
            row[PASS], row[LAST], row[PARENT], row[NEXT] = NO_PASS, -1, -1, -1
            sums[n, :] = 0
            n += 1
    ready_from, ready_end = 0, n
    for k in range(1, asked.max_rounds + 1):
        off_from = n
        for label in range(ready_from, ready_end):
            if numbers[label, NEXT] != GONE:
                n = _board(side, allowed, label, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
        if k == asked.max_rounds or n == off_from:
            break
        ready_from = n
        for label in range(off_from, ready_from):
            if numbers[label, NEXT] != GONE:
                n = _change(walks, label, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
        ready_end = n
    return n


@kernel
def _board(
    side: Side,
    allowed: Bits,
    label: int,
    least: Least,
    asked: Asked,
    stops: Stops,
    passes: Passes,
    spans: Spans,
    labels: Labels,
    n: int,
) -> int:
    """Board whatever comes where a rider is ready. Returns the number of labels."""
    numbers = labels.numbers
    stop, time = wide(numbers[label, STOP]), wide(numbers[label, TIME])
    is_first = numbers[label, PARENT] < 0
    due = stops.board_by[stop]
    in_use = wide(numbers[label, PASS])
    must = not _is_settled(in_use, passes)
    for number in range(side.boardings_ptr[stop], side.boardings_ptr[stop + 1]):
        pattern, position = wide(side.boardings[number, 1]), wide(side.boardings[number, 2])
        if allowed[pattern] == 0:
            continue
        first_trip = wide(side.trips_ptr[pattern])
        if side.runs_ptr[pattern] < side.runs_ptr[pattern + 1]:
            if must and passes.covers[passes.trip_class[first_trip], in_use] == 0:
                continue
            passing = time - side.offsets[side.trips[first_trip, 1] + position, 1]
            start = first_vehicle(
                side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait,
                side.runs_ptr[pattern], side.runs_ptr[pattern + 1], passing,
            )  # fmt: skip
            if start < UNREACHED:
                ride = Ride(label, pattern, position, wide(0), first_trip, wide(start), wide(numbers[label, NEAR]))
                n = _ride(side, ride, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
            continue
        n_trips = wide(side.trips_ptr[pattern + 1]) - first_trip
        bucket = (time - wide(side.boardings[number, 3]) - wide(side.first_trips_from[0])) // BUCKET_S
        trip = wide(side.first_trips[min(max(bucket, 0), side.first_trips.shape[0] - 2), pattern])
        every = is_first or time < stops.later_until[pattern]
        while trip < n_trips:
            row = first_trip + trip
            leaves = wide(side.trips[row, 0]) + wide(side.offsets[side.trips[row, 1] + position, 1])
            if leaves > due:
                break
            if leaves < time:
                trip += 1
                continue
            if not must or passes.covers[passes.trip_class[row], in_use] == 1:
                near = wide(numbers[label, NEAR])
                if is_first:
                    near += leaves - time
                ride = Ride(label, pattern, position, trip, row, wide(side.trips[row, 0]), near)
                n = _ride(side, ride, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
            if not every:
                break
            trip += 1
    return n


@kernel
def _ride(
    side: Side,
    ride: Ride,
    least: Least,
    asked: Asked,
    stops: Stops,
    passes: Passes,
    spans: Spans,
    labels: Labels,
    n: int,
) -> int:
    """Ride a vehicle from a call on, with every pass that can pay. Returns the number of labels."""
    first_call, end_call = wide(side.calls_ptr[ride.pattern]), wide(side.calls_ptr[ride.pattern + 1])
    profile = wide(side.trips[ride.row, 1])
    its_class = wide(passes.trip_class[ride.row])
    departure = ride.start + wide(side.offsets[profile + ride.position, 1])
    in_use = wide(labels.numbers[ride.label, PASS])
    goes_on = in_use >= 0 and passes.covers[its_class, in_use] == 1
    begins = _is_settled(in_use, passes)
    for off in range(ride.position + 1, end_call - first_call):
        at = first_call + off
        if side.call_flags[at] & CAN_ALIGHT == 0:
            continue
        stop, arrival = wide(side.call_stops[at]), ride.start + wide(side.offsets[profile + off, 0])
        if arrival > stops.alight_by[stop]:
            continue
        if n + 2 * passes.covers.shape[1] + 2 > len(labels.numbers):
            return FULL
        getting_off = GettingOff(off, stop, departure, arrival, end_call - first_call)
        if goes_on:
            n = _pay(ride, getting_off, in_use, wide(0), least, asked, stops, passes, spans, labels, n)
        if begins:
            for one in range(passes.covers.shape[1]):
                if passes.covers[its_class, one] == 1:
                    n = _pay(ride, getting_off, one, wide(1), least, asked, stops, passes, spans, labels, n)
        if n == FULL:
            return FULL
    return n


@kernel
def _pay(
    ride: Ride,
    getting_off: GettingOff,
    one: int,
    is_new: int,
    least: Least,
    asked: Asked,
    stops: Stops,
    passes: Passes,
    spans: Spans,
    labels: Labels,
    n: int,
) -> int:
    """The label, or two, of who gets off there, having paid with a pass. Returns the number of labels, or FULL."""
    numbers, sums, columns = labels.numbers, labels.sums, passes.columns
    before, label = numbers[ride.label], ride.label
    kind, limit_s = wide(columns[one, KIND]), wide(columns[one, LIMIT_S])
    departure, arrival, stop = getting_off.departure, getting_off.arrival, getting_off.stop
    provider = wide(passes.class_provider[passes.trip_class[ride.row]])
    bit = wide(1) << provider
    rides, origin, table, metres = wide(1), wide(0), wide(0), wide(0)
    paid, providers = wide(sums[label, PAID]), bit
    # Seen backwards a pass begins with its last ride: with the boarding of it, or with getting off.
    since = arrival if asked.is_mirrored == 1 and columns[one, UNTIL_ALIGHTING] == 0 else departure
    if is_new == 1:
        if kind == AT_START:
            used = -arrival if asked.is_mirrored == 1 else departure
            paid += spans.amounts[spans.first[_span(spans, one, used)]]
        else:
            if asked.is_mirrored == 0:
                table = _span(spans, one, departure)
            if kind == BY_PAIR:
                origin = wide(passes.stations[columns[one, GRID], before[STOP]])
                if origin < 0:
                    return n
    else:
        rides, since, origin = wide(before[RIDES]) + 1, wide(before[SINCE]), wide(before[ORIGIN])
        table, metres = wide(before[TABLE]), wide(before[METRES])
        providers |= wide(sums[label, PROVIDERS])
        if columns[one, MAX_RIDES] > 0 and rides > columns[one, MAX_RIDES]:
            return n
        if columns[one, LINK] >= 0 and before[LINKED] == 0 and before[LAST] != provider:
            return n
    if limit_s >= 0:
        last = arrival if asked.is_mirrored == 1 or columns[one, UNTIL_ALIGHTING] == 1 else departure
        if last - since > limit_s:
            return n
    if kind == BY_METRES:
        counted = _counted(ride, getting_off, one, asked.is_mirrored, passes)
        if counted < 0:
            return n
        metres += counted
    mine = numbers[n]
    mine[STOP], mine[TIME], mine[NEAR], mine[VEHICLES] = stop, arrival, ride.near, before[VEHICLES] + 1
    mine[PASS], mine[ORIGIN], mine[TABLE], mine[METRES], mine[SINCE], mine[RIDES] = (
        one,
        origin,
        table,
        metres,
        since,
        rides,
    )
    mine[LAST], mine[LINKED], mine[PARENT] = provider, 0, label
    mine[PATTERN], mine[BOARD], mine[ALIGHT], mine[TRIP] = ride.pattern, ride.position, getting_off.off, ride.trip
    ridden = sums[label, RIDDEN] | bit
    sums[n, PAID], sums[n, RIDDEN], sums[n, PROVIDERS], sums[n, AT_LEAST] = paid, ridden, providers, paid
    if kind == BY_PAIR:
        sums[n, AT_LEAST] += passes.floors[one, origin]
    elif kind == BY_METRES:
        sums[n, AT_LEAST] += _floor_by_metres(one, table, metres, asked.is_mirrored, spans)
    if kind == AT_START:
        if passes.onward[stop, one] == 0:
            _settle(n, paid, labels)
        return _keep_off(n, least, asked, stops, passes, spans, labels)
    price = wide(NO_PRICE)
    if _n_bits(providers) >= columns[one, MIN_PROVIDERS]:
        price = _price(one, origin, table, metres, stop, arrival, asked.is_mirrored, passes, spans)
    kept = n
    if passes.onward[stop, one] == 1:
        numbers[n + 1] = mine
        sums[n + 1] = sums[n]
        kept = _keep_off(n, least, asked, stops, passes, spans, labels)
        if kept == n:
            numbers[n] = numbers[n + 1]
            sums[n] = sums[n + 1]
    if kept == FULL or price == NO_PRICE:
        return kept
    _settle(kept, paid + price, labels)
    return _keep_off(kept, least, asked, stops, passes, spans, labels)


@kernel
def _settle(label: int, paid: int, labels: Labels) -> None:
    """The rider holds no ticket any more, and has paid so much."""
    row = labels.numbers[label]
    row[PASS], row[ORIGIN], row[TABLE], row[METRES], row[SINCE], row[RIDES] = NO_PASS, 0, 0, 0, 0, 0
    row[LAST], row[LINKED] = -1, 0
    labels.sums[label, PAID], labels.sums[label, AT_LEAST], labels.sums[label, PROVIDERS] = paid, paid, 0


@kernel
def _span(spans: Spans, one: int, used: int) -> int:
    """The span of a pass that is first used at a second of the timetable."""
    found = wide(spans.ptr[one])
    while found + 1 < spans.ptr[one + 1] and spans.begin[found + 1] <= used:
        found += 1
    return found


@kernel
def _counted(ride: Ride, getting_off: GettingOff, one: int, is_mirrored: int, passes: Passes) -> int:
    """Metres of a ride as a pass counts them, -1 where they are not known."""
    begin = passes.metres_ptr[ride.row]
    if begin < 0:
        return -1
    first, last = ride.position, getting_off.off
    if is_mirrored == 1:
        first, last = getting_off.n_calls - 1 - last, getting_off.n_calls - 1 - first
    metres = passes.metres[begin + last] - passes.metres[begin + first]
    if not np.isfinite(metres):
        return -1
    whole = wide(np.rint(metres * passes.factors[one]))
    if passes.round_km[one] == 1:
        return (whole + 500) // 1000 * 1000
    if passes.round_km[one] == 2:
        return (whole + 999) // 1000 * 1000
    return whole


@kernel
def _price(
    one: int,
    origin: int,
    table: int,
    metres: int,
    stop: int,
    arrival: int,
    is_mirrored: int,
    passes: Passes,
    spans: Spans,
) -> int:
    """The price of a pass that is used no more after this stop, NO_PRICE where it is not sold for that."""
    span = _span(spans, one, -arrival) if is_mirrored == 1 else table
    first = wide(spans.first[span])
    if passes.columns[one, KIND] == BY_METRES:
        return _by_metres(spans.amounts[first : first + 9], metres)
    here = wide(passes.stations[passes.columns[one, GRID], stop])
    if here < 0:
        return NO_PRICE
    size = wide(passes.columns[one, N_STATIONS])
    start, end = (here, origin) if is_mirrored == 1 else (origin, here)
    return wide(spans.amounts[first + start * size + end])


@kernel
def _floor_by_metres(one: int, table: int, metres: int, is_mirrored: int, spans: Spans) -> int:
    """The least that a pass can cost that was used for so many metres. Backwards nobody knows when it was bought."""
    if is_mirrored == 0:
        return _by_metres(spans.amounts[spans.first[table] : spans.first[table] + 9], metres)
    least = wide(1 << 62)
    for span in range(spans.ptr[one], spans.ptr[one + 1]):
        least = min(least, _by_metres(spans.amounts[spans.first[span] : spans.first[span] + 9], metres))
    return least


@kernel
def _by_metres(said: Int64s, metres: int) -> int:
    """Of (amount or -1, base, step, millimetres of the base and of a step, cap or -1, percent, its scale, coin)."""
    if said[0] != NO_PRICE:
        return wide(said[0])
    amount = wide(said[1])
    beyond = wide(metres) * 1000 - wide(said[3])
    if beyond > 0:
        amount += wide(said[2]) * ((beyond + wide(said[4]) - 1) // wide(said[4]))
    if said[5] != NO_PRICE:
        amount = min(amount, wide(said[5]))
    unit = wide(said[7]) * wide(said[8])
    return (2 * amount * wide(said[6]) + unit) // (2 * unit) * wide(said[8])


@kernel
def _n_bits(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@kernel
def _keep_off(
    label: int, least: Least, asked: Asked, stops: Stops, passes: Passes, spans: Spans, labels: Labels
) -> int:
    """Keep the label of who has got off, and note where a journey ends. Returns the number of labels then, or FULL."""
    n = _keep(label, wide(0), least, asked, passes, spans, labels)
    numbers, sums, ends = labels.numbers, labels.sums, labels.ends
    if n == label or not _is_settled(numbers[label, PASS], passes):
        return n
    seconds = stops.egress[numbers[label, STOP]]
    if seconds == UNREACHED or numbers[label, TIME] + seconds > asked.limit:
        return n
    far, near, vehicles = (
        wide(numbers[label, TIME] + seconds),
        wide(numbers[label, NEAR]),
        wide(numbers[label, VEHICLES]),
    )
    paid, ridden, n_ends = wide(sums[label, PAID]), wide(sums[label, RIDDEN]), wide(labels.n_ends[0])
    if _is_beaten(ends, n_ends, far, near, vehicles, paid, ridden):
        return n
    room = n_ends
    for end in range(n_ends):
        if (
            ends[end, END_LABEL] >= 0
            and far <= ends[end, END_FAR]
            and vehicles <= ends[end, END_VEHICLES]
            and paid <= ends[end, END_PAID]
            and ridden & ~ends[end, END_RIDDEN] == 0
            and (far < ends[end, END_FAR] or vehicles < ends[end, END_VEHICLES] or near >= ends[end, END_NEAR])
        ):
            ends[end, END_LABEL] = -1
        if ends[end, END_LABEL] == -1:
            room = end
    if room == len(ends):
        return FULL
    if room == n_ends:
        labels.n_ends[0] += 1
    ends[room, END_LABEL], ends[room, END_FAR], ends[room, END_NEAR] = label, far, near
    ends[room, END_VEHICLES], ends[room, END_PAID], ends[room, END_RIDDEN] = vehicles, paid, ridden
    return n


@kernel
def _is_beaten(ends: Int64Grid, n_ends: int, far: int, near: int, vehicles: int, paid: int, ridden: int) -> bool:
    """Whether one of the journeys that have been found is as good (routing.cheapest.task.beats)."""
    for end in range(n_ends):
        if (
            ends[end, END_FAR] <= far
            and ends[end, END_PAID] <= paid
            and ends[end, END_VEHICLES] <= vehicles
            and ends[end, END_RIDDEN] & ~ridden == 0
            and ends[end, END_LABEL] != -1
            and (ends[end, END_FAR] < far or ends[end, END_VEHICLES] < vehicles or ends[end, END_NEAR] >= near)
        ):
            return True
    return False


@kernel
def _is_settled(one: int, passes: Passes) -> bool:
    return one < 0 or bool(passes.columns[one, KIND] == AT_START)


@kernel
def _change(
    walks: Walks,
    label: int,
    least: Least,
    asked: Asked,
    stops: Stops,
    passes: Passes,
    spans: Spans,
    labels: Labels,
    n: int,
) -> int:
    """Where a rider who has got off can board next. Returns the number of labels, or FULL."""
    numbers, sums = labels.numbers, labels.sums
    here, leave = wide(numbers[label, STOP]), wide(numbers[label, TIME]) + asked.slack_s
    one = wide(numbers[label, PASS])
    link = passes.columns[one, LINK] if one >= 0 else -1
    must = not _is_settled(one, passes)
    first = wide(walks.ptr[here])
    for number in range(first - 1, wide(walks.ptr[here + 1])):
        if number < first:
            stop, seconds = here, wide(walks.change_s[here])
            if seconds == UNREACHED:
                continue
        else:
            stop, seconds = wide(walks.stops[number]), wide(walks.change_by_foot_s[number])
            if walks.walk_s[number] > asked.max_walk_s:
                continue
        time = leave + seconds
        if time > stops.board_by[stop] or (must and passes.usable[stop, one] == 0):
            continue
        if n >= len(numbers):
            return FULL
        numbers[n] = numbers[label]
        sums[n] = sums[label]
        numbers[n, STOP], numbers[n, TIME], numbers[n, PARENT] = stop, time, label
        if one >= 0 and passes.usable[stop, one] == 0:
            _settle(n, sums[n, PAID], labels)
        elif link >= 0:
            numbers[n, LINKED] = 1 if passes.links[link, here] & passes.links[link, stop] else 0
        n = _keep(n, wide(1), least, asked, passes, spans, labels)
    return n


@kernel
def _keep(label: int, is_ready: int, least: Least, asked: Asked, passes: Passes, spans: Spans, labels: Labels) -> int:
    """Keep the label if no other at its stop is as good and it may end well. Returns the number of labels then."""
    numbers, sums, heads = labels.numbers, labels.sums, labels.heads
    stop, time, near = wide(numbers[label, STOP]), wide(numbers[label, TIME]), wide(numbers[label, NEAR])
    vehicles = wide(numbers[label, VEHICLES])
    ridden, paid = wide(sums[label, RIDDEN]), wide(sums[label, PAID])
    far = time
    if asked.unit_s > 0:
        units = wide(least.any_rides[stop])
        if units == NO_WAY:
            return label
        far += units * asked.unit_s
    at_least = wide(sums[label, AT_LEAST])
    if _is_beaten(labels.ends, wide(labels.n_ends[0]), far, near, vehicles + is_ready, at_least, ridden):
        return label
    is_early = time < asked.same_until
    one, group = wide(numbers[label, PASS]), wide(0)
    if not _is_settled(one, passes):
        group = 1 + (7 * one + wide(numbers[label, ORIGIN])) % (GROUPS - 1)
    other = wide(heads[is_ready, stop, group])
    while other >= 0:
        if (
            numbers[other, TIME] <= time
            and sums[other, PAID] <= paid
            and numbers[other, NEAR] >= near
            and numbers[other, VEHICLES] <= vehicles
            and sums[other, RIDDEN] & ~ridden == 0
            and (numbers[other, TIME] == time or numbers[other, TIME] >= asked.same_until)
            and _holds_as_much(other, label, is_ready, asked, passes, spans, numbers, sums)
        ):
            return label
        other = wide(numbers[other, NEXT])
    before, other = wide(-1), wide(heads[is_ready, stop, group])
    while other >= 0:
        after = wide(numbers[other, NEXT])
        if (
            time <= numbers[other, TIME]
            and paid <= sums[other, PAID]
            and near >= numbers[other, NEAR]
            and vehicles <= numbers[other, VEHICLES]
            and ridden & ~sums[other, RIDDEN] == 0
            and (time == numbers[other, TIME] or not is_early)
            and _holds_as_much(label, other, is_ready, asked, passes, spans, numbers, sums)
        ):
            numbers[other, NEXT] = GONE
            if before < 0:
                heads[is_ready, stop, group] = after
            else:
                numbers[before, NEXT] = after
        else:
            before = other
        other = after
    numbers[label, NEXT] = heads[is_ready, stop, group]
    heads[is_ready, stop, group] = label
    return label + 1


@kernel
def _holds_as_much(
    one: int, other: int, is_ready: int, asked: Asked, passes: Passes, spans: Spans, numbers: Int32Grid, sums: Int64Grid
) -> bool:
    """Whether the ticket in use of the first label, which has paid no more, is as good as that of the second."""
    mine, its = wide(numbers[one, PASS]), wide(numbers[other, PASS])
    columns = passes.columns
    if its < 0:
        return _is_settled(mine, passes)
    if mine != its:
        # It can buy what the other one has.
        if columns[its, KIND] != AT_START or spans.ptr[its + 1] - spans.ptr[its] > 1 or not _is_settled(mine, passes):
            return False
        return bool(sums[one, PAID] + spans.amounts[spans.first[spans.ptr[its]]] <= sums[other, PAID])
    if numbers[one, ORIGIN] != numbers[other, ORIGIN] or numbers[one, TABLE] != numbers[other, TABLE]:
        return False
    if numbers[one, METRES] > numbers[other, METRES]:
        return False
    if columns[mine, MAX_RIDES] > 0 and numbers[one, RIDES] > numbers[other, RIDES]:
        return False
    is_limited = columns[mine, LIMIT_S] >= 0 and numbers[one, SINCE] + columns[mine, LIMIT_S] < asked.limit
    if is_limited and numbers[one, SINCE] < numbers[other, SINCE]:
        return False
    has_less = columns[mine, MIN_PROVIDERS] > 1 and sums[other, PROVIDERS] & ~sums[one, PROVIDERS] != 0
    if has_less and _n_bits(sums[one, PROVIDERS]) < columns[mine, MIN_PROVIDERS]:
        return False
    if columns[mine, LINK] >= 0:
        if is_ready == 1 and numbers[one, LINKED] == 1:
            return True
        is_bound = is_ready == 0 or numbers[other, LINKED] == 0
        return bool(is_bound and numbers[one, LAST] == numbers[other, LAST])
    return True
