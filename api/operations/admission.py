"""How many computations run at once, and who waits for how long. One event loop's business: no locks."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

Why = Literal["queue_full", "waited_too_long"]


PATIENCE = 0.25
"""Of the longest wait, how much is left to each at most while more is asked than there is room for."""
TURNS, LEAST_PATIENCE_S = 3, 0.05
"""And no more than so many times as long as computations take, or so long where they take next to nothing."""
USUAL_OF = 64
"""How long computations take is known from about so many."""


class OverloadedError(Exception):
    """There is no room. `why` says whether there was no place to wait, or no slot in time."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why: Why = why


class _Place(NamedTuple):
    """In the queue: true when it is its turn, false when it has waited too long; and since when it waits."""

    turn: asyncio.Future[bool]
    since_s: float


class Admission:
    """`n_slots` computations at once; up to `most_waiting` wait their turn, each for up to `longest_wait_s`.

    A queue is there for requests that happen to come at once. One that was full, and that somebody has waited in for
    nothing since, is not worked off: until nobody has for `longest_wait_s`, each waits for a PATIENCE of that only, and
    for a few computations at most. So those who are answered are answered soon, whatever a machine takes for it, and
    the others are told early (B. Maurer, Fail at Scale, ACM Queue 13/8, 2015, section Controlled Delay).
    """

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
        self._waiting: deque[_Place] = deque()
        self._overloaded_s = -math.inf
        """When somebody was refused last, from the first on who found the queue full; by the event loop's clock"""
        self._usual_s = math.inf
        """How long a slot is held, on average of late"""
        self._on_change = on_change

    async def enter(self, leaving: asyncio.Future[None]) -> bool:
        """Take a slot, first come, first served; False if `leaving` is done first. Raises OverloadedError."""
        if self._free and not self._waiting:
            self._free -= 1
            self._tell()
            return True
        loop = asyncio.get_running_loop()
        if len(self._waiting) >= self._most_waiting:
            self._overloaded_s = loop.time()
            raise OverloadedError("queue_full")
        place = _Place(loop.create_future(), loop.time())
        self._waiting.append(place)
        self._tell()
        either: set[asyncio.Future[Any]] = {place.turn, leaving}
        try:
            await asyncio.wait(either, timeout=self._patience_s(place.since_s), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self._give_up(place)
            raise
        if place.turn.done() and place.turn.result():
            return True
        if not place.turn.done():
            self._give_up(place)
            if leaving.done():
                return False
        if self._is_overloaded(loop.time()):
            self._overloaded_s = loop.time()
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
            self._pass_on()

    def leave(self, held_s: float) -> None:
        """Give back a slot that was held for so many seconds."""
        if self._usual_s < math.inf:
            held_s = self._usual_s + (held_s - self._usual_s) / USUAL_OF
        self._usual_s = held_s
        self._pass_on()

    def _pass_on(self) -> None:
        """Give a slot to who has waited longest, of those who have not waited too long."""
        if self._owed:
            self._owed -= 1
            self._lent += 1
            return
        has_turn = False
        while self._waiting and not has_turn:
            place = self._waiting.popleft()
            now_s = place.turn.get_loop().time()
            has_turn = now_s - place.since_s <= self._patience_s(now_s)
            place.turn.set_result(has_turn)
        if not has_turn:
            self._free += 1
        self._tell()

    def _is_overloaded(self, now_s: float) -> bool:
        return now_s - self._overloaded_s < self._longest_wait_s

    def _patience_s(self, now_s: float) -> float:
        if not self._is_overloaded(now_s):
            return self._longest_wait_s
        return min(PATIENCE * self._longest_wait_s, max(TURNS * self._usual_s, LEAST_PATIENCE_S))

    def _give_up(self, place: _Place) -> None:
        if place.turn.done():
            if place.turn.result():
                self._pass_on()
        else:
            self._waiting.remove(place)
            self._tell()

    def _tell(self) -> None:
        self._on_change(self.n_slots - self._free, len(self._waiting))
