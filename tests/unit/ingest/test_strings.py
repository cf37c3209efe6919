"""Columns of text that are mapped, not decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.strings import StringColumn

TEXTS = st.lists(st.text(), max_size=12)


@given(TEXTS)
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    column = StringColumn.of(texts)
    assert list(column) == texts
    assert len(column) == len(texts)


@given(TEXTS, st.text())
def test_find_returns_an_index_of_the_text_or_minus_one(texts: list[str], other: str) -> None:
    column = StringColumn.of(texts, searchable=True)
    for text in texts:
        assert column[column.find(text)] == text
    assert (column.find(other) == -1) == (other not in texts)


def test_a_column_that_is_not_searchable_keeps_no_order() -> None:
    assert len(StringColumn.of(["b", "a"]).order) == 0
    assert StringColumn.of(["b", "a"], searchable=True).order.tolist() == [1, 0]


def test_an_empty_column_is_a_column() -> None:
    column = StringColumn.of([], searchable=True)
    assert (len(column), list(column), column.find("")) == (0, [], -1)


@pytest.mark.parametrize("index", [-1, 2])
def test_an_index_beyond_the_column_is_refused(index: int) -> None:
    with pytest.raises(IndexError):
        StringColumn.of(["a", "b"])[index]


def test_what_is_no_text_in_utf8_is_kept_as_a_question_mark() -> None:
    assert list(StringColumn.of(["a\udc80b"])) == ["a?b"]
