"""The compact description of a provider that people write: a TOML file and a table of stations (feeds/README.md).

Read and checked here, compiled to GTFS by `ingest.authored`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.toml_table import TomlTable, read_toml

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?")
SECONDS = re.compile(r"[1-9][0-9]{0,4}")
IDENTIFIER = re.compile(r"[A-Za-z0-9-]{1,32}")
COLOR = re.compile(r"[0-9A-F]{6}")
STATION_COLUMNS = ("id", "name", "lat", "lon")


class AuthoredError(ValueError):
    """A description that cannot be compiled. The text names file, key or row, and value."""


@dataclass(frozen=True, slots=True)
class Station:
    """One row of the table of stations. `wheelchair` is GTFS: 0 unknown, 1 yes, 2 no."""

    id: str
    name: str
    lat: float
    lon: float
    wheelchair: int


@dataclass(frozen=True, slots=True)
class Band:
    """Departures every `headway_s` from `start_s` on and before `end_s`, in seconds of the service day."""

    start_s: int
    end_s: int
    headway_s: int

    def departures(self) -> range:
        """The departures of a timetable that keeps this headway to the second."""
        return range(self.start_s, self.end_s, self.headway_s)


@dataclass(frozen=True, slots=True)
class Departures:
    """When vehicles leave stop `first` of a run for its stop `last` (positions in the run) on one day type.

    `singles` are departures by themselves; `bands` follow each other.
    """

    day: str
    first: int
    last: int
    bands: tuple[Band, ...]
    singles: tuple[int, ...]

    def times(self) -> list[int]:
        """Every departure of a fixed timetable, in order."""
        times = {time for band in self.bands for time in band.departures()}
        return sorted(times.union(self.singles))


@dataclass(frozen=True, slots=True)
class Run:
    """One direction of a line: stations in order and the seconds between them, stops not included.

    `run_s[i]` leads from `stops[i]` to `stops[i + 1]`; the vehicle stands `dwell_s` at each stop between.
    """

    id: str
    direction: int
    headsign: str
    dwell_s: int
    stops: tuple[str, ...]
    run_s: tuple[int, ...]
    departures: tuple[Departures, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What riders name: one GTFS route. `names` maps a language to its long name."""

    id: str
    short_name: str
    names: dict[str, str]
    type: int
    color: str
    text_color: str
    is_headway: bool
    wheelchair: int
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class FlatFare:
    """One price for any ride; changes are free for `transfer_s` (0: one vehicle a ticket)."""

    price: int
    transfer_s: int


@dataclass(frozen=True, slots=True)
class MatrixFare:
    """A price for each pair of stations, the same in both directions."""

    prices: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class DistanceFare:
    """`base` up to `base_km`, then `step` for every `step_km` begun, at most `cap`.

    Kilometres are straight lines between neighbouring stations, times `detour`.
    """

    base: int
    base_km: float
    step: int
    step_km: float
    cap: int
    detour: float


Fare = FlatFare | MatrixFare | DistanceFare


@dataclass(frozen=True, slots=True)
class Description:
    """All that a feed is compiled from."""

    language: str
    timezone: str
    version: str
    publisher: str
    agency: dict[str, str]
    stop_names: dict[str, str]
    days: dict[str, tuple[bool, ...]]
    """Day type -> runs on Monday, Tuesday ... Sunday."""
    stations: dict[str, Station]
    lines: tuple[Line, ...]
    currency: str
    """ "" without a fare."""
    fare: Fare | None


def read_description(path: Path) -> Description:
    """Read `path` and the stations it names. Raises AuthoredError."""
    top = read_toml(path, AuthoredError)
    language = top.text("language")
    stations = _read_stations(path.parent / top.text("stations"))
    fare_table = top.table("fare") if top.has("fare") else None
    reader = _LineReader(language, stations, _read_days(top.table("days")), top.table("defaults"))
    description = Description(
        language=language,
        timezone=_read_timezone(top),
        version=top.text("version"),
        publisher=top.text("publisher"),
        agency=_read_agency(top.table("agency")),
        stop_names=_read_stop_names(top, language),
        days=reader.days,
        stations=stations,
        lines=tuple(reader.read_lines(top)),
        currency=fare_table.text("currency") if fare_table else "",
        fare=_read_fare(fare_table, stations) if fare_table else None,
    )
    top.finish()
    return description


def _read_timezone(top: TomlTable) -> str:
    name = top.text("timezone")
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as problem:  # unknown, a folder, a path
        raise top.fail("timezone", "unknown time zone") from problem
    return name


