"""The places of stops.txt, and the agencies whose clocks they go by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ingest.replay.feed_text import FeedText, decimal, first_of, whole
from ingest.replay.service import zone_names

STOP, STATION, ENTRANCE, NODE, BOARDING_AREA = range(5)
CLOSED = 2
"""wheelchair_boarding of a place that no wheelchair gets in or out at."""
EARTH_RADIUS_M = 6_371_008.8
NEAR_ORIGIN_DEGREES, NEAR_POLE_DEGREES = 1, 89
"""Coordinates nobody means: docs/notices.md, point_near_origin and point_near_pole."""

Position = tuple[float, float]
"""(lat, lon) in degrees."""
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stop:
    """A row of stops.txt. `position` is None where the coordinates are no place; `parent` is "" where it cannot be."""

    id: str
    name: str
    position: Position | None
    kind: int
    parent: str
    wheelchair: int
    """wheelchair_boarding; where it is blank or 0, that of the platform or station."""
    access: int | None
    level: str
    zone: str
    """Time zone that riders see here."""


@dataclass(slots=True)
class Stops:
    """All places of a feed by id."""

    by_id: dict[str, Stop]
    _members: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stop in self.by_id.values():
            if stop.kind == STOP and stop.parent:
                self._members.setdefault(stop.parent, []).append(stop.id)

    def standing_for(self, stop: Stop) -> list[Stop]:
        """The stops that a place is: itself, a station's stops, none for an entrance or a node."""
        if stop.kind == STATION:
            return [self.by_id[member] for member in self._members.get(stop.id, ())]
        return [stop] if stop.kind in (STOP, BOARDING_AREA) else []

    def position_of(self, stop: Stop) -> Position | None:
        """Where a place is; one without coordinates is where its platform or station is."""
        if stop.position is not None or not stop.parent:
            return stop.position
        return self.position_of(self.by_id[stop.parent])


@dataclass(frozen=True, slots=True)
class Agencies:
    """Time zone by agency_id, the first one first; never empty."""

    zones: Mapping[str, str]

    def known(self, agency: str) -> str:
        """The agency itself, or the first one where agency.txt does not have it."""
        return agency if agency in self.zones else next(iter(self.zones))

    @property
    def first_zone(self) -> str:
        """The zone of stops that name none."""
        return next(iter(self.zones.values()))


def read_agencies(text: FeedText) -> Agencies | None:
    """None where no agency has a time zone. One without takes that of the first that has."""
    zones = {
        row["agency_id"]: row["agency_timezone"]
        for row in first_of(text.table("agency.txt"), "agency_id").iter_rows(named=True)
    }
    usable = [zone for zone in zones.values() if zone in zone_names()]
    if not usable:
        return None
    return Agencies({agency: zone if zone in zone_names() else usable[0] for agency, zone in zones.items()})


def read_stops(text: FeedText, first_zone: str) -> Stops:
    """Every place. Of several with one id the first counts."""
    table = text.table("stops.txt").filter(pl.col("stop_id") != "").with_columns(
        whole("location_type", 0, 4, STOP),
        whole("wheelchair_boarding", 0, 2, 0),
        whole("stop_access", 0, 1, None),
        decimal("stop_lat"),
        decimal("stop_lon"),
    )  # fmt: skip
    rows = {row["stop_id"]: row for row in first_of(table, "stop_id").iter_rows(named=True)}
    return Stops({stop_id: _stop(row, rows, first_zone) for stop_id, row in rows.items()})


def _stop(row: Row, rows: Mapping[str, Row], first_zone: str) -> Stop:
    parent = _parent(row, rows)
    return Stop(
        id=row["stop_id"],
        name=row["stop_name"],
        position=_position(row["stop_lat"], row["stop_lon"]),
        kind=row["location_type"],
        parent=parent,
        wheelchair=_wheelchair(row, rows),
        access=row["stop_access"] if parent and row["location_type"] == STOP else None,
        level=row["level_id"],
        zone=_zone(row, rows) or first_zone,
    )


def _parent(row: Row, rows: Mapping[str, Row]) -> str:
    """The station, or the platform of a boarding area; "" for whatever else the row names."""
    parent = rows.get(row["parent_station"])
    if parent is None or row["location_type"] == STATION:
        return ""
    wanted = STOP if row["location_type"] == BOARDING_AREA else STATION
    return row["parent_station"] if parent["location_type"] == wanted else ""


def _position(lat: float | None, lon: float | None) -> Position | None:
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 or abs(lat) >= NEAR_POLE_DEGREES:
        return None
    if abs(lat) <= NEAR_ORIGIN_DEGREES and abs(lon) <= NEAR_ORIGIN_DEGREES:
        return None
    return lat, lon


def _wheelchair(row: Row, rows: Mapping[str, Row]) -> int:
    said: int = row["wheelchair_boarding"]
    parent = _parent(row, rows)
    return _wheelchair(rows[parent], rows) if said == 0 and parent else said


def _zone(row: Row, rows: Mapping[str, Row]) -> str:
    """stop_timezone: that of the station, where a place is in one, and not its own (GTFS reference, stops.txt)."""
    parent = _parent(row, rows)
    if parent:
        return _zone(rows[parent], rows)
    zone: str = row["stop_timezone"]
    return zone if zone in zone_names() else ""


def straight_m(a: Position, b: Position) -> float:
    """Great-circle metres."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    chord = math.sin((lat_b - lat_a) / 2) ** 2
    chord += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(chord, 1.0)))
