"""A feed's bytes to clean tables: `read_feed` is the one way in, `FeedTables` what comes out.

What is wrong with the data becomes notices; only a feed that cannot be trusted or ridden is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.archive import FeedFiles, open_feed
from ingest.csv_table import ROW
from ingest.csv_text import read_frames
from ingest.fare_tables import FARE_FILES, FareContext, FareTables, clean_fares
from ingest.gtfs_schema import CORE_FILES, EXTRA_FILES, FLEX_ZONES, SCHEMAS
from ingest.notices import FeedRejected, NoticeLog
from ingest.progress import Progress, silent
from ingest.rules import (
    agencies,
    calendars,
    call_text,
    frequencies,
    pathways,
    routes,
    shapes,
    speeds,
    stop_times,
    stops,
    transfers,
    trips,
)
from ingest.rules.checks import TableChecks


@dataclass(frozen=True, slots=True)
class FeedTables:
    """One feed, clean. Text is String with "" for blank; ids are as the feed has them.

    sha256          of the zip file, or of a folder's tables
    source          the name of the file or folder
    agencies        agency_id agency_name agency_url agency_timezone agency_lang; at least one row
    stops           ids and names (String), stop_lat stop_lon (Float64, NaN where unusable), location_type
                    wheelchair_boarding (Int8), stop_access (Int8, -1 blank)
    routes          ids, names, colours (six digits or ""), route_type (Int16); every agency_id exists
    trips           ids and texts, direction_id (Int8, -1 blank), wheelchair_accessible bikes_allowed (Int8);
                    only trips with at least two calls
    stop_times      trip, stop (UInt32, rows of trips and stops), stop_sequence, arrival, departure (Int32,
                    seconds of the service day, none blank), pickup_type drop_off_type timepoint (Int8),
                    shape_dist_traveled (Float32, NaN blank); by (trip, stop_sequence)
    calendar        service_id, monday .. sunday (Int8), start_date end_date (Date)
    calendar_dates  service_id, date (Date), exception_type (Int8)
    frequencies     trip (UInt32), start_time end_time headway_secs (Int32), exact_times (Int8); by (trip, start)
    transfers       six ids, transfer_type (Int8), min_transfer_time (Int32, -1 blank)
    levels          level_id, level_index (Float64, NaN where unusable)
    pathways        three ids, pathway_mode (Int8, 0 unknown) is_bidirectional (Int8), length (Float64, NaN blank),
                    traversal_time stair_count (Int32, 0 blank), signposted_as reversed_signposted_as
    shapes          shape_id, shape_pt_lat shape_pt_lon (Float64), shape_pt_sequence (Int32),
                    shape_dist_traveled (Float32); by (shape_id, shape_pt_sequence)
    translations, feed_info, extras   as text; extras by file name, only files that the feed has
    fares           both versions of fares, clean: see ingest.fare_tables
    """

    feed_id: str
    sha256: str
    source: str
    agencies: pl.DataFrame
    stops: pl.DataFrame
    routes: pl.DataFrame
    trips: pl.DataFrame
    stop_times: pl.DataFrame
    calendar: pl.DataFrame
    calendar_dates: pl.DataFrame
    frequencies: pl.DataFrame
    transfers: pl.DataFrame
    levels: pl.DataFrame
    pathways: pl.DataFrame
    shapes: pl.DataFrame
    translations: pl.DataFrame
    feed_info: pl.DataFrame
    extras: dict[str, pl.DataFrame]
    fares: FareTables


def read_feed(
    feed_id: str,
    path: Path,
    log: NoticeLog,
    progress: Progress = silent,
    *,
    today: date | None = None,
) -> FeedTables:
    """Reads the zip file or folder at `path`; findings go to `log`. The stages of `progress` are files, its `done`
    is the part of all bytes that has been read.

    `today` (default: this day) is for saying that a feed's service is over or has not begun.
    Raises FeedRejected for a feed that cannot be used, FileNotFoundError where there is nothing at `path`.
    """
    with open_feed(feed_id, path, log) as files:
        reader = _FeedReader(files, log, progress)
        reader.check_files()
        return reader.read(today or date.today())


_TEXT_FAULTS = {"invalid_encoding", "missing_required_column", "csv_parsing_failed", "unclosed_quote"}
"""What costs an optional table only itself."""


class _FeedReader:
    """Reads the tables of one open feed, each with what it needs of those before."""

    def __init__(self, files: FeedFiles, log: NoticeLog, progress: Progress) -> None:
        self._files = files
        self._log = log
        self._progress = progress
        self._bytes_seen = 0
        self._bytes_total = max(sum(entry.size for entry in files.files.values()), 1)

    def check_files(self) -> None:
        """Raises FeedRejected where a file is missing without which no trip can be ridden."""
        missing = sorted(CORE_FILES - self._files.files.keys())
        if missing:
            raise self._reject("missing_required_file", f"{missing[0]} is missing")
        if not {"calendar.txt", "calendar_dates.txt"} & self._files.files.keys():
            code = "missing_calendar_and_calendar_date_files"
            raise self._reject(code, "calendar.txt and calendar_dates.txt are both missing")
        if "feed_info.txt" not in self._files.files:
            self._log.add("missing_recommended_file", self._files.feed_id, "feed_info.txt")

    def read(self, today: date) -> FeedTables:
        feed_agencies = agencies.clean_agencies(self._text("agency.txt"), self._checks("agency.txt"))
        feed_levels = pathways.clean_levels(self._optional_text("levels.txt"), self._checks("levels.txt"))
        stop_rows = stops.clean_stops(self._text("stops.txt"), feed_levels["level_id"], self._checks("stops.txt"))
        feed_pathways = self._read_pathways(stop_rows)
        feed_stops = stop_rows.drop(ROW)
        feed_routes = routes.clean_routes(self._text("routes.txt"), feed_agencies, self._checks("routes.txt"))
        calendar = calendars.clean_calendar(self._text("calendar.txt"), self._checks("calendar.txt"))
        dates = calendars.clean_calendar_dates(self._text("calendar_dates.txt"), self._checks("calendar_dates.txt"))
        calendars.report_validity(calendar, dates, today, self._checks("calendar.txt"))
        services = pl.concat([calendar["service_id"], dates["service_id"]]).unique()
        running = calendars.running_services(calendar, dates)
        feed_shapes = self._read_shapes()
        runs = self._read_runs(feed_stops, feed_routes, services, feed_shapes["shape_id"].unique())
        extras = self._read_extras()
        if not runs.trips["service_id"].is_in(running.implode()).any():
            raise self._reject("no_usable_trip", "calendar.txt: no trip runs on any day")
        return FeedTables(
            feed_id=self._files.feed_id,
            sha256=self._files.sha256,
            source=self._files.source,
            agencies=feed_agencies,
            stops=feed_stops,
            routes=feed_routes,
            trips=runs.trips,
            stop_times=runs.stop_times,
            calendar=calendar,
            calendar_dates=dates,
            frequencies=runs.frequencies,
            transfers=self._read_transfers(feed_stops, feed_routes, runs),
            levels=feed_levels,
            pathways=feed_pathways,
            shapes=feed_shapes,
            translations=self._optional_text("translations.txt").drop(ROW),
            feed_info=self._read_feed_info(),
            extras={file: table.drop(ROW) for file, table in extras.items()},
            fares=self._clean_fares(extras, FareContext(feed_agencies, feed_stops, feed_routes, services)),
        )

    def _reject(self, code: str, reason: str) -> FeedRejected:
        return FeedRejected(self._files.feed_id, reason, code)

    def _checks(self, file: str) -> TableChecks:
        return TableChecks(self._files.feed_id, file, self._log)

    def _pieces(self, file: str, columns: tuple[str, ...]) -> Iterator[pl.DataFrame]:
        if file in self._files.files:
            chunks = self._chunks(file)
            yield from read_frames(chunks, SCHEMAS[file], self._files.feed_id, self._log, columns)

    def _chunks(self, file: str) -> Iterator[bytes]:
        """The bytes of a file; they count as read when the next ones are wanted."""
        for chunk in self._files.chunks(file):
            self._progress(file, min(self._bytes_seen / self._bytes_total, 1.0))
            yield chunk
            self._bytes_seen += len(chunk)

    def _text(self, file: str) -> pl.DataFrame:
        """A whole table as text with `row`; empty where the feed does not have it."""
        columns = SCHEMAS[file].columns
        empty = pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), ROW: pl.UInt32})
        return pl.concat([empty, *self._pieces(file, columns)])

    def _optional_text(self, file: str) -> pl.DataFrame:
        """The same for a table that the feed can do without: unreadable, it is reported and left out."""
        try:
            return self._text(file)
        except FeedRejected as error:
            self._give_up(file, error)
            return pl.DataFrame(schema={**dict.fromkeys(SCHEMAS[file].columns, pl.String), ROW: pl.UInt32})

    def _give_up(self, file: str, error: FeedRejected) -> None:
        if error.code not in _TEXT_FAULTS:
            raise error
        self._log.add(error.code, self._files.feed_id, file, value=error.reason, action="file ignored")

    def _read_shapes(self) -> pl.DataFrame:
        checks = self._checks("shapes.txt")
        points = [pl.DataFrame(schema={**shapes.TYPES, ROW: pl.UInt32})]
        try:
            pieces = self._pieces("shapes.txt", tuple(shapes.TYPES))
            points += [shapes.clean_shape_points(texts, checks) for texts in pieces]
        except FeedRejected as error:
            self._give_up("shapes.txt", error)
        return shapes.order_shapes(pl.concat(points), checks)

    def _read_runs(
        self, feed_stops: pl.DataFrame, feed_routes: pl.DataFrame, services: pl.Series, shape_ids: pl.Series
    ) -> _Runs:
        checks = self._checks("trips.txt")
        texts = self._text("trips.txt")
        kept = trips.clean_trips(texts, feed_routes["route_id"], services, checks)
        kept = trips.forget_unknown_shapes(kept, shape_ids, checks)
        ids = texts["trip_id"].unique()
        dropped = ids.filter(~ids.is_in(kept["trip_id"].implode()) & (ids != ""))
        marks = call_text.TripMarks.of(len(kept))
        calls = self._read_calls(kept, dropped, feed_stops, feed_routes, marks)
        headways = self._read_frequencies(kept, dropped, marks)
        return _usable_runs(kept, calls, headways, dropped, marks, checks)

    def _read_calls(
        self,
        kept: pl.DataFrame,
        dropped: pl.Series,
        feed_stops: pl.DataFrame,
        feed_routes: pl.DataFrame,
        marks: call_text.TripMarks,
    ) -> pl.DataFrame:
        checks = self._checks("stop_times.txt")
        trip_rows = call_text.IdRows(kept["trip_id"])
        stop_rows = call_text.IdRows(feed_stops["stop_id"])
        pieces = [
            call_text.parse_calls(texts, trip_rows, dropped, stop_rows, marks, checks)
            for texts in self._pieces("stop_times.txt", call_text.TEXT_COLUMNS)
        ]
        calls = pl.concat([call_text.no_calls(), *pieces])
        del pieces
        limits = speeds.speed_limits(kept, feed_routes)
        finished = stop_times.finish_calls(calls, feed_stops, limits, marks, checks)
        trips.report_short_trips(kept, finished.short_trips, marks.has_rows, self._checks("trips.txt"))
        return finished.calls

    def _read_frequencies(self, kept: pl.DataFrame, dropped: pl.Series, marks: call_text.TripMarks) -> pl.DataFrame:
        """The headway periods. A trip that had some, none usable, is marked bad: it does not run by itself."""
        checks = self._checks("frequencies.txt")
        texts = self._text("frequencies.txt")
        headways = frequencies.clean_frequencies(texts, kept, dropped, checks)
        named = kept["trip_id"].is_in(texts["trip_id"].implode()).to_numpy()
        lost = named.copy()
        lost[headways["trip"].to_numpy()] = False
        ids = kept.filter(pl.Series(lost))["trip_id"]
        if len(ids):
            self._log.add("frequency_trip_without_period", self._files.feed_id, "frequencies.txt", field="trip_id",
                          value=ids[0], count=len(ids), action="trip dropped")  # fmt: skip
        marks.is_bad[lost] = True
        return headways

    def _read_transfers(self, feed_stops: pl.DataFrame, feed_routes: pl.DataFrame, runs: _Runs) -> pl.DataFrame:
        return transfers.clean_transfers(
            self._optional_text("transfers.txt"),
            feed_stops,
            feed_routes["route_id"],
            runs.trips["trip_id"],
            runs.dropped,
            self._checks("transfers.txt"),
        )

    def _read_pathways(self, stop_rows: pl.DataFrame) -> pl.DataFrame:
        found = pathways.clean_pathways(self._optional_text("pathways.txt"), stop_rows, self._checks("pathways.txt"))
        pathways.report_stops(stop_rows, found, self._checks("stops.txt"))
        return found

    def _read_feed_info(self) -> pl.DataFrame:
        checks = self._checks("feed_info.txt")
        frame = checks.addresses(self._optional_text("feed_info.txt"), "feed_publisher_url")
        frame = checks.addresses(frame, "feed_contact_url")
        return checks.languages(frame, "feed_lang").drop(ROW)

    def _read_extras(self) -> dict[str, pl.DataFrame]:
        if FLEX_ZONES in self._files.files:
            self._check_flex_zones()
        present = (file for file in EXTRA_FILES if file in self._files.files)
        extras = {file: self._optional_text(file) for file in present}
        for file, table in extras.items():
            if file == "attributions.txt":
                extras[file] = self._checks(file).addresses(table, "attribution_url")
        return extras

    def _clean_fares(self, extras: dict[str, pl.DataFrame], context: FareContext) -> FareTables:
        texts = {file: extras[file] for file in FARE_FILES if file in extras}
        has_priority = self._has_column("fare_leg_rules.txt", "rule_priority")
        return clean_fares(self._files.feed_id, texts, context, self._log, has_priority=has_priority)

    def _has_column(self, file: str, column: str) -> bool:
        """Whether the header of a file names a column: a blank one says something else than none."""
        if file not in self._files.files:
            return False
        header = next(iter(self._files.chunks(file)), b"").splitlines()[:1]
        text = header[0].decode("utf-8-sig", "replace") if header else ""
        return column in (name.strip(' \t"').lower() for name in text.split(","))

    def _check_flex_zones(self) -> None:
        """Zones are not routed; that they cannot even be read is worth a word."""
        text = b"".join(self._chunks(FLEX_ZONES))
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            self._log.add("malformed_json", self._files.feed_id, FLEX_ZONES, action="file ignored")


@dataclass(frozen=True, slots=True)
class _Runs:
    """Trips with their calls and headways, and the ids in trips.txt that came to nothing."""

    trips: pl.DataFrame
    stop_times: pl.DataFrame
    frequencies: pl.DataFrame
    dropped: pl.Series


def _usable_runs(
    kept: pl.DataFrame,
    calls: pl.DataFrame,
    headways: pl.DataFrame,
    dropped: pl.Series,
    marks: call_text.TripMarks,
    checks: TableChecks,
) -> _Runs:
    """The trips that are not bad, renumbered from 0 in all tables."""
    good = ~marks.is_bad
    if not good.any():
        raise checks.reject("no_usable_trip", "no trip with two usable calls is left")
    if not good.all():
        number = np.cumsum(good, dtype=np.uint32) - np.uint32(1)
        calls, headways = (renumber_trips(frame, good, number) for frame in (calls, headways))
        dropped = pl.concat([dropped, kept["trip_id"].filter(pl.Series(~good))])
        kept = kept.filter(pl.Series(good))
    scheduled = calls.filter(~pl.col("trip").is_in(headways["trip"].unique().implode()))
    spans = scheduled.group_by("trip").agg(start=pl.col("departure").first(), end=pl.col("arrival").last())
    trips.report_block_overlaps(kept, spans, checks)
    return _Runs(kept.drop(ROW), calls, headways, dropped)


def renumber_trips(frame: pl.DataFrame, good: NDArray[np.bool_], number: NDArray[np.uint32]) -> pl.DataFrame:
    """A frame with a column `trip`: without the rows of trips that are not good, the others with their new number."""
    trip = frame["trip"].to_numpy()
    stays = good[trip]
    return frame.filter(pl.Series(stays)).with_columns(pl.Series("trip", number[trip[stays]]))
