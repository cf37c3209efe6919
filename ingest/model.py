"""The domain model: every feed of a snapshot merged into frozen columns. It is all that routing sees of feeds.

Ids are scoped `FEED_GTFSID`; indices are dense from 0, and -1 means none. Times are int32 seconds since the start
of the trip's service day, which is noon minus 12 hours in the agency's time zone. Columns of one table
have one length, written in its docstring. All arrays are read-only: they may be memory-mapped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ingest.arrays import Bits, Floats, Int8s, Int16s, Int32s, Int64s
from ingest.fare_model import Fares
from ingest.street_model import StopsOnStreets, Streets
from ingest.strings import StringColumn

__all__ = ["Bits", "Floats", "Int8s", "Int16s", "Int32s", "Int64s"]

CAN_BOARD = 1
CAN_ALIGHT = 2

BOUND_UNIT_S = 60
BOUND_WALKING_M_PER_S = 1.2

# location_type of stops.txt
STOP, STATION, ENTRANCE, GENERIC_NODE, BOARDING_AREA = range(5)


@dataclass(frozen=True, slots=True)
class Attribution:
    """An organization of attributions.txt, with all that it does for the feed. Texts are "" where nothing is said."""

    organization_name: str
    is_producer: bool
    is_operator: bool
    is_authority: bool
    url: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """One source feed as it was ingested. The last six are of feed_info.txt, "" where it does not say."""

    id: str
    sha256: str
    name: str
    first_date: date | None
    last_date: date | None
    n_stops: int
    n_trips: int
    notices: int
    source: str = ""
    attribution: str = ""
    """What to show wherever the data is used."""
    attributions: tuple[Attribution, ...] = ()
    publisher_name: str = ""
    publisher_url: str = ""
    language: str = ""
    """Of names that are not translated: a BCP 47 tag."""
    version: str = ""
    contact_email: str = ""
    contact_url: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who competes: one feed, several feeds, or one agency of a feed."""

    id: str
    name: str
    color: str
    """Six hex digits; what the page and the maps draw this provider in."""


@dataclass(frozen=True, slots=True)
class Agencies:
    """agency.txt, one row an agency."""

    id: StringColumn
    name: StringColumn
    url: StringColumn
    feed: Int16s
    zone: Int16s
    """Index into `Network.zones`."""
    provider: Int16s


@dataclass(frozen=True, slots=True)
class Stops:
    """stops.txt, one row a stop, station, entrance, node or boarding area."""

    id: StringColumn
    name: StringColumn
    platform_code: StringColumn
    zone_id: StringColumn
    lat: Floats
    lon: Floats
    feed: Int16s
    location_type: Int8s
    parent: Int32s
    """The station (row of this table), or -1."""
    wheelchair: Int8s
    """0 unknown, 1 yes, 2 no. Where the stop itself says nothing, what its platform or station says."""
    access: Int8s
    """stop_access: 0 through the station's entrances only, 1 from the street too, -1 unknown."""
    level: Floats
    """level_index of the floor, or NaN."""
    zone: Int16s
    """Time zone that riders see here: index into `Network.zones`."""


@dataclass(frozen=True, slots=True)
class Routes:
    """routes.txt, one row a route."""

    id: StringColumn
    short_name: StringColumn
    long_name: StringColumn
    color: StringColumn
    text_color: StringColumn
    type: Int16s
    agency: Int32s
    feed: Int16s
    provider: Int16s


@dataclass(frozen=True, slots=True)
class StopSequences:
    """The distinct (stops, boarding rules) that trips follow. Sequence s calls at stops[ptr[s]:ptr[s + 1]]."""

    ptr: Int64s
    stops: Int32s
    flags: Bits
    """CAN_BOARD | CAN_ALIGHT for each call."""


