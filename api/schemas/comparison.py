"""The whole answer of GET /api/v1/compare and of `timbang compare --json`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Color, Day, Instant, Model
from api.schemas.journey import Journey

Reason = Literal["before_service", "after_service", "no_stop_in_reach", "no_connection", "same_place", "walk_only"]
ProviderReason = Literal[
    "no_data",
    "before_service",
    "after_service",
    "not_running",
    "no_stop_in_reach",
    "no_connection",
    "beaten_by_walking",
]
FareReason = Literal["no_fare_data", "no_matching_fare", "tariff_not_valid", "fare_not_published", "several_currencies"]
Badge = Literal[
    "earliest_arrival",
    "latest_departure",
    "fastest",
    "cheapest",
    "fewest_transfers",
    "least_walking",
    "single_provider",
]


class QueryAsked(Model):
    """The query as it was understood."""

    from_: Annotated[str, Field(alias="from")]
    to: str
    time: Instant
    arrive_by: bool
    max_transfers: int
    max_walk_s: int
    walk_speed_m_per_s: float
    transfer_slack_s: int
    providers: list[str] | None
    modes: list[int] | None
    wheelchair: bool
    use_realtime: bool
    headway_wait: Literal["expected", "worst", "none"]
    rider: Annotated[str | None, Field(description="the category of riders that fares are for; null is nobody special")]


class SnapshotFeed(Model):
    """A feed that the answer was made from."""

    id: str
    name: str
    sha256: str
    first_date: Day | None
    last_date: Day | None


class SnapshotInfo(Model):
    """The snapshot that the answer was made from."""

    id: str
    region: str
    walk: str
    detour: float
    feeds: list[SnapshotFeed]


class Searched(Model):
    """The window in fact searched."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant


class ProviderStanding(Model):
    """How one provider stands. The ids are those of options."""

    id: str
    name: str
    color: Color
    status: Literal["served", "cannot", "no_data", "stale"]
    reason: Annotated[ProviderReason | None, Field(description="null when served")]
    best: Annotated[str | None, Field(description="its best option riding only this provider")]
    alone: list[str]
    combined: list[str]


class LocalText(Model):
    """The same in English and Indonesian."""

    en: str
    id: str


Amount = Annotated[int | float, Field(description="a decimal amount: what its digits say is exact")]


class Ticket(Model):
    """One line of the bill. `legs` are places in the journey's `legs`, from 0."""

    id: str
    name: LocalText
    legs: list[int]
    rule: Annotated[str, Field(description="what made the price, in the words of the tariff or the fare tables")]
    amount: Amount
    currency: Annotated[str, Field(description="ISO 4217")]
    text: Annotated[LocalText, Field(description="the amount as readers write it")]
    providers: list[str]
    medium: Annotated[str | None, Field(description="what it must be paid with, where that matters")]
    source: Annotated[str, Field(description="where the price is written down")]


class Fare(Model):
    """The cheapest legal set of tickets for an option, and its sum."""

    amount: Amount
    currency: Annotated[str, Field(description="ISO 4217")]
    text: Annotated[LocalText, Field(description="the amount as readers write it")]
    tickets: list[Ticket]


class Option(Model):
    """One ranked way to travel, with the exact set of providers ridden."""

    id: str
    rank: Annotated[int, Field(ge=1)]
    providers: list[str]
    departure: Instant
    arrival: Instant
    duration_s: int
    transfers: int
    walk_s: int
    walk_m: int
    wait_s: int
    arrival_p10: Annotated[Instant | None, Field(description="as in the journey")]
    arrival_p50: Instant | None
    arrival_p90: Instant | None
    fare: Fare | None
    fare_unknown_reason: Annotated[
        FareReason | None, Field(description="null where `fare` is given or nothing is ridden")
    ]
    fare_unknown_text: Annotated[LocalText | None, Field(description="the reason as a sentence")]
    badges: list[Badge]
    cost: Annotated[float, Field(description="by the published rule, in seconds of travel")]
    journey: Journey


class TradeOff(Model):
    """A pair of options that a rider must choose between."""

    options: Annotated[list[str], Field(min_length=2, max_length=2)]
    differences: dict[str, float]
    text: LocalText


class Dropped(Model):
    """A provider's best option that ranks below the fold or was beaten, and when it would win."""

    option: str
    by: str | None
    why: str
    flips_when: dict[str, float]


class WeightRange(Model):
    """Where a rank holds; `high` is null where there is no upper end."""

    low: float
    high: float | None


class RankRange(Model):
    """For each weight, the range over which the option keeps its rank, the other weights fixed."""

    option: str
    weights: dict[str, WeightRange]


class Ranking(Model):
    """The published rule and the weights used."""

    rule: str
    weights: dict[str, float]
    ranges: list[RankRange]


class Comparison(Model):
    """Ranked options by provider set, and how each provider stands. Without options, `reason` says why."""

    query: QueryAsked
    snapshot: SnapshotInfo
    searched: Searched
    reason: Reason | None
    providers: list[ProviderStanding]
    options: list[Option]
    trade_offs: list[TradeOff]
    dropped: list[Dropped]
    ranking: Ranking
