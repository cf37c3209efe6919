"""Places of MOTIS: stops and coordinates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.motis.alert import MotisAlert
from api.schemas.motis.base import Allowed, Mode, MotisModel, UtcTime


class MotisPlace(MotisModel):
    """A stop, or a coordinate named START or END; with times where a vehicle or a rider is there."""

    name: str
    stop_id: str | None = None
    parent_id: str | None = None
    importance: Annotated[float | None, Field(ge=0, le=1)] = None
    lat: float
    lon: float
    level: Annotated[float | None, Field(description="0 where it is not known, before v6")] = None
    tz: str | None = None
    arrival: UtcTime | None = None
    departure: UtcTime | None = None
    scheduled_arrival: UtcTime | None = None
    scheduled_departure: UtcTime | None = None
    scheduled_track: str | None = None
    track: str | None = None
    vertex_type: Literal["NORMAL", "TRANSIT"] | None = None
    pickup_type: Allowed | None = None
    dropoff_type: Allowed | None = None
    cancelled: bool | None = None
    modes: list[Mode] | None = None
    alerts: list[MotisAlert] | None = None
