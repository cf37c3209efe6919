"""The peer: nigiri (C++, RAPTOR on whole minutes) through pynigiri, where it is installed."""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.engines import MAX_TRANSFERS
from benchmarks.queries import StopPair
from benchmarks.sets import Conditions

HORIZON_MIN = 24 * 60
SHORT_MIN, DEFAULT_MIN = 5, 20
"""nigiri chains footpaths to walks shorter than a limit, by default 20 minutes. It counts a link of 300 m as 4 minutes:
5 is the least limit that keeps all of ours, and it still lets two of the shortest links (2 minutes each) be chained."""
LIMITS = {"pynigiri, walks < 5 min": SHORT_MIN, "pynigiri, its default (< 20 min)": DEFAULT_MIN}
"""The peer is measured twice: walking as near to ours as it can be set, and as it comes."""


def is_installed() -> bool:
    """Whether pynigiri can be imported."""
    return importlib.util.find_spec("pynigiri") is not None


def load(feeds: Mapping[str, Path], day: date, zone: str, conditions: Conditions, max_footpath_min: int) -> Any:
    """A nigiri timetable of `day`, the two after it (a search may take 24 hours) and the five before, which it adds."""
    import pynigiri

    sources = []
    for feed, path in feeds.items():
        config = pynigiri.LoaderConfig()
        config.link_stop_distance = int(conditions.walk_radius_m)
        config.default_tz = zone
        sources.append(pynigiri.TimetableSource(feed, str(path), config))
    options = pynigiri.FinalizeOptions()
    options.max_footpath_length = max_footpath_min
    options.merge_dupes_intra_src = options.merge_dupes_inter_src = False
    with _silent():
        return pynigiri.load_timetable(sources, day.isoformat(), (day + timedelta(days=2)).isoformat(), options)


class NigiriEngine:
    """One loaded timetable. `run` is pynigiri.route alone: places are looked up before, legs stay C++ objects."""

    def __init__(self, name: str, timetable: Any, feeds: Mapping[str, Path]) -> None:
        import pynigiri

        self.name = name
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


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """nigiri logs to the process's standard error; a few hundred lines of it hide the progress bar."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
