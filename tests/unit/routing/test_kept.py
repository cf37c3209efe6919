"""What is made once and kept."""

from __future__ import annotations

import pytest

from routing.kept import Kept


def _value(kept: Kept[int, str], key: int, made: list[int]) -> str:
    def make() -> str:
        made.append(key)
        return str(key)

    return kept.get(key, make)


def test_a_value_is_made_once() -> None:
    kept: Kept[int, str] = Kept(2)
    made: list[int] = []
    assert [_value(kept, key, made) for key in (1, 2, 1, 2, 1)] == ["1", "2", "1", "2", "1"]
    assert made == [1, 2]


def test_what_was_not_used_for_longest_makes_room() -> None:
    kept: Kept[int, str] = Kept(2)
    made: list[int] = []
    for key in (1, 2, 1, 3, 1, 2):
        _value(kept, key, made)
    assert made == [1, 2, 3, 2]
    assert len(kept) == 2


def test_what_is_asked_for_again_and_again_stays_the_newest() -> None:
    kept: Kept[int, str] = Kept(2)
    made: list[int] = []
    for key in (1, 2, 2, 1, 1, 3, 3, 1, 2, 2, 1, 3):
        assert _value(kept, key, made) == str(key)
        assert key == int(kept.values()[-1])
    assert made == [1, 2, 3, 2, 3]


def test_what_cannot_be_made_is_not_kept() -> None:
    kept: Kept[int, str] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.get(1, lambda: str(1 // 0))
    assert len(kept) == 0
    assert kept.get(1, lambda: "made") == "made"
