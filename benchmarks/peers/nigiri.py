"""pynigiri: nigiri in C++, RAPTOR on whole minutes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from benchmarks.engines import MAX_TRANSFERS
from benchmarks.peers.nigiri_readings import steps
from benchmarks.peers.peer import Site
from benchmarks.queries import StopPair
from ingest.model import Network

HORIZON_MIN = 24 * 60


def inputs(site: Site, max_footpath_min: int) -> dict[str, Any]:
    """The zips as they are, linked as far as ours are."""
    return {
        "feeds": {feed: str(path) for feed, path in site.feeds.items()},
        "day": site.bench.day.isoformat(),
        "zone": site.bench.zone,
        "link_m": int(site.conditions.walk_radius_m),
        "max_footpath_min": max_footpath_min,
    }


def readings(network: Network, site: Site, max_footpath_min: int) -> Iterator[tuple[str, Network]]:
    """Our network as nigiri reads it, rule by rule."""
    yield from steps(network, site.feeds, site.conditions.walk_radius_m, max_footpath_min)


def load(task: Mapping[str, Any]) -> NigiriEngine:
    """A timetable of the day, the two after it (a search may take 24 hours) and the five before, which it adds."""
    import pynigiri

    sources = []
    for feed, path in task["feeds"].items():
        config = pynigiri.LoaderConfig()
        config.link_stop_distance = task["link_m"]
        config.default_tz = task["zone"]
        sources.append(pynigiri.TimetableSource(feed, path, config))
    options = pynigiri.FinalizeOptions()
    options.max_footpath_length = task["max_footpath_min"]
    options.merge_dupes_intra_src = options.merge_dupes_inter_src = False
    last = date.fromisoformat(task["day"]) + timedelta(days=2)
    timetable = pynigiri.load_timetable(sources, task["day"], last.isoformat(), options)
    return NigiriEngine(timetable, list(task["feeds"]))


class NigiriEngine:
    """One loaded timetable. `run` is pynigiri.route alone: places are looked up before, legs stay C++ objects."""

    name = "pynigiri"

    def __init__(self, timetable: Any, feeds: list[str]) -> None:
        import pynigiri

        self._api = pynigiri
        self._timetable = timetable
        self._sources = {feed: pynigiri.SourceIdx(number) for number, feed in enumerate(feeds)}

    def prepare(self, pair: StopPair) -> Any:
        """A pynigiri query with the router's meaning: these very stops, and walks at both ends."""
        query = self._api.Query()
        query.start_time = int(pair.time.timestamp()) // 60
        query.start = [self._api.Offset(self._location(pair.origin), 0, 0)]
        query.destination = [self._api.Offset(self._location(pair.destination), 0, 0)]
        query.use_start_footpaths = True
        query.max_transfers = MAX_TRANSFERS
        query.max_travel_time = HORIZON_MIN
        return query

    def run(self, query: Any) -> Any:
        """Its Pareto set of journeys."""
        return self._api.route(self._timetable, query)

    def arrival(self, query: Any, answer: Any) -> int | None:
        """UTC second of the earliest arrival, always a whole minute, or None."""
        return min((journey.arrival_time() * 60 for journey in answer), default=None)

    def size(self) -> dict[str, int]:
        """What it loaded: expanded vehicles and patterns."""
        timetable = self._timetable
        return {
            "locations": timetable.n_locations(),
            "patterns": timetable.n_routes(),
            "vehicles": timetable.n_transports(),
        }

    def _location(self, stop: str) -> Any:
        feed, _, gtfs_id = stop.partition("_")
        found = self._timetable.find_location(gtfs_id, self._sources[feed])
        if found is None:
            raise LookupError(f"nigiri does not know stop {stop!r}")
        return found
