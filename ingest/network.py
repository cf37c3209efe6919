"""Merge the tables of all feeds into one frozen Network: ids scoped, references turned into indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.bounds import no_bounds
from ingest.fare_columns import Targets, fare_columns
from ingest.fare_model import Fares
from ingest.feed_about import about_feed
from ingest.model import (
    CAN_ALIGHT,
    CAN_BOARD,
    Agencies,
    FeedInfo,
    Floats,
    Footpaths,
    Headways,
    Int8s,
    Int16s,
    Int32s,
    Network,
    Pathways,
    Routes,
    Services,
    Shapes,
    StationWays,
    Stops,
    StopTimes,
    Transfers,
    TranslatedName,
    Translations,
    Trips,
)
from ingest.notices import NoticeLog
from ingest.providers import ProviderMap
from ingest.sequences import find_sequences
from ingest.service_days import service_calendar
from ingest.street_model import no_stops_on_streets, no_streets
from ingest.strings import StringColumn
from ingest.tables import FeedTables
from ingest.trip_transfers import no_trip_transfers

Calendar = tuple[list[str], date, NDArray[np.uint8]]
"""Service ids, the date of column 0, and which service runs on which day."""

TRANSLATED = {
    TranslatedName.STOP_NAME: ("stops", "stop_name", "stop_id"),
    TranslatedName.ROUTE_LONG_NAME: ("routes", "route_long_name", "route_id"),
    TranslatedName.TRIP_HEADSIGN: ("trips", "trip_headsign", "trip_id"),
    TranslatedName.ROUTE_SHORT_NAME: ("routes", "route_short_name", "route_id"),
    TranslatedName.AGENCY_NAME: ("agency", "agency_name", "agency_id"),
}
"""What table_name and field_name of translations.txt call a column of names, and the field of its record_id."""


def build_network(feeds: Sequence[FeedTables], providers: ProviderMap, log: NoticeLog, *, region: str = "") -> Network:
    """The Network of `feeds`, without footpaths yet. Feeds keep the order given; nothing else depends on it."""
    tables = _Merged(feeds, providers)
    zones = tables.zones
    sequences, trip_sequence = find_sequences(tables.call_stops, tables.call_flags, tables.times_ptr)
    calendars = [service_calendar(feed) for feed in feeds]
    services, first_date = _services(feeds, calendars)
    return Network(
        snapshot_id="",
        region=region,
        walk="off",
        detour=1.0,
        first_date=first_date,
        zones=tuple(zones),
        feeds=tuple(_feed_info(feed, calendar, log) for feed, calendar in zip(feeds, calendars, strict=True)),
        providers=providers.providers,
        agencies=tables.agency_columns(),
        stops=tables.stop_columns(),
        routes=tables.route_columns(),
        sequences=sequences,
        trips=tables.trip_columns(services, trip_sequence),
        stop_times=tables.stop_time_columns(),
        services=services,
        headways=tables.headway_columns(),
        transfers=tables.transfer_columns(),
        pathways=tables.pathway_columns(),
        footpaths=no_footpaths(),
        bounds=no_bounds(),
        step_free_footpaths=no_footpaths(),
        station_ways=no_station_ways(),
        step_free_station_ways=no_station_ways(),
        trip_transfers=no_trip_transfers(),
        streets=no_streets(),
        street_stops=no_stops_on_streets(),
        step_free_street_stops=no_stops_on_streets(),
        shapes=tables.shape_columns(),
        translations=tables.translation_columns(),
        fares=tables.fare_columns([services for services, _, _ in calendars]),
    )


def no_footpaths() -> Footpaths:
    """Footpaths of a network whose stops are not linked."""
    none = np.empty(0, np.int32)
    return Footpaths(none, none, none, none, none, none, np.empty(0, np.uint8))


def no_station_ways() -> StationWays:
    """Ways inside the stations of a network that says nothing of them."""
    none = np.empty(0, np.int32)
    return StationWays(none, none, none, none, none)


def _feed_info(feed: FeedTables, calendar: Calendar, log: NoticeLog) -> FeedInfo:
    first, last = _service_span(calendar)
    names = feed.agencies["agency_name"].to_list()
    return FeedInfo(
        id=feed.feed_id,
        sha256=feed.sha256,
        name=", ".join(dict.fromkeys(names)) or feed.feed_id,
        first_date=first,
        last_date=last,
        n_stops=feed.stops.height,
        n_trips=feed.trips.height,
        notices=sum(notice.count for notice in log if notice.feed == feed.feed_id),
        source=feed.source,
        **about_feed(feed),
    )


def _service_span(calendar: Calendar) -> tuple[date | None, date | None]:
    _, first, runs = calendar
    days = np.flatnonzero(runs.any(axis=0))
    if len(days) == 0:
        return None, None
    return first + timedelta(days=int(days[0])), first + timedelta(days=int(days[-1]))


def _services(feeds: Sequence[FeedTables], calendars: Sequence[Calendar]) -> tuple[Services, date]:
    parts = [(feed.feed_id, *calendar) for feed, calendar in zip(feeds, calendars, strict=True)]
    used = [(first, first + timedelta(days=runs.shape[1])) for _, _, first, runs in parts if runs.size]
    first_date = min((low for low, _ in used), default=date(1970, 1, 1))
    n_days = (max((high for _, high in used), default=first_date) - first_date).days
    ids = [f"{feed}_{service}" for feed, services, _, _ in parts for service in services]
    runs = np.zeros((len(ids), n_days), np.uint8)
    row = 0
    for _, services, first, matrix in parts:
        start = (first - first_date).days if matrix.size else 0
        runs[row : row + len(services), start : start + matrix.shape[1]] = matrix
        row += len(services)
    feed_of = np.repeat(np.arange(len(parts)), [len(services) for _, services, _, _ in parts]).astype(np.int16)
    return Services(StringColumn.of(ids, searchable=True), feed_of, runs), first_date


def _inherited(said: Int8s, parent: Int32s) -> Int8s:
    """wheelchair_boarding, where it is 0 the parent's; a boarding area asks its platform, which asks its station."""
    for _ in range(2):
        said = np.where((said == 0) & (parent >= 0), said[np.maximum(parent, 0)], said).astype(np.int8)
    return said


