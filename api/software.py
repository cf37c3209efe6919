"""Which software answers: part of what clients may keep answers by."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

SOFTWARE = f"timbang {version('timbang')}"
PACKAGES = ("api", "routing", "ingest")


@cache
def code_digest() -> str:
    """Of the source files: an answer that is kept must not outlive the code that made it."""
    digest = hashlib.sha256(SOFTWARE.encode())
    root = Path(__file__).parents[1]
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
