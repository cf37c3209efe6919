"""What riders call a vehicle: its route, its agency, its sign."""

from __future__ import annotations

from dataclasses import dataclass

from api.motis.trip_ids import motis_trip_id
from ingest.model import Network
from routing.trip_runs import TripRun, headsign


@dataclass(frozen=True, slots=True)
class TripNames:
    """Of one vehicle. Ids are scoped; colours are None where nobody chose one."""

    trip_id: str
    trip_short_name: str
    display_name: str
    headsign: str
    route_id: str
    route_short_name: str
    route_long_name: str
    route_color: str | None
    route_text_color: str | None
    route_type: int
    direction_id: str
    agency_id: str
    agency_name: str
    agency_url: str
    provider: str
    source: str


def trip_names(network: Network, run: TripRun) -> TripNames:
    """`network` may have its names in another language than the run's own."""
    trips, routes, agencies = network.trips, network.routes, network.agencies
    route = int(trips.route[run.trip])
    agency, direction = int(routes.agency[route]), int(trips.direction[run.trip])
    short, long = routes.short_name[route], routes.long_name[route]
    feed = network.feeds[int(routes.feed[route])].id
    return TripNames(
        trip_id=motis_trip_id(run),
        trip_short_name=trips.short_name[run.trip],
        display_name=short or long or trips.short_name[run.trip] or routes.id[route],
        headsign=headsign(network, run.trip),
        route_id=routes.id[route],
        route_short_name=short,
        route_long_name=long,
        route_color=routes.color[route] or None,
        route_text_color=routes.text_color[route] or None,
        route_type=int(routes.type[route]),
        direction_id="" if direction < 0 else str(direction),
        agency_id=agencies.id[agency],
        agency_name=agencies.name[agency],
        agency_url=agencies.url[agency],
        provider=network.providers[int(routes.provider[route])].id,
        source=f"{feed}/trips.txt:{trips.id[run.trip]}",
    )
