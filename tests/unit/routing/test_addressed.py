"""Kernels that are told where tables lie read and write what kernels do that are handed them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from ingest.plain_kernels import are_plain
from routing.kernels import layout
from routing.kernels.addressed import WORDS, Tables, fields_of, tuple_at, typed
from routing.kernels.compiled import kernel
from routing.kernels.layout import Answer, Int64s, Limits, RangeState, Side, State, Sweep, Walks
from routing.search_state import SearchState

STATE, ANSWER = typed(State), typed(Answer)


@kernel
def touch(tables: Int64s, row: int) -> tuple[int, int, int, int]:
    """Read and write what each number of dimensions has, of the second and of the first tuple."""
    state, answer = tuple_at(tables, 0, STATE), tuple_at(tables, 1, ANSWER)
    before = state.rides[row, 4] * 1000 + state.ride_limit[row] + answer.steps[row, 2, 1]
    state.rides[row, 4], answer.steps[row, 2, 1], answer.soonest[row] = 17, 18, 19
    state.ready_need[row] = 20
    return before, state.rides.shape[0], answer.steps.shape[0], len(state.ready_need)


def _states(n_stops: int) -> SearchState:
    found = SearchState(n_stops, 60, 8)
    found.state.rides[:] = np.arange(found.state.rides.size).reshape(found.state.rides.shape)
    found.state.ride_limit[:] = np.arange(len(found.state.ride_limit)) + 100
    found.answer.steps[:] = np.arange(found.answer.steps.size).reshape(found.answer.steps.shape)
    return found


@pytest.mark.parametrize("n_stops", [9, 40])
def test_what_a_kernel_reads_and_writes_is_what_lies_there(n_stops: int) -> None:
    own = _states(n_stops)
    row = 5
    expected = int(own.state.rides[row, 4]) * 1000 + 105 + int(own.answer.steps[row, 2, 1])
    told = Tables().of(own.state, own.answer)
    assert touch(told, row) == (expected, 9 * n_stops + 1, 9, n_stops)
    assert (own.state.rides[row, 4], own.answer.steps[row, 2, 1], own.answer.soonest[row]) == (17, 18, 19)
    assert own.state.ready_need[row] == 20
    assert own.state.rides[row, 5] == row * 6 + 5  # and nothing beside it


def test_tables_are_told_again_only_where_one_is_another() -> None:
    tables, one, other = Tables(), _states(9), _states(9)
    told = tables.of(one.state, one.answer)
    assert tables.of(one.state, one.answer) is told
    assert tables.of(other.state, one.answer) is not told
    touch(tables.of(other.state, other.answer), 3)
    assert (one.state.rides[3, 4], other.state.rides[3, 4]) == (22, 17)
    assert tables.of(one.state) is not told
    touch(tables.of(one.state, one.answer), 3)
    assert one.state.rides[3, 4] == 17


@pytest.mark.skipif(are_plain(), reason="plain Python is handed the tuples themselves")
def test_addresses_begin_with_where_each_tuple_comes() -> None:
    own = _states(9)
    rows = Tables().of(own.state, own.answer)
    n_state, n_answer = len(State._fields), len(Answer._fields)
    assert rows.shape == (2 + n_state + n_answer, WORDS)
    assert rows[:2, 0].tolist() == [2, 2 + n_state]
    assert rows[2].tolist() == [own.state.rides.ctypes.data, 82, 6, 0]
    assert rows[2 + n_state + Answer._fields.index("steps"), 1:].tolist() == [9, 9, 3]


@pytest.mark.skipif(are_plain(), reason="plain Python is handed the tuples themselves")
@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((4, 2), np.int32),
        np.zeros(4, np.int64),
        np.zeros(8, np.int32)[::2],
    ],
)
def test_an_array_that_is_not_as_its_tuple_says_is_refused(wrong: np.ndarray) -> None:
    own = _states(9)
    with pytest.raises(TypeError, match=r"State\.ride_ptr is int"):
        Tables().of(own.state._replace(ride_ptr=wrong))


@pytest.mark.parametrize("kind", [Side, Walks, State, Sweep, RangeState, Answer])
def test_the_layout_says_of_each_array_what_it_holds(kind: type[NamedTuple]) -> None:
    fields = fields_of(kind)
    assert len(fields) == len(kind._fields)
    assert {dtype.name for dtype, _ in fields} <= {"int32", "int64", "uint8"}
    assert {dimensions for _, dimensions in fields} <= {1, 2, 3}


def test_numbers_are_no_table() -> None:
    with pytest.raises(IndexError):
        fields_of(Limits)


@pytest.mark.skipif(are_plain(), reason="kernels are not compiled")
def test_a_kernel_knows_tuples_by_their_class() -> None:
    assert STATE.instance_class is State
    assert [(one.ndim, str(one.dtype)) for one in STATE.types][:2] == [(2, "int32"), (1, "int32")]
    assert layout.State._fields[:2] == ("rides", "ride_ptr")