@dataclass(frozen=True, slots=True)
class Trips:
    """trips.txt, one row a trip that has at least two calls."""

    id: StringColumn
    headsign: StringColumn
    short_name: StringColumn
    route: Int32s
    service: Int32s
    sequence: Int32s
    direction: Int8s
    """0, 1, or -1 where the feed does not say."""
    block: Int32s
    """Trips of one feed with the same block_id share a number; -1 for none."""
    shape: Int32s
    wheelchair: Int8s
    times_ptr: Int64s
    """Calls of trip t are rows times_ptr[t]:times_ptr[t + 1] of StopTimes. Length n + 1."""
    is_headway: Bits
    """1 where frequencies.txt names the trip: its times are offsets, it does not run by itself."""


@dataclass(frozen=True, slots=True)
class StopTimes:
    """stop_times.txt, trip by trip in stop_sequence order; blank times already interpolated."""

    arrival: Int32s
    departure: Int32s
    stop_sequence: Int32s
    shape_distance: NDArray[np.float32]
    """shape_dist_traveled, or NaN."""


@dataclass(frozen=True, slots=True)
class Services:
    """When each service_id runs: runs[s, d] is 1 if service s runs on Network.first_date + d days."""

    id: StringColumn
    feed: Int16s
    runs: Bits


@dataclass(frozen=True, slots=True)
class Headways:
    """frequencies.txt, one row a trip and period. Both bounds are seconds of the service day, `end` exclusive."""

    trip: Int32s
    start: Int32s
    end: Int32s
    headway_s: Int32s
    exact: Bits


@dataclass(frozen=True, slots=True)
class Transfers:
    """transfers.txt as it stands; routes and trips are -1 where the row does not name them."""

    from_stop: Int32s
    to_stop: Int32s
    from_route: Int32s
    to_route: Int32s
    from_trip: Int32s
    to_trip: Int32s
    type: Int8s
    min_time_s: Int32s
    """-1 where blank."""


@dataclass(frozen=True, slots=True)
class Pathways:
    """pathways.txt as it stands, one row a pathway."""

    id: StringColumn
    from_stop: Int32s
    to_stop: Int32s
    mode: Int8s
    """pathway_mode, 1 to 7; 0 where the feed does not say."""
    both_ways: Bits
    length_m: Floats
    """NaN where blank."""
    time_s: Int32s
    """traversal_time; 0 where blank."""
    stairs: Int32s
    """stair_count, negative downwards; 0 where blank."""
    signpost: StringColumn
    reversed_signpost: StringColumn


@dataclass(frozen=True, slots=True)
class StationWays:
    """Ways inside stations between their entrances and what lies behind them, either way; by (from_stop, to_stop).

    One end is an entrance, the other a stop or boarding area.
    """

    from_stop: Int32s
    to_stop: Int32s
    distance_m: Int32s
    fixed_m: Int32s
    fixed_s: Int32s
    """As in Footpaths."""


@dataclass(frozen=True, slots=True)
class Footpaths:
    """How riders change on foot, resolved from geometry, pathways and transfers.txt; sorted by (from_stop, to_stop).

    A row with from_stop == to_stop is the time a change at that stop takes (min_time_s), never a walk.
    """

    from_stop: Int32s
    to_stop: Int32s
    distance_m: Int32s
    """Metres from end to end, rounded up."""
    fixed_m: Int32s
    """How many of them take a time of their own, whatever the rider's speed: a pathway with traversal_time."""
    fixed_s: Int32s
    """That time. Walking takes (distance_m - fixed_m) / speed, rounded up, and fixed_s."""
    min_time_s: Int32s
    """What transfers.txt fixes for this change: it replaces the time of the walk. -1 where it says nothing."""
    forbidden: Bits
    """1 where transfer_type 3 forbids changing vehicles this way. Walking it to or from a place is still allowed."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least travel times between cells of stops and stops; ingest.bounds says of what. No cells: nothing is bounded.

    Both tables have shape (cells, 3, stops), or (cells, 4, stops) where there are headway services: row 0 with at most
    one ride, row 1 with any number, in units of BOUND_UNIT_S, rounded down, walking at BOUND_WALKING_M_PER_S; row 2 the
    least number of rides. Row 3 is row 1 as if no headway service was waited for. 254 is that or more, 255 no way.
    """

    cell: Int32s
    """Cell of each stop."""
    toward: Bits
    """From the stop to the nearest stop of the cell."""
    away: Bits
    """From the nearest stop of the cell to the stop."""
    toward_of: Bits
    """`toward` by stop, then cell, then row, so that what all cells know of one stop lies together. Shape (0, 0, 0)
    where each stop is a cell of its own: `away` says as much then."""
    away_of: Bits
    """`away` likewise."""
    typical_cell: Int32s
    """Coarser cell of each stop."""
    typical: Bits
    """Minutes that a rider usually takes from coarser cell to coarser cell; ingest.typical says how they are guessed.
    254 is that or more, 255 unknown."""


