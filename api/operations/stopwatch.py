"""How long parts of a request took. The thread that computes and the event loop share one `Stopwatch`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stopwatch:
    """Seconds since it was made, of waiting for a slot, and of the router."""

    __slots__ = ("_begin", "_depth", "queue_s", "router_s")

    def __init__(self) -> None:
        self._begin = time.perf_counter()
        self._depth = 0
        self.queue_s = self.router_s = 0.0

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

    def header(self) -> str:
        """For Server-Timing: milliseconds."""
        parts = {"queue": self.queue_s, "router": self.router_s, "total": self.total_s}
        return ", ".join(f"{name};dur={1000 * seconds:.3f}" for name, seconds in parts.items())


current: ContextVar[Stopwatch | None] = ContextVar("timbang_stopwatch", default=None)
