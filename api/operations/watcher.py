"""A thread that looks for a newer snapshot every few seconds, and for the end of the process that started this one."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType

log = logging.getLogger(__name__)


class Watcher(AbstractContextManager["Watcher"]):
    """Calls each of `tasks` every `seconds` while it is entered; 0: never. What fails is logged, and tried again."""

    def __init__(self, seconds: float, *tasks: Callable[[], object]) -> None:
        self._seconds, self._tasks = seconds, tasks
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def __enter__(self) -> Watcher:
        if self._seconds:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            for task in self._tasks:
                try:
                    task()
                except Exception:
                    log.exception("the watcher's task failed")


def leave_with_parent() -> None:
    """End as if told to, where the process that started this one was killed: its port must become free."""
    parent = multiprocessing.parent_process()
    if parent is not None and not parent.is_alive():
        log.error("the parent process is gone")
        os.kill(os.getpid(), signal.SIGTERM)
