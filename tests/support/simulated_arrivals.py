"""When the rider of one journey really arrives, by playing it many times with vehicles that come at random.

Written from docs/semantics.md alone, on the vehicles of the test oracle: it shares no code with the router.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import inf, prod

from tests.support.oracle_vehicles import Call, HeadwayVehicle, ScheduledVehicle, Vehicle

DAY_S = 86_400
CLOSE = 1e-6

Wait = tuple[int, int, int]
"""(seconds until a vehicle may come, seconds in which it may come, headway)."""


@dataclass(frozen=True)
class PlannedRide:
    """A ride as a journey plans it. `trips` are scoped ids; instants are UTC seconds; `onward_s` leads to the next one,
    or to the destination."""

    provider: str
    trips: tuple[str, ...]
    from_stop: str
    to_stop: str
    ready: int
    onward_s: int
    ride_s: int
    headway: bool


@dataclass(frozen=True)
class Row:
    """Vehicles between two stops, one each headway: when the first and the last of them leave, `end` exclusive."""

    is_planned: bool
    ride_s: int
    first: int
    end: int
    headway: int

    def first_vehicle(self, ready: int, limit: int, dice: random.Random) -> float:
        """When the first vehicle leaves that a rider can catch. Nobody knows the second at which the first starts."""
        leaves = self.first + dice.randrange(self.headway)
        if leaves < ready:
            leaves += -(-(ready - leaves) // self.headway) * self.headway
        return leaves if leaves < self.end and leaves + self.ride_s <= limit else inf

    def wait(self, ready: int, limit: int) -> Wait:
        """What decides of waiting, seen from `ready`."""
        begin = max(self.first, ready)
        open_for = min(self.headway, self.end - begin, limit - self.ride_s - begin + 1)
        return begin - ready, max(open_for, 0), self.headway


@dataclass
class Departures:
    """(departure, arrival) of vehicles with a timetable."""

    times: list[tuple[int, int]]
    _known: dict[int, float] = field(default_factory=dict)

    def arrival(self, ready: int, limit: int, dice: random.Random) -> float:
        """Of the vehicle that is there first; never is infinity."""
        if ready not in self._known:
            self._known[ready] = min((arrival for departure, arrival in self.times if departure >= ready), default=inf)
        return self._known[ready] if self._known[ready] <= limit else inf


@dataclass
class Stop:
    """Where a rider waits for the first of several vehicles."""

    rows: Sequence[Row]
    _known: dict[object, list[set[int] | None]] = field(default_factory=dict)

    def arrival(self, ready: int, limit: int, dice: random.Random) -> float:
        """Of one rider, by the vehicle that he boards; never is infinity."""
        accepted = self.accepted(ready, limit)
        coming = [(row.first_vehicle(ready, limit, dice), row.ride_s, n) for n, row in enumerate(self.rows)]
        for leaves, ride_s, n in sorted(coming):
            taken = accepted[n]
            if leaves < inf and (taken is None or leaves - ready in taken):
                return leaves + ride_s
        return inf

    def accepted(self, ready: int, limit: int) -> list[set[int] | None]:
        """For each row how long the rider may have waited to board its vehicle when it comes; None: however long."""
        waits = [row.wait(ready, limit) for row in self.rows]
        surely = [
            begin + headway
            for (begin, open_for, headway), row in zip(waits, self.rows, strict=True)
            if row.is_planned and open_for == headway
        ]
        if surely:  # what comes later than the planned line comes too late
            waits = [wait if wait[0] < min(surely) else (0, 0, 1) for wait in waits]
        key = (0 if surely else ready, *waits)
        if key not in self._known:
            self._known[key] = self._decide(waits, limit - ready)
        return self._known[key]

    def _decide(self, waits: list[Wait], limit: int) -> list[set[int] | None]:
        planned = next(row.ride_s for row in self.rows if row.is_planned)
        decided: list[set[int] | None] = [None] * len(self.rows)
        faster: list[tuple[int, dict[int, float]]] = []
        for ride_s in sorted({row.ride_s for row in self.rows}):
            equals = [n for n, row in enumerate(self.rows) if row.ride_s == ride_s and waits[n][1] > 0]
            is_slower = bool(equals) and ride_s > planned
            seconds, means = _means(faster, limit) if is_slower else ([], [])
            boarded = []
            for n in equals:
                begin, open_for, headway = waits[n]
                comes = dict.fromkeys(range(begin, begin + open_for), 1 / headway)
                if is_slower:
                    worth = {w for w in comes if w + ride_s <= means[bisect_right(seconds, w)] + CLOSE}
                    comes = dict.fromkeys(worth, 1 / headway)
                    decided[n] = worth
                boarded.append((ride_s, comes))
            faster += boarded
        return decided


def _means(lines: list[tuple[int, dict[int, float]]], limit: int) -> tuple[list[int], list[float]]:
    """(seconds, mean arrival of those who have boarded none of `lines` before each; one more for those who never do).

    Minus infinity where that is nobody. lines, fastest first: (ride, seconds of waiting -> chance that it is boarded).
    """
    seconds = sorted({second for _, comes in lines for second in comes})
    left = [1.0] * len(lines)
    weights, boards = [], []
    for second in seconds:
        weights.append(prod(left))
        waiting, arrivals = weights[-1], 0.0
        for n, (ride_s, comes) in enumerate(lines):  # of two that come at once the faster one is taken
            share = comes.get(second, 0.0) / left[n] if left[n] > CLOSE else 0.0
            arrivals += waiting * share * (second + ride_s)
            waiting *= 1 - share
            left[n] -= comes.get(second, 0.0)
        boards.append(arrivals)
    total, means = prod(left) * limit, [float(limit)]
    for weight, arrivals in zip(reversed(weights), reversed(boards), strict=True):
        total += arrivals
        means.append(total / weight if weight > CLOSE else -inf)
    return seconds, means[::-1]


def simulate(
    vehicles: Iterable[Vehicle], rides: Sequence[PlannedRide], departure: int, trials: int, seed: int
) -> list[float]:
    """The arrivals of so many riders, sorted; infinity for one who is not there a day after the departure."""
    known = list(vehicles)
    first = next(n for n, ride in enumerate(rides) if ride.headway)
    followed = [lines_of(known, ride) if ride.headway else departures_of(known, ride) for ride in rides[first:]]
    dice = random.Random(seed)
    limit = departure + DAY_S
    arrivals = []
    for _ in range(trials):
        now: float = rides[first].ready
        for ride, way in zip(rides[first:], followed, strict=True):
            if now < inf:
                now = way.arrival(int(now), limit, dice) + ride.onward_s
                now = now if now <= limit else inf
        arrivals.append(now)
    return sorted(arrivals)


def lines_of(vehicles: Sequence[Vehicle], ride: PlannedRide) -> Stop:
    """The planned line and those of its provider between the same stops, each by its shortest ride."""
    rows = set()
    for vehicle in vehicles:
        if not isinstance(vehicle, HeadwayVehicle) or vehicle.provider != ride.provider:
            continue
        is_planned = vehicle.trips[0] in ride.trips
        rides = {(off.arrival - on.departure, on.departure) for on, off in _pairs(vehicle, ride)}
        rides = {found for found in rides if not is_planned or found[0] == ride.ride_s}
        if rides:
            ride_s, offset = min(rides)
            rows |= {
                Row(is_planned, ride_s, start + offset, end + offset, headway) for start, end, headway in vehicle.rows
            }
    return Stop(sorted(rows, key=lambda row: (row.ride_s, row.first)))


def departures_of(vehicles: Sequence[Vehicle], ride: PlannedRide) -> Departures:
    """Of every vehicle with a timetable that its provider runs between the two stops."""
    return Departures(
        [
            (on.departure, off.arrival)
            for vehicle in vehicles
            if isinstance(vehicle, ScheduledVehicle) and vehicle.provider == ride.provider
            for on, off in _pairs(vehicle, ride)
        ]
    )


def _pairs(vehicle: Vehicle, ride: PlannedRide) -> list[tuple[Call, Call]]:
    return [
        (on, off)
        for i, on in enumerate(vehicle.calls)
        if on.stop == ride.from_stop and on.can_board
        for off in vehicle.calls[i + 1 :]
        if off.stop == ride.to_stop and off.can_alight
    ]
