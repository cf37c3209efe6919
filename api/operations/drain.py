"""The end of the service: SIGTERM makes it not ready at once, and the server stops a little later.

The pause is for whoever sends requests here: it asks /health/ready, sees 503, and goes elsewhere before connections
are refused. SIGINT (Ctrl-C) stops at once.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

log = logging.getLogger(__name__)


class Drain:
    """Whether the service is about to stop."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.has_begun = False

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """Take SIGTERM inside; after the pause it is handed to whoever had it before: the server.

        Does nothing outside the main thread, where there are no signals.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        servers = signal.getsignal(signal.SIGTERM)

        def stop(number: int, frame: FrameType | None) -> None:
            if callable(servers):
                servers(number, frame)

        def begin(number: int, frame: FrameType | None) -> None:
            if self.has_begun:
                stop(number, frame)  # told twice: without the pause
                return
            self.has_begun = True
            log.info("told to stop: not ready from now on, the server stops in %g s", self._seconds)
            loop.call_soon_threadsafe(loop.call_later, self._seconds, stop, number, None)

        signal.signal(signal.SIGTERM, begin)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, servers)
