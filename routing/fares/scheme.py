"""What sells tickets. A ticket in use is a state that grows ride by ride, so a search can carry it along a journey."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from routing.fares.fare import Ticket
from routing.fares.rides import Ride

State = Any
"""What a scheme must remember of a ticket in use: where and when it was first used, how often the rider has changed,
the kilometres so far, and so on. Frozen; only the scheme itself looks inside."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What the rides of a state cost in one currency. `tickets` writes the lines of the bill."""

    amount: Decimal
    currency: str
    tickets: Callable[[], Sequence[Ticket]]


class Scheme(Protocol):
    """One way of paying for rides: a ticket of a tariff, or the fares of one feed.

    `start` and `extend` give None where a ticket cannot be used for the ride, and then no later ride helps.
    `interrupted` says whether rides may be paid otherwise in between. `is_timed`: whether the same rides at other times
    may cost something else. `joins_rides`: whether `binds` is true of rides between which the rider changes.
    """

    interrupted: bool
    is_timed: bool
    joins_rides: bool

    def start(self, ride: Ride, rider: str | None) -> State | None:
        """A ticket that is first used for `ride`."""

    def extend(self, state: State, ride: Ride) -> State | None:
        """The same ticket, used for `ride` too."""

    def quotes(self, state: State) -> Iterable[Quote]:
        """The price if nothing more is ridden on it, at most one a currency; none where it is not sold for that."""

    def binds(self, before: Ride, after: Ride) -> bool:
        """Whether two rides, one after the other, are one leg to this scheme: then no ticket ends between them."""

    def memory(self, state: State) -> tuple[Decimal, Hashable]:
        """(amount, what else quotes and later rides can still look at). Of two states at one stop that differ in the
        amount only, the one with less is never dearer, whatever both are used for after. Scheme and place left aside.
        """
