"""What riders call routes and trips."""

from __future__ import annotations

from ingest.model import Network
from routing.journeys import RouteName


def route_name(network: Network, route: int) -> RouteName:
    """A row of Network.routes, as a leg shows it."""
    routes = network.routes
    return RouteName(
        routes.id[route],
        routes.short_name[route],
        routes.long_name[route],
        routes.color[route],
        int(routes.type[route]),
    )


def headsign(network: Network, trip: int) -> str:
    """What the trip says, or the name of its last stop."""
    sequence = int(network.trips.sequence[trip])
    last = int(network.sequences.stops[network.sequences.ptr[sequence + 1] - 1])
    return network.trips.headsign[trip] or network.stops.name[last]
