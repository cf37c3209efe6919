"""Calling a compiled kernel without numba looking at the types of all its arguments first.

Before each call numba finds out which of its compilations fits, from the type of every array. For a search that is a
hundred of them, and a twentieth of the time of a short query. Almost all are the same objects as in the call before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from numpy.typing import NDArray

LAYOUT = 0x1 | 0x100 | 0x400
"""Of an array's flags what numba tells types by: contiguous in C's order, aligned, writable."""


class Straight:
    """A kernel called again and again with the same tables and other small arrays. Not for two threads at once."""

    def __init__(self, kernel: Callable[..., Any]) -> None:
        self._kernel = kernel
        self._tables: tuple[object, ...] = ()
        self._types: tuple[object, ...] = ()
        self._entry: Callable[..., Any] | None = None

    def __call__(self, tables: tuple[object, ...], arrays: Iterable[NDArray[Any]], arguments: tuple[Any, ...]) -> Any:
        """The kernel's answer to `arguments`, which must hold nothing but `tables`, `arrays` and numbers.

        Where these very tables and arrays of these types were given before, the compiled function is called at once.
        """
        types = tuple([(array.dtype.num, array.ndim, array.flags.num & LAYOUT) for array in arrays])
        if (
            self._entry is not None
            and types == self._types
            and all(one is other for one, other in zip(tables, self._tables, strict=True))
        ):
            return self._entry(*arguments)
        answer = self._kernel(*arguments)
        self._tables, self._types, self._entry = tables, types, self._only_entry()
        return answer

    def _only_entry(self) -> Callable[..., Any] | None:
        """The compiled function; None where there are several, or none because nothing is compiled."""
        compiled = list(getattr(self._kernel, "overloads", {}).values())
        return compiled[0].entry_point if len(compiled) == 1 else None
