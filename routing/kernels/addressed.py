"""Tables for kernels that are told where they lie, instead of being handed their arrays.

numba wraps each array that Python hands to a kernel, and lets go of it afterwards: for the hundred of a search that
takes as long as a tenth of a short query, and to compile what does it takes longer than most kernels. So where the
arrays of some NamedTuples lie is written down once (`Tables`), and a kernel makes the NamedTuples of that (`tuple_at`).
They live as long as whoever asks holds them. Where kernels are plain Python the tables are the tuples themselves.
"""

from __future__ import annotations

import importlib
import operator
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import numpy as np

from routing.kernels.compiled import are_plain
from routing.kernels.layout import Int64s

ARE_PLAIN = are_plain()
"""As the kernels that this process has imported."""

WORDS = 4
"""Of each array: its address and at most three lengths."""


class Tables:
    """Where the arrays of some NamedTuples lie; told anew only of those that are others. Not for two threads."""

    def __init__(self) -> None:
        self._tuples: tuple[NamedTuple, ...] = ()
        self._rows: list[Int64s] = []
        self._told: Any = ()

    def of(self, *tuples: NamedTuple) -> Any:
        """What a kernel is given in place of `tuples`: for tuple_at, as long as they live.

        [., WORDS]: a row for each tuple, which begins with where its arrays come, and a row for each array. Raises
        TypeError for an array that is not as its tuple says: kernels would read something else.
        """
        if len(tuples) == len(self._tuples) and all(map(operator.is_, tuples, self._tuples)):
            return self._told
        if ARE_PLAIN:
            self._told = tuples
        else:
            known = dict(zip(map(id, self._tuples), self._rows, strict=True))  # they live, so no other has the id
            rows = [known[id(one)] if id(one) in known else _rows_of(one) for one in tuples]
            self._rows, self._told = rows, _together(rows)
        self._tuples = tuples
        return self._told


def _together(rows: list[Int64s]) -> Int64s:
    heads, end = np.zeros((len(rows), WORDS), np.int64), len(rows)
    for number, its in enumerate(rows):
        heads[number, 0] = end
        end += len(its)
    return np.concatenate([heads, *rows])


def _rows_of(whole: NamedTuple) -> Int64s:
    rows: list[list[int]] = []
    for name, (dtype, dimensions), array in zip(whole._fields, fields_of(type(whole)), whole, strict=True):
        if (array.dtype, array.ndim, array.flags.c_contiguous) != (dtype, dimensions, True):
            is_what = f"is {array.dtype} in {array.ndim} dimensions"
            raise TypeError(f"{type(whole).__name__}.{name} {is_what}, not {dtype} in {dimensions} in C's order")
        rows.append([array.__array_interface__["data"][0], *array.shape, *[0] * (WORDS - 1 - dimensions)])
    return np.array(rows, np.int64)


@cache
def fields_of(kind: type[NamedTuple]) -> tuple[tuple[np.dtype[Any], int], ...]:
    """(what it holds, dimensions) of each array of a NamedTuple of routing.kernels.layout, by its annotations."""
    found = []
    for hint in get_type_hints(kind, include_extras=True).values():
        array, *dimensions = (get_origin(hint) is not np.ndarray and get_args(hint)) or (hint,)
        found.append((np.dtype(get_args(get_args(array)[1])[0]), *(dimensions or (1,))))
    return tuple(found)


if ARE_PLAIN:

    def tuple_at(tables: Any, index: int, kind: Any) -> Any:
        """The tuple with this index of those that `tables` were told of. kind: `typed` of its class."""
        return tables[index]

    def typed(kind: type[NamedTuple]) -> Any:
        """For tuple_at: what a kernel knows a NamedTuple by."""
        return kind

else:
    from numba import types
    from numba.extending import intrinsic
    from numba.np.numpy_support import from_dtype

    arrays: Any = importlib.import_module("numba.np.arrayobj")  # Any: it is not typed
    cgutils: Any = importlib.import_module("numba.core.cgutils")
    named: Any = types.NamedTuple

    def typed(kind: type[NamedTuple]) -> Any:
        """For tuple_at: what a kernel knows a NamedTuple by."""
        return named([types.Array(from_dtype(dtype), n, "C") for dtype, n in fields_of(kind)], kind)

    @intrinsic
    def tuple_at(typing_context: Any, tables: Any, index: Any, kind: Any) -> Any:
        """The tuple with this index of those that `tables` were told of. kind: `typed` of its class."""
        whole = kind.instance_type

        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            words = arrays.make_array(signature.args[0])(context, builder, arguments[0]).data
            width = context.get_constant(types.intp, WORDS)

            def word(row: Any, column: int) -> Any:
                at = builder.add(builder.mul(row, width), context.get_constant(types.intp, column))
                return builder.load(builder.gep(words, [at]))

            first = word(arguments[1], 0)
            made = []
            for number, array_type in enumerate(whole.types):
                row = builder.add(first, context.get_constant(types.intp, number))
                array = arrays.make_array(array_type)(context, builder)
                item = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
                lengths = [word(row, 1 + axis) for axis in range(array_type.ndim)]
                strides = [context.get_constant(types.intp, item)]
                for length in lengths[:0:-1]:
                    strides.insert(0, builder.mul(strides[0], length))
                arrays.populate_array(
                    array,
                    data=builder.inttoptr(word(row, 0), array.data.type),
                    shape=cgutils.pack_array(builder, lengths),
                    strides=cgutils.pack_array(builder, strides),
                    itemsize=item,
                    meminfo=None,
                )
                made.append(array._getvalue())
            return context.make_tuple(builder, whole, made)

        return whole(tables, index, kind), build
