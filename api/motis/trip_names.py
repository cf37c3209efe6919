"""What riders call a vehicle: its route, its agency, its sign."""

from __future__ import annotations

from typing import NamedTuple

from api.motis.told import Told, ToldNetwork
from api.motis.trip_ids import motis_trip_id
from ingest.model import Network
from routing.names import headsign
from routing.trip_runs import TripRun


class KnownNames(NamedTuple):
    """What is known of a vehicle already: its scoped id, its motis_trip_id and its sign."""

    id: str
    motis_id: str
    headsign: str


def trip_names(network: Network, told: ToldNetwork, run: TripRun, known: KnownNames | None = None) -> Told:
    """Of a vehicle, with those of its route. `network` may have its names in another language than the run's own,
    the one in which `told` tells and `known` is."""
    trips, routes = network.trips, network.routes
    if known is None:
        known = KnownNames(trips.id[run.trip], motis_trip_id(run), headsign(network, run.trip))
    route = int(trips.route[run.trip])
    direction = int(trips.direction[run.trip])
    names = told.route(route)
    short_name = trips.short_name[run.trip]
    return {
        **names,
        "tripId": known.motis_id,
        "tripShortName": short_name,
        "displayName": names["routeShortName"] or names["routeLongName"] or short_name or names["routeId"],
        "headsign": known.headsign,
        "directionId": "" if direction < 0 else str(direction),
        "source": f"{network.feeds[int(routes.feed[route])].id}/trips.txt:{known.id}",
    }
