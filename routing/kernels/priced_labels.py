"""Which labels of a search by price are kept: those that no other is as good as."""

from __future__ import annotations

from routing.kernels.compiled import part, wide
from routing.kernels.layout import NO_WAY, UNREACHED, Int32Grid, Least
from routing.kernels.priced_layout import (
    AT_LEAST,
    AT_START,
    END_FAR,
    END_LABEL,
    END_NEAR,
    END_PAID,
    END_RIDDEN,
    END_VEHICLES,
    FULL,
    GONE,
    GROUPS,
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
    ORIGIN,
    PAID,
    PASS,
    PROVIDERS,
    RIDDEN,
    RIDES,
    SINCE,
    STOP,
    TABLE,
    TIME,
    VEHICLES,
    Asked,
    Int64Grid,
    Labels,
    Passes,
    Spans,
    Stops,
)
from routing.kernels.priced_tickets import is_settled, n_bits


@part
def settle(label: int, paid: int, labels: Labels) -> None:
    """The rider holds no ticket any more, and has paid so much."""
    row = labels.numbers[label]
    row[PASS], row[ORIGIN], row[TABLE], row[METRES], row[SINCE], row[RIDES] = NO_PASS, 0, 0, 0, 0, 0
    row[LAST], row[LINKED] = -1, 0
    labels.sums[label, PAID], labels.sums[label, AT_LEAST], labels.sums[label, PROVIDERS] = paid, paid, 0


@part
def keep_off(label: int, least: Least, asked: Asked, stops: Stops, passes: Passes, spans: Spans, labels: Labels) -> int:
    """Keep the label of who has got off, and note where a journey ends. Returns the number of labels then, or FULL."""
    n = keep(label, wide(0), least, asked, passes, spans, labels)
    numbers, sums, ends = labels.numbers, labels.sums, labels.ends
    if n == label or not is_settled(wide(numbers[label, PASS]), passes):
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


@part
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


@part
def keep(label: int, is_ready: int, least: Least, asked: Asked, passes: Passes, spans: Spans, labels: Labels) -> int:
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
    if not is_settled(one, passes):
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


@part
def _holds_as_much(
    one: int, other: int, is_ready: int, asked: Asked, passes: Passes, spans: Spans, numbers: Int32Grid, sums: Int64Grid
) -> bool:
    """Whether the ticket in use of the first label, which has paid no more, is as good as that of the second."""
    mine, its = wide(numbers[one, PASS]), wide(numbers[other, PASS])
    columns = passes.columns
    if its < 0:
        return is_settled(mine, passes)
    if mine != its:
        # It can buy what the other one has.
        if columns[its, KIND] != AT_START or spans.ptr[its + 1] - spans.ptr[its] > 1 or not is_settled(mine, passes):
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
    if has_less and n_bits(sums[one, PROVIDERS]) < columns[mine, MIN_PROVIDERS]:
        return False
    if columns[mine, LINK] >= 0:
        if is_ready == 1 and numbers[one, LINKED] == 1:
            return True
        is_bound = is_ready == 0 or numbers[other, LINKED] == 0
        return bool(is_bound and numbers[one, LAST] == numbers[other, LAST])
    return True
