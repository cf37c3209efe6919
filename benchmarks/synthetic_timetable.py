"""When the vehicles of a made-up city run: headways by period and kind of day, running times by distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.synthetic_city import City, Line
from ingest.arrays import Floats, Int8s, Int32s, Int64s

HOUR = 3600
PERIODS = np.array([5, 7, 9.5, 16, 19, 24, 25.5]) * HOUR
"""Bounds of the periods, seconds of the service day: early, morning peak, midday, evening peak, evening, night."""
THINNER = np.array([2.0, 1.0, 1.5, 1.0, 2.0, 3.0])
"""Headway in each period, in peak headways."""
SLOWER = np.array([0.92, 1.18, 1.0, 1.2, 0.95, 0.85])
"""Running time in each period, in midday running times."""
PEAK_HEADWAYS_S = np.array([240, 300, 360, 480, 600, 720, 900, 1200])
RAIL_HEADWAYS_S = np.array([150, 180, 240, 300])
BUS_M_PER_S, RAIL_M_PER_S = 5.5, 13.0
BUS_LOST_S, RAIL_LOST_S = 14, 30
"""Braking and starting, for each leg."""
BUS_LAYOVER_S, RAIL_DWELL_S = 30, 25
DETOUR = 1.15
LATEST_S = 48 * HOUR


@dataclass(frozen=True, slots=True)
class Service:
    """One service_id: weekdays it runs on (Monday first), headways in weekday headways."""

    id: str
    days: tuple[int, ...]
    thinner: float


WEEK = (
    Service("WD", (1, 1, 1, 1, 1, 0, 0), 1.0),
    Service("SA", (0, 0, 0, 0, 0, 1, 0), 1.4),
    Service("SU", (0, 0, 0, 0, 0, 0, 1), 2.0),
)
EVERY_DAY = (Service("ALL", (1, 1, 1, 1, 1, 1, 1), 1.0),)


@dataclass(frozen=True, slots=True)
class LineTrips:
    """The trips of a line in one direction, by service and departure. Calls: shape (trips, stops)."""

    line: int
    direction: int
    service: Int8s
    """Row of the services."""
    arrivals: Int32s
    departures: Int32s


def draw_headways(lines: Sequence[Line], random: np.random.Generator) -> Floats:
    """Seconds between vehicles of each line in the peak, before the plan's own scale."""
    bus = random.choice(PEAK_HEADWAYS_S, len(lines))
    rail = random.choice(RAIL_HEADWAYS_S, len(lines))
    return np.where([line.is_rail for line in lines], rail, bus).astype(np.float64)


def count_trips(headways: Floats, services: Sequence[Service], scale: float) -> Int64s:
    """Trips a direction, shape (lines, services, periods); at least one in each."""
    thinner = np.array([service.thinner for service in services])
    seconds = headways[:, None, None] * thinner[None, :, None] * THINNER[None, None, :] * scale
    counts: Int64s = np.maximum(1, np.rint(np.diff(PERIODS) / seconds)).astype(np.int64)
    return counts


def find_scale(headways: Floats, calls: Int64s, services: Sequence[Service], stop_times: int) -> float:
    """What to multiply all headways by, so that both directions of all lines have about `stop_times` calls.

    `calls` of each line in one direction. The least or greatest scale is given where the target is out of reach.
    """
    low, high = 1e-3, 1e3
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        counts = count_trips(headways, services, middle).sum(axis=(1, 2))
        if 2 * int((counts * calls).sum()) > stop_times:
            low = middle
        else:
            high = middle
    return high


def line_trips(city: City, number: int, direction: int, counts: Int64s, random: np.random.Generator) -> LineTrips:
    """Times of a line's trips; `counts` are its trips by (service, period)."""
    line = city.lines[number]
    offsets, dwell = running_times(city, line, direction)
    starts, factors, service = _departures(counts, float(random.random()))
    times = (starts[:, None] + np.rint(offsets[None, :] * factors[:, None])).astype(np.int32)
    return LineTrips(number, direction, service, times, times + dwell[None, :])


def running_times(city: City, line: Line, direction: int) -> tuple[Floats, Int32s]:
    """Midday seconds from the first call to each, and how long vehicles stand there."""
    x, y = city.position_m(line.stops(direction))
    metres = np.hypot(np.diff(x), np.diff(y)) * DETOUR
    speed, lost = (RAIL_M_PER_S, RAIL_LOST_S) if line.is_rail else (BUS_M_PER_S, BUS_LOST_S)
    offsets = np.concatenate([[0.0], np.cumsum(metres / speed + lost)])
    dwell = np.full(len(x), RAIL_DWELL_S if line.is_rail else 0, np.int32)
    if not line.is_rail:
        dwell[len(x) // 2] = BUS_LAYOVER_S  # a timing point half-way
    dwell[[0, -1]] = 0
    return offsets + np.concatenate([[0.0], np.cumsum(dwell[:-1])]), dwell


def _departures(counts: Int64s, phase: float) -> tuple[Floats, Floats, Int8s]:
    """First departure, running-time factor and service of each trip: evenly spread over each period."""
    starts, factors, services = [], [], []
    for service, row in enumerate(counts.tolist()):
        for period, n in enumerate(row):
            length = PERIODS[period + 1] - PERIODS[period]
            starts.append(PERIODS[period] + np.floor((np.arange(n) + phase) * length / n))
            factors.append(np.full(n, SLOWER[period]))
            services.append(np.full(n, service, np.int8))
    return np.concatenate(starts), np.concatenate(factors), np.concatenate(services)
