"""Giving up a search: because its time is over, or because nobody waits for the answer any more.

Whoever starts a search may put a `Cancel` around it; the router asks between its kernels whether to go on. So a search
stops within one pass of a kernel, and kernels know nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

Why = Literal["deadline", "left"]


class SearchCancelled(Exception):
    """A search was given up. `why`: its time is over, or whoever asked has left."""

    def __init__(self, why: Why) -> None:
        super().__init__({"deadline": "the search took too long", "left": "nobody waits for the answer"}[why])
        self.why: Why = why


class Cancel:
    """Tells a search to stop. Safe to share between threads."""

    __slots__ = ("_clock", "_deadline", "_left")

    def __init__(self, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """seconds: how long a search may take from now on; None: as long as it likes."""
        self._clock = clock
        self._deadline = None if seconds is None else clock() + seconds
        self._left = False

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self._left = True

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


def check_cancelled() -> None:
    """Raises SearchCancelled if whoever put a Cancel around this wants it to stop."""
    cancel = _current.get()
    if cancel is not None:
        cancel.check()
