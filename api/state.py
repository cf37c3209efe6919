"""What all requests share: the router of one snapshot and what is computed from it once, when first asked for."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from api.hop_lines import HopLines
from api.json_response import json_bytes
from api.leg_lines import LegLines
from api.motis.told import ToldNetwork
from api.network_map import network_map
from api.operations.timed_router import TimedRouter
from api.place_search import PlaceSearch
from api.provider_list import provider_list
from api.schemas.realtime import RealtimeUse
from api.served_stops import ServedStops, find_served_stops
from api.shown import Shown, realtime_use
from api.snapshot_extra import SnapshotExtra, version_extra
from api.stop_facts import StopFacts
from ingest.model import Network
from ingest.snapshot import META, read_version, version_folder
from routing import Query, Router
from routing.call_index import CallIndex
from routing.coverage import Population, read_population
from routing.kept import Kept
from routing.moving import MovingVehicles
from routing.on_foot import OnFoot

MOST_TOLD = 4
"""Languages in which what stops are called is kept: with the names of a large region, some 10 MB each."""


class ServiceState:
    """One open snapshot. Safe to share between threads: what is made here is made from frozen things."""

    def __init__(
        self,
        router: TimedRouter,
        extra: SnapshotExtra,
        population: Population | None,
        population_stamp: str,
        folder: Path,
    ) -> None:
        self.router = router
        self.extra = extra
        self.population = population
        self.version = f"{router.network.snapshot_id} {population_stamp}".strip()
        """Changes with all that answers without a clock are made from."""
        self.written = datetime.fromtimestamp((folder / META).stat().st_mtime, UTC)
        """When the snapshot was."""
        self.is_warm = threading.Event()
        # A folder's name is free again once two newer versions are published: what it held by then is another file.
        self._made_of = (_stamp(folder / META), population_stamp)
        self.told: Kept[tuple[object, ...], ToldNetwork] = Kept(MOST_TOLD)
        """What MOTIS answers say of stops and routes, by language."""
        self._on_foot: dict[bool, OnFoot] = {}
        self.why_not = "none"
        self._live: Shown | None = None
        self._by_schedule: dict[str, Shown] = {}

    @classmethod
    def open(cls, snapshot: Path, population_file: Path | None) -> ServiceState:
        """Of the live version, which is looked up once: network and the rest are of the same.

        Raises ingest.snapshot.SnapshotError and routing.coverage.PopulationError.
        """
        folder = version_folder(snapshot)
        population = None if population_file is None else read_population(population_file)
        router = TimedRouter(read_version(folder), folder=folder)
        return cls(router, version_extra(folder), population, _stamp(population_file), folder)

    def is_of(self, folder: Path, population_file: Path | None) -> bool:
        """Whether it was opened from this version's folder and this very population file."""
        try:
            return self._made_of == (_stamp(folder / META), _stamp(population_file))
        except OSError:
            return False

    def shown(self, *, use_realtime: bool = True) -> Shown:
        """What boards and maps show now."""
        return self._live if use_realtime and self._live is not None else self._scheduled(use_realtime=use_realtime)

    def show(self, live: Shown | None, router: Router | None, why_not: str = "none") -> None:
        """Answer with this real time from now on; None: by the schedule, and `why_not` is what answers say then."""
        self.why_not = why_not
        self._live = live
        self.router.use(router)

    def realtime_use(self, network: Network, now: datetime, *, use_realtime: bool) -> RealtimeUse:
        """What an answer made on `network` says of real time."""
        shown = self.shown(use_realtime=use_realtime)
        return realtime_use(network, shown.why_not, shown.late_after_s, now)

    def _scheduled(self, *, use_realtime: bool) -> Shown:
        why_not = self.why_not if use_realtime else "off"
        if why_not not in self._by_schedule:
            self._by_schedule[why_not] = Shown.of(self.network, why_not)
        return self._by_schedule[why_not]

    def warm_up(self, lately_asked: Sequence[Query] = ()) -> None:
        """Compile the router's kernels and make what the page asks for first; `is_warm` says that it is done.

        `lately_asked`: of the state before, whose days are likely to be asked for next.
        """
        self.router.warm_up()
        _search_windows(self.router)
        for query in lately_asked:
            self.router.timetable(query)
        _ = self.providers, self.map_json, self.places, self.moving, self.hop_lines
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
    def calls(self) -> CallIndex:
        """Which trips call at a stop by the schedule."""
        return self._scheduled(use_realtime=True).calls

    @cached_property
    def stop_facts(self) -> StopFacts:
        """What stops where, and how busy it is there."""
        return StopFacts.of(self.network, self.served, self.calls)

    @cached_property
    def moving(self) -> MovingVehicles:
        """Vehicles under way by the schedule."""
        return self._scheduled(use_realtime=True).moving

    @cached_property
    def hop_lines(self) -> HopLines:
        """Lines of vehicles between two stops."""
        return HopLines(self.network)

    @cached_property
    def leg_lines(self) -> LegLines:
        """Lines of rides between any two stops."""
        return LegLines(self.network)

    def on_foot(self, *, step_free: bool) -> OnFoot:
        """Lines of walks."""
        if step_free not in self._on_foot:
            self._on_foot[step_free] = OnFoot(self.network, step_free=step_free)
        return self._on_foot[step_free]

    @cached_property
    def places(self) -> PlaceSearch:
        """Search by name."""
        return PlaceSearch(self.network, self.served, self.stop_facts.places)

    @cached_property
    def providers(self) -> dict[str, Any]:
        """Who competes; JSON-ready."""
        return provider_list(self.network, self.served, self.extra)

    @cached_property
    def map_json(self) -> bytes:
        """The networks as GeoJSON text."""
        found = network_map(self.network, self.served)
        return json_bytes(found)


def _search_windows(router: Router) -> None:
    """Compile what pages of journeys and /one-to-all need: a page that waits for a compiler is cut short."""
    ids = router.network.stops.id
    time = datetime.combine(router.network.first_date, datetime.min.time(), UTC)
    for arrive_by in (False, True) if len(ids) else ():
        query = Query(ids[0], ids[len(ids) - 1], time, arrive_by=arrive_by)
        router.profile(query, 60)
        router.reach(query)


def _stamp(file: Path | None) -> str:
    """Tells versions of a file apart."""
    if file is None:
        return ""
    found = file.stat()
    return f"{file} {found.st_size} {found.st_mtime_ns} {found.st_ino}"
