"""What all requests share: the router of one snapshot and what is computed from it once, when first asked for."""

from __future__ import annotations

import json
import logging
import threading
from functools import cached_property
from pathlib import Path
from typing import Any

from api.network_map import network_map
from api.place_search import PlaceSearch
from api.provider_list import provider_list
from api.served_stops import ServedStops, find_served_stops
from api.snapshot_extra import SnapshotExtra, read_extra
from ingest.model import Network
from routing import Router
from routing.coverage import Population, read_population

log = logging.getLogger(__name__)


class ServiceState:
    """One open snapshot. Safe to share between threads: what is made here is made from frozen things."""

    def __init__(self, router: Router, extra: SnapshotExtra, population: Population | None) -> None:
        self.router = router
        self.extra = extra
        self.population = population
        self.is_warm = threading.Event()

    @classmethod
    def open(cls, snapshot: Path, population_file: Path | None) -> ServiceState:
        """Raises ingest.snapshot.SnapshotError and routing.coverage.PopulationError."""
        population = None if population_file is None else read_population(population_file)
        return cls(Router.open(snapshot), read_extra(snapshot), population)

    def warm_up(self) -> None:
        """Compile the router's kernels and make what the page asks for first; `is_warm` says when that is done."""
        try:
            self.router.warm_up()
            _ = self.providers, self.map_json, self.places
        except Exception:
            # The service answers on, but says that it is not ready.
            log.exception("the router could not be warmed up")
            return
        self.is_warm.set()

    @property
    def network(self) -> Network:
        """The snapshot's network."""
        return self.router.network

    @cached_property
    def served(self) -> ServedStops:
        """Which stops each provider serves."""
        return find_served_stops(self.network)

    @cached_property
    def places(self) -> PlaceSearch:
        """Search by name."""
        return PlaceSearch(self.network, self.served)

    @cached_property
    def providers(self) -> dict[str, Any]:
        """Who competes; JSON-ready."""
        return provider_list(self.network, self.served, self.extra)

    @cached_property
    def map_json(self) -> bytes:
        """The networks as GeoJSON text."""
        found = network_map(self.network, self.served)
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
