"""Itineraries of MOTIS and their legs, with what Timbang adds: providers, rank and headway."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.motis.alert import MotisAlert
from api.schemas.motis.base import Mode, MotisModel, UtcTime, WheelchairAccess
from api.schemas.motis.fares import FareTransfer
from api.schemas.motis.place import MotisPlace


class EncodedPolyline(MotisModel):
    """Google's polyline encoding."""

    points: str
    precision: Annotated[int, Field(description="7 in v1, 6 from v2 on")]
    length: Annotated[int, Field(ge=0, description="number of points")]


class MotisLeg(MotisModel):
    """A walk, or a ride in one vehicle (or, joined, in one that changes its trip under the rider)."""

    mode: Mode
    from_: Annotated[MotisPlace, Field(alias="from")]
    to: MotisPlace
    duration: Annotated[int, Field(description="seconds")]
    start_time: UtcTime
    end_time: UtcTime
    scheduled_start_time: UtcTime
    scheduled_end_time: UtcTime
    real_time: bool
    scheduled: bool
    distance: Annotated[float | None, Field(description="walked metres")] = None
    interline_with_previous_leg: bool | None = None
    headsign: str | None = None
    trip_from: MotisPlace | None = None
    trip_to: MotisPlace | None = None
    route_id: str | None = None
    route_color: str | None = None
    route_text_color: str | None = None
    route_type: int | None = None
    direction_id: str | None = None
    agency_id: str | None = None
    agency_name: str | None = None
    agency_url: str | None = None
    trip_id: str | None = None
    route_short_name: str | None = None
    route_long_name: str | None = None
    trip_short_name: str | None = None
    display_name: str | None = None
    cancelled: bool | None = None
    alerts: list[MotisAlert] | None = None
    source: Annotated[str | None, Field(description="the feed and, of its trips.txt, the trip")] = None
    intermediate_stops: list[MotisPlace] | None = None
    leg_geometry: EncodedPolyline
    wheelchair_accessible: WheelchairAccess | None = None
    reservation: Annotated[str | None, Field(pattern="^NONE$")] = None
    fare_transfer_index: Annotated[int | None, Field(description="which of fareTransfers pays for it")] = None
    effective_fare_leg_index: int | None = None
    provider: Annotated[str | None, Field(description="Timbang: who runs it")] = None
    headway: Annotated[
        int | None, Field(description="Timbang: seconds between vehicles of a service without a timetable")
    ] = None


class FareTotal(MotisModel):
    """A sum of money."""

    amount: float
    currency: str


class Itinerary(MotisModel):
    """A way from one place to another."""

    duration: Annotated[int, Field(description="seconds")]
    start_time: UtcTime
    end_time: UtcTime
    transfers: Annotated[int, Field(ge=0)]
    id: Annotated[str, Field(description="what refresh-itinerary takes")]
    legs: list[MotisLeg]
    fare_transfers: Annotated[list[FareTransfer] | None, Field(description="with withFares, where known")] = None
    fare: Annotated[
        FareTotal | None, Field(description="Timbang: the sum of the cheapest tickets; with withFares, where known")
    ] = None
    providers: Annotated[list[str] | None, Field(description="Timbang: the exact set of providers ridden")] = None
    rank: Annotated[
        int | None, Field(ge=1, description="Timbang: its place on this page by the published rule")
    ] = None  # fmt: skip
