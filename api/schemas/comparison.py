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
    window_s: Annotated[int | None, Field(description="all departures of so long a window; null is one instant")]


class ComparisonAsked(QueryAsked):
    """The query of a comparison."""

    cheapest_within_s: Annotated[
        int | None,
        Field(
            description="cheaper journeys up to so much later (arrive-by: earlier) were looked for; null is not at all"
        ),
    ]


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
    alone_reason: Annotated[ProviderReason | None, Field(description="why `best` is null")]
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


class Differences(Model):
    """What the second option of a pair has more than the first."""

    departure_s: int
    arrival_s: int
    duration_s: int
    wait_s: int
    transfers: int
    walk_m: int
    fare: Annotated[int | float | None, Field(description="null unless both are known in one currency")]
    currency: str | None


class TradeOff(Model):
    """A pair of options that a rider must choose between. The sentence says what the second is against the first."""

    options: Annotated[list[str], Field(min_length=2, max_length=2)]
    differences: Differences
    text: LocalText


class MoneyText(Model):
    """An amount, and how readers write it."""

    amount: Amount
    currency: Annotated[str, Field(description="ISO 4217")]
    text: LocalText


class HeadwayChange(Model):
    """How often the vehicles of a headway trip would come."""

    trip_id: str
    headway_s: int


class FlipsWhen(Model):
    """Each by itself, all else equal, would put the option ahead of `by`; null where no such change does."""

    fare: Annotated[MoneyText | None, Field(description="at this fare or less")]
    departure: Annotated[Instant | None, Field(description="all its vehicles moved alike")]
    headway: Annotated[HeadwayChange | None, Field(description="at this headway or a shorter one")]


class Dropped(Model):
    """A provider's best option that is not among the first, or left out, and when it would win."""

    provider: str
    option: Annotated[str, Field(description="its id; beaten by walking, it is none of `options`")]
    by: Annotated[str, Field(description="the option that it would have to get ahead of")]
    why: Literal["dominated", "below_the_fold", "beaten_by_walking"]
    flips_when: FlipsWhen
    text: LocalText


class WeightRange(Model):
    """Where a rank holds; `high` is null where there is no upper end."""

    low: float
    high: float | None


class RankRange(Model):
    """For each weight, the range over which the option keeps its rank, the other weights fixed."""

    option: str
    weights: dict[str, WeightRange]


class FareTerm(Model):
    """Whether prices count in the ranking: for all options or for none."""

    counts: bool
    reason: Annotated[
        Literal["nothing_ridden", "unknown_fare", "several_currencies", "no_rate"] | None,
        Field(description="null where they count"),
    ]
    currency: str | None
    hour: Annotated[int | float | None, Field(description="what an hour of travel is worth in it")]


class Ranking(Model):
    """The published rule and the weights used."""

    rule: str
    weights: dict[str, float]
    fares: FareTerm
    fold: Annotated[int, Field(description="so many options are seen at once: trade-offs are among them")]
    ranges: list[RankRange]


class Comparison(Model):
    """Ranked options by provider set, and how each provider stands. Without options, `reason` says why."""

    query: ComparisonAsked
    snapshot: SnapshotInfo
    searched: Searched
    reason: Reason | None
    providers: list[ProviderStanding]
    options: list[Option]
    trade_offs: list[TradeOff]
    dropped: list[Dropped]
    ranking: Ranking
