"""What the page and other clients need to draw a region and to find places in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import BoundingBox, Color, Day, LonLat, Model

Words = dict[str, str] | str
"""Text, or language to text."""


class Region(Model):
    """The city. Without a region file, `id` and `name` are empty and `center` is the middle of all stops."""

    id: str
    name: Words
    timezone: str
    center: LonLat | None


class ProviderInfo(Model):
    """Who competes. Counts and box are of routes and stops that trips serve."""

    id: str
    name: str
    color: Color
    feeds: list[str]
    n_routes: int
    n_stops: int
    bbox: BoundingBox | None


class Example(Model):
    """A trip that riders know. Both ends are a stop id or `lat,lon`."""

    name: Words
    from_: Annotated[str, Field(alias="from")]
    to: str


class Providers(Model):
    """Who competes where."""

    region: Region
    providers: list[ProviderInfo]
    examples: list[Example]


class FoundPlace(Model):
    """A station, or a stop that belongs to none."""

    id: str
    ids: list[str]
    """Its ids in all feeds that have it, the busiest first: each can be asked for."""
    name: str
    lat: float
    lon: float
    providers: list[str]
    kind: Literal["station", "stop"]


class Places(Model):
    """Best match first."""

    places: list[FoundPlace]


class Attribution(Model):
    """An organization that made a feed or runs what is in it."""

    organization_name: str
    is_producer: bool
    is_operator: bool
    is_authority: bool
    url: str
    email: str
    phone: str


class FeedRow(Model):
    """A feed of the snapshot, as it was ingested. What the feed does not say is empty."""

    id: str
    name: str
    sha256: str
    first_date: Day | None
    last_date: Day | None
    stops: int
    trips: int
    notices: int
    source: str
    attribution: Annotated[str, Field(description="what to show wherever the data is used")]
    attributions: Annotated[list[Attribution], Field(description="the organizations of attributions.txt")]
    publisher_name: str
    publisher_url: str
    language: Annotated[str, Field(description="of names that are not translated: a BCP 47 tag")]
    version: str
    contact_email: str
    contact_url: str


class Feeds(Model):
    """What the snapshot was made from."""

    snapshot: str
    feeds: list[FeedRow]


class RouteProperties(Model):
    """One direction of a route."""

    kind: Literal["route"]
    provider: str
    route: str
    name: str
    color: Color


class StopProperties(Model):
    """A stop or station, once for each provider that serves it."""

    kind: Literal["stop"]
    provider: str
    id: str
    name: str


class Line(Model):
    """GeoJSON."""

    type: Literal["LineString"]
    coordinates: list[LonLat]


class Point(Model):
    """GeoJSON."""

    type: Literal["Point"]
    coordinates: LonLat


class RouteFeature(Model):
    """GeoJSON."""

    type: Literal["Feature"]
    properties: RouteProperties
    geometry: Line


class StopFeature(Model):
    """GeoJSON."""

    type: Literal["Feature"]
    properties: StopProperties
    geometry: Point


class NetworkMap(Model):
    """GeoJSON: every route of every provider and the stops that they serve."""

    type: Literal["FeatureCollection"]
    features: list[RouteFeature | StopFeature]
