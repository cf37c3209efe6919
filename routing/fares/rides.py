"""The rides of a journey as prices see them: rows of the network's tables, and instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.model import Network
from routing.along import AlongTrip
from routing.instants import instant_s
from routing.journeys import Journey, RideLeg


@dataclass(frozen=True, slots=True, eq=False)
class Ride:
    """One leg in a vehicle. `leg` is its position in `Journey.legs`; route and stops are rows of the network.

    Times of the clock are those of the stop. `seated`: the rider remains in the vehicle of the ride before.
    """

    leg: int
    provider: str
    feed: str
    route: int
    from_stop: int
    to_stop: int
    departure: datetime
    arrival: datetime
    departure_s: int
    arrival_s: int
    seated: bool
    trip_id: str
    from_sequence: int
    to_sequence: int
    row: int = -1
    """Of Network.trips, where the leg knows it: vehicles of real time may share an id."""


class RideReader:
    """Finds the rows that the legs of journeys name."""

    def __init__(self, network: Network) -> None:
        self._stops = {stop: row for row, stop in enumerate(network.stops.id)}
        self._routes = {route: row for row, route in enumerate(network.routes.id)}

    def rides(self, journey: Journey) -> list[Ride]:
        """The rides of a journey of this network, in order. Raises KeyError for a stop or route that is not there."""
        return [self._ride(at, leg) for at, leg in enumerate(journey.legs) if isinstance(leg, RideLeg)]

    def _ride(self, at: int, leg: RideLeg) -> Ride:
        return Ride(
            leg=at,
            provider=leg.provider,
            feed=leg.feed,
            route=self._routes[leg.route_id],
            from_stop=self._stops[leg.from_stop],
            to_stop=self._stops[leg.to_stop],
            departure=leg.departure,
            arrival=leg.arrival,
            departure_s=instant_s(leg.departure),
            arrival_s=instant_s(leg.arrival),
            seated=leg.stay_seated,
            trip_id=leg.trip_id,
            from_sequence=leg.from_stop_sequence,
            to_sequence=leg.to_stop_sequence,
            row=leg.along.trip if isinstance(leg.along, AlongTrip) else -1,
        )
