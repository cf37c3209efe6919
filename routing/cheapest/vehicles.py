"""The vehicles of found journeys with their times: of the timetable those that were found, even if an earlier one could
be caught, and of headway services what comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from ingest.model import Network
from routing.cheapest.task import Step
from routing.fares.rides import Ride
from routing.kernels.layout import UNREACHED
from routing.kernels.raptor import first_vehicle
from routing.places import Reach
from routing.timetable import Timetable, trip_times
from routing.walks import WalkTable


@dataclass(frozen=True, slots=True)
class Boarded:
    """A step with its times, window seconds. `start`: of the vehicle of a headway service, 0 of others.

    ready: when the rider is there. walk_s and walk_m: of the footpath before it.
    """

    step: Step
    start: int
    ready: int
    departure: int
    arrival: int
    walk_s: int
    walk_m: int


def board(
    timetable: Timetable, walks: WalkTable, steps: Sequence[Step], departure: int, access: Reach, slack_s: int
) -> list[Boarded] | None:
    """The rides of who leaves the origin at `departure`; None where one of the vehicles is missed.

    access: from the origin to stops of the network.
    """
    side, paths, stop_of = timetable.forward, walks.forward, timetable.stops.stop_of
    found: list[Boarded] = []
    left = -1
    for step in steps:
        first = int(side.calls_ptr[step.pattern])
        here = int(side.call_stops[first + step.board])
        walk_s = walk_m = 0
        if not found:
            row = int(np.searchsorted(access.stops, stop_of[here]))
            ready = departure + int(access.seconds[row])
        elif left == here:
            ready = found[-1].arrival + int(paths.change_s[here]) + slack_s
        else:
            low, high = int(paths.ptr[left]), int(paths.ptr[left + 1])
            row = low + int(np.searchsorted(paths.stops[low:high], here))
            walk_s, walk_m = int(paths.change_by_foot_s[row]), int(paths.metres[row])
            ready = found[-1].arrival + walk_s + slack_s
        boarded = _catch(timetable, step, ready, walk_s, walk_m)
        if boarded is None:
            return None
        found.append(boarded)
        left = int(side.call_stops[first + step.alight])
    return found


def _catch(timetable: Timetable, step: Step, ready: int, walk_s: int, walk_m: int) -> Boarded | None:
    side = timetable.forward
    arrivals, departures = trip_times(side, step.pattern, max(step.trip, 0))
    start = 0
    if step.trip < 0:
        low, high = int(side.runs_ptr[step.pattern]), int(side.runs_ptr[step.pattern + 1])
        passing = ready - int(departures[step.board])
        start = int(first_vehicle(side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait, low, high,
                                  passing))  # fmt: skip
        if start >= UNREACHED:
            return None
    departure, arrival = start + int(departures[step.board]), start + int(arrivals[step.alight])
    return None if departure < ready else Boarded(step, start, ready, departure, arrival, walk_s, walk_m)


def latest_departure(
    timetable: Timetable, walks: WalkTable, steps: Sequence[Step], departure: int, access: Reach, slack_s: int
) -> int:
    """When the rider can leave at the latest and still catch the first vehicle that keeps to a timetable.

    `departure`: when he leaves if he begins with headway services; those alone could be left for at any second.
    """
    first = next((at for at, step in enumerate(steps) if step.trip >= 0), None)
    if first is None:
        return departure
    begin = steps[: first + 1]

    def catches(at: int) -> bool:
        return board(timetable, walks, begin, at, access, slack_s) is not None

    low = departure
    _, departures = trip_times(timetable.forward, begin[-1].pattern, begin[-1].trip)
    high = int(departures[begin[-1].board]) + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if catches(middle) else (low, middle)
    return low


def ridden_of(timetable: Timetable) -> list[int]:
    """pattern -> bit i for provider i of the network: all whose vehicles a set must allow to ride the pattern."""
    ptr, provider = timetable.classes.ptr.tolist(), timetable.classes.provider.tolist()
    found = []
    for begin, end in pairwise(ptr):
        ridden = 0
        for owner in provider[begin:end]:
            ridden |= 1 << owner
        found.append(ridden)
    return found


class FareRides:
    """The rides of a step as prices see them: one a trip, several where the rider stays seated."""

    def __init__(self, network: Network, timetable: Timetable) -> None:
        self._network, self._timetable = network, timetable
        self._zones = [ZoneInfo(zone) for zone in network.zones]

    def of(self, boarded: Boarded, first_leg: int) -> list[Ride]:
        """Numbered from `first_leg` on."""
        timetable, network, step = self._timetable, self._network, boarded.step
        trips, stops = timetable.trips, network.stops
        row = int(trips.pattern_first[step.pattern]) + max(step.trip, 0)
        arrivals, departures = trip_times(timetable.forward, step.pattern, max(step.trip, 0))
        first = int(timetable.forward.calls_ptr[step.pattern])
        rides: list[Ride] = []
        start = 0
        for trip in trips.parts[trips.parts_ptr[row] : trips.parts_ptr[row + 1]].tolist():
            rows = int(network.trips.times_ptr[trip])
            end = start + int(network.trips.times_ptr[trip + 1]) - rows
            on, off = max(step.board, start), min(step.alight, end - 1)
            if on < off:
                route = int(network.trips.route[trip])
                ends = [int(timetable.stops.stop_of[timetable.forward.call_stops[first + call]]) for call in (on, off)]
                times = [timetable.epoch_s + boarded.start + int(at) for at in (departures[on], arrivals[off])]
                clocks = [
                    datetime.fromtimestamp(at, self._zones[int(stops.zone[stop])])
                    for at, stop in zip(times, ends, strict=True)
                ]
                sequence = network.stop_times.stop_sequence
                rides.append(
                    Ride(
                        leg=first_leg + len(rides),
                        provider=network.providers[int(network.routes.provider[route])].id,
                        feed=network.feeds[int(network.routes.feed[route])].id,
                        route=route,
                        from_stop=ends[0],
                        to_stop=ends[1],
                        departure=clocks[0],
                        arrival=clocks[1],
                        departure_s=times[0],
                        arrival_s=times[1],
                        seated=bool(rides),
                        trip_id=network.trips.id[trip],
                        from_sequence=int(sequence[rows + on - start]),
                        to_sequence=int(sequence[rows + off - start]),
                        row=trip,
                    )
                )
            start = end
        return rides
