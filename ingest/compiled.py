"""Compiles the kernels of ingest: without the interpreter lock, and cached where that is safe.

The cache folder is named after the kernels' sources: numba would keep stale code when a callee in another file
changes (numba issue 1833). A folder that cannot be written costs compile time, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

SOURCES = (
    "compiled.py",
    "geometry.py",
    "sequence_kernels.py",
    "street_chains.py",
    "street_kernel.py",
    "street_model.py",
)
"""The kernels, and the constants that are compiled into them."""

Function = TypeVar("Function", bound=Callable[..., Any])


def _cache_folder() -> Path | None:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in SOURCES:
        digest.update((Path(__file__).parent / source).read_bytes())
    named = os.environ.get("TIMBANG_KERNEL_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timbang"
    folder = base / f"ingest-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


_folder = _cache_folder()


def kernel(function: Function) -> Function:
    """Compile `function` on its first call for each kind of arguments."""
    if _folder is None:
        return numba.njit(function, nogil=True)  # type: ignore[no-any-return]
    # numba reads the folder while it decorates; the router's kernels set their own.
    before = numba.config.CACHE_DIR  # type: ignore[attr-defined] # numba sets its options at run time
    numba.config.CACHE_DIR = str(_folder)  # type: ignore[attr-defined]
    try:
        return numba.njit(function, cache=True, nogil=True)  # type: ignore[no-any-return]
    finally:
        numba.config.CACHE_DIR = before  # type: ignore[attr-defined]


leaf = numba.njit(inline="always")
"""For small functions that a kernel calls in its inner loop."""
