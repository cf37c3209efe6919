"""All ways in which the rides of a rider under way may have been paid, kept small: what prices can still look at.

A purse holds tickets in use, each with what was paid before it. Of two that later rides cannot tell apart the cheaper
one is enough. It pays for rides in the order of travel, by tickets that are not interrupted.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from routing.fares import FareBook
from routing.fares.rides import Ride
from routing.fares.scheme import Scheme, State

Currency = str | None
"""None as long as nothing has been paid."""
Key = tuple[Currency, int, Hashable]


@dataclass(frozen=True, slots=True)
class InUse:
    """A ticket in use, and the sum of those before it."""

    scheme: Scheme
    state: State
    paid: Decimal


@dataclass(frozen=True, slots=True)
class Purse:
    """`amounts`: for each ticket in use what it and those before have cost so far, as far as that is settled."""

    last: Ride
    in_use: Mapping[Key, InUse]
    amounts: Mapping[Key, Decimal]

    def is_no_dearer_than(self, other: Purse, *, is_one_currency: bool) -> bool:
        """Whether whatever is ridden after, this one pays no more, and pays where the other one does.

        With several currencies both must be able to pay in the same ones: which one counts depends on that.
        """
        if not is_one_currency and self.amounts.keys() != other.amounts.keys():
            return False
        mine = self.amounts
        return all(key in mine and mine[key] <= amount for key, amount in other.amounts.items())

    def sums(self) -> dict[str, Decimal]:
        """The least sum in each currency if nothing more is ridden."""
        best: dict[str, Decimal] = {}
        for (currency, _, _), one in self.in_use.items():
            for quote in one.scheme.quotes(one.state):
                if currency in (None, quote.currency):
                    total = one.paid + quote.amount
                    best[quote.currency] = min(total, best.get(quote.currency, total))
        return best


class Purses:
    """Pays for rides of one rider."""

    def __init__(self, book: FareBook, rider: str | None) -> None:
        self._book, self._rider = book, rider

    def schemes(self, ride: Ride) -> Sequence[Scheme]:
        """What sells tickets for a ride."""
        return self._book.schemes(ride.provider, ride.feed, ride.route, ride.departure.date())

    def pay(self, purse: Purse | None, rides: Sequence[Ride]) -> Purse | None:
        """After these rides too, in one vehicle; None where nothing can pay for them all."""
        for ride in rides:
            purse = self._ridden(purse, ride)
            if purse is None:
                return None
        return purse

    def _ridden(self, purse: Purse | None, ride: Ride) -> Purse | None:
        schemes = self.schemes(ride)
        in_use: dict[Key, InUse] = {}
        amounts: dict[Key, Decimal] = {}
        for currency, one in self._ways(purse, ride, schemes):
            amount, memory = one.scheme.memory(one.state)
            key = currency, id(one.scheme), memory
            if key not in amounts or one.paid + amount < amounts[key]:
                in_use[key], amounts[key] = one, one.paid + amount
        return Purse(ride, in_use, amounts) if in_use else None

    def _ways(self, purse: Purse | None, ride: Ride, schemes: Sequence[Scheme]) -> Iterator[tuple[Currency, InUse]]:
        begun: Mapping[Currency, Decimal] = {None: Decimal(0)}
        if purse is not None:
            before = self.schemes(purse.last)
            for (currency, _, _), one in purse.in_use.items():
                if one.scheme in schemes:
                    state = one.scheme.extend(one.state, ride)
                    if state is not None:
                        yield currency, InUse(one.scheme, state, one.paid)
            if any(scheme.binds(purse.last, ride) for scheme in before if scheme in schemes):
                return
            begun = dict[Currency, Decimal](purse.sums().items())
        for scheme in schemes:
            state = scheme.start(ride, self._rider)
            if state is not None:
                for currency, paid in begun.items():
                    yield currency, InUse(scheme, state, paid)