@dataclass(frozen=True, slots=True)
class TripTransfers:
    """What transfers.txt says of changes between trips or routes that it names, resolved; one row a pair of stops.

    Sorted by (from_stop, to_stop), least specific first: of the rows that hold for two trips the last one counts, and
    where none does, Footpaths. At most one of trip and route is named at each end; -1 stands for any.
    """

    from_stop: Int32s
    to_stop: Int32s
    from_trip: Int32s
    from_route: Int32s
    to_trip: Int32s
    to_route: Int32s
    distance_m: Int32s
    """Metres, rounded up, as in Footpaths; 0 within one stop, -1 where there is no way."""
    fixed_m: Int32s
    fixed_s: Int32s
    step_free_distance_m: Int32s
    """The same without stairs; -1 where there is no such way, and so no change."""
    step_free_fixed_m: Int32s
    step_free_fixed_s: Int32s
    min_time_s: Int32s
    """The time of the change; -1 where it takes what the walk takes."""
    forbidden: Bits
    """1 where transfer_type 3 forbids it."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """shapes.txt in drawing order. Shape s has points ptr[s]:ptr[s + 1]."""

    id: StringColumn
    ptr: Int64s
    lat: NDArray[np.float32]
    lon: NDArray[np.float32]
    distance: NDArray[np.float32]
    """shape_dist_traveled, or NaN."""


class TranslatedName(IntEnum):
    """The columns of names that may be translated."""

    STOP_NAME = 0
    ROUTE_LONG_NAME = 1
    TRIP_HEADSIGN = 2
    ROUTE_SHORT_NAME = 3
    AGENCY_NAME = 4


@dataclass(frozen=True, slots=True)
class Translations:
    """translations.txt for names: what row `row` is called in `language` (a BCP 47 tag); by (table, row, language)."""

    table: Int8s
    """A TranslatedName: which table and column."""
    row: Int32s
    language: StringColumn
    text: StringColumn


@dataclass(frozen=True, slots=True)
class Network:
    """All feeds of a snapshot, merged."""

    snapshot_id: str
    region: str
    walk: str
    """How footpaths were measured: `straight`, `streets` or `off`."""
    detour: float
    """Walked metres for a metre of straight line, where streets are not known."""
    first_date: date
    """Day 0 of Services.runs."""
    zones: tuple[str, ...]
    """IANA names of time zones."""
    feeds: tuple[FeedInfo, ...]
    providers: tuple[Provider, ...]
    agencies: Agencies
    stops: Stops
    routes: Routes
    sequences: StopSequences
    trips: Trips
    stop_times: StopTimes
    services: Services
    headways: Headways
    transfers: Transfers
    pathways: Pathways
    footpaths: Footpaths
    step_free_footpaths: Footpaths
    """Those without stairs."""
    station_ways: StationWays
    step_free_station_ways: StationWays
    """Those without stairs, through entrances that are open to wheelchairs."""
    bounds: Bounds
    trip_transfers: TripTransfers
    streets: Streets
    """Empty unless `walk` is `streets`."""
    street_stops: StopsOnStreets
    """Where stops, and entrances that lead to stops, touch the streets."""
    step_free_street_stops: StopsOnStreets
    """The same for ways without stairs."""
    shapes: Shapes
    translations: Translations
    fares: Fares
