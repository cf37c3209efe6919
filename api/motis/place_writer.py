"""Stops and coordinates as places of MOTIS."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from api.motis.alerts import told_alert
from api.motis.asked import utc_text
from api.motis.modes import modes_of
from api.motis.versions import ApiVersion
from api.schemas.motis.place import MotisPlace
from api.stop_facts import StopFacts
from api.stop_groups import find_stop
from ingest.model import CAN_ALIGHT, CAN_BOARD, STATION, Network
from routing.along import known
from routing.query import Place
from routing.trip_runs import TripRun


@dataclass(frozen=True, slots=True)
class PlaceWriter:
    """Writes places of one network in one version; `network` may have its names in another language."""

    network: Network
    facts: StopFacts
    version: ApiVersion
    _known: dict[int, dict[str, Any]] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def stop(self, row: int, *, with_modes: bool = False) -> MotisPlace:
        """A stop or station; what calls there, if wanted."""
        modes = modes_of(self.facts.route_types(row), self.version) if with_modes else None
        return MotisPlace(**self._fields(row), modes=modes)

    def _fields(self, row: int) -> dict[str, Any]:
        """What a stop is wherever it is told of: read once, for one answer tells of some stops many times."""
        known_fields = self._known.get(row)
        if known_fields is not None:
            return known_fields
        stops = self.network.stops
        parent, level = int(stops.parent[row]), float(stops.level[row])
        track = stops.platform_code[row] or None
        fields = self._known[row] = {
            "name": stops.name[row] or stops.id[row],
            "stop_id": stops.id[row],
            "parent_id": stops.id[parent] if parent >= 0 and stops.location_type[parent] == STATION else None,
            "importance": round(float(self.facts.importance[row]), 4),
            "lat": known(stops.lat[row]),
            "lon": known(stops.lon[row]),
            "level": level if math.isfinite(level) else self._no_level,
            "tz": self.network.zones[int(stops.zone[row])],
            "vertex_type": "TRANSIT",
            "track": track,
            "scheduled_track": track,
        }
        return fields

    def point(self, name: str, lat: float, lon: float) -> MotisPlace:
        """A coordinate."""
        return MotisPlace(name=name, lat=lat, lon=lon, level=self._no_level, vertex_type="NORMAL")

    def asked(self, place: Place, name: str) -> MotisPlace:
        """What was asked for: a stop that there is, or a coordinate, called `name`."""
        if not isinstance(place, str):
            return self.point(name, *place)
        return self.stop(self.row(place))

    def row(self, stop_id: str) -> int:
        """Row of a scoped stop id, or of a bare one if there is one feed; -1 if there is none."""
        if stop_id not in self._rows:
            self._rows[stop_id] = find_stop(self.network, stop_id)
        return self._rows[stop_id]

    def call(self, run: TripRun, position: int, *, arrives: bool = True, leaves: bool = True) -> MotisPlace:
        """A stop when a vehicle calls at it; its first call has no arrival and its last no departure."""
        stops, flags = run.stops, int(run.flags[position])
        arrival = utc_text(run.arrival_s(position)) if arrives and position > 0 else None
        departure = utc_text(run.departure_s(position)) if leaves and position < len(stops) - 1 else None
        alerts = [told_alert(alert) for alert in run.stop_alerts(position)]
        return MotisPlace(
            **self._fields(int(stops[position])),
            arrival=arrival,
            scheduled_arrival=_scheduled(run, position, "arrival", arrival),
            departure=departure,
            scheduled_departure=_scheduled(run, position, "departure", departure),
            pickup_type="NORMAL" if flags & CAN_BOARD else "NOT_ALLOWED",
            dropoff_type="NORMAL" if flags & CAN_ALIGHT else "NOT_ALLOWED",
            cancelled=run.is_skipped(position),
            alerts=alerts or None,
        )

    @property
    def _no_level(self) -> float | None:
        return 0.0 if self.version.needs_levels else None


def _scheduled(run: TripRun, position: int, event: str, live: str | None) -> str | None:
    """By the schedule; clients take a vehicle that it does not have for one that is on time."""
    at = None if live is None else run.scheduled_s(position, event)
    return live if at is None else utc_text(at)
