"""How many computations run at once, and who waits for how long. One event loop's business: no locks."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Literal

Why = Literal["queue_full", "waited_too_long"]


class OverloadedError(Exception):
    """There is no room. `why` says whether there was no place to wait, or no slot in time."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class Admission:
    """`n_slots` computations at once; up to `most_waiting` wait their turn, each for up to `longest_wait_s`."""

    def __init__(
        self,
        n_slots: int,
        most_waiting: int,
        longest_wait_s: float,
        on_change: Callable[[int, int], None] = lambda running, waiting: None,
    ) -> None:
        """on_change: told (running, waiting) whenever either changes."""
        self.n_slots, self._free = n_slots, n_slots
        self._lent = self._owed = 0
        self._most_waiting, self._longest_wait_s = most_waiting, longest_wait_s
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._on_change = on_change

    async def enter(self, leaving: asyncio.Future[None]) -> bool:
        """Take a slot, first come, first served; False if `leaving` is done first. Raises OverloadedError."""
        if self._free and not self._waiting:
            self._free -= 1
            self._tell()
            return True
        if len(self._waiting) >= self._most_waiting:
            raise OverloadedError("queue_full")
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        self._tell()
        try:
            await asyncio.wait({place, leaving}, timeout=self._longest_wait_s, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._give_up(place)
            raise
        if place.done():
            return True
        self._give_up(place)
        if leaving.done():
            return False
        raise OverloadedError("waited_too_long")

    def lend(self) -> None:
        """Keep a slot, the next that is free, for work that is no request; not where it is the only one."""
        if self.n_slots - self._lent - self._owed <= 1:
            return
        if self._free and not self._waiting:
            self._free -= 1
            self._lent += 1
            self._tell()
        else:
            self._owed += 1

    def take_back(self) -> None:
        """That work is done."""
        if self._owed:
            self._owed -= 1
        elif self._lent:
            self._lent -= 1
            self.leave()

    def leave(self) -> None:
        """Give a slot to who has waited longest."""
        if self._owed:
            self._owed -= 1
            self._lent += 1
            return
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1
        self._tell()

    def _give_up(self, place: asyncio.Future[None]) -> None:
        if place.done():
            self.leave()
        else:
            self._waiting.remove(place)
            self._tell()

    def _tell(self) -> None:
        self._on_change(self.n_slots - self._free, len(self._waiting))
