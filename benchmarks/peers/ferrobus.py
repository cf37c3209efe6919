"""ferrobus: RAPTOR in Rust for one earliest arrival. It gets feeds and streets of its own making (ferrobus_files)."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

import numpy as np

from benchmarks.engines import MAX_TRANSFERS
from benchmarks.peers.ferrobus_files import places, write_feed, write_streets
from benchmarks.peers.links import Links, changes, walks
from benchmarks.peers.peer import Site
from benchmarks.peers.readings import simpler
from benchmarks.queries import StopPair, service_day_start_s
from ingest.model import Network

VEHICLES = MAX_TRANSFERS + 1
"""What ferrobus calls transfers is the number of vehicles: with 1 it finds no ride that changes."""
NO_LEGS = "it has no legs to show"
ONE_STOP = 1
"""Stops at each end of a search: the very stop. ferrobus then walks on from there by its own transfers."""


def inputs(site: Site) -> dict[str, Any]:
    """A feed folder, streets, and where stops lie in them."""
    footing = footing_of(site)
    write_streets(site.network, footing.streets, footing.limit_s, site.work / "links.osm.pbf")
    write_feed(site.network, site.bench.day, footing.fixed, site.work / "ferrobus")
    lat, lon = places(site.network)
    return {
        "streets": str(site.work / "links.osm.pbf"),
        "feed": str(site.work / "ferrobus"),
        "places": dict(zip(site.network.stops.id, zip(lat.tolist(), lon.tolist(), strict=True), strict=True)),
        "day": site.bench.day.isoformat(),
        "limit_s": footing.limit_s,
    }


class Footing(NamedTuple):
    """How ferrobus is to walk: along streets up to a limit, and what transfers.txt fixes beside that."""

    streets: Links
    limit_s: int
    fixed: Links


def footing_of(site: Site) -> Footing:
    """Where stops are linked by distance, streets for those links: transfers.txt then sets the time of some of them.

    ferrobus heeds transfers.txt only between stops that streets link within the limit. Where nothing else links stops,
    the streets are those of transfers.txt.
    """
    speed = site.conditions.speed_m_per_s
    changing = changes(site.network, speed)
    if site.conditions.walk_radius_m == 0:
        streets = changing._replace(walk_s=changing.seconds)
        return Footing(streets, int(streets.walk_s.max(initial=1)), changing.where(np.zeros(len(changing.start), bool)))
    limit_s = ceil(site.conditions.walk_radius_m / speed)
    on_foot = walks(site.network, speed)
    return Footing(on_foot.where(on_foot.walk_s <= limit_s), limit_s, changing.where(changing.is_fixed))


def readings(network: Network, site: Site) -> Iterator[tuple[str, Network]]:
    """ferrobus knows neither times of changes at one stop, nor blocks, nor other days.

    Its riders leave a vehicle when that leaves again, but for the one that takes them to the very destination.
    """
    for reading, simple in simpler(network, site.bench.day, days_before=0):
        network = simple
        yield reading, network
    times = network.stop_times
    if (times.arrival != times.departure).any():
        stop_times = dataclasses.replace(times, arrival=times.departure)
        yield "leaving vehicles when they leave again", dataclasses.replace(network, stop_times=stop_times)


def load(task: Mapping[str, Any]) -> FerrobusEngine:
    """The model of that day."""
    import ferrobus

    day = date.fromisoformat(task["day"])
    model = ferrobus.create_transit_model(task["streets"], [task["feed"]], day, task["limit_s"])
    return FerrobusEngine(model, task["places"], task["limit_s"])


class FerrobusQuery(NamedTuple):
    """Both ends, found before, and seconds of the service day, which starts at a UTC second."""

    start: Any
    end: Any
    departure_s: int
    day_start_s: int


class FerrobusEngine:
    """One loaded model. `run` is find_route alone: points are made before."""

    name = "ferrobus"

    def __init__(self, model: Any, places: Mapping[str, tuple[float, float]], limit_s: int) -> None:
        import ferrobus

        self._api = ferrobus
        self._model = model
        self._places = places
        self._limit_s = limit_s

    def prepare(self, pair: StopPair) -> FerrobusQuery:
        """These very stops, and the clock time."""
        day_start_s = service_day_start_s(pair)
        departure_s = int(pair.time.timestamp()) - day_start_s
        return FerrobusQuery(self._point(pair.origin), self._point(pair.destination), departure_s, day_start_s)

    def _point(self, stop: str) -> Any:
        lat, lon = self._places[stop]
        return self._api.create_transit_point(lat, lon, self._model, self._limit_s, ONE_STOP)

    def run(self, query: FerrobusQuery) -> dict[str, Any] | None:
        """Seconds of travel, or None."""
        found: dict[str, Any] | None = self._api.find_route(
            self._model, query.start, query.end, query.departure_s, VEHICLES
        )
        return found

    def arrival(self, query: FerrobusQuery, answer: dict[str, Any] | None) -> int | None:
        """UTC second of the arrival, walking all the way counted, or None."""
        if answer is None:
            return None
        return query.day_start_s + query.departure_s + int(answer["travel_time_seconds"])

    def size(self) -> dict[str, int]:
        """What it loaded."""
        return {"stops": self._model.stop_count(), "patterns": self._model.route_count()}

    def tell(self, pair: StopPair) -> str:
        """What its legs do that ours may not: to walk twice between two vehicles, or to ride from a stop to itself."""
        query = self.prepare(pair)
        text = self._api.detailed_journey(self._model, query.start, query.end, query.departure_s, VEHICLES)
        if text is None:
            return NO_LEGS
        legs = [feature["properties"] for feature in json.loads(text)["features"]]
        arrival = self.arrival(query, self.run(query))
        return told(legs, None if arrival is None else arrival - query.day_start_s)


def told(legs: list[dict[str, Any]], arrival_s: int | None) -> str:
    """What journeys of the benchmark may not do, of the legs of one of ferrobus's; "" where there is nothing.

    `arrival_s` is the second of the service day that it tells without legs.
    """
    moves = [leg for leg in legs if leg["leg_type"] in ("transfer", "transit")]
    kinds = [leg["leg_type"] for leg in moves]
    if legs and not moves:
        return "it walks all the way over several links"
    if ("transfer", "transfer") in pairwise(kinds):
        return "it walks twice between two vehicles"
    if any(leg["leg_type"] == "transit" and leg["from_name"] == leg["to_name"] for leg in moves):
        return "it rides from a stop to itself"
    if not legs or legs[-1]["arrival_time"] != arrival_s:
        return "its legs arrive at another time than it says"
    if moves[-1]["leg_type"] == "transit":
        return "it counts the arrival of the last vehicle, not when that leaves again"
    return ""
