"""What a coverage report holds: frozen records with `to_dict()`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from shapely.geometry.base import BaseGeometry

from ingest.gtfs_time import format_time
from ingest.service_profile import ProviderStatistics
from routing.coverage.departures import Departures
from routing.coverage.plane import Plane
from routing.coverage.population import Population


@dataclass(frozen=True, slots=True)
class Extent:
    """A region's size: its area, and the people in it (None without a population)."""

    area_km2: float
    people: float | None
    geometry: BaseGeometry
    """Metres in the report's plane."""

    def to_dict(self) -> dict[str, Any]:
        """Numbers only, rounded to 100 m² and to whole people."""
        return {
            "area_km2": round(self.area_km2, 4),
            "people": None if self.people is None else round(self.people),
        }


@dataclass(frozen=True, slots=True)
class ProviderCoverage:
    """What one provider's stops reach on the date, and what leaves them. exclusive and contested add up to reach."""

    id: str
    name: str
    color: str
    stops: int
    """Stops with at least one departure."""
    reach: Extent
    exclusive: Extent
    contested: Extent
    departures: Departures
    statistics: ProviderStatistics | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready. Hours are those of the service date; the last one counts all that leaves later."""
        departures = self.departures
        return {
            "id": self.id,
            "name": self.name,
            "color": self.color,
            "stops": self.stops,
            "reach": self.reach.to_dict(),
            "exclusive": self.exclusive.to_dict(),
            "contested": self.contested.to_dict(),
            "departures": round(float(departures.by_hour.sum()), 2),
            "departures_by_hour": np.round(departures.by_hour, 2).tolist(),
            "trips": round(float(departures.trips_by_hour.sum()), 2),
            "trips_by_hour": np.round(departures.trips_by_hour, 2).tolist(),
            "first_departure": _clock(departures.first_s),
            "last_departure": _clock(departures.last_s),
            "statistics": None if self.statistics is None else self.statistics.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class PairCoverage:
    """What two providers both reach, whoever else does."""

    providers: tuple[str, str]
    contested: Extent

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"providers": list(self.providers), "contested": self.contested.to_dict()}


@dataclass(frozen=True, slots=True)
class Overall:
    """All providers together. exclusive and contested add up to reached; reached and gap to all people."""

    reached: Extent
    exclusive: Extent
    contested: Extent
    gap: Extent | None
    """Inhabited places that nobody reaches; None without a population."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "reached": self.reached.to_dict(),
            "exclusive": self.exclusive.to_dict(),
            "contested": self.contested.to_dict(),
            "gap": None if self.gap is None else self.gap.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Coverage:
    """The report. Geometries are in metres of `plane`."""

    snapshot_id: str
    on: date
    radius_m: float
    providers: tuple[ProviderCoverage, ...]
    pairs: tuple[PairCoverage, ...]
    overall: Overall
    population: Population | None
    plane: Plane

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: all numbers, no geometry."""
        population = self.population
        return {
            "snapshot": self.snapshot_id,
            "date": self.on.isoformat(),
            "radius_m": self.radius_m,
            "crs": self.plane.crs,
            "population": None
            if population is None
            else {"source": population.source, "zones": len(population.people), "people": round(population.total)},
            "overall": self.overall.to_dict(),
            "providers": [provider.to_dict() for provider in self.providers],
            "pairs": [pair.to_dict() for pair in self.pairs],
        }


def _clock(seconds: int | None) -> str | None:
    return None if seconds is None else format_time(seconds)