def _read_agency(table: TomlTable) -> dict[str, str]:
    agency = {key: table.text(key) for key in ("id", "name", "url")}
    agency["phone"] = table.text("phone", "")
    table.finish()
    return agency


def _read_stop_names(top: TomlTable, language: str) -> dict[str, str]:
    names = top.names("stop_name", language)
    if any(text.count("{}") != 1 for text in names.values()):
        raise top.fail("stop_name", "each text must hold {} once, where the station's name goes")
    return names


def _read_days(table: TomlTable) -> dict[str, tuple[bool, ...]]:
    days = {}
    for key in table.free_keys():
        words = table.text(key).split()
        if not set(words) <= set(WEEK):
            raise table.fail(key, f"must be days out of {' '.join(WEEK)}")
        days[key] = tuple(day in words for day in WEEK)
    return days


def _read_stations(path: Path) -> dict[str, Station]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise AuthoredError(f"{path}: cannot be read: {problem}") from problem
    stations: dict[str, Station] = {}
    for number, row in enumerate(rows, start=2):
        station = _read_station(path, number, row)
        if station.id in stations:
            raise AuthoredError(f"{path} row {number}: id = {station.id!r}: is there twice")
        stations[station.id] = station
    return stations


def _read_station(path: Path, number: int, row: dict[str, str]) -> Station:
    missing = [column for column in STATION_COLUMNS if not row.get(column)]
    if missing:
        raise AuthoredError(f"{path} row {number}: {missing[0]}: is missing")
    if not IDENTIFIER.fullmatch(row["id"]):
        raise AuthoredError(f"{path} row {number}: id = {row['id']!r}: must be letters, digits and hyphens")
    try:
        lat, lon, wheelchair = float(row["lat"]), float(row["lon"]), int(row.get("wheelchair") or 0)
    except ValueError as problem:
        raise AuthoredError(f"{path} row {number}: {problem}") from problem
    if not (-90 <= lat <= 90 and -180 <= lon <= 180 and wheelchair in (0, 1, 2)):
        raise AuthoredError(f"{path} row {number}: lat, lon or wheelchair is out of range: {row!r}")
    return Station(row["id"], row["name"], lat, lon, wheelchair)


@dataclass(slots=True)
class _LineReader:
    """Reads [[line]] tables against the stations and day types; keeps the ids already used."""

    language: str
    stations: dict[str, Station]
    days: dict[str, tuple[bool, ...]]
    defaults: TomlTable
    used: set[str] = field(default_factory=set)

    def read_lines(self, top: TomlTable) -> Iterator[Line]:
        """Every line in file order."""
        for table in top.tables("line"):
            yield self._read_line(table)
        self.defaults.finish()

    def _read_line(self, table: TomlTable) -> Line:
        service = self._holder(table, "service").text("service")
        if service not in ("scheduled", "headway"):
            raise self._holder(table, "service").fail("service", "must be scheduled or headway")
        line = Line(
            id=self._new_id(table),
            short_name=table.text("short_name", table.text("id")),
            names=table.names("name", self.language),
            type=self._integer_or_default(table, "type"),
            color=self._color(table, "color"),
            text_color=self._color(table, "text_color"),
            is_headway=service == "headway",
            wheelchair=self._integer_or_default(table, "wheelchair"),
            runs=tuple(self._read_run(run, service == "headway") for run in table.tables("run")),
        )
        table.finish()
        return line

    def _read_run(self, table: TomlTable, is_headway: bool) -> Run:
        stops, run_s = self._read_path(table)
        run = Run(
            id=self._new_id(table),
            direction=table.integer("direction"),
            headsign=table.text("headsign"),
            dwell_s=self._integer_or_default(table, "dwell_s"),
            stops=stops,
            run_s=run_s,
            departures=tuple(self._read_departures(row, stops, is_headway) for row in table.tables("departures")),
        )
        table.finish()
        return run

    def _read_path(self, table: TomlTable) -> tuple[tuple[str, ...], tuple[int, ...]]:
        words = table.text("path").split()
        stops, seconds = words[::2], words[1::2]
        if len(words) < 3 or len(words) % 2 == 0:
            raise table.fail("path", "must be stations with the seconds between them")
        for stop in stops:
            if stop not in self.stations:
                raise AuthoredError(f"{table.file}: {table.where}path: {stop!r} is no station")
        for text in seconds:
            if not SECONDS.fullmatch(text):
                raise AuthoredError(f"{table.file}: {table.where}path: {text!r} is no number of seconds")
        return tuple(stops), tuple(int(text) for text in seconds)

    def _read_departures(self, table: TomlTable, stops: tuple[str, ...], is_headway: bool) -> Departures:
        day = table.text("days")
        if day not in self.days:
            raise table.fail("days", f"is none of the day types {', '.join(self.days)}")
        first = self._position(table, "from", stops) if table.has("from") else 0
        last = self._position(table, "to", stops[::-1]) if table.has("to") else 0
        last = len(stops) - 1 - last
        if first >= last:
            raise table.fail("to", "does not come after the station the vehicle leaves from")
        bands, singles = read_times(table)
        if is_headway and (not bands or len(singles) != 1):
            raise table.fail("times", "a headway service needs a headway between each two times")
        table.finish()
        return Departures(day, first, last, bands, () if is_headway else singles)

    def _position(self, table: TomlTable, key: str, stops: tuple[str, ...]) -> int:
        if table.text(key) not in stops:
            raise table.fail(key, "is no station of this run")
        return stops.index(table.text(key))

    def _new_id(self, table: TomlTable) -> str:
        text = table.text("id")
        if not IDENTIFIER.fullmatch(text):
            raise table.fail("id", "must be letters, digits and hyphens, at most 32")
        key = f"{'run' if 'run[' in table.where else 'line'} {text}"
        if key in self.used:
            raise table.fail("id", "is there twice")
        self.used.add(key)
        return text

    def _color(self, table: TomlTable, key: str) -> str:
        text = self._holder(table, key).text(key)
        if not COLOR.fullmatch(text):
            raise self._holder(table, key).fail(key, "must be six hex digits, capitals")
        return text

    def _integer_or_default(self, table: TomlTable, key: str) -> int:
        return self._holder(table, key).integer(key)

    def _holder(self, table: TomlTable, key: str) -> TomlTable:
        """The table that says `key`: this one, or else the defaults."""
        return table if table.has(key) else self.defaults


