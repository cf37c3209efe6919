"""When a command is sooner done with kernels as plain Python: one question, a small network.

Kernels that are not compiled yet take a minute to compile, compiled ones three seconds to import. As plain Python they
import at once and run some two hundred times as long: a comparison in a city of 3,000 trips takes a second or two, in
New York a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from ingest.kernel_cache import cache_folder
from ingest.plain_kernels import prefer_plain

TINY_BYTES = 8 << 20
"""Of a snapshot: plain Python is quicker than importing compiled kernels."""
SMALL_BYTES = 150 << 20
"""Of a snapshot: plain Python is quicker than compiling kernels."""
TINY_MEGABYTES = 0.25
"""Of feeds as zips"""
FEW_BYTES = 4 << 20
"""Of other files that are read: a message of real time with 50,000 entities has half of it."""
ONE_QUESTION, OVER_A_DAY = 1, 20
"""How much a command asks of a network, in comparisons."""


def choose_kernels(snapshot: Path, comparisons: int) -> None:
    """Decide for a command that asks so much of `snapshot`. To be called before anything of the router is imported."""
    asked = _bytes_below(snapshot) * comparisons
    if asked <= TINY_BYTES or (asked <= SMALL_BYTES and not _are_compiled()):
        prefer_plain()


def choose_kernels_for_feeds(megabytes: float, others: Iterable[Path]) -> None:
    """Decide for a command that reads feeds of so many megabytes as zips, and `others`, and leaves nothing behind."""
    if megabytes <= TINY_MEGABYTES and sum(map(_size, others)) <= FEW_BYTES:
        prefer_plain()


def _are_compiled() -> bool:
    """Whether the router's kernels are in the cache."""
    found = find_spec("routing")  # does not import it
    below = [] if found is None else found.submodule_search_locations or []
    sources = [source for folder in below for source in sorted((Path(folder) / "kernels").glob("*.py"))]
    return any(cache_folder("kernels", sources).rglob("*.nbi"))


def _bytes_below(folder: Path) -> int:
    try:
        return sum(_size(file) for file in folder.rglob("*"))
    except OSError:
        return 0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except OSError:
        return 0
