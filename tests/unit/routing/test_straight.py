"""Compiled kernels called at once give what numba's own way gives, and only where it would choose the same."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from routing.kernels.straight import Straight


def total(table: np.ndarray, array: np.ndarray, times: int) -> float:
    return float((table.sum() + array.sum()) * times)


@pytest.fixture
def kernel() -> numba.core.dispatcher.Dispatcher:
    return numba.njit(total)


def test_the_same_tables_and_types_go_straight_and_others_do_not(kernel: numba.core.dispatcher.Dispatcher) -> None:
    straight, table = Straight(kernel), np.arange(3)
    for array in (np.arange(4), np.arange(9), np.arange(2)):
        assert straight((table,), (array,), (table, array, 2)) == total(table, array, 2)
    assert len(getattr(kernel, "overloads", {None: None})) == 1
    other = np.arange(5)
    assert straight((other,), (table,), (other, table, 1)) == total(other, table, 1)


@pytest.mark.parametrize("array", [np.arange(4.5), np.arange(8)[::2], np.arange(4, dtype=np.int32)])
def test_arrays_of_another_type_are_read_as_what_they_are(
    kernel: numba.core.dispatcher.Dispatcher, array: np.ndarray
) -> None:
    straight, table = Straight(kernel), np.arange(3)
    first = np.arange(4)
    for given in (first, array, first, array, array):
        assert straight((table,), (given,), (table, given, 3)) == total(table, given, 3)


def test_read_only_arrays_are_another_type(kernel: numba.core.dispatcher.Dispatcher) -> None:
    straight, table = Straight(kernel), np.arange(3)
    frozen = np.arange(4)
    frozen.flags.writeable = False
    for given in (np.arange(4), frozen, frozen):
        assert straight((table,), (given,), (table, given, 1)) == total(table, given, 1)


def test_plain_functions_are_called() -> None:
    straight, table = Straight(total), np.arange(3)
    assert [straight((table,), (table,), (table, table, 1)) for _ in range(2)] == [6.0, 6.0]
