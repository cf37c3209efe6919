"""Compiles kernels with numba: without the interpreter lock, and cached where that is safe.

numba keeps stale code when a callee in another file changes (numba issue 1833), so a cache folder is named after the
sources of all kernels that may call each other. A folder that cannot be written costs compile time, nothing else.
Where kernels are not to be compiled (ingest.plain_kernels) numba is not even imported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

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


def kernel_compiler(name: str, sources: Sequence[Path]) -> Callable[[Function], Function]:
    """A decorator that compiles a function on its first call for each kind of arguments.

    `name` and the `sources` of all kernels name the cache folder.
    """
    if are_plain():
        return _as_it_is
    import numba

    folder = writable_folder(name, sources)

    def kernel(function: Function) -> Function:
        if folder is None:
            return numba.njit(function, nogil=True)  # type: ignore[no-any-return] # numba types its dispatchers as Any
        # numba reads the folder while it decorates; other kernels have theirs.
        before = numba.config.CACHE_DIR  # type: ignore[attr-defined] # numba sets its options at run time
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
        try:
            return numba.njit(function, cache=True, nogil=True)  # type: ignore[no-any-return] # as above
        finally:
            numba.config.CACHE_DIR = before  # type: ignore[attr-defined]

    return kernel


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


kernel = kernel_compiler("ingest", [Path(__file__).parent / source for source in SOURCES])
