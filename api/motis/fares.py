"""Fares as MOTIS tells them: a fare transfer for each ticket, with the discounts on it, and which legs it pays for."""

from __future__ import annotations

from dataclasses import dataclass

from api.schemas.motis.fares import FareProduct, FareTransfer
from routing.fares import Fare, Ticket, UnknownFare
from routing.fares.money import json_amount


@dataclass(frozen=True, slots=True)
class ToldFare:
    """The tickets of a journey, and for each leg (by its position in Journey.legs) the one that pays for it."""

    transfers: tuple[FareTransfer, ...]
    of_leg: dict[int, int]


NOTHING = ToldFare((), {})


def told_fare(fare: Fare | UnknownFare | None, languages: tuple[str, ...]) -> ToldFare:
    """Nothing where the price is unknown or not asked for. Names are in Indonesian for those who ask for it first."""
    if not isinstance(fare, Fare):
        return NOTHING
    language = "id" if languages and languages[0].lower().split("-")[0] == "id" else "en"
    transfers: list[FareTransfer] = []
    of_leg: dict[int, int] = {}
    for ticket in fare.tickets:
        product = _product(ticket, language)
        if ticket.amount < 0 and transfers:
            ticketed = transfers[-1]
            ticketed.transfer_products = [*(ticketed.transfer_products or []), product]
            ticketed.rule = "A_AB_B"
        else:
            transfers.append(FareTransfer(effective_fare_leg_products=[[[product]]]))
        for leg in ticket.legs:
            of_leg.setdefault(leg, len(transfers) - 1)
    return ToldFare(tuple(transfers), of_leg)


def _product(ticket: Ticket, language: str) -> FareProduct:
    name = ticket.name.get(language) or ticket.name.get("en") or ticket.id
    return FareProduct(name=name, amount=json_amount(ticket.amount), currency=ticket.currency)
