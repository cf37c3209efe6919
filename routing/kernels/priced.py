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

from routing.kernels.compiled import kernel, part, wide
from routing.kernels.layout import BUCKET_S, CAN_ALIGHT, UNREACHED, Bits, Int32s, Least, Side, Walks
from routing.kernels.priced_labels import keep, keep_off, settle
from routing.kernels.priced_layout import (
    ALIGHT,
    AT_LEAST,
    AT_START,
    BOARD,
    BY_METRES,
    BY_PAIR,
    FULL,
    GIVEN_UP,
    GONE,
    GRID,
    KIND,
    LAST,
    LIMIT_S,
    LINK,
    LINKED,
    MAX_RIDES,
    METRES,
    MIN_PROVIDERS,
    NEAR,
    NEXT,
    NO_PASS,
    NO_PRICE,
    ORIGIN,
    PAID,
    PARENT,
    PASS,
    PATTERN,
    PROVIDERS,
    RIDDEN,
    RIDES,
    SINCE,
    STOP,
    TABLE,
    TIME,
    TRIP,
    UNTIL_ALIGHTING,
    VEHICLES,
    Asked,
    GettingOff,
    Labels,
    Passes,
    Ride,
    Spans,
    Stops,
)
from routing.kernels.priced_tickets import counted_of, floor_by_metres, is_settled, n_bits, price_of, span_at
from routing.kernels.raptor import first_vehicle


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
    flag: Bits,
) -> int:
    """Fill `labels`, in which ends that are known before may be. Returns how many there are, FULL, or GIVEN_UP.

    flag: another thread sets flag[0] when nobody waits for the answer any more; it is looked at once a label.
    """
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
            if flag[0]:
                return GIVEN_UP
            if numbers[label, NEXT] != GONE:
                n = _board(side, allowed, label, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
        if k == asked.max_rounds or n == off_from:
            break
        ready_from = n
        for label in range(off_from, ready_from):
            if flag[0]:
                return GIVEN_UP
            if numbers[label, NEXT] != GONE:
                n = _change(walks, label, least, asked, stops, passes, spans, labels, n)
                if n == FULL:
                    return FULL
        ready_end = n
    return n


@part
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
    must = not is_settled(in_use, passes)
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


@part
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
    begins = is_settled(in_use, passes)
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


@part
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
            paid += spans.amounts[spans.first[span_at(spans, one, used)]]
        else:
            if asked.is_mirrored == 0:
                table = span_at(spans, one, departure)
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
        counted = counted_of(ride, getting_off, one, asked.is_mirrored, passes)
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
        sums[n, AT_LEAST] += floor_by_metres(one, table, metres, asked.is_mirrored, spans)
    if kind == AT_START:
        if passes.onward[stop, one] == 0:
            settle(n, paid, labels)
        return keep_off(n, least, asked, stops, passes, spans, labels)
    price = wide(NO_PRICE)
    if n_bits(providers) >= columns[one, MIN_PROVIDERS]:
        price = price_of(one, origin, table, metres, stop, arrival, asked.is_mirrored, passes, spans)
    kept = n
    if passes.onward[stop, one] == 1:
        numbers[n + 1] = mine
        sums[n + 1] = sums[n]
        kept = keep_off(n, least, asked, stops, passes, spans, labels)
        if kept == n:
            numbers[n] = numbers[n + 1]
            sums[n] = sums[n + 1]
    if kept == FULL or price == NO_PRICE:
        return kept
    settle(kept, paid + price, labels)
    return keep_off(kept, least, asked, stops, passes, spans, labels)


@part
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
    must = not is_settled(one, passes)
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
            settle(n, sums[n, PAID], labels)
        elif link >= 0:
            numbers[n, LINKED] = 1 if passes.links[link, here] & passes.links[link, stop] else 0
        n = keep(n, wide(1), least, asked, passes, spans, labels)
    return n
