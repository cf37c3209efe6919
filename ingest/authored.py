"""Compiles a compact description of a provider (feeds/README.md) into a GTFS zip.

GTFS builders such as make-gtfs derive times from speeds along shapes and cannot say run times between stations,
dwell times or single trains, so the few files are written here.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from ingest.authored_description import AuthoredError, Description, read_description
from ingest.authored_fares import ATTRIBUTE_COLUMNS, RULE_COLUMNS, fare_rows, has_zones
from ingest.authored_timetable import (
    FREQUENCY_COLUMNS,
    SHAPE_COLUMNS,
    STOP_TIME_COLUMNS,
    TRIP_COLUMNS,
    TimetableRows,
)

__all__ = ["AuthoredError", "compile_authored"]

Row = Sequence[object]

AGENCY_COLUMNS = ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang", "agency_phone")
STOP_COLUMNS = ("stop_id", "stop_name", "stop_lat", "stop_lon", "zone_id", "wheelchair_boarding")
ROUTE_COLUMNS = (
    "route_id",
    "agency_id",
    "route_short_name",
    "route_long_name",
    "route_type",
    "route_color",
    "route_text_color",
    "route_sort_order",
)
CALENDAR_COLUMNS = (
    "service_id",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "start_date",
    "end_date",
)
FEED_INFO_COLUMNS = (
    "feed_publisher_name",
    "feed_publisher_url",
    "feed_lang",
    "feed_start_date",
    "feed_end_date",
    "feed_version",
    "feed_contact_url",
)
TRANSLATION_COLUMNS = ("table_name", "field_name", "language", "translation", "record_id")
# A zip entry needs a date; this is the first that the format can hold.
ZIP_TIMESTAMP = (1980, 1, 1, 0, 0, 0)


def compile_authored(description: Path, out: Path, today: date) -> Path:
    """Write the GTFS zip of `description` to `out` and return `out`.

    The service runs from 1 January of the year before `today` to 31 December of the year after. The same
    description and the same year give the same bytes. `out` is replaced in one step. Raises AuthoredError.
    """
    files = _gtfs_files(read_description(description), today)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f"{out.name}.{os.getpid()}.partial")
    try:
        _write_zip(partial, files)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
    return out


def _gtfs_files(description: Description, today: date) -> dict[str, str]:
    """File name -> CSV text."""
    first, last = f"{today.year - 1:04d}0101", f"{today.year + 1:04d}1231"
    timetable = TimetableRows(description)
    fares, fare_rules = fare_rows(description)
    files = {
        "agency.txt": _csv(AGENCY_COLUMNS, [_agency_row(description)]),
        "stops.txt": _csv(STOP_COLUMNS, _stop_rows(description)),
        "routes.txt": _csv(ROUTE_COLUMNS, _route_rows(description)),
        "calendar.txt": _csv(CALENDAR_COLUMNS, _calendar_rows(description, first, last)),
        "trips.txt": _csv(TRIP_COLUMNS, timetable.trips),
        "stop_times.txt": _csv(STOP_TIME_COLUMNS, timetable.stop_times),
        "shapes.txt": _csv(SHAPE_COLUMNS, timetable.shapes),
        "feed_info.txt": _csv(FEED_INFO_COLUMNS, [_feed_info_row(description, first, last)]),
        "translations.txt": _csv(TRANSLATION_COLUMNS, _translation_rows(description)),
    }
    if fares:
        files["fare_attributes.txt"] = _csv(ATTRIBUTE_COLUMNS, fares)
        files["fare_rules.txt"] = _csv(RULE_COLUMNS, fare_rules)
    if timetable.frequencies:
        files["frequencies.txt"] = _csv(FREQUENCY_COLUMNS, timetable.frequencies)
    return files


def _agency_row(description: Description) -> Row:
    agency = description.agency
    return (
        agency["id"],
        agency["name"],
        agency["url"],
        description.timezone,
        description.language,
        agency["phone"],
    )


def _feed_info_row(description: Description, first: str, last: str) -> Row:
    url = description.agency["url"]
    return (description.publisher, url, description.language, first, last, description.version, url)


def _stop_rows(description: Description) -> list[Row]:
    pattern = description.stop_names[description.language]
    zoned = has_zones(description)
    return [
        (
            station.id,
            pattern.format(station.name),
            f"{station.lat:.5f}",
            f"{station.lon:.5f}",
            station.id if zoned else "",
            station.wheelchair,
        )
        for station in description.stations.values()
    ]


def _route_rows(description: Description) -> list[Row]:
    return [
        (
            line.id,
            description.agency["id"],
            line.short_name,
            line.names[description.language],
            line.type,
            line.color,
            line.text_color,
            number,
        )
        for number, line in enumerate(description.lines, start=1)
    ]


def _calendar_rows(description: Description, first: str, last: str) -> list[Row]:
    return [(day, *(int(runs) for runs in week), first, last) for day, week in description.days.items()]


def _translation_rows(description: Description) -> list[Row]:
    """Names of stops and lines in every language but the feed's own."""
    rows: list[Row] = []
    for language, pattern in description.stop_names.items():
        if language != description.language:
            rows += [
                ("stops", "stop_name", language, pattern.format(station.name), station.id)
                for station in description.stations.values()
            ]
    for line in description.lines:
        rows += [
            ("routes", "route_long_name", language, name, line.id)
            for language, name in line.names.items()
            if language != description.language
        ]
    return rows


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _write_zip(path: Path, files: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIP_TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # as on Unix, whatever this machine is
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
