"""A journey of the router as the simulation follows it, and whether the two agree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil, floor, inf, sqrt

from routing import Journey, RideLeg, WalkLeg
from tests.support.simulated_arrivals import PlannedRide

SHARES = (0.1, 0.5, 0.9)
TOLERANCE = 0.01


def rides_headway(journey: Journey) -> bool:
    """Whether anything is left to chance."""
    return any(leg.headway_s is not None for leg in journey.rides)


def planned_rides(journey: Journey, change_s: Callable[[str, str], int]) -> list[PlannedRide]:
    """Its rides; `change_s` is the time from a stop to a stop between two vehicles, slack included."""
    vehicles = [[leg] for leg in journey.rides if not leg.stay_seated]
    for leg in journey.rides:
        if leg.stay_seated:
            next(
                legs for legs in vehicles if legs[-1].arrival <= leg.departure and legs[-1].to_stop == leg.from_stop
            ).append(leg)
    ready = int(journey.departure.timestamp()) + _walk_s(journey.legs[:1])
    rides = []
    for number, legs in enumerate(vehicles):
        last = number == len(vehicles) - 1
        onward_s = _walk_s(journey.legs[-1:]) if last else change_s(legs[-1].to_stop, vehicles[number + 1][0].from_stop)
        departure, arrival = (int(time.timestamp()) for time in (legs[0].departure, legs[-1].arrival))
        rides.append(
            PlannedRide(
                legs[0].provider,
                tuple(leg.trip_id for leg in legs),
                legs[0].from_stop,
                legs[-1].to_stop,
                ready,
                onward_s,
                arrival - departure,
                legs[0].headway_s is not None,
            )
        )
        ready = arrival + onward_s
    return rides


def _walk_s(legs: Sequence[RideLeg | WalkLeg]) -> int:
    return sum(int(leg.arrival.timestamp() - leg.departure.timestamp()) for leg in legs if isinstance(leg, WalkLeg))


def quantiles(journey: Journey) -> list[float]:
    """p10, p50 and p90 in UTC seconds; infinity for none."""
    times = (journey.arrival_p10, journey.arrival_p50, journey.arrival_p90)
    return [inf if time is None else time.timestamp() for time in times]


def differences(journey: Journey, arrivals: Sequence[float]) -> list[float]:
    """How far p10, p50 and p90 lie from the simulated ones, as shares of the journey's duration."""
    found = []
    for share, exact in zip(SHARES, quantiles(journey), strict=True):
        simulated = arrivals[ceil(share * len(arrivals)) - 1]
        found.append(0.0 if exact == simulated else abs(exact - simulated) / journey.duration_s)
    return found


def is_likely(journey: Journey, arrivals: Sequence[float]) -> bool:
    """Whether each quantile lies where so many riders leave room for it: near a jump of the distribution a simulation
    finds the one side or the other."""
    n, tolerance = len(arrivals), TOLERANCE * journey.duration_s
    for share, exact in zip(SHARES, quantiles(journey), strict=True):
        chance = 4 * sqrt(share * (1 - share) / n)
        low = arrivals[max(0, floor((share - chance) * n) - 1)]
        high = arrivals[min(n - 1, ceil((share + chance) * n))]
        if not low - tolerance <= exact <= high + tolerance:
            return False
    return True
