"""Journeys and their legs, as routing.journeys writes them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Color, Day, Instant, LonLat, Model

Scheduled = Annotated[Instant | None, Field(description="null where the schedule has no such vehicle or call")]


class Alert(Model):
    """Something riders should know, by GTFS-Realtime. Texts by language, "" where nobody says which; plain text."""

    id: str
    feed: str
    header: dict[str, str]
    description: dict[str, str]
    url: Annotated[dict[str, str], Field(description="http and https only")]
    cause: str
    effect: str
    severity: str
    periods: Annotated[list[list[int]], Field(description="[from, to) in UTC seconds; none means always")]


class StopCall(Model):
    """A call between boarding and alighting."""

    stop: str
    name: str
    lat: float
    lon: float
    arrival: Instant
    departure: Instant
    scheduled_arrival: Scheduled
    scheduled_departure: Scheduled
    skipped: Annotated[bool, Field(description="the vehicle passes a stop where it would call by the schedule")]


class InterchangeableLine(Model):
    """A route whose vehicles the rider boards as well, whichever comes first."""

    route_id: str
    route_short_name: str
    route_long_name: str
    trip_id: Annotated[str, Field(description="the most frequent of its trips")]
    trip_ids: list[str]
    headsign: str
    headway_s: Annotated[int, Field(description="how often its vehicles come, all trips together")]
    ride_s: int


class RideLeg(Model):
    """One vehicle from one call to another."""

    kind: Literal["ride"]
    provider: str
    feed: str
    trip_id: str
    route_id: str
    route_short_name: str
    route_long_name: str
    route_color: Color
    route_type: Annotated[int, Field(description="GTFS route_type")]
    headsign: str
    service_date: Day
    from_stop: str
    from_name: str
    from_lat: float
    from_lon: float
    to_stop: str
    to_name: str
    to_lat: float
    to_lon: float
    from_stop_sequence: int
    to_stop_sequence: int
    departure: Instant
    arrival: Instant
    scheduled_departure: Scheduled
    scheduled_arrival: Scheduled
    realtime: Annotated[bool, Field(description="whether GTFS-Realtime says when it leaves or arrives")]
    alerts: list[Alert]
    wait_s: Annotated[int, Field(ge=0, description="waiting before it leaves")]
    headway_s: Annotated[int | None, Field(description="null for a fixed timetable")]
    interchangeable: Annotated[list[InterchangeableLine], Field(description="of a headway service; best first")]
    stay_seated: Annotated[bool, Field(description="the rider stays in the vehicle of the leg before")]
    intermediate_stops: list[StopCall]
    geometry: list[LonLat]


class WalkLeg(Model):
    """A walk: to the first vehicle, between two, from the last, or all the way."""

    kind: Literal["walk"]
    from_place: str
    from_name: str
    from_lat: float
    from_lon: float
    to_place: str
    to_name: str
    to_lat: float
    to_lon: float
    departure: Instant
    arrival: Instant
    distance_m: Annotated[int, Field(ge=0, description="walked metres")]
    geometry: list[LonLat]


class Journey(Model):
    """A way from origin to destination."""

    departure: Instant
    arrival: Instant
    arrival_p10: Annotated[Instant | None, Field(description="there by then in one case of ten; null: not in a day")]
    arrival_p50: Annotated[Instant | None, Field(description="in half of all cases")]
    arrival_p90: Annotated[Instant | None, Field(description="in nine cases of ten")]
    transfers: Annotated[int, Field(ge=0, description="vehicles boarded minus one; 0 for a walk")]
    providers: list[str]
    legs: list[Annotated[RideLeg | WalkLeg, Field(discriminator="kind")]]
