"""What a journey costs: tickets and their sum, or why nobody can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from routing.fares.money import json_amount, money_texts

Words = Mapping[str, str]
"""Text in `en` and `id`."""


class FareReason(StrEnum):
    """Why a fare is unknown."""

    NO_FARE_DATA = "no_fare_data"
    """Neither the feed nor a tariff says anything of prices."""
    NO_MATCHING_FARE = "no_matching_fare"
    """There are fares, but none for this ride."""
    TARIFF_NOT_VALID = "tariff_not_valid"
    """The only tariff does not hold on that day."""
    NOT_PUBLISHED = "fare_not_published"
    """A tariff file says that the price is unknown."""
    SEVERAL_CURRENCIES = "several_currencies"
    """It takes tickets in more than one currency, which have no sum."""
    NOTHING_RIDDEN = "nothing_ridden"
    """A walk: there is nothing to pay for."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One line of a bill.

    legs       positions in `Journey.legs` of the rides that it pays for
    rule       what made the price, as the fare tables or the tariff say it
    amount     negative for a discount on a ticket before it
    providers  whose rides those are, sorted
    medium     what it must be paid with, or ""
    """

    id: str
    name: Words
    legs: tuple[int, ...]
    rule: str
    amount: Decimal
    currency: str
    providers: tuple[str, ...]
    source: str
    medium: str = ""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "id": self.id,
            "name": dict(self.name),
            "legs": list(self.legs),
            "rule": self.rule,
            "amount": json_amount(self.amount),
            "currency": self.currency,
            "text": money_texts(self.amount, self.currency),
            "providers": list(self.providers),
            "medium": self.medium or None,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Fare:
    """The cheapest legal set of tickets, in the order of the legs. `amount` is their sum."""

    amount: Decimal
    currency: str
    tickets: tuple[Ticket, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "amount": json_amount(self.amount),
            "currency": self.currency,
            "text": money_texts(self.amount, self.currency),
            "tickets": [ticket.to_dict() for ticket in self.tickets],
        }


@dataclass(frozen=True, slots=True)
class UnknownFare:
    """Why there is no price. `legs` are the rides, as positions in `Journey.legs`, that have none."""

    reason: FareReason
    text: Words
    legs: tuple[int, ...] = ()


def unknown_fare(
    reason: FareReason, legs: Sequence[int] = (), provider: str = "", why: Words | None = None
) -> UnknownFare:
    """With its sentence; `provider` is the name of whose rides they are, `why` what a tariff file says."""
    told = _SENTENCES[reason] if why is None else {name: why.get(name, why["en"]) for name in ("en", "id")}
    return UnknownFare(reason, {name: text.format(provider=provider) for name, text in told.items()}, tuple(legs))


_SENTENCES: Mapping[FareReason, Words] = {
    FareReason.NO_FARE_DATA: {
        "en": "Nothing is known of the fares of {provider}.",
        "id": "Tarif {provider} tidak diketahui.",
    },
    FareReason.NO_MATCHING_FARE: {
        "en": "None of the fares of {provider} is for this ride.",
        "id": "Tidak ada tarif {provider} untuk perjalanan ini.",
    },
    FareReason.TARIFF_NOT_VALID: {
        "en": "The tariff of {provider} that is known does not hold on this day.",
        "id": "Tarif {provider} yang diketahui tidak berlaku pada hari ini.",
    },
    FareReason.NOT_PUBLISHED: {
        "en": "{provider} has not published what this ride costs.",
        "id": "{provider} belum mengumumkan tarif perjalanan ini.",
    },
    FareReason.SEVERAL_CURRENCIES: {
        "en": "The tickets are sold in several currencies, which cannot be added up.",
        "id": "Tiketnya dijual dalam beberapa mata uang yang tidak dapat dijumlahkan.",
    },
    FareReason.NOTHING_RIDDEN: {
        "en": "Nothing is ridden, so there is nothing to pay.",
        "id": "Tidak ada kendaraan yang dinaiki, jadi tidak ada yang dibayar.",
    },
}
