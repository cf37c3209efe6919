"""Vehicles on the map: all that are under way in a box, and no others."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Network
from routing.call_index import CallIndex
from routing.moving import Box, MovingVehicles, TooManyError
from routing.runs import day_start_s
from routing.trip_runs import trip_zone
from tests.scenarios.drawn import network_of, router_of
from tests.support.examples import thorough
from tests.support.gtfs_feed import GtfsFeed
from tests.support.strategies import networks
from tests.unit.routing.test_boards import vehicles_of

EVERYWHERE = Box(-90, -180, 90, 180)
Told = tuple[str, int, int]
"""(trip, UTC second of its departure, position)"""


def _told(network: Network, box: Box, start: int, end: int) -> list[Told]:
    types = frozenset(network.routes.type.tolist())
    found = MovingVehicles(CallIndex(network)).segments(box, start, end, types, 10_000)
    return [(network.trips.id[s.run.trip], s.run.departure_s(s.position), s.position) for s in found]


@thorough(25)
@given(networks(max_feeds=2, max_trips=4), st.integers(-7_200, 100_000), st.integers(0, 3_600))
def test_every_vehicle_between_two_stops_is_told(feeds: dict[str, GtfsFeed], into_day: int, length: int) -> None:
    network = network_of(feeds)
    days = np.flatnonzero(network.services.runs.any(axis=0))
    if len(days) == 0:
        return
    middle = network.first_date + timedelta(days=int(days[len(days) // 2]))
    start = day_start_s(middle, network.zones[0]) + into_day
    found = _told(network, EVERYWHERE, start, start + length)
    assert sorted(found) == sorted(_all(network, start, start + length))
    assert [leaves for _, leaves, _ in found] == sorted(leaves for _, leaves, _ in found)


def _all(network: Network, start: int, end: int) -> list[Told]:
    """Hop by hop, of every vehicle of every day."""
    found = []
    for column in range(network.services.runs.shape[1]):
        for trip in range(len(network.trips.route)):
            if not network.services.runs[int(network.trips.service[trip]), column]:
                continue
            begin = day_start_s(network.first_date + timedelta(days=column), trip_zone(network, trip))
            first, last = (int(network.trips.times_ptr[trip + side]) for side in (0, 1))
            for offset, _ in vehicles_of(network, trip):
                for row in range(first, last - 1):
                    leaves = begin + offset + int(network.stop_times.departure[row])
                    arrives = begin + offset + int(network.stop_times.arrival[row + 1])
                    if leaves <= end and arrives >= start:
                        found.append((network.trips.id[trip], leaves, row - first))
    return found


@pytest.fixture(scope="module")
def network() -> Network:
    return router_of("stop A 0 0\nstop B 1000 0\nstop C 2000 0\nA 08:00 > B 08:10 > C 08:20 / x, trip T1").network


def _at(network: Network, minute: int) -> int:
    first = int(np.flatnonzero(network.services.runs.any(axis=0))[0])
    return day_start_s(network.first_date + timedelta(days=first), network.zones[0]) + 8 * 3600 + 60 * minute


def test_only_what_touches_the_box_is_told(network: Network) -> None:
    lat, lon = network.stops.lat, network.stops.lon
    east = Box(float(lat.min()) - 1, float(lon.max()) - 0.001, float(lat.max()) + 1, 180)
    found = _told(network, east, _at(network, 0), _at(network, 20))
    assert [position for _, _, position in found] == [1]
    assert _told(network, Box(10, 10, 11, 11), _at(network, 0), _at(network, 20)) == []


def test_only_wanted_route_types_are_told_and_not_too_many(network: Network) -> None:
    moving = MovingVehicles(CallIndex(network))
    window = _at(network, 0), _at(network, 20)
    types = frozenset(network.routes.type.tolist())
    assert moving.segments(EVERYWHERE, *window, frozenset(), 10) == []
    assert len(moving.segments(EVERYWHERE, *window, types, 2)) == 2
    with pytest.raises(TooManyError) as caught:
        moving.segments(EVERYWHERE, *window, types, 1)
    assert caught.value.limit == 1
