"""Where compiled kernels are kept. Known without importing numba, which takes a second."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def cache_folder(name: str, sources: Sequence[Path]) -> Path:
    """The folder for this very version of the kernels in `sources`, which may not be there."""
    digest = hashlib.sha256(version("numba").encode())
    for source in sources:
        digest.update(source.read_bytes())
    named = os.environ.get("TIMBANG_KERNEL_CACHE")
    base = Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "timbang"
    return base / f"{name}-{digest.hexdigest()[:16]}"


def writable_folder(name: str, sources: Sequence[Path]) -> Path | None:
    """The same, made if need be; None where nothing can be written."""
    try:
        folder = cache_folder(name, sources)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return None
