"""What riders call a vehicle: its route, its agency, its sign."""

from __future__ import annotations

from api.motis.told import Told, ToldNetwork
from api.motis.trip_ids import motis_trip_id
from ingest.model import Network
from routing.names import headsign
from routing.trip_runs import TripRun


def trip_names(network: Network, told: ToldNetwork, run: TripRun, trip_id: str | None = None) -> Told:
    """Of a vehicle, with those of its route. `network` may have its names in another language than the run's own,
    the one in which `told` tells. `trip_id`: its motis_trip_id, if that is known."""
    trips, routes = network.trips, network.routes
    route = int(trips.route[run.trip])
    direction = int(trips.direction[run.trip])
    names = told.route(route)
    short_name = trips.short_name[run.trip]
    return {
        **names,
        "tripId": motis_trip_id(run) if trip_id is None else trip_id,
        "tripShortName": short_name,
        "displayName": names["routeShortName"] or names["routeLongName"] or short_name or names["routeId"],
        "headsign": headsign(network, run.trip),
        "directionId": "" if direction < 0 else str(direction),
        "source": f"{network.feeds[int(routes.feed[route])].id}/trips.txt:{trips.id[run.trip]}",
    }
