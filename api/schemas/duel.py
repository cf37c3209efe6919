"""The whole answer of GET /api/v1/duel and of `timbang duel --json`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Color, Instant, Model
from api.schemas.comparison import Amount, LocalText, QueryAsked, SnapshotInfo

Share = Annotated[float, Field(ge=0, le=1, description="of the window")]


class DuelWindow(Model):
    """Riders are ready at each second of [from, until)."""

    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    seconds: int


class SetShare(Model):
    """For how much of the window these providers together, and no fewer of them, are there first."""

    providers: Annotated[list[str], Field(description="empty: walking all the way")]
    share: Annotated[float, Field(ge=0, le=1, description="of the window; several at once have an equal part each")]
    alone_share: Share
    tied_share: Share


class Stats(Model):
    """Seconds, over all riders for whom they are known."""

    mean: float
    median: float
    worst: int


class Together(Model):
    """With the vehicles of all providers, or on foot."""

    travel_s: Annotated[Stats | None, Field(description="from being ready to arriving")]
    wait_s: Annotated[Stats | None, Field(description="from being ready to leaving, and for a first headway service")]


class ExtraFare(Model):
    """What the provider's journey costs more than the one that arrives first, on average."""

    mean: Amount
    currency: Annotated[str, Field(description="ISO 4217")]
    text: LocalText
    known_share: Share


class Insisting(Model):
    """What it costs to ride with this provider alone."""

    extra_s: Stats | None
    extra_fare: ExtraFare | None


class Without(Model):
    """What is lost if the provider stops."""

    lost_share: Annotated[float, Field(ge=0, le=1, description="of the window: no connection within a day any more")]
    extra_s: Annotated[Stats | None, Field(description="of who still has one")]


class ProviderDuel(Model):
    """One provider alone, against all together."""

    id: str
    name: str
    color: Color
    connected_share: Share
    travel_s: Stats | None
    wait_s: Stats | None
    insisting: Insisting
    without: Without


class Period(Model):
    """[from, until) in which the same sets are best; an empty list where nobody gets there within a day."""

    from_: Annotated[Instant, Field(alias="from")]
    until: Instant
    best: list[list[str]]


class Duel(Model):
    """Providers head to head over a day."""

    query: QueryAsked
    snapshot: SnapshotInfo
    window: DuelWindow
    sets: list[SetShare]
    nobody_share: Share
    together: Together
    providers: list[ProviderDuel]
    periods: list[Period]