def _of_station(zone: Int16s, parent: Int32s) -> Int16s:
    """stop_timezone: what lies in a station goes by its clocks, whatever it says itself (GTFS reference, stops.txt)."""
    for _ in range(2):  # a platform first takes its station's zone, then its boarding areas take the platform's
        zone = np.where(parent >= 0, zone[np.maximum(parent, 0)], zone)
    return zone


def _table(feed: FeedTables, name: str) -> pl.DataFrame:
    table: pl.DataFrame = getattr(feed, name)
    return table


@dataclass
class _Merged:
    """The tables of all feeds end to end, with the row offset of each feed."""

    feeds: Sequence[FeedTables]
    provider_map: ProviderMap

    def __post_init__(self) -> None:
        self.stops = self._concat("stops")
        self.routes = self._concat("routes")
        self.trips = self._concat("trips")
        self.agencies = self._concat("agencies")
        self.stop_offset = self._offsets("stops")
        self.trip_offset = self._offsets("trips")
        counts = [np.bincount(feed.stop_times["trip"].to_numpy(), minlength=feed.trips.height) for feed in self.feeds]
        self.times_ptr = np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64)
        stop_zones = self.stops["stop_timezone"].to_list()
        agency_zones = self.agencies["agency_timezone"].to_list()
        self.zones = sorted({zone for zone in (*agency_zones, *stop_zones) if zone}) or ["UTC"]

    def _concat(self, name: str) -> pl.DataFrame:
        frames = [
            _table(feed, name).with_columns(
                pl.lit(index, pl.Int16).alias("_feed"), pl.lit(feed.feed_id).alias("_feed_id")
            )
            for index, feed in enumerate(self.feeds)
        ]
        return pl.concat(frames, how="vertical")

    def _offsets(self, name: str) -> list[int]:
        heights = [_table(feed, name).height for feed in self.feeds]
        return [int(value) for value in np.concatenate([[0], np.cumsum(heights)])]

    def _shifted(self, name: str, columns: dict[str, list[int]]) -> pl.DataFrame:
        frames = [
            _table(feed, name).with_columns(
                [(pl.col(column).cast(pl.Int64) + offsets[index]).alias(column) for column, offsets in columns.items()]
            )
            for index, feed in enumerate(self.feeds)
        ]
        return pl.concat(frames, how="vertical")

    def _index(self, rows: pl.DataFrame, column: str, target: pl.DataFrame, key: str) -> Int32s:
        """For each row the row number of the `target` whose `key` equals its `column` in the same feed, or -1."""
        numbered = target.select(
            pl.col("_feed"), pl.col(key).alias(column), pl.int_range(pl.len(), dtype=pl.Int32).alias("_row")
        )
        numbered = numbered.unique(["_feed", column], keep="first")
        joined = rows.select("_feed", column).join(numbered, on=["_feed", column], how="left", maintain_order="left")
        return joined["_row"].fill_null(-1).to_numpy().astype(np.int32)

    def _scoped(self, frame: pl.DataFrame, key: str) -> StringColumn:
        ids = frame.select(pl.col("_feed_id") + "_" + pl.col(key)).to_series()
        return StringColumn.of_series(ids, searchable=True)

    def _zone_index(self, zones: Sequence[str], default: int) -> NDArray[np.int16]:
        number = {zone: index for index, zone in enumerate(self.zones)}
        return np.array([number.get(zone, default) for zone in zones], np.int16)

    def agency_columns(self) -> Agencies:
        frame = self.agencies
        feeds = frame["_feed_id"].to_list()
        agencies = frame["agency_id"].to_list()
        return Agencies(
            id=self._scoped(frame, "agency_id"),
            name=StringColumn.of_series(frame["agency_name"]),
            url=StringColumn.of_series(frame["agency_url"]),
            feed=frame["_feed"].to_numpy(),
            zone=self._zone_index(frame["agency_timezone"].to_list(), 0),
            provider=np.array(
                [self.provider_map.index(feed, agency) for feed, agency in zip(feeds, agencies, strict=True)],
                np.int16,
            ),
        )

    def _default_zones(self) -> list[int]:
        """For each feed the index of its first agency's time zone."""
        first = self.agencies.group_by("_feed", maintain_order=True).first()
        by_feed = dict(
            zip(first["_feed"].to_list(), self._zone_index(first["agency_timezone"].to_list(), 0), strict=True)
        )
        return [int(by_feed.get(index, 0)) for index in range(len(self.feeds))]

    def stop_columns(self) -> Stops:
        frame = self.stops
        default = np.array(self._default_zones(), np.int16)[frame["_feed"].to_numpy()]
        parent = self._index(frame, "parent_station", self.stops, "stop_id")
        named = _of_station(self._zone_index(frame["stop_timezone"].to_list(), -1), parent)
        return Stops(
            id=self._scoped(frame, "stop_id"),
            name=StringColumn.of_series(frame["stop_name"]),
            platform_code=StringColumn.of_series(frame["platform_code"]),
            zone_id=StringColumn.of_series(frame["zone_id"]),
            lat=frame["stop_lat"].to_numpy(),
            lon=frame["stop_lon"].to_numpy(),
            feed=frame["_feed"].to_numpy(),
            location_type=frame["location_type"].to_numpy(),
            parent=parent,
            wheelchair=_inherited(frame["wheelchair_boarding"].to_numpy(), parent),
            access=frame["stop_access"].to_numpy(),
            level=self._levels(),
            zone=np.where(named >= 0, named, default).astype(np.int16),
        )

    def _levels(self) -> Floats:
        """level_index of each stop's floor, or NaN."""
        levels = self._concat("levels")
        row = self._index(self.stops, "level_id", levels, "level_id")
        return np.append(levels["level_index"].to_numpy(), np.nan)[row]  # row -1 is the NaN at the end

    def pathway_columns(self) -> Pathways:
        frame = self._concat("pathways")
        return Pathways(
            id=self._scoped(frame, "pathway_id"),
            from_stop=self._index(frame, "from_stop_id", self.stops, "stop_id"),
            to_stop=self._index(frame, "to_stop_id", self.stops, "stop_id"),
            mode=frame["pathway_mode"].to_numpy(),
            both_ways=frame["is_bidirectional"].to_numpy().astype(np.uint8),
            length_m=frame["length"].to_numpy(),
            time_s=frame["traversal_time"].to_numpy(),
            stairs=frame["stair_count"].to_numpy(),
            signpost=StringColumn.of_series(frame["signposted_as"]),
            reversed_signpost=StringColumn.of_series(frame["reversed_signposted_as"]),
        )

    def _route_agency(self) -> Int32s:
        """The agency of each route; a blank agency_id means the feed's first agency."""
        found = self._index(self.routes, "agency_id", self.agencies, "agency_id")
        first = {feed: row for row, feed in reversed(list(enumerate(self.agencies["_feed"].to_list())))}
        fallback = np.array([first.get(feed, -1) for feed in self.routes["_feed"].to_list()], np.int32)
        return np.where(found >= 0, found, fallback).astype(np.int32)

    def route_columns(self) -> Routes:
        frame, agency = self.routes, self._route_agency()
        provider_of = self.agency_columns().provider
        return Routes(
            id=self._scoped(frame, "route_id"),
            short_name=StringColumn.of_series(frame["route_short_name"]),
            long_name=StringColumn.of_series(frame["route_long_name"]),
            color=StringColumn.of_series(frame["route_color"]),
            text_color=StringColumn.of_series(frame["route_text_color"]),
            type=frame["route_type"].to_numpy().astype(np.int16),
            agency=agency,
            feed=frame["_feed"].to_numpy(),
            provider=provider_of[agency] if len(agency) else np.empty(0, np.int16),
        )

    def trip_columns(self, services: Services, sequence: Int32s) -> Trips:
        frame = self.trips
        service_ids = frame.select(pl.col("_feed_id") + "_" + pl.col("service_id")).to_series()
        number = {text: index for index, text in enumerate(services.id)}
        blocks = frame.select(pl.when(pl.col("block_id") != "").then(pl.struct("_feed", "block_id"))).to_series()
        is_headway = np.zeros(frame.height, np.uint8)
        is_headway[self.frequencies["trip"].to_numpy()] = 1
        return Trips(
            id=self._scoped(frame, "trip_id"),
            headsign=StringColumn.of_series(frame["trip_headsign"]),
            short_name=StringColumn.of_series(frame["trip_short_name"]),
            route=self._index(frame, "route_id", self.routes, "route_id"),
            service=service_ids.replace_strict(number, default=-1, return_dtype=pl.Int32).to_numpy().astype(np.int32),
            sequence=sequence,
            direction=frame["direction_id"].to_numpy(),
            block=np.where(
                blocks.is_null().to_numpy(),
                -1,
                blocks.rank("dense").fill_null(0).to_numpy().astype(np.int64) - 1,
            ).astype(np.int32),
            shape=self._index(frame, "shape_id", self.shape_ids, "shape_id"),
            wheelchair=frame["wheelchair_accessible"].to_numpy(),
            times_ptr=self.times_ptr,
            is_headway=is_headway,
        )

    def stop_time_columns(self) -> StopTimes:
        return StopTimes(
            arrival=self._of_calls("arrival"),
            departure=self._of_calls("departure"),
            stop_sequence=self._of_calls("stop_sequence"),
            shape_distance=self._of_calls("shape_dist_traveled"),
        )

    def _of_calls(self, column: str) -> NDArray[Any]:
        """A column of the stop_times of all feeds: millions of rows, copied once."""
        return np.concatenate([feed.stop_times[column].to_numpy() for feed in self.feeds])

    @property
    def call_stops(self) -> Int32s:
        """The stop of each call."""
        columns = [feed.stop_times["stop"].to_numpy() for feed in self.feeds]
        shifted = [column + np.uint32(offset) for column, offset in zip(columns, self.stop_offset[:-1], strict=True)]
        return np.concatenate(shifted).view(np.int32)

    @property
    def call_flags(self) -> NDArray[np.uint8]:
        """CAN_BOARD | CAN_ALIGHT of each call."""
        boards, alights = (self._of_calls(name) != 1 for name in ("pickup_type", "drop_off_type"))
        flags: NDArray[np.uint8] = boards * np.uint8(CAN_BOARD) | alights * np.uint8(CAN_ALIGHT)
        return flags

    def fare_columns(self, services: Sequence[Sequence[str]]) -> Fares:
        """Fares; `services` are the service ids of each feed in their order."""
        owner = [index for index, ids in enumerate(services) for _ in ids]
        ids = [service for own in services for service in own]
        named = pl.DataFrame({"_feed": owner, "service_id": ids}, schema={"_feed": pl.Int16, "service_id": pl.String})
        tables = [feed.fares.by_name() for feed in self.feeds]
        return fare_columns(tables, Targets(self.agencies, self.stops, self.routes, named, self._index))

    @property
    def frequencies(self) -> pl.DataFrame:
        return self._shifted("frequencies", {"trip": self.trip_offset})

    def headway_columns(self) -> Headways:
        frame = self.frequencies.sort("trip", "start_time", "end_time", maintain_order=True)
        return Headways(
            trip=frame["trip"].to_numpy().astype(np.int32),
            start=frame["start_time"].to_numpy(),
            end=frame["end_time"].to_numpy(),
            headway_s=frame["headway_secs"].to_numpy(),
            exact=frame["exact_times"].to_numpy().astype(np.uint8),
        )

    def transfer_columns(self) -> Transfers:
        frame = self._concat("transfers")
        target = {"stop": self.stops, "route": self.routes, "trip": self.trips}
        index = {
            f"{side}_{kind}": self._index(frame, f"{side}_{kind}_id", target[kind], f"{kind}_id")
            for side in ("from", "to")
            for kind in target
        }
        return Transfers(
            **index, type=frame["transfer_type"].to_numpy(), min_time_s=frame["min_transfer_time"].to_numpy()
        )

    @property
    def shape_ids(self) -> pl.DataFrame:
        return self._concat("shapes").select("_feed", "_feed_id", "shape_id").unique(maintain_order=True)

    def shape_columns(self) -> Shapes:
        frame = self._concat("shapes")
        counts = frame.group_by("_feed", "shape_id", maintain_order=True).len()["len"].to_numpy()
        return Shapes(
            id=self._scoped(self.shape_ids, "shape_id"),
            ptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            lat=frame["shape_pt_lat"].to_numpy().astype(np.float32),
            lon=frame["shape_pt_lon"].to_numpy().astype(np.float32),
            distance=frame["shape_dist_traveled"].to_numpy().astype(np.float32),
        )

    def translation_columns(self) -> Translations:
        frame = self._concat("translations")
        parts = []
        targets = {"stops": self.stops, "routes": self.routes, "trips": self.trips, "agency": self.agencies}
        for number, (table, field, key) in TRANSLATED.items():
            target = targets[table]
            wanted = frame.filter((pl.col("table_name") == table) & (pl.col("field_name") == field))
            rows = target.select("_feed", key, field, pl.int_range(pl.len(), dtype=pl.Int32).alias("row"))
            by_id = wanted.filter(pl.col("record_id") != "").join(
                rows, left_on=["_feed", "record_id"], right_on=["_feed", key]
            )
            by_value = wanted.filter((pl.col("record_id") == "") & (pl.col("field_value") != "")).join(
                rows, left_on=["_feed", "field_value"], right_on=["_feed", field]
            )
            parts += [
                part.select(pl.lit(number, pl.Int8).alias("table"), "row", "language", "translation")
                for part in (by_id, by_value)
            ]
        # A translation of one record beats one of every record with that text: by_id rows come first.
        merged = (
            pl.concat(parts)
            .unique(["table", "row", "language"], keep="first", maintain_order=True)
            .sort("table", "row", "language")
        )
        return Translations(
            table=merged["table"].to_numpy(),
            row=merged["row"].to_numpy(),
            language=StringColumn.of_series(merged["language"]),
            text=StringColumn.of_series(merged["translation"]),
        )
