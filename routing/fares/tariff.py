"""Tickets of tariff files (docs/fares.md says what each key means)."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ingest.model import Network
from ingest.strings import StringColumn
from ingest.tariff_schema import DAYS, TariffFile, UnknownPrice, When, seconds_of
from ingest.tariff_schema import Ticket as TicketSaid
from routing.fares.fare import Ticket, Words
from routing.fares.lengths import Lengths
from routing.fares.money import to_coins
from routing.fares.rides import Ride
from routing.fares.scheme import Quote
from routing.fares.tariff_price import PricedRides, Pricing, pricing_of

HUNDRED = Decimal(100)
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """A `when` of a ticket, laid out for looking up."""

    said: When
    riders: frozenset[str]
    days: frozenset[str]
    from_s: int
    until_s: int

    @classmethod
    def of(cls, said: When) -> Case:
        """Of what a file says."""
        days = frozenset(said.days.split())
        return cls(said, frozenset(said.riders), days, seconds_of(said.from_), seconds_of(said.until))

    def holds(self, day: date, kind: str, clock_s: int, rider: str | None) -> bool:
        """Whether all its conditions hold; `kind` is one of DAYS."""
        return (
            (not self.riders or rider in self.riders)
            and kind in self.days
            and self.from_s <= clock_s < self.until_s
            and is_within(day, self.said.first_day, self.said.last_day)
        )


@dataclass(frozen=True, slots=True)
class InUse:
    """A ticket in use: the state of this scheme. `priced` is what its price is made from."""

    priced: PricedRides
    rides: tuple[Ride, ...]
    boardings: int
    providers: frozenset[str]
    case: When | None


class TariffTicket:
    """One ticket of a tariff file."""

    joins_rides = False

    def __init__(self, network: Network, said: TicketSaid, file: TariffFile, lengths: Lengths) -> None:
        self._said = said
        self._file = file
        self._providers = frozenset(said.providers)
        self._cases = tuple(Case.of(when) for when in said.when)
        self._holidays = frozenset(file.holidays)
        self._limit_s = None if said.minutes is None else 60 * said.minutes
        self._links = None if said.linked is None else _links(network, said.linked)
        self._is_route = _routes_of(said, network.routes.id)
        self._pricing: Pricing = pricing_of(said.price, network, said.providers, lengths)
        self.interrupted = said.interrupted
        dates = (said.first_day, said.last_day, file.first_day, file.last_day)
        self.is_timed = bool(said.when) or said.minutes is not None or any(dates)

    @property
    def said(self) -> TicketSaid:
        """What the file says of it."""
        return self._said

    @property
    def currency(self) -> str:
        """Of its prices."""
        return self._file.currency

    @property
    def pricing(self) -> Pricing:
        """How its price follows from the rides, before cases and caps."""
        return self._pricing

    @property
    def links(self) -> Mapping[int, frozenset[int]] | None:
        """Stop -> the groups of linked stops that it is in; None where riders may change anywhere."""
        return self._links

    @property
    def replaces_feed(self) -> bool:
        """Whether it is for one provider's rides too: then the fares of the feed are not looked at."""
        return self._said.min_providers == 1

    @property
    def unknown_because(self) -> Words | None:
        """What the file says where nobody knows the price."""
        return self._said.price.reason if isinstance(self._said.price, UnknownPrice) else None

    def is_for(self, provider: str, route: int) -> bool:
        """Whether it pays for a provider's rides on a route, on the days on which it is valid."""
        return provider in self._providers and (self._is_route is None or bool(self._is_route[route]))

    def warm_up(self) -> None:
        """Lay out what its price is measured by."""
        self._pricing.warm_up()

    def is_valid(self, day: date) -> bool:
        """Whether it is sold on a day."""
        first, last = self._said.first_day or self._file.first_day, self._said.last_day or self._file.last_day
        return is_within(day, first, last)

    def start(self, ride: Ride, rider: str | None) -> InUse | None:
        """None where it expires before the ride ends."""
        if self._has_expired(ride.departure_s, ride):
            return None
        priced = self._pricing.start(ride)
        return InUse(priced, (ride,), 1, frozenset((ride.provider,)), self.case(ride.departure, rider))

    def extend(self, state: InUse, ride: Ride) -> InUse | None:
        """None after too many changes, too late, or after a change at stops that are not linked."""
        said, last = self._said, state.rides[-1]
        boardings = state.boardings + (not ride.seated)
        if said.transfers != "unlimited" and boardings - 1 > said.transfers:
            return None
        if self._has_expired(state.rides[0].departure_s, ride) or not self._is_linked(last, ride):
            return None
        providers = state.providers | {ride.provider}
        return InUse(self._pricing.extend(state.priced, ride), (*state.rides, ride), boardings, providers, state.case)

    def quotes(self, state: InUse) -> Iterator[Quote]:
        """None for rides of too few providers, and where the price is unknown."""
        if len(state.providers) < self._said.min_providers:
            return
        amount = self._amount(state)
        if amount is not None:
            yield Quote(amount, self._file.currency, partial(self._tickets, amount, state))

    def binds(self, before: Ride, after: Ride) -> bool:
        """A rider may always buy another ticket."""
        return False

    def memory(self, state: InUse) -> tuple[Decimal, Hashable]:
        """What the price is made from, the case, and what limits can look at where there are any."""
        said, last = self._said, state.rides[-1]
        linked = None if self._links is None else (last.provider, self._links.get(last.to_stop, _NOTHING))
        return Decimal(0), (
            self._pricing.memory(state.priced),
            state.case,
            None if said.transfers == "unlimited" else state.boardings,
            None if self._limit_s is None else state.rides[0].departure_s,
            state.providers if said.min_providers > 1 else None,
            linked,
        )

    def case(self, time: datetime, rider: str | None) -> When | None:
        """The first `when` that holds as the ticket is first used."""
        day = time.date()
        kind = "holiday" if day in self._holidays else DAYS[day.weekday()]
        clock_s = time.hour * 3600 + time.minute * 60 + time.second
        return next((case.said for case in self._cases if case.holds(day, kind, clock_s, rider)), None)

    def _has_expired(self, since_s: int, ride: Ride) -> bool:
        """Staying seated is no boarding: a ticket that lasts until a boarding lasts until the vehicle is left."""
        if self._limit_s is None:
            return False
        if self._said.minutes_until == "alighting":
            return ride.arrival_s - since_s > self._limit_s
        return not ride.seated and ride.departure_s - since_s > self._limit_s

    def _is_linked(self, before: Ride, after: Ride) -> bool:
        if self._links is None or before.provider == after.provider:
            return True
        return not self._links.get(before.to_stop, _NOTHING).isdisjoint(self._links.get(after.from_stop, _NOTHING))

    def _amount(self, state: InUse) -> Decimal | None:
        return self.amount(self._pricing.price(state.priced), state.case)

    def amount(self, amount: Decimal | None, case: When | None) -> Decimal | None:
        """What a rider pays where the rides alone would make this price and a case holds; None where it is unknown."""
        if case is not None and case.amount is not None:
            amount = case.amount
        if amount is None:
            return None
        cap = self._said.cap if case is None or case.cap is None else case.cap
        amount = amount if cap is None else min(amount, cap)
        if case is not None and case.percent != HUNDRED:
            amount = amount * case.percent / HUNDRED
        return to_coins(amount, self._file.currency)

    def _tickets(self, amount: Decimal, state: InUse) -> Sequence[Ticket]:
        names = self._said.name
        return [
            Ticket(
                id=self._said.id,
                name={language: names.get(language, names["en"]) for language in ("en", "id")},
                legs=tuple(ride.leg for ride in state.rides),
                rule=self._rule(amount, state),
                amount=amount,
                currency=self._file.currency,
                providers=tuple(sorted(state.providers)),
                source=f"{self._file.source} {self._file.url}".strip(),
            )
        ]

    def _rule(self, amount: Decimal, state: InUse) -> str:
        case = state.case
        is_instead = case is not None and case.amount is not None
        parts = [] if is_instead else [self._pricing.text(state.priced)]
        if case is not None:
            parts.append(_case_text(case))
            if case.percent != HUNDRED:
                parts.append(f"{case.percent.normalize():f} %")
        cap = self._said.cap if case is None or case.cap is None else case.cap
        if not is_instead and cap is not None and amount == to_coins(cap, self._file.currency):
            parts.append(f"cap {cap}")
        return ", ".join(filter(None, parts))


