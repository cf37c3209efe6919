"""Answers of /api/v1/departures and /api/v1/trips."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Color, Day, Instant, LonLat, Model
from api.schemas.journey import Alert, Scheduled
from api.schemas.realtime import RealtimeUse

Headway = Annotated[
    int | None,
    Field(description="seconds between vehicles of a service without a timetable, whose times are nominal; else null"),
]


class BoardStop(Model):
    """What was asked for; `id` is empty for a coordinate."""

    id: str
    name: str
    lat: float
    lon: float


class Event(Model):
    """A vehicle leaves a stop, or arrives there. The first call has no arrival and the last no departure."""

    time: Instant
    arrival: Instant | None
    departure: Instant | None
    scheduled_arrival: Scheduled
    scheduled_departure: Scheduled
    realtime: Annotated[bool, Field(description="whether GTFS-Realtime says when it calls")]
    cancelled: Annotated[bool, Field(description="the vehicle does not run, or passes this stop")]
    alerts: list[Alert]
    stop: str
    stop_name: str
    platform: str
    stop_sequence: int
    provider: str
    feed: str
    trip_id: str
    service_date: Day
    start_s: Annotated[int, Field(description="first departure, in seconds of the service day: tells vehicles apart")]
    route_id: str
    route_short_name: str
    route_long_name: str
    route_color: Color
    route_type: int
    headsign: str
    headway_s: Headway


class Departures(Model):
    """Events in order of time, and the cursors of the pages before and after."""

    snapshot: str
    realtime: RealtimeUse
    stop: BoardStop
    arrivals: bool
    from_: Annotated[Instant, Field(alias="from", description="all events from here")]
    to: Annotated[Instant, Field(description="until here are listed")]
    events: list[Event]
    earlier: str
    later: str


class TripCall(Model):
    """A vehicle at a stop."""

    stop: str
    name: str
    platform: str
    lat: float
    lon: float
    stop_sequence: int
    arrival: Instant
    departure: Instant
    scheduled_arrival: Scheduled
    scheduled_departure: Scheduled
    skipped: bool
    can_board: bool
    can_alight: bool


class Trip(Model):
    """One vehicle of a trip on one service date."""

    snapshot: str
    trip_id: str
    provider: str
    feed: str
    service_date: Day
    start_s: int
    route_id: str
    route_short_name: str
    route_long_name: str
    route_color: Color
    route_type: int
    headsign: str
    short_name: str
    direction: Annotated[int | None, Field(description="0 or 1; null where the feed does not say")]
    wheelchair: Annotated[bool | None, Field(description="null where the feed does not say")]
    headway_s: Headway
    realtime: bool
    cancelled: bool
    alerts: list[Alert]
    calls: list[TripCall]
    geometry: list[LonLat]