def read_times(table: TomlTable) -> tuple[tuple[Band, ...], tuple[int, ...]]:
    """Read `times`: clocks HH:MM or HH:MM:SS in order, and between two of them a headway in seconds, or none.

    "05:00 600 07:00 300 09:00" is every 600 s from 05:00, every 300 s from 07:00, the last one at 09:00;
    "05:00 06:30" is those two. Returns the bands and the departures that no band holds: the last of all, and
    each clock that no headway follows.
    """
    bands: list[Band] = []
    singles: list[int] = []
    before: int | None = None
    headway: int | None = None
    for word in table.text("times").split():
        if SECONDS.fullmatch(word) and before is not None and headway is None:
            headway = int(word)
            continue
        if not CLOCK.fullmatch(word) or (before is not None and _seconds(word) <= before):
            raise table.fail("times", f"{word!r} is no later time, and no headway")
        if headway is not None and before is not None:
            bands.append(Band(before, _seconds(word), headway))
        elif before is not None:
            singles.append(before)
        before, headway = _seconds(word), None
    if before is None or headway is not None:
        raise table.fail("times", "must end with a time")
    return tuple(bands), (*singles, before)


def _seconds(clock: str) -> int:
    hour, minute, *second = clock.split(":")
    return int(hour) * 3600 + int(minute) * 60 + (int(second[0]) if second else 0)


def _read_fare(table: TomlTable, stations: dict[str, Station]) -> Fare:
    kind = table.text("kind")
    fare: Fare
    if kind == "flat":
        fare = FlatFare(table.integer("price"), 60 * table.integer("transfer_minutes", 0))
    elif kind == "matrix":
        fare = MatrixFare(_read_matrix(table, stations))
    elif kind == "distance":
        fare = DistanceFare(
            base=table.integer("base"),
            base_km=table.number("base_km"),
            step=table.integer("step"),
            step_km=table.number("step_km"),
            cap=table.integer("cap"),
            detour=table.number("detour"),
        )
    else:
        raise table.fail("kind", "must be flat, matrix or distance")
    table.finish()
    return fare


def _read_matrix(table: TomlTable, stations: dict[str, Station]) -> dict[tuple[str, str], int]:
    """The lower triangle: each line a station, then its price to each station of the lines above."""
    prices: dict[tuple[str, str], int] = {}
    above: list[str] = []
    for line in table.text("prices").strip().splitlines():
        station, *texts = line.split()
        if station not in stations or len(texts) != len(above) or not all(text.isdecimal() for text in texts):
            raise AuthoredError(
                f"{table.file}: {table.where}prices: line {line!r}: must be a station and {len(above)} prices"
            )
        for other, text in zip(above, texts, strict=True):
            prices[station, other] = prices[other, station] = int(text)
        above.append(station)
    if set(above) != set(stations):
        raise AuthoredError(f"{table.file}: {table.where}prices: must have a line for every station, once")
    return prices
