"""One feed, as far as some journeys concern it, straight from its zip or folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import polars as pl

from ingest.archive import open_feed
from ingest.notices import FeedRejected, NoticeLog
from ingest.replay.calls import Call, read_calls
from ingest.replay.feed_text import FeedText, is_one_of
from ingest.replay.frequencies import Frequencies, read_frequencies
from ingest.replay.names import Translations, read_translations
from ingest.replay.pathways import InsideStations, Pathway, read_pathways
from ingest.replay.reader import ReplayError
from ingest.replay.service import Services, read_services
from ingest.replay.stops import Agencies, Stops, read_agencies, read_stops
from ingest.replay.transfers import IN_SEAT, Transfers, read_transfer_rows
from ingest.replay.trips import Trip, read_trip_rows, read_trips


@dataclass(slots=True)
class Wanted:
    """What journeys want to know of one feed, ids as the feed has them.

    seated  trips that riders stay seated from or into: their blocks are looked at too
    stops   stops that are walked from or to
    """

    trips: set[str] = field(default_factory=set)
    seated: set[str] = field(default_factory=set)
    stops: set[str] = field(default_factory=set)


@dataclass(frozen=True, eq=False)
class RawFeed:
    """What one feed says of the trips and places that are wanted of it. `calls` has the trips that can be ridden."""

    id: str
    sha256: str
    agencies: Agencies
    stops: Stops
    trips: Mapping[str, Trip]
    calls: Mapping[str, tuple[Call, ...]]
    services: Services
    frequencies: Frequencies
    transfers: Transfers
    pathways: list[Pathway]
    translations: Translations
    _inside: dict[tuple[float, bool], InsideStations] = field(default_factory=dict)

    def zone_of(self, trip: Trip) -> str:
        """The time zone of the agency, in which the trip's service days begin."""
        return self.agencies.zones[trip.route.agency]

    def inside(self, detour: float, *, step_free: bool) -> InsideStations:
        """The ways inside its stations; `detour` as InsideStations has it."""
        key = (detour, step_free)
        if key not in self._inside:
            self._inside[key] = InsideStations(self.stops, self.pathways, detour, step_free=step_free)
        return self._inside[key]

    @cached_property
    def blocks(self) -> dict[str, list[Trip]]:
        """The trips with a timetable of each block in which somebody stays seated."""
        found: dict[str, list[Trip]] = {}
        for trip in self.trips.values():
            if trip.block and trip.id in self.calls and trip.id not in self.frequencies.named:
                found.setdefault(trip.block, []).append(trip)
        return found


def read_raw_feed(feed_id: str, path: Path, wanted: Wanted) -> RawFeed:
    """Read what is wanted of the feed at `path`. Raises ReplayError where it cannot be read."""
    try:
        with open_feed(feed_id, path, NoticeLog()) as files:
            return _read(feed_id, files.sha256, FeedText(files), wanted)
    except FeedRejected as error:
        raise ReplayError(f"feed {feed_id} ({path.name}): {error.reason}") from None
    except OSError as error:
        raise ReplayError(f"feed {feed_id}: {path}: {error.strerror or error}") from None


def _read(feed_id: str, sha256: str, text: FeedText, wanted: Wanted) -> RawFeed:
    agencies = read_agencies(text)
    if agencies is None:
        raise ReplayError(f"feed {feed_id}: agency.txt: agency_timezone: no agency has a time zone")
    stops = read_stops(text, agencies.first_zone)
    table = read_trip_rows(text)
    chosen = _chosen(table, wanted)
    called = read_calls(text, chosen["trip_id"], stops.by_id.keys())
    about = {call.stop_id for trip in wanted.trips for call in called.get(trip, ())} | wanted.stops
    rows = read_transfer_rows(text, stops, _with_stations(about, stops), wanted.seated)
    onward = set(rows.filter(pl.col("transfer_type") == IN_SEAT)["to_trip_id"]) - set(chosen["trip_id"])
    if onward:
        chosen = table.filter(is_one_of("trip_id", {*chosen["trip_id"], *onward}))
        called |= read_calls(text, onward, stops.by_id.keys())
    trips = read_trips(text, chosen, agencies)
    frequencies = read_frequencies(text, trips.keys())
    calls = {trip: called[trip] for trip in trips if trip in called and not frequencies.is_lost(trip)}
    # A row that continues a trip into one that cannot be ridden is no row.
    told = (row for row in rows.iter_rows(named=True) if row["transfer_type"] < IN_SEAT or row["to_trip_id"] in calls)
    return RawFeed(
        id=feed_id,
        sha256=sha256,
        agencies=agencies,
        stops=stops,
        trips=trips,
        calls=calls,
        services=read_services(text, set(chosen["service_id"])),
        frequencies=frequencies,
        transfers=Transfers(stops, told),
        pathways=read_pathways(text, stops),
        translations=read_translations(text),
    )


def _chosen(table: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """The trips that are wanted, and those of the blocks in which riders stay seated."""
    seated = table.filter(is_one_of("trip_id", wanted.seated) & (pl.col("block_id") != ""))
    return table.filter(is_one_of("trip_id", wanted.trips) | is_one_of("block_id", set(seated["block_id"])))


def _with_stations(about: Iterable[str], stops: Stops) -> set[str]:
    """Places, the stations that they are in, and the stops of those that are stations."""
    known = [stops.by_id[stop] for stop in about if stop in stops.by_id]
    members = [member for stop in known for member in stops.standing_for(stop)]
    return {name for stop in (*known, *members) for name in (stop.id, stop.parent) if name}
