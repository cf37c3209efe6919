"""Riders who take the vehicle with a timetable that is there first, of all that go from one stop to another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels.compiled import kernel
from routing.kernels.layout import UNREACHED, Bits, Int32Grid, Int32s, Int64s

Floats = NDArray[np.float64]


@kernel
def departures_of(
    rides: Int64s,
    runs_ptr: Int32s,
    classes_ptr: Int64s,
    owners: Int32s,
    is_ridden: Bits,
    trips_ptr: Int32s,
    trips: Int32Grid,
    offsets: Int32Grid,
) -> tuple[Int32s, Int32s]:
    """(departures, arrivals) of the scheduled vehicles of `rides`, by departure: arrivals[i] is the earliest of those
    that leave at departures[i] or later.

    rides [., 3]: as of rides.find_rides. owners: the provider of each class of a pattern; is_ridden: 1 for those whose
    vehicles are ridden.
    """
    n_trips = 0
    for ride in range(len(rides)):
        pattern = rides[ride, 0]
        counts = runs_ptr[pattern] == runs_ptr[pattern + 1]
        for row in range(classes_ptr[pattern], classes_ptr[pattern + 1]):
            counts = counts and is_ridden[owners[row]] == 1
        if not counts:
            rides[ride, 0] = -1
        else:
            n_trips += trips_ptr[pattern + 1] - trips_ptr[pattern]
    departures, arrivals = np.empty(n_trips, np.int32), np.empty(n_trips, np.int32)
    at = 0
    for ride in range(len(rides)):
        pattern = rides[ride, 0]
        if pattern < 0:
            continue
        for trip in range(trips_ptr[pattern], trips_ptr[pattern + 1]):
            start, profile = trips[trip, 0], trips[trip, 1]
            departures[at] = start + offsets[profile + rides[ride, 1], 1]
            arrivals[at] = start + offsets[profile + rides[ride, 2], 0]
            at += 1
    order = np.argsort(departures, kind="mergesort")
    departures, arrivals = departures[order], arrivals[order]
    for at in range(n_trips - 2, -1, -1):
        arrivals[at] = min(arrivals[at], arrivals[at + 1])
    return departures, arrivals


@kernel
def after_next_vehicle(
    first: int, chance: Floats, departures: Int32s, arrivals: Int32s, limit: int
) -> tuple[int, Floats]:
    """(origin, chances): that to arrive at origin + s, by `limit`, of riders who are there from `first` + i on with
    chance[i]."""
    arrives = np.full(len(chance), UNREACHED, np.int64)  # where there are riders, and a vehicle for them
    vehicle = np.searchsorted(departures, first)
    for index in range(len(chance)):
        if chance[index] > 0.0:
            while vehicle < len(departures) and departures[vehicle] < first + index:
                vehicle += 1
            if vehicle == len(departures):
                break
            arrives[index] = arrivals[vehicle]
    earliest, latest = UNREACHED, -UNREACHED
    for index in range(len(arrives)):
        if arrives[index] <= limit:
            earliest, latest = min(earliest, arrives[index]), max(latest, arrives[index])
    if earliest > limit:
        return limit, np.zeros(0)
    found = np.zeros(latest - earliest + 1)
    for index in range(len(arrives)):
        if arrives[index] <= limit:
            found[arrives[index] - earliest] += chance[index]
    return earliest, found


@kernel
def quantile_rows(chance: Floats, shares: Floats) -> Int64s:
    """For each share, ascending, the first row by which so many have come; how many rows there are if none."""
    found = np.full(len(shares), len(chance), np.int64)
    so_far, share = 0.0, 0
    for row in range(len(chance)):
        so_far += chance[row]
        while share < len(shares) and so_far >= shares[share]:
            found[share] = row
            share += 1
        if share == len(shares):
            break
    return found
