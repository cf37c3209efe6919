"""The decorators of all kernels here; ingest.compiled says how they compile and cache."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ingest.compiled import kernel_compilers, leaf
from ingest.plain_kernels import are_plain

SOURCES = sorted(Path(__file__).parent.glob("*.py"))
kernel, part = kernel_compilers("kernels", SOURCES)

__all__ = ["are_plain", "kernel", "leaf", "part", "wide"]


@leaf
def wide(value: int) -> int:
    """The same in 64 bits: what is called with it is compiled once, not once more for a literal or for 32 bits."""
    return np.int64(value)  # type: ignore[return-value] # what numba makes of it
