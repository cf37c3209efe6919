"""When vehicles leave: by provider, the stops served on a service date and the departures of each hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ingest.model import CAN_BOARD, Int32s, Int64s, Network
from ingest.service_profile import period_starts, running_trips

HOURS = 30
"""Hours 0 to 29 of the service date; the last one also counts what leaves later still."""
HOUR_S = 3600

Hourly = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Departures:
    """Departures of one provider that belong to one service date.

    stops      rows of Stops with at least one departure, sorted          shape (n_stops,)
    by_hour    departures: a vehicle leaves a stop where riders may board  shape (HOURS,)
    trips_by_hour  a vehicle leaves the first stop of its trip             shape (HOURS,)
    first_s, last_s  seconds of the service day; None without a departure
    """

    stops: Int32s
    by_hour: Hourly
    trips_by_hour: Hourly
    first_s: int | None
    last_s: int | None


@dataclass(frozen=True, slots=True)
class _Calls:
    """Calls of trips, end to end: call i is made by trip trip[i], leaves at departure[i]. Shape (n_calls,) each.

    `after_start` is the departure less the trip's first departure.
    """

    trip: Int32s
    stop: Int32s
    departure: Int64s
    after_start: Int64s
    is_first: NDArray[np.bool_]
    is_boarded: NDArray[np.bool_]
    """Riders may board, and the vehicle goes on to another stop."""


def departures_on(network: Network, provider: int, on: date) -> Departures:
    """Departures of provider number `provider`.

    A headway service without a timetable (exact_times=0) counts what it promises: a period of one hour every ten
    minutes is six departures at each stop, spread evenly; its first and last are those of a first vehicle at `start`.
    """
    running = running_trips(network, provider, on)
    scheduled = _calls(network, np.flatnonzero(running & (network.trips.is_headway == 0)).astype(np.int32))
    periods = network.headways
    rows = np.flatnonzero(running[periods.trip] & (periods.end > periods.start))
    exact, loose = rows[periods.exact[rows] == 1], rows[periods.exact[rows] == 0]
    repeated = period_starts(network, exact)
    parts = [
        _at_times(scheduled, scheduled.departure),
        _at_times(*_shifted(network, repeated.trip, repeated.start_s)),
        _in_periods(network, loose),
    ]
    return _total(parts)


def _calls(network: Network, trips: Int32s) -> _Calls:
    table, sequences = network.trips, network.sequences
    begin = table.times_ptr[:-1][trips]
    lengths = table.times_ptr[1:][trips] - begin
    ends = np.cumsum(lengths)
    position = np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)
    departure = network.stop_times.departure[np.repeat(begin, lengths) + position].astype(np.int64)
    in_sequence = np.repeat(sequences.ptr[table.sequence[trips]], lengths) + position
    is_last = position == np.repeat(lengths, lengths) - 1
    return _Calls(
        trip=np.repeat(trips, lengths),
        stop=sequences.stops[in_sequence],
        departure=departure,
        after_start=departure - np.repeat(network.stop_times.departure[begin], lengths),
        is_first=position == 0,
        is_boarded=(sequences.flags[in_sequence] & CAN_BOARD > 0) & ~is_last,
    )


def _shifted(network: Network, trips: Int32s, start_s: Int64s) -> tuple[_Calls, Int64s]:
    """The calls of vehicles that leave their first stop at `start_s`, and when each of them leaves."""
    calls = _calls(network, trips)
    vehicle = np.cumsum(calls.is_first) - 1
    return calls, start_s[vehicle] + calls.after_start


def _at_times(calls: _Calls, leaves_s: Int64s) -> Departures:
    hour = np.clip(leaves_s // HOUR_S, 0, HOURS - 1)
    boarded = calls.is_boarded
    return Departures(
        stops=np.unique(calls.stop[boarded]),
        by_hour=np.bincount(hour[boarded], minlength=HOURS).astype(np.float64),
        trips_by_hour=np.bincount(hour[calls.is_first], minlength=HOURS).astype(np.float64),
        first_s=_earliest(leaves_s[boarded]),
        last_s=_latest(leaves_s[boarded]),
    )


def _in_periods(network: Network, rows: NDArray[np.intp]) -> Departures:
    """Departures of headway periods: at each stop the period, moved to when the vehicle gets there."""
    periods = network.headways
    calls, begin = _shifted(network, periods.trip[rows], periods.start[rows].astype(np.int64))
    row = rows[np.cumsum(calls.is_first) - 1]
    headway, length = periods.headway_s[row].astype(np.int64), (periods.end - periods.start)[row].astype(np.int64)
    boarded = calls.is_boarded
    last = begin + (length - 1) // headway * headway
    return Departures(
        stops=np.unique(calls.stop[boarded]),
        by_hour=_spread(begin[boarded], length[boarded], headway[boarded]),
        trips_by_hour=_spread(begin[calls.is_first], length[calls.is_first], headway[calls.is_first]),
        first_s=_earliest(begin[boarded]),
        last_s=_latest(last[boarded]),
    )


def _spread(begin: Int64s, length: Int64s, headway: Int64s) -> Hourly:
    """Expected departures of each hour: the seconds of the period in it, over the headway."""
    from_s = np.arange(HOURS) * HOUR_S
    until_s = np.append(from_s[1:], np.iinfo(np.int64).max)
    return np.array(
        [
            np.sum(np.clip(np.minimum(begin + length, until) - np.maximum(begin, start), 0, None) / headway)
            for start, until in zip(from_s, until_s, strict=True)
        ]
    )


def _total(parts: list[Departures]) -> Departures:
    return Departures(
        stops=np.unique(np.concatenate([part.stops for part in parts])),
        by_hour=np.sum([part.by_hour for part in parts], axis=0),
        trips_by_hour=np.sum([part.trips_by_hour for part in parts], axis=0),
        first_s=min((part.first_s for part in parts if part.first_s is not None), default=None),
        last_s=max((part.last_s for part in parts if part.last_s is not None), default=None),
    )


def _earliest(seconds: Int64s) -> int | None:
    return int(seconds.min()) if len(seconds) else None


def _latest(seconds: Int64s) -> int | None:
    return int(seconds.max()) if len(seconds) else None
