"""Clients that ask one after the other, and clients that ask at a rate whatever the server does."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np

from benchmarks.load.client import Answer, BrokenAnswerError, Connection

Look = Callable[[str, Answer], None]


@dataclass(slots=True)
class Driven:
    """What came of it. `seconds`: how long all took; the lists are of answered requests, 2xx and 4xx alike."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    """Requests without an answer, by what happened."""
    taken_ms: list[float] = field(default_factory=list)
    """Of answers that are no refusal (503, 429)."""
    parts_ms: list[dict[str, float]] = field(default_factory=list)
    """Server-Timing of the same."""
    body_bytes: list[int] = field(default_factory=list)

    @property
    def n(self) -> int:
        """Answers."""
        return self.statuses.total()

    @property
    def per_second(self) -> float:
        """Answers that are no refusal."""
        return len(self.taken_ms) / self.seconds

    def percentile(self, share: float) -> float:
        """Of milliseconds, as the client sees them."""
        return float(np.percentile(self.taken_ms, share)) if self.taken_ms else float("nan")

    def outside_ms(self) -> list[float]:
        """The server's time but for waiting for a slot, the router, and the writing of what it found."""
        known = ("queue", "router", "telling")
        return [parts["total"] - sum(parts[name] for name in known) for parts in self.parts_ms if "total" in parts]

    def part_ms(self, name: str) -> float:
        """Mean of a part of Server-Timing."""
        values = [parts[name] for parts in self.parts_ms if name in parts]
        return float(np.mean(values)) if values else float("nan")

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        self.statuses[answer.status] += 1
        if answer.status not in (429, 503):
            self.taken_ms.append(1000 * answer.seconds)
            self.parts_ms.append(answer.timing_ms())
            self.body_bytes.append(len(answer.body))


async def _ask(connection: Connection, what: str, driven: Driven, look: Look) -> None:
    try:
        answer = await connection.get(what)
    except BrokenAnswerError as error:
        driven.broken["within an answer" if error.has_begun else "before an answer"] += 1
    except TimeoutError:
        driven.broken["no answer in time"] += 1
    except OSError:
        driven.broken["not connected"] += 1
        await asyncio.sleep(0.02)
    else:
        driven.add(answer)
        look(what, answer)


async def in_turn(
    port: int,
    whats: Iterable[str],
    n_clients: int,
    *,
    seconds: float,
    most: int | None = None,
    look: Look = lambda what, answer: None,
    is_over: Callable[[], bool] = lambda: False,
) -> Driven:
    """`n_clients` that each ask the next thing as soon as they have an answer.

    For so long, until `most` requests, or until it `is_over`.
    """
    driven, source, begin = Driven(), cycle(whats), time.perf_counter()
    left = most if most is not None else 10**9

    async def client() -> None:
        nonlocal left
        connection = Connection(port)
        while left > 0 and not is_over() and time.perf_counter() - begin < seconds:
            left -= 1
            await _ask(connection, next(source), driven, look)
        connection.close()

    await asyncio.gather(*(client() for _ in range(n_clients)))
    driven.seconds = time.perf_counter() - begin
    return driven


async def at_rate(port: int, whats: Iterable[str], per_second: float, *, seconds: float) -> Driven:
    """Ask so often, whether answers come or not. Connections are used again; as many are open as are needed."""
    driven, source, begin = Driven(), cycle(whats), time.perf_counter()
    free: list[Connection] = []
    asked: set[asyncio.Task[None]] = set()

    async def one() -> None:
        connection = free.pop() if free else Connection(port)
        await _ask(connection, next(source), driven, lambda what, answer: None)
        free.append(connection)

    for number in range(int(per_second * seconds)):
        await asyncio.sleep(max(0.0, begin + number / per_second - time.perf_counter()))
        task = asyncio.create_task(one())
        asked.add(task)
        task.add_done_callback(asked.discard)
    while asked:
        await asyncio.wait(asked)
    driven.seconds = time.perf_counter() - begin
    for connection in free:
        connection.close()
    return driven
