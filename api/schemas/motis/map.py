"""Answers for maps of the MOTIS web interface."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.motis.base import Mode, MotisModel, UtcTime
from api.schemas.motis.place import MotisPlace


class ServerConfig(MotisModel):
    """What this server can do and how much of it."""

    motis_version: str
    has_elevation: bool
    has_routed_transfers: bool
    has_street_routing: bool
    max_one_to_many_size: int
    max_one_to_all_travel_time_limit: Annotated[int, Field(description="minutes")]
    max_pre_post_transit_time_limit: Annotated[int, Field(description="seconds")]
    max_direct_time_limit: Annotated[int, Field(description="seconds")]
    shapes_debug_enabled: bool


class InitialView(MotisModel):
    """Where a map opens."""

    lat: float
    lon: float
    zoom: float
    server_config: ServerConfig


class TripInfo(MotisModel):
    """A trip; its name is routeShortName before v4 and displayName since."""

    trip_id: str
    route_short_name: str | None = None
    display_name: str | None = None


class TripSegment(MotisModel):
    """A vehicle between two stops."""

    trips: list[TripInfo]
    route_color: str | None = None
    mode: Mode
    distance: Annotated[float, Field(description="metres")]
    from_: Annotated[MotisPlace, Field(alias="from")]
    to: MotisPlace
    departure: UtcTime
    arrival: UtcTime
    scheduled_departure: UtcTime
    scheduled_arrival: UtcTime
    real_time: bool
    polyline: str


class Rentals(MotisModel):
    """Nothing is rented out here."""

    provider_groups: Annotated[list[str], Field(max_length=0)]
    providers: Annotated[list[str], Field(max_length=0)]
    stations: Annotated[list[str], Field(max_length=0)]
    vehicles: Annotated[list[str], Field(max_length=0)]
    zones: Annotated[list[str], Field(max_length=0)]


class MotisHealth(MotisModel):
    """The server answers."""
