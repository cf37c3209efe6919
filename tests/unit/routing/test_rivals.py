"""Who may be quicker than a headway service: when to ask, who is put away, and who was hidden by him."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from routing.rivals import PART_S, Ahead, Catches, Rivals

END = 2 * PART_S
NOBODY: list[tuple[int, int, int]] = []


def _ahead(*riders: tuple[int, int, int]) -> Ahead:
    """Of (leave, arrive, vehicles)."""
    return Ahead(*np.array(riders, np.int64).reshape(-1, 3).T)


@dataclass
class _Search:
    """By what is asked: who is found at first in each part, by vehicles before; and who when some were put away."""

    first: dict[int, dict[int, list[tuple[int, int, int]]]]
    hidden: list[tuple[int, int, int]] = field(default_factory=list)
    asked: list[tuple[int, int, int]] = field(default_factory=list)
    """(n_before, begin, end)"""
    looked: list[tuple[int, int]] = field(default_factory=list)
    """(begin, within_s)"""
    _told: list[list[tuple[int, int, int]]] = field(default_factory=list)

    def _of(self, riders: list[tuple[int, int, int]]) -> Catches:
        self._told.append(riders)
        number = np.array([len(self._told) - 1], np.int32)
        return Catches(number, number, number)

    def caught(self, begin: int, end: int, within_s: int) -> dict[int, Catches]:
        assert end == min(begin + PART_S, END)
        self.looked.append((begin, within_s))
        return {n: self._of(riders) for n, riders in self.first.get(begin // PART_S, {0: NOBODY}).items()}

    def still_caught(self, caught: Catches, n_before: int, begin: int, end: int, within_s: int) -> Catches:
        self.asked.append((n_before, begin, end))
        return self._of(self.hidden)

    def ahead(self, caught: Catches, within_s: int) -> Ahead:
        return _ahead(*self._told[int(caught.stop[0])])


def _soonest(*by_vehicles: int) -> np.ndarray:
    return np.array(by_vehicles, np.int64)


def test_the_first_second_from_which_somebody_is_sooner_is_told() -> None:
    rivals = Rivals(0, END, _Search({0: {0: [(5000, 6000, 1), (9000, 9900, 1)]}}))
    # Who starts at 4000 arrives at 6000 as well; a second later only the rider of 5000 does.
    assert rivals.next_s(1000, _soonest(3000), [(1000, 2000)], END) == 4001
    assert rivals.next_s(4001, _soonest(6000), [(4001, 2000)], END) == 7901
    assert rivals.next_s(7901, _soonest(9900), [(7901, 2000)], END) is None
    assert rivals.next_s(1000, _soonest(3000), [(1000, 2000)], 4001) is None


def test_who_is_waited_for_is_beaten_by_nobody_who_is_not_there_sooner() -> None:
    """A service that begins at 4500: until then nobody is there before 6500."""
    rivals = Rivals(0, END, _Search({0: {0: [(5000, 6499, 1), (5200, 6600, 1)]}}, [(5200, 6600, 1)]))
    assert rivals.next_s(1000, _soonest(6500), [(4500, 2000)], END) == 4601


def test_parts_are_looked_at_when_they_are_needed_and_again_for_longer_journeys() -> None:
    search = _Search({1: {0: [(PART_S + 50, PART_S + 60, 1)]}})
    rivals = Rivals(0, END, search)
    assert rivals.next_s(0, _soonest(100), [(0, 100)], 1000) is None
    assert search.looked == [(0, 105)]
    assert rivals.next_s(0, _soonest(100), [(0, 100)], END) == PART_S - 39
    assert search.looked == [(0, 105), (PART_S, 105)]
    rivals.next_s(0, _soonest(200), [(0, 100), (0, 200)], 1000)
    assert search.looked == [(0, 105), (PART_S, 105), (0, 210)]


def test_who_cannot_be_is_put_away_and_who_was_hidden_by_him_is_found() -> None:
    search = _Search({0: {0: [(1800, 2500, 1), (5000, 5500, 1)]}}, [(1500, 3200, 1)])
    rivals = Rivals(0, END, search)
    # Nobody who leaves at 1000 or later is there before 3000.
    assert rivals.next_s(1000, _soonest(3000), [(1000, 2000)], END) == 1201
    assert search.asked == [(0, 1000, 1801)]
    # He is put away for good; the one of 5000, whom nobody hides, has stayed.
    assert rivals.next_s(1501, _soonest(3501), [(1501, 2000)], END) == 3501
    assert len(search.asked) == 1


def test_who_is_found_and_is_too_soon_as_well_is_put_away_too() -> None:
    search = _Search({0: {0: [(1100, 2500, 1)]}}, [(1050, 2600, 9)])
    rivals = Rivals(0, END, search)
    for _ in range(2):
        assert rivals.next_s(1000, _soonest(3000), [(1000, 2000)], END) is None
    assert search.asked == [(0, 1000, 1101)]


def test_with_more_vehicles_somebody_may_be_there_sooner() -> None:
    """Two before the train make three, with which somebody is there at 2500; with two nobody is before 3000."""
    search = _Search({0: {1: [(1100, 2500, 1)], 2: [(1200, 2500, 1)]}}, NOBODY)
    rivals = Rivals(0, END, search)
    assert rivals.next_s(1000, _soonest(9999, 3000, 3000, 2500), [(1000, 2000)], END) is None
    assert search.asked == [(1, 1000, 1101)]
    # More than a question allows are as many as it allows.
    search = _Search({0: {7: [(1100, 2500, 3)]}}, NOBODY)
    Rivals(0, END, search).next_s(1000, _soonest(9999, 3000, 2500), [(1000, 2000)], END)
    assert search.asked == []
