"""The cheapest set of tickets that pays for every ride exactly once: exact, over all ways to split the rides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from routing.fares.rides import Ride
from routing.fares.scheme import Quote, Scheme, State

Covered = int
"""A set of blocks: bit i is block i."""
Block = tuple[int, ...]
"""Rides that go together, by number: each alone, but for those that a feed's fares make one leg of."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Every ticket that could pay for some of the rides: for each block of rides, those that begin with it."""

    blocks: Sequence[Block]
    by_first: Sequence[Sequence[tuple[Covered, Quote]]]

    @property
    def unpaid(self) -> list[int]:
        """The rides that no ticket pays for, by number."""
        covered = 0
        for offers in self.by_first:
            for blocks, _ in offers:
                covered |= blocks
        return [ride for at, block in enumerate(self.blocks) if not covered >> at & 1 for ride in block]

    def currencies(self) -> set[str]:
        """All that tickets are sold in."""
        return {quote.currency for offers in self.by_first for _, quote in offers}


@dataclass(frozen=True, slots=True)
class Solution:
    """The quotes of one set of tickets in one currency, in the order of their first rides, and their sum."""

    amount: Decimal
    currency: str
    quotes: tuple[Quote, ...]


def find_offers(rides: Sequence[Ride], schemes: Sequence[Sequence[Scheme]], rider: str | None) -> Offers:
    """The tickets for rides; `schemes[i]` are those that sell tickets for ride i."""
    blocks = _blocks(rides, schemes)
    search = _Search(rides, schemes, rider, blocks)
    return Offers(blocks, [list(search.beginning(first)) for first in range(len(blocks))])


def _blocks(rides: Sequence[Ride], schemes: Sequence[Sequence[Scheme]]) -> list[Block]:
    blocks: list[Block] = [(0,)]
    for before, after in pairwise(range(len(rides))):
        both = (scheme for scheme in schemes[before] if scheme in schemes[after])
        if any(scheme.binds(rides[before], rides[after]) for scheme in both):
            blocks[-1] = (*blocks[-1], after)
        else:
            blocks.append((after,))
    return blocks


@dataclass(frozen=True, slots=True)
class _Search:
    rides: Sequence[Ride]
    schemes: Sequence[Sequence[Scheme]]
    rider: str | None
    blocks: Sequence[Block]

    def beginning(self, first: int) -> Iterator[tuple[Covered, Quote]]:
        """The tickets that are first used in a block."""
        start, *rest = self.blocks[first]
        for scheme in self.schemes[start]:
            state = self._ridden(scheme, scheme.start(self.rides[start], self.rider), rest)
            if state is not None:
                yield from self._growing(scheme, state, first, 1 << first)

    def _growing(self, scheme: Scheme, state: State, last: int, covered: Covered) -> Iterator[tuple[Covered, Quote]]:
        """A ticket as it is, and grown by every block that it can be used for after `last`."""
        for quote in scheme.quotes(state):
            yield covered, quote
        beyond = len(self.blocks) if scheme.interrupted else min(last + 2, len(self.blocks))
        for block in range(last + 1, beyond):
            longer = self._ridden(scheme, state, self.blocks[block])
            if longer is not None:
                yield from self._growing(scheme, longer, block, covered | 1 << block)

    def _ridden(self, scheme: Scheme, state: State | None, rides: Sequence[int]) -> State | None:
        """A ticket after more rides; None where it cannot be used for all of them."""
        for ride in rides:
            if state is None or scheme not in self.schemes[ride]:
                return None
            state = scheme.extend(state, self.rides[ride])
        return state


def cheapest(offers: Offers, currency: str) -> Solution | None:
    """The least sum of tickets in one currency, of equal sums the one with the fewest; None if some ride has none."""
    best: dict[Covered, tuple[Decimal, int, tuple[Quote, ...]]] = {0: (Decimal(0), 0, ())}
    waiting = [0]
    for done in waiting:
        amount, count, quotes = best[done]
        for covered, quote in _next_offers(offers, done):
            if quote.currency != currency:
                continue
            found = (amount + quote.amount, count + 1, (*quotes, quote))
            known = best.get(done | covered)
            if known is None or found[:2] < known[:2]:
                best[done | covered] = found
                waiting.append(done | covered)
    whole = best.get((1 << len(offers.blocks)) - 1)
    return None if whole is None else Solution(whole[0], currency, whole[2])


def can_be_paid(offers: Offers) -> bool:
    """Whether tickets of any currencies together pay for all rides."""
    reached, waiting = {0}, [0]
    for done in waiting:
        for covered, _ in _next_offers(offers, done):
            if done | covered not in reached:
                reached.add(done | covered)
                waiting.append(done | covered)
    return (1 << len(offers.blocks)) - 1 in reached


def _next_offers(offers: Offers, done: Covered) -> Iterator[tuple[Covered, Quote]]:
    """The tickets that begin with the first block that is still open, so that every set of tickets is built once."""
    first = (~done & (done + 1)).bit_length() - 1
    if first < len(offers.blocks):
        for covered, quote in offers.by_first[first]:
            if not covered & done:
                yield covered, quote
