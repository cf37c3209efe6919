"""Compiles kernels with numba: without the interpreter lock, and cached where that is safe.

numba keeps stale code when a callee in another file changes (numba issue 1833), so a cache folder is named after the
sources of all kernels that may call each other. A folder that cannot be written costs compile time, nothing else
(ingest.kernel_cache). Where kernels are not to be compiled (ingest.plain_kernels) numba is not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ingest.kernel_cache import writable_folder
from ingest.plain_kernels import are_plain

SOURCES = (
    "bound_kernels.py",
    "compiled.py",
    "geometry.py",
    "realtime/kernels.py",
    "realtime/wire.py",
    "sequence_kernels.py",
    "street_chains.py",
    "street_kernel.py",
    "street_model.py",
)
"""The kernels of ingest, and the constants that are compiled into them."""

Function = TypeVar("Function", bound=Callable[..., Any])


class Decorator(Protocol):
    """Of any function, which it leaves as callable as it was."""

    def __call__(self, function: Function, /) -> Function:
        """The function, compiled."""


def kernel_compilers(name: str, sources: Sequence[Path]) -> tuple[Decorator, Decorator]:
    """Two decorators that compile a function on its first call for each kind of arguments: `kernel` and `part`.

    `name` and the `sources` of all kernels name the cache folder. A part is called by kernels alone: numba makes no way
    into it from Python, which for an argument of twenty arrays takes longer to compile than most loops. Whoever calls
    one from Python without NUMBA_DISABLE_JIT ends the process: tests/unit/ingest/test_parts_of_kernels.py finds him.
    """
    if are_plain():
        return _as_it_is, _as_it_is
    import numba

    folder = writable_folder(name, sources)

    def compiler(*, is_part: bool) -> Decorator:
        # Any: two of the options are not among those that numba's types know.
        njit: Any = partial(numba.njit, nogil=True, no_cfunc_wrapper=True, no_cpython_wrapper=is_part)

        def decorate(function: Function) -> Function:
            if folder is None:
                return njit(function)  # type: ignore[no-any-return] # numba's dispatchers are Any
            # numba reads the folder while it decorates; other kernels have theirs.
            before = numba.config.CACHE_DIR  # type: ignore[attr-defined] # numba sets its options at run time
            numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined] # numba sets its options at run time
            try:
                return njit(function, cache=True)  # type: ignore[no-any-return] # as above
            finally:
                numba.config.CACHE_DIR = before  # type: ignore[attr-defined] # as above

        return decorate

    return compiler(is_part=False), compiler(is_part=True)


def leaf(function: Function) -> Function:
    """For small functions that a kernel calls in its inner loop: a call would pass every array of a NamedTuple anew."""
    if are_plain():
        return function
    import numba

    return numba.njit(function, inline="always")  # type: ignore[no-any-return] # as above


def _as_it_is(function: Function) -> Function:
    return function


def is_cached(compiled: Callable[..., Any]) -> bool | None:
    """Whether something of a kernel is in its cache folder; None where nothing can be, or nothing is compiled."""
    cache = getattr(compiled, "_cache", None)
    folder = getattr(cache, "cache_path", None)
    name = getattr(getattr(compiled, "py_func", None), "__name__", None)
    if folder is None or name is None:
        return None
    return any(Path(folder).glob(f"*.{name}-*.nbi"))


kernel, part = kernel_compilers("ingest", [Path(__file__).parent / source for source in SOURCES])
