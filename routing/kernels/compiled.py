"""The decorators of all kernels here; ingest.compiled says how they compile and cache."""

from __future__ import annotations

from pathlib import Path

from ingest.compiled import kernel_compilers, leaf

kernel, part = kernel_compilers("kernels", sorted(Path(__file__).parent.glob("*.py")))

__all__ = ["kernel", "leaf", "part"]
