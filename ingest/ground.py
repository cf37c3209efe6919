"""What riders walk on: streets or straight lines between stations, pathways inside them; once with stairs, once not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.footpaths import WalkingLinks, paced_links, straight_links
from ingest.model import Int32s, Network, StationWays
from ingest.progress import LINKING, LINKING_STEP_FREE, Progress
from ingest.station_links import find_doors, station_links, station_measure
from ingest.stations import Stations, find_stations
from ingest.street_footpaths import street_links
from ingest.street_model import StopsOnStreets, Streets, no_stops_on_streets, no_streets
from ingest.street_places import street_places
from ingest.street_walk import StreetWalker
from ingest.streets import StreetsError, read_streets
from ingest.walk_measures import Measure, no_measure, straight_measure, street_measure
from ingest.walk_options import WalkOptions


@dataclass(frozen=True, slots=True)
class Ground:
    """Links between stops, how far it is between two that are not linked, and the ways behind entrances."""

    links: WalkingLinks
    measure: Measure
    ways: StationWays
    stops: StopsOnStreets


def find_ground(network: Network, options: WalkOptions, progress: Progress) -> tuple[Streets, Ground, Ground]:
    """(streets, ground, step-free ground); the last is the one before where nothing tells them apart.

    Raises StreetsError for a street extract that cannot be used.
    """
    streets = _streets(options, progress)
    progress(LINKING)
    if options.walk == "off":
        nothing = Ground(
            no_links(), straight_measure(network, options.detour), network.station_ways, no_stops_on_streets()
        )
        progress(LINKING_STEP_FREE)
        return streets, nothing, nothing
    stations = find_stations(network, options.detour)
    site = _Site(network, options, streets, street_places(network.stops, stations.ways), progress)
    ground = site.ground(stations, step_free=False)
    progress(LINKING_STEP_FREE)
    has_stations = bool((stations.piece >= 0).any())
    if not has_stations and options.walk == "straight":
        return streets, ground, ground
    without_steps = find_stations(network, options.detour, step_free=True) if has_stations else stations
    return streets, ground, site.ground(without_steps, step_free=True)


def _streets(options: WalkOptions, progress: Progress) -> Streets:
    if options.walk != "streets":
        return no_streets()
    if options.osm is None:
        raise StreetsError("walking along streets needs an OpenStreetMap extract")
    return read_streets(options.osm, progress)


def no_links() -> WalkingLinks:
    """Nobody walks."""
    none = np.empty(0, np.int32)
    return paced_links(none, none, none)


@dataclass(frozen=True, slots=True)
class _Site:
    """What both grounds share. `places` are those at the street."""

    network: Network
    options: WalkOptions
    streets: Streets
    places: Int32s
    progress: Progress

    def ground(self, stations: Stations, *, step_free: bool) -> Ground:
        if self.options.walk == "streets":
            return self._on_streets(stations, step_free=step_free)
        links = straight_links(self.network, self.options.radius_m, self.options.detour, self.places)
        measure = straight_measure(self.network, self.options.detour)
        return self._behind_doors(stations, links, measure, no_stops_on_streets(), step_free=step_free)

    def _on_streets(self, stations: Stations, *, step_free: bool) -> Ground:
        detour = self.options.detour
        found = street_links(
            self.network,
            self.streets,
            self.options.radius_m,
            self.progress,
            detour=detour,
            step_free=step_free,
            places=self.places,
        )
        walker = StreetWalker(self.streets, found.stops, detour, step_free=step_free)
        # With stairs a straight line is a fair guess where no street leads; without, it would be a promise.
        measure = street_measure(
            self.network, walker, no_measure if step_free else straight_measure(self.network, detour)
        )
        return self._behind_doors(stations, found.links, measure, found.stops, step_free=step_free)

    def _behind_doors(
        self, stations: Stations, links: WalkingLinks, measure: Measure, stops: StopsOnStreets, *, step_free: bool
    ) -> Ground:
        """From walks in the street to walks between stops."""
        doors = find_doors(self.network, stations, self.places)
        return Ground(
            links=station_links(doors, links, self.options.radius_m * self.options.detour),
            measure=station_measure(doors, measure, must_lead=step_free),
            ways=stations.ways,
            stops=stops,
        )
