"""The answer of GET /api/v1/coverage, as routing.coverage writes it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Color, Day, Model

Clock = Annotated[str, Field(description="HH:MM:SS of the service day; beyond 24:00:00 after midnight")]


class Extent(Model):
    """A region's size; `people` is null without a population."""

    area_km2: float
    people: int | None


class RouteStatistics(Model):
    """Supply of one route on the date."""

    route_id: str
    name: str
    route_type: int
    trips: int
    first_start: Clock
    last_end: Clock
    mean_headway_min: float | None
    peak_trips: int
    km: float | None
    hours: float
    speed_km_h: float | None


class ProviderStatistics(Model):
    """Supply of one provider on the date, by gtfs-kit."""

    stops: int
    routes: int
    trips: int
    peak_trips: int
    peak_start: Clock | None
    km: float | None
    km_from: str
    hours: float
    speed_km_h: float | None
    by_route: list[RouteStatistics]


class ProviderCoverage(Model):
    """What one provider's stops reach, and what leaves them. `exclusive` and `contested` add up to `reach`."""

    id: str
    name: str
    color: Color
    stops: int
    reach: Extent
    exclusive: Extent
    contested: Extent
    departures: float
    departures_by_hour: list[float]
    trips: float
    trips_by_hour: list[float]
    first_departure: Clock | None
    last_departure: Clock | None
    statistics: ProviderStatistics | None


class PairCoverage(Model):
    """What two providers both reach, whoever else does."""

    providers: Annotated[list[str], Field(min_length=2, max_length=2)]
    contested: Extent


class Overall(Model):
    """All providers together; `gap` is null without a population."""

    reached: Extent
    exclusive: Extent
    contested: Extent
    gap: Extent | None


class PopulationInfo(Model):
    """Whom the people are counted from."""

    source: str
    zones: int
    people: int


class Coverage(Model):
    """Where each provider's stops reach on a service date, and whom."""

    snapshot: str
    date: Day
    radius_m: float
    crs: str
    population: PopulationInfo | None
    overall: Overall
    providers: list[ProviderCoverage]
    pairs: list[PairCoverage]
