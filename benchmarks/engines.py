"""Engines that answer queries, ours among them, and the loop that times them in turn."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from benchmarks.queries import StopPair
from benchmarks.sets import Conditions
from routing import Journey, Query, Router
from routing.search import Skeleton

BLOCK = 50
WARM_UP = 20
MAX_TRANSFERS = 7


class Engine(Protocol):
    """Something that answers queries in this process. Only `run` is timed."""

    name: str

    def prepare(self, pair: StopPair) -> Any:
        """The query as the engine wants it."""

    def run(self, query: Any) -> Any:
        """The answer."""

    def arrival(self, query: Any, answer: Any) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""


@dataclass(slots=True)
class Measured:
    """Timings and answers of one engine, one for each query."""

    name: str
    cpu_ns: list[int] = field(default_factory=list)
    arrivals: list[int | None] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def extend(self, block: Measured) -> None:
        """Add the queries that came next."""
        self.cpu_ns += block.cpu_ns
        self.arrivals += block.arrivals
        self.answers += block.answers


class BlockEngine(Protocol):
    """Something that answers blocks of queries and times itself, here or in a process of its own."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def block(self, pairs: Sequence[StopPair]) -> Measured:
        """Timings and answers of these queries."""


@dataclass(frozen=True, slots=True)
class InProcess:
    """An engine of this process as a block engine; all its answers are kept if `keep_answers`."""

    engine: Engine
    keep_answers: bool = True

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    def block(self, pairs: Sequence[StopPair]) -> Measured:
        """Timings and answers of these queries."""
        return time_block(self.engine, pairs, keep_answers=self.keep_answers)


class RouterEngine:
    """Asks a router, in the walking conditions of the run."""

    def __init__(self, router: Router, conditions: Conditions) -> None:
        self._router = router
        self._conditions = conditions

    def prepare(self, pair: StopPair) -> Query:
        """A router's query."""
        return Query(
            pair.origin,
            pair.destination,
            pair.time,
            max_transfers=MAX_TRANSFERS,
            walk_speed_m_per_s=self._conditions.speed_m_per_s,
        )


class SearchEngine(RouterEngine):
    """The kernel with the walks at both ends and the legs recovered as arrays: no objects of journeys."""

    name = "timbang search"

    def run(self, query: Query) -> list[Skeleton]:
        """Skeletons of the Pareto front of rides."""
        return self._router.skeletons(query, self._router.ends(query))

    def arrival(self, query: Query, answer: Sequence[Skeleton]) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""
        if not answer:
            return None
        return min(ride.arrival for ride in answer) + self._router.timetable(query).epoch_s

    def arrival_on_foot(self, query: Query) -> int | None:
        """UTC second of arrival when walking all the way, or None where that is too far."""
        walks = self._router.walk(query, self._router.ends(query))
        return int(walks[0].arrival.timestamp()) if walks else None


class CompleteEngine(RouterEngine):
    """`router.journeys(query)`: what a caller gets."""

    name = "timbang complete"

    def run(self, query: Query) -> list[Journey]:
        """Journeys with their legs."""
        return self._router.journeys(query)

    def arrival(self, query: Query, answer: Sequence[Journey]) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""
        rides = [int(journey.arrival.timestamp()) for journey in answer if journey.kind == "ride"]
        return min(rides, default=None)


class TravelTimeEngine(RouterEngine):
    """`router.travel_s(query)`: one number, as ferrobus gives. Walking all the way counts."""

    name = "timbang travel time"

    def run(self, query: Query) -> int | None:
        """Seconds."""
        return self._router.travel_s(query)

    def arrival(self, query: Query, answer: int | None) -> int | None:
        """UTC second."""
        return None if answer is None else int(query.time.timestamp()) + answer


def measure(
    engines: Sequence[BlockEngine],
    pairs: Sequence[StopPair],
    on_block: Callable[[int], None] = lambda queries: None,
) -> list[Measured]:
    """Time every engine on every query: process CPU time of one warm thread, in blocks of queries.

    Engines take turns block by block and change places, so that a machine that slows down slows all of them.
    """
    measured = [Measured(engine.name) for engine in engines]
    for engine in engines:
        engine.block(pairs[:WARM_UP])
    with settled_memory():
        for number, start in enumerate(range(0, len(pairs), BLOCK)):
            for turn in range(len(engines)):
                which = (number + turn) % len(engines)
                measured[which].extend(engines[which].block(pairs[start : start + BLOCK]))
                on_block(len(pairs[start : start + BLOCK]))
    return measured


@contextlib.contextmanager
def settled_memory() -> Iterator[None]:
    """What is loaded by now is not looked through again and again by the garbage collector during timings."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def time_block(engine: Engine, pairs: Sequence[StopPair], *, keep_answers: bool = False) -> Measured:
    """One query after the other: nanoseconds of process CPU time, all threads counted, and earliest arrivals."""
    measured = Measured(engine.name)
    for pair in pairs:
        query = engine.prepare(pair)
        start = time.process_time_ns()
        answer = engine.run(query)
        measured.cpu_ns.append(time.process_time_ns() - start)
        measured.arrivals.append(engine.arrival(query, answer))
        if keep_answers:
            measured.answers.append(answer)
    return measured
