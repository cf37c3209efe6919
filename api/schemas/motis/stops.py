"""Answers about stops: departure boards, search by name, what is reachable."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.motis.base import Allowed, Mode, MotisModel, WheelchairAccess
from api.schemas.motis.place import MotisPlace


class StopTime(MotisModel):
    """A vehicle leaves a stop, or arrives there."""

    place: MotisPlace
    mode: Mode
    real_time: bool
    headsign: str
    trip_from: MotisPlace
    trip_to: MotisPlace
    agency_id: str
    agency_name: str
    agency_url: str
    route_id: str
    direction_id: str
    route_color: str | None = None
    route_text_color: str | None = None
    route_type: int
    trip_id: str
    route_short_name: str
    route_long_name: str
    trip_short_name: str
    display_name: str
    pickup_dropoff_type: Allowed
    cancelled: bool
    trip_cancelled: bool
    bikes_allowed: bool
    wheelchair_accessible: WheelchairAccess
    reservation: Literal["NONE"]
    source: str
    previous_stops: list[MotisPlace] | None = None
    next_stops: list[MotisPlace] | None = None
    provider: Annotated[str, Field(description="Timbang: who runs it")]
    headway: Annotated[
        int | None, Field(description="Timbang: seconds between vehicles of a service without a timetable")
    ] = None


class StopTimes(MotisModel):
    """A departure board, or one of arrivals."""

    stop_times: list[StopTime]
    place: MotisPlace
    previous_page_cursor: str
    next_page_cursor: str


class StopRoute(MotisModel):
    """A route that serves a stop."""

    route_id: str
    route_short_name: str
    route_long_name: str
    mode: Mode
    agency_id: str
    agency_name: str
    agency_url: str
    route_color: str | None = None
    route_text_color: str | None = None
    route_type: int


class StopInfo(MotisModel):
    """A stop and the routes that serve it."""

    place: MotisPlace
    routes: list[StopRoute]


class Match(MotisModel):
    """A place that was found."""

    type: Literal["ADDRESS", "PLACE", "STOP"]
    tokens: Annotated[list[tuple[int, int]], Field(description="matched parts of the name: from, length")]
    name: str
    id: str
    lat: float
    lon: float
    level: float | None = None
    tz: str | None = None
    areas: Annotated[list[str], Field(max_length=0, description="feeds know no administrative areas")]
    score: Annotated[float, Field(description="the less, the better")]
    modes: list[Mode] | None = None
    importance: Annotated[float | None, Field(ge=0, le=1)] = None
    providers: Annotated[list[str] | None, Field(description="Timbang: who stops there")] = None


class ReachedPlace(MotisModel):
    """A stop that is reached."""

    place: MotisPlace
    duration: Annotated[int, Field(description="minutes begun")]
    k: Annotated[int, Field(ge=0, description="vehicles needed for it; 0 on foot")]


class Reachable(MotisModel):
    """All stops within reach of one place."""

    one: MotisPlace
    all: list[ReachedPlace]


class WalkDuration(MotisModel):
    """A walk; empty where there is none."""

    duration: Annotated[float | None, Field(description="seconds")] = None
    distance: Annotated[float | None, Field(description="metres; only if asked for")] = None
