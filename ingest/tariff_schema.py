"""What a tariff file says (docs/fares.md), as frozen models: checked when it is read, kept in snapshots as JSON.

The only module of ingest and routing that knows pydantic.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ingest.currencies import known_currencies

IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday")
"""What a date can be: a holiday of the file, or its day of the week."""


def _identifier(text: str) -> str:
    if not IDENTIFIER.fullmatch(text):
        raise ValueError(f"must match ^{IDENTIFIER.pattern}$")
    return text


def _currency(code: str) -> str:
    if code not in known_currencies():
        raise ValueError("must be a currency of ISO 4217, such as IDR")
    return code


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")
    return value


def _clock(text: str) -> str:
    if not CLOCK.fullmatch(text):
        raise ValueError("must be a time HH:MM from 00:00 to 24:00")
    return text


def _days(text: str) -> str:
    if not text.split() or set(text.split()).difference(DAYS):
        raise ValueError(f"must be some of {' '.join(DAYS)}")
    return text


def _names(names: dict[str, str]) -> dict[str, str]:
    if not names.get("en") or not all(names.values()):
        raise ValueError("must be a table of texts with the key en")
    return names


def seconds_of(clock: str) -> int:
    """Of HH:MM, since midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


Identifier = Annotated[str, AfterValidator(_identifier)]
Names = Annotated[dict[str, str], AfterValidator(_names)]
"""Language -> text; en is needed."""
Amount = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, max_digits=15, decimal_places=6)]
Clock = Annotated[str, AfterValidator(_clock)]
Kilometres = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=10_000)]


class Table(BaseModel):
    """A table of the file, with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FlatPrice(Table):
    """One price."""

    kind: Literal["flat"]
    amount: Amount


class DistancePrice(Table):
    """`base` for the first `base_km`, and `step` for every `step_km` begun beyond.

    measure   `ridden`: the length of every ride, added up; `between`: the shortest way by the provider's lines from
              where the ticket is first used to where it is last used
    round_km  of each length, before it counts: `none`, `nearest` whole kilometre or `up`
    factor    what lengths on the map are multiplied by
    """

    kind: Literal["distance"]
    base: Amount
    base_km: Kilometres = Decimal(0)
    step: Amount
    step_km: Annotated[Kilometres, Field(gt=0)] = Decimal(1)
    measure: Literal["ridden", "between"] = "ridden"
    round_km: Literal["none", "nearest", "up"] = "none"
    factor: Annotated[Decimal, BeforeValidator(_number), Field(gt=0, le=10)] = Decimal(1)


class MatrixPrice(Table):
    """A price for each pair of stations, where the ticket is first used and where it is last used.

    One line a station: its name and the price to each station above it; or, all lines of full length, from it to each
    station in order. A station is named by its stop_id, that of its parent station, or its zone_id.
    """

    kind: Literal["matrix"]
    prices: str

    @model_validator(mode="after")
    def _check(self) -> MatrixPrice:
        self.pairs()
        return self

    def pairs(self) -> dict[tuple[str, str], Decimal]:
        """(from, to) -> price. Raises ValueError for the first line that is wrong."""
        rows = [line.split() for line in self.prices.splitlines() if line.strip()]
        names = [row[0] for row in rows]
        is_square = len(rows) > 1 and all(len(row) == len(rows) + 1 for row in rows)
        found: dict[tuple[str, str], Decimal] = {}
        for number, row in enumerate(rows):
            if not is_square and len(row) != number + 1:
                raise ValueError(f"line {' '.join(row)!r}: must hold a station and {number} prices")
            if row[0] in names[:number]:
                raise ValueError(f"line {' '.join(row)!r}: the station is there twice")
            for other, text in zip(names, row[1:], strict=False):
                if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
                    raise ValueError(f"line {' '.join(row)!r}: {text!r} is no price")
                found[row[0], other] = Decimal(text)
                if not is_square:
                    found[other, row[0]] = Decimal(text)
        return found


class UnknownPrice(Table):
    """Nobody knows, or may say, what it costs."""

    kind: Literal["unknown"]
    reason: Names


Price = Annotated[FlatPrice | DistancePrice | MatrixPrice | UnknownPrice, Field(discriminator="kind")]


class When(Table):
    """Another price in some cases. All conditions that are given must hold where the ticket is first used.

    riders     categories of riders; days: days of the week, or `holiday`
    from_      from this time of the clock on, and before `until`
    first_day  from this day on, until `last_day`, both included
    amount     is the price instead; percent: so much of it; cap: at most this, in place of the ticket's cap
    """

    riders: tuple[Identifier, ...] = ()
    days: Annotated[str, AfterValidator(_days)] = " ".join(DAYS)
    from_: Clock = Field("00:00", alias="from")
    until: Clock = "24:00"
    first_day: date | None = None
    last_day: date | None = None
    amount: Amount | None = None
    percent: Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=1000)] = Decimal(100)
    cap: Amount | None = None

    @model_validator(mode="after")
    def _check(self) -> When:
        if seconds_of(self.from_) >= seconds_of(self.until):
            raise ValueError("from must come before until")
        if self.amount is not None and self.percent != 100:
            raise ValueError("give amount or percent, not both")
        _check_dates(self.first_day, self.last_day)
        return self


class Ticket(Table):
    """A ticket that riders can buy, and the rides that it pays for.

    providers      whose rides
    routes         only these (FEED_ROUTEID; * in it stands for any text); except_routes: but not these
    transfers      how often the rider may change vehicles, or "unlimited"
    minutes        how long it lasts from the first boarding, until the last `minutes_until`
    interrupted    rides may be paid by other tickets in between
    min_providers  rides of so many providers at least, or the ticket is not sold
    linked         changes from one provider to another only between stops of one of these groups
    """

    id: Identifier
    name: Names
    providers: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    routes: tuple[str, ...] = ()
    except_routes: tuple[str, ...] = ()
    price: Price
    cap: Amount | None = None
    transfers: Annotated[int, BeforeValidator(_number), Field(ge=0, le=100)] | Literal["unlimited"] = 0
    minutes: Annotated[int, BeforeValidator(_number), Field(gt=0, le=1_000_000)] | None = None
    minutes_until: Literal["boarding", "alighting"] = "boarding"
    interrupted: bool = False
    min_providers: Annotated[int, BeforeValidator(_number), Field(ge=1)] = 1
    linked: tuple[tuple[str, ...], ...] | None = None
    first_day: date | None = None
    last_day: date | None = None
    when: tuple[When, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Ticket:
        if self.min_providers > len(set(self.providers)):
            raise ValueError("min_providers: more than there are providers")
        _check_dates(self.first_day, self.last_day)
        return self


class TariffFile(Table):
    """A whole file. Its dates are those of tickets that have none of their own."""

    source: Annotated[str, Field(min_length=1)]
    url: str = ""
    currency: Annotated[str, AfterValidator(_currency)]
    first_day: date | None = None
    last_day: date | None = None
    holidays: tuple[date, ...] = ()
    riders: dict[Identifier, Names] = {}
    ticket: Annotated[tuple[Ticket, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check(self) -> TariffFile:
        _check_dates(self.first_day, self.last_day)
        return self


def _check_dates(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and first > last:
        raise ValueError("first_day must not come after last_day")
