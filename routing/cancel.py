"""Giving up a search: because its time is over, or because nobody waits for the answer any more.

Whoever starts a search may put a `Cancel` around it; the router asks between its kernels whether to go on, and kernels
that search look at the Cancel's flag themselves, once a round or more often.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

import numpy as np

from routing.kernels.layout import Bits

Why = Literal["deadline", "left"]


class SearchCancelled(Exception):
    """A search was given up. `why`: its time is over, or whoever asked has left."""

    def __init__(self, why: Why) -> None:
        super().__init__({"deadline": "the search took too long", "left": "nobody waits for the answer"}[why])
        self.why: Why = why


class Cancel:
    """Tells a search to stop. Safe to share between threads."""

    __slots__ = ("_clock", "_deadline", "_left", "flag")

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """seconds: how long a search may take from now on; None: as long as it likes."""
        self._clock = clock
        self._deadline = None if seconds is None else clock() + seconds
        self._left = False
        self.flag: Bits = np.zeros(1, np.uint8)
        """1 as soon as kernels are to stop; they cannot look at clocks."""

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self._left = True
        self.flag[0] = 1

    def expire(self) -> None:
        """The time is over: for whoever has a clock that calls, so that kernels stop, too."""
        self._deadline = -math.inf
        self.flag[0] = 1

    @property
    def left_s(self) -> float | None:
        """Seconds until the deadline; None where there is none."""
        return None if self._deadline is None else max(self._deadline - self._clock(), 0.0)

    @property
    def why(self) -> Why | None:
        """Why to stop; None: go on."""
        if self._left:
            return "left"
        return "deadline" if self._deadline is not None and self._clock() >= self._deadline else None

    def check(self) -> None:
        """Raises SearchCancelled if the search is to stop."""
        why = self.why
        if why is not None:
            raise SearchCancelled(why)


_current: ContextVar[Cancel | None] = ContextVar("timbang_cancel", default=None)


@contextmanager
def cancelling(cancel: Cancel) -> Iterator[None]:
    """Searches inside stop when `cancel` says so; threads that take over the context, too."""
    token = _current.set(cancel)
    try:
        yield
    finally:
        _current.reset(token)


_NEVER: Bits = np.zeros(1, np.uint8)


def kernel_flag() -> Bits:
    """What a kernel looks at while it searches: shape (1,), 1 as soon as it is to stop."""
    cancel = _current.get()
    return _NEVER if cancel is None else cancel.flag


def check_cancelled() -> None:
    """Raises SearchCancelled if whoever put a Cancel around this wants it to stop."""
    cancel = _current.get()
    if cancel is not None:
        cancel.check()
