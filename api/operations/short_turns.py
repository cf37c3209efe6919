"""How long one thread keeps the interpreter while others wait for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

TURN_S = 0.001
"""A fifth of what Python allows if nothing is said. A request that is computed takes the interpreter several times, and
so does the event loop: beside a thread that makes a newer snapshot ready each waits for all of a turn, again and again.
"""


@contextmanager
def short_turns() -> Iterator[None]:
    """While it is entered, of all threads of this process."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
