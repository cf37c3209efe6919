"""The journeys and networks of the fare oracle, as the code under test takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.region import Region, RegionFeed, RegionProvider
from ingest.tariff_schema import TariffFile
from ingest.tariffs import Tariff
from routing.along import StopCall
from routing.fares import FareBook
from routing.journeys import Journey, PlaceName, RideLeg, RouteName
from tests.scenarios.drawn import network_of
from tests.support.fare_oracle import OracleRide
from tests.support.gtfs_feed import GtfsFeed


def book_of(feeds: Mapping[str, GtfsFeed], tariffs: Sequence[Mapping[str, Any]] = ()) -> FareBook:
    """The fares of feeds, each its own provider, by way of the whole ingest."""
    region = Region(
        id="drawn",
        name={"en": "Drawn"},
        timezone="Asia/Jakarta",
        center=(0.0, 0.0),
        providers=tuple(RegionProvider(feed, feed.upper(), "0072B2", (feed,), ()) for feed in feeds),
        feeds=tuple(RegionFeed(feed, "", f"{feed}.zip", "") for feed in feeds),
        trips=(),
        tariffs=tuple(Tariff(f"{n}.toml", TariffFile.model_validate(file)) for n, file in enumerate(tariffs)),
    )
    return FareBook(network_of(feeds, region=region))


class NowhereAlong:
    """A leg without a line: prices do not look at it."""

    def line(self) -> tuple[tuple[float, float], ...]:
        """Nothing."""
        return ()

    def calls(self) -> tuple[StopCall, ...]:
        """Nothing."""
        return ()


def journey_of(rides: Sequence[OracleRide], sequences: Mapping[tuple[str, str], tuple[str, ...]]) -> Journey:
    """A journey of these rides and no walks; `sequences` are the stops of the trip of each (feed, route)."""
    return Journey(
        departure=rides[0].departure,
        arrival=rides[-1].arrival,
        transfers=sum(not ride.seated for ride in rides[1:]),
        providers=frozenset(ride.provider for ride in rides),
        legs=tuple(_leg(ride, sequences[ride.feed, ride.route]) for ride in rides),
    )


def _leg(ride: OracleRide, stops: Sequence[str]) -> RideLeg:
    return RideLeg(
        provider=ride.provider,
        feed=ride.feed,
        trip_id=f"{ride.feed}_T{ride.route}",
        route=RouteName(f"{ride.feed}_{ride.route}", ride.route, "", "", 3),
        headsign="",
        service_date=dt.date(2026, 3, 2),
        from_place=_place(ride.feed, ride.calls[0]),
        to_place=_place(ride.feed, ride.calls[-1]),
        from_stop_sequence=stops.index(ride.calls[0]),
        to_stop_sequence=stops.index(ride.calls[-1]),
        departure=ride.departure,
        arrival=ride.arrival,
        wait_s=0,
        headway_s=None,
        stay_seated=ride.seated,
        along=NowhereAlong(),
    )


def _place(feed: str, stop: str) -> PlaceName:
    return PlaceName(f"{feed}_{stop}", stop, 0.0, 0.0)
