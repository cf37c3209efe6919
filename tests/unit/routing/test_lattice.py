"""The fronts of all sets from few searches, on searches that are tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from routing.compare.lattice import bits, explore


@dataclass(frozen=True)
class Way:
    """A journey of two criteria, and the providers it rides."""

    arrival: int
    transfers: int
    ridden: int


@dataclass
class Searches:
    """The front of a set out of all ways, and which sets were asked for."""

    ways: Sequence[Way]
    asked: list[int]

    def front(self, chosen: int) -> list[Way]:
        """Those that no way within the set beats."""
        self.asked.append(chosen)
        inside = [way for way in self.ways if not way.ridden & ~chosen]
        return [way for way in inside if not any(_beats(other, way) for other in inside)]


def _beats(one: Way, other: Way) -> bool:
    no_worse = one.arrival <= other.arrival and one.transfers <= other.transfers
    return no_worse and (one.arrival, one.transfers) != (other.arrival, other.transfers)


WAYS = st.lists(st.builds(Way, st.integers(0, 9), st.integers(0, 3), st.integers(1, 31)), max_size=12)


@given(WAYS)
def test_every_journey_of_every_front_is_found(ways: list[Way]) -> None:
    searches = Searches(ways, [])
    found = set(explore(31, searches.front))
    assert found == {way for chosen in range(1, 32) for way in searches.front(chosen)}


def test_a_set_is_searched_only_if_it_lacks_what_a_larger_front_rides() -> None:
    searches = Searches([Way(5, 0, 0b00001), Way(3, 1, 0b00011), Way(9, 0, 0b00100)], [])
    list(explore(0b11111, searches.front))
    # All; without provider 0; without 1, whose front rides 0 as before; of the rest without 2 nothing is left.
    assert searches.asked == [0b11111, 0b11110, 0b11101, 0b11010]


def test_larger_sets_are_searched_first_and_none_twice() -> None:
    searches = Searches([Way(arrival, 0, 1 << arrival) for arrival in range(5)], [])
    list(explore(31, searches.front))
    sizes = [chosen.bit_count() for chosen in searches.asked]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(searches.asked)) == len(searches.asked)


def test_without_providers_nothing_is_searched() -> None:
    searches = Searches([], [])
    assert list(explore(0, searches.front)) == []
    assert searches.asked == []


def test_bits_are_the_providers_of_a_set() -> None:
    assert list(bits(0b10110)) == [0b10, 0b100, 0b10000]
    assert list(bits(0)) == []
