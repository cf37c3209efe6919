"""Memory that is no longer needed goes back to the system, where the C library keeps it unless told to."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache


def settle() -> None:
    """Collect what is in cycles, and let later collections pass over what is left: most of it is a snapshot's, which
    is freed without them. A collection of everything stops all threads for a tenth of a second."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def pass_over() -> None:
    """Let collections pass over all that there is, until things settle: at once, what is in cycles too."""
    gc.freeze()


@contextmanager
def uncollected() -> Iterator[None]:
    """While much is made that stays: collections would look at all of it again and again, with all threads stopped."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def give_back() -> None:
    """Let the C library return free pages (glibc; elsewhere nothing is done)."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], object] | None:
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None
    return found
