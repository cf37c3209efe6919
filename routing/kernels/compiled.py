"""The one decorator of all kernels: compiled, without the interpreter lock, and cached where that is safe.

numba keeps stale code when a callee in another file changes (numba issue 1833), so the cache folder is named after
the sources of all kernels. A folder that cannot be written costs compile time, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import numba


def _cache_folder() -> Path | None:
    """A writable folder for this very version of the kernels, or None."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    named = os.environ.get("TIMBANG_KERNEL_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timbang"
    folder = base / f"kernels-{digest.hexdigest()[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None


_folder = _cache_folder()
if _folder is not None:
    numba.config.CACHE_DIR = str(_folder)  # type: ignore[attr-defined] # numba sets its options at run time

kernel = numba.njit(cache=_folder is not None, nogil=True)

leaf = numba.njit(inline="always")
"""For small functions that a kernel calls in its inner loop: a call would pass every array of a NamedTuple anew."""
