"""What tickets cost in a search by price: now, or at the least in the end."""

from __future__ import annotations

import numpy as np

from routing.kernels.compiled import part, wide
from routing.kernels.layout import Int64s
from routing.kernels.priced_layout import (
    AT_START,
    BY_METRES,
    GRID,
    KIND,
    N_STATIONS,
    NO_PRICE,
    GettingOff,
    Passes,
    Ride,
    Spans,
)


@part
def span_at(spans: Spans, one: int, used: int) -> int:
    """The span of a pass that is first used at a second of the timetable."""
    found = wide(spans.ptr[one])
    while found + 1 < spans.ptr[one + 1] and spans.begin[found + 1] <= used:
        found += 1
    return found


@part
def counted_of(ride: Ride, getting_off: GettingOff, one: int, is_mirrored: int, passes: Passes) -> int:
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


@part
def price_of(
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
    span = span_at(spans, one, -arrival) if is_mirrored == 1 else table
    first = wide(spans.first[span])
    if passes.columns[one, KIND] == BY_METRES:
        return _by_metres(spans.amounts[first : first + 9], metres)
    here = wide(passes.stations[passes.columns[one, GRID], stop])
    if here < 0:
        return NO_PRICE
    size = wide(passes.columns[one, N_STATIONS])
    start, end = (here, origin) if is_mirrored == 1 else (origin, here)
    return wide(spans.amounts[first + start * size + end])


@part
def floor_by_metres(one: int, table: int, metres: int, is_mirrored: int, spans: Spans) -> int:
    """The least that a pass can cost that was used for so many metres. Backwards nobody knows when it was bought."""
    if is_mirrored == 0:
        return _by_metres(spans.amounts[spans.first[table] : spans.first[table] + 9], metres)
    least = wide(1 << 62)
    for span in range(spans.ptr[one], spans.ptr[one + 1]):
        least = min(least, _by_metres(spans.amounts[spans.first[span] : spans.first[span] + 9], metres))
    return least


@part
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


@part
def n_bits(bits: int) -> int:
    count = 0
    while bits:
        bits &= bits - 1
        count += 1
    return count


@part
def is_settled(one: int, passes: Passes) -> bool:
    return one < 0 or bool(passes.columns[one, KIND] == AT_START)
