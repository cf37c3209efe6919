"""Compiles kernels with numba: without the interpreter lock, and cached where that is safe.

numba keeps stale code when a callee in another file changes (numba issue 1833), so a cache folder is named after the
sources of all kernels that may call each other. A folder that cannot be written costs compile time, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numba

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
    folder = _cache_folder(name, sources)

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


def is_cached(compiled: Callable[..., Any]) -> bool | None:
    """Whether something of a kernel is in its cache folder; None where nothing can be, or nothing is compiled."""
    cache = getattr(compiled, "_cache", None)
    folder = getattr(cache, "cache_path", None)
    name = getattr(getattr(compiled, "py_func", None), "__name__", None)
    if folder is None or name is None:
        return None
    return any(Path(folder).glob(f"*.{name}-*.nbi"))


def _cache_folder(name: str, sources: Sequence[Path]) -> Path | None:
    """A writable folder for this very version of the kernels, or None."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sources:
        digest.update(source.read_bytes())
    named = os.environ.get("TIMBANG_KERNEL_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timbang"
    folder = base / f"{name}-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


kernel = kernel_compiler("ingest", [Path(__file__).parent / source for source in SOURCES])

leaf = numba.njit(inline="always")
"""For small functions that a kernel calls in its inner loop: a call would pass every array of a NamedTuple anew."""
