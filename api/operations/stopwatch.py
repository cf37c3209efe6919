"""How long parts of a request took. The thread that computes and the event loop share one `Stopwatch`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopwatch:
    """Seconds since it was made, of waiting for a slot, of the router, and of writing what it found."""

    __slots__ = ("_begin", "_depth", "queue_s", "router_s", "telling_s")

    def __init__(self) -> None:
        self._begin = time.perf_counter()
        self._depth = 0
        self.queue_s = self.router_s = self.telling_s = 0.0

    @property
    def total_s(self) -> float:
        """Since it was made."""
        return time.perf_counter() - self._begin

    @contextmanager
    def routing(self) -> Iterator[None]:
        """Count what is inside as the router's time; what calls itself again is counted once."""
        self._depth += 1
        begin = time.perf_counter()
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.router_s += time.perf_counter() - begin

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Count what is inside, without the router's part of it, as the time in which the answer is written."""
        begin, before = time.perf_counter(), self.router_s
        try:
            yield
        finally:
            self.telling_s += time.perf_counter() - begin - (self.router_s - before)

    def header(self) -> str:
        """For Server-Timing: milliseconds."""
        parts = {"queue": self.queue_s, "router": self.router_s, "telling": self.telling_s, "total": self.total_s}
        return ", ".join(f"{name};dur={1000 * seconds:.3f}" for name, seconds in parts.items())


def watched() -> Stopwatch:
    """The one of the request that is answered; a new one, which nobody reads, outside of requests."""
    return current.get() or Stopwatch()


current: ContextVar[Stopwatch | None] = ContextVar("timbang_stopwatch", default=None)
