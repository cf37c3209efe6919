"""Journeys through a real region, ride by ride, for asking what they cost."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from ingest.model import Network
from routing.journeys import Journey, PlaceName, RideLeg, RouteName
from tests.support.fare_journeys import NowhereAlong


def ride(network: Network, route: str, ends: str, times: str, day: str = "2026-11-25") -> RideLeg:
    """`ends` is `LBB-BHI`, both of the feed of `route`, a scoped id; `times` are `07:30-08:00` there.

    The vehicle is the first trip of the route that calls at both; its own times do not matter here.
    """
    feed = route.partition("_")[0]
    board, alight = (f"{feed}_{stop}" for stop in ends.split("-"))
    trip, start, end = _trip(network, route, board, alight)
    sequence = network.stop_times.stop_sequence
    first = int(network.trips.times_ptr[trip])
    owner = int(network.routes.provider[network.routes.id.find(route)])
    zone = ZoneInfo(network.zones[int(network.stops.zone[network.stops.id.find(board)])])
    departure, arrival = (dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone) for time in times.split("-"))
    return RideLeg(
        provider=network.providers[owner].id,
        feed=feed,
        trip_id=network.trips.id[trip],
        route=RouteName(route, "", "", "", 3),
        headsign="",
        service_date=departure.date(),
        from_place=PlaceName(board, board, 0.0, 0.0),
        to_place=PlaceName(alight, alight, 0.0, 0.0),
        from_stop_sequence=int(sequence[first + start]),
        to_stop_sequence=int(sequence[first + end]),
        departure=departure,
        arrival=arrival,
        wait_s=0,
        headway_s=None,
        stay_seated=False,
        along=NowhereAlong(),
    )


def journey(*rides: RideLeg) -> Journey:
    """One after the other, without walks."""
    providers = frozenset(leg.provider for leg in rides)
    return Journey(rides[0].departure, rides[-1].arrival, len(rides) - 1, providers, tuple(rides))


def _trip(network: Network, route: str, board: str, alight: str) -> tuple[int, int, int]:
    """(trip, positions of both calls)."""
    stops = [network.stops.id.find(stop) for stop in (board, alight)]
    for trip in np.flatnonzero(network.trips.route == network.routes.id.find(route)).tolist():
        sequence = int(network.trips.sequence[trip])
        calls = network.sequences.stops[network.sequences.ptr[sequence] : network.sequences.ptr[sequence + 1]].tolist()
        if stops[0] in calls and stops[1] in calls and calls.index(stops[0]) < calls.index(stops[1]):
            return trip, calls.index(stops[0]), calls.index(stops[1])
    raise ValueError(f"no trip of {route} goes from {board} to {alight}")
