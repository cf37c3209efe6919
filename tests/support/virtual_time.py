"""An event loop whose clock jumps to the next thing that is due: waits take no time, and are exact."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class VirtualLoop(asyncio.SelectorEventLoop):
    """Nothing but its own timers may be waited for."""

    def __init__(self) -> None:
        self._now_s = 0.0
        super().__init__()

    def time(self) -> float:
        """Seconds since it was made."""
        return self._now_s

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined] # of asyncio's base class
            self._now_s = max(self._now_s, self._scheduled[0].when())  # type: ignore[attr-defined] # as above
        super()._run_once()  # type: ignore[misc] # as above


def run_virtually(main: Coroutine[Any, Any, Result]) -> Result:
    """As asyncio.run."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