_NOTHING: frozenset[int] = frozenset()


def _case_text(case: When) -> str:
    parts = [" or ".join(case.riders)]
    if case.days != " ".join(DAYS):
        parts.append(case.days)
    if (case.from_, case.until) != ("00:00", "24:00"):
        parts.append(f"{case.from_} to {case.until}")
    return " ".join(filter(None, parts))


def _links(network: Network, groups: Sequence[Sequence[str]]) -> Mapping[int, frozenset[int]]:
    """Stop -> the groups that it is in. A station stands for its stops; what is not there links nothing."""
    found: dict[int, set[int]] = {}
    rows = {stop: row for row, stop in enumerate(network.stops.id)}
    members: dict[int, list[int]] = {}
    for row, parent in enumerate(network.stops.parent.tolist()):
        members.setdefault(parent, []).append(row)
    for number, group in enumerate(groups):
        for stop in group:
            if stop in rows:
                for row in (rows[stop], *members.get(rows[stop], ())):
                    found.setdefault(row, set()).add(number)
    return {row: frozenset(numbers) for row, numbers in found.items()}


def is_within(day: date, first: date | None, last: date | None) -> bool:
    """Whether a day lies between two, both included; None is no bound."""
    return (first is None or first <= day) and (last is None or day <= last)


def _routes_of(said: TicketSaid, ids: StringColumn) -> Bools | None:
    """Which routes of the network a ticket is for, shape (routes,); None: all."""
    if not (said.routes or said.except_routes):
        return None
    texts = ids.to_list()
    chosen = set(_matching(texts, said.routes)) if said.routes else set(texts)
    chosen.difference_update(_matching(texts, said.except_routes))
    return np.array([text in chosen for text in texts], bool)


def _matching(texts: Sequence[str], patterns: Iterable[str]) -> Iterator[str]:
    """Those that are one of the patterns; * stands for any text, and nothing else for anything but itself."""
    for pattern in patterns:
        expression = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
        yield from filter(expression.fullmatch, texts)
