"""The fronts of all provider sets from few searches: most sets have the front of a larger one.

A set of providers is an integer, bit i for provider i. If every journey of front(U) rides within S, and S is a part
of U, then front(S) is front(U): what S may ride is allowed in U, and what wins in U is there in S. So only such sets
are searched as lack a provider that a journey of a larger set's front rides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

ProviderSet = int


class Ridden(Protocol):
    """What a search has found, and the providers of all that it rides."""

    @property
    def ridden(self) -> ProviderSet:
        """The providers whose vehicles are ridden."""


Found = TypeVar("Found", bound=Ridden)


def explore(whole: ProviderSet, front_of: Callable[[ProviderSet], Sequence[Found]]) -> Iterator[Found]:
    """The journeys of the fronts of all parts of `whole`; those of several fronts more than once.

    front_of: searches with the vehicles of a set only. It is asked for larger sets first, and never for the empty one.
    """
    fronts: list[tuple[ProviderSet, ProviderSet]] = []
    waiting = {whole} if whole else set()
    while waiting:
        chosen = max(waiting, key=lambda providers: (providers.bit_count(), providers))
        waiting.remove(chosen)
        if any(not chosen & ~larger and not ridden & ~chosen for larger, ridden in fronts):
            continue
        front = front_of(chosen)
        yield from front
        ridden = 0
        for journey in front:
            ridden |= journey.ridden
        fronts.append((chosen, ridden))
        waiting.update(without for bit in bits(ridden) if (without := chosen & ~bit))


def bits(providers: ProviderSet) -> Iterator[ProviderSet]:
    """The sets of each of its providers alone."""
    while providers:
        lowest = providers & -providers
        yield lowest
        providers ^= lowest
