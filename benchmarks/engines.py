"""Our router as benchmarked engines, and the loop that times engines in turn."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
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
    """Something that answers queries. Only `run` is timed."""

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


class _RouterEngine:
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


class SearchEngine(_RouterEngine):
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


class CompleteEngine(_RouterEngine):
    """`router.journeys(query)`: what a caller gets."""

    name = "timbang complete"

    def run(self, query: Query) -> list[Journey]:
        """Journeys with their legs."""
        return self._router.journeys(query)

    def arrival(self, query: Query, answer: Sequence[Journey]) -> int | None:
        """UTC second of the earliest arrival by vehicle, or None."""
        rides = [int(journey.arrival.timestamp()) for journey in answer if journey.kind == "ride"]
        return min(rides, default=None)


def measure(
    engines: Sequence[Engine],
    pairs: Sequence[StopPair],
    on_block: Callable[[int], None] = lambda queries: None,
    *,
    keep_answers: bool = True,
) -> list[Measured]:
    """Time every engine on every query: process CPU time of one warm thread, in blocks of queries.

    Engines take turns block by block and change places, so that a machine that slows down slows all of them.
    """
    measured = [Measured(engine.name) for engine in engines]
    for engine in engines:
        for pair in pairs[:WARM_UP]:
            engine.run(engine.prepare(pair))
    gc.collect()
    gc.freeze()  # what is loaded by now is not looked through again and again during the timings
    try:
        for number, start in enumerate(range(0, len(pairs), BLOCK)):
            for turn in range(len(engines)):
                which = (number + turn) % len(engines)
                _run_block(engines[which], pairs[start : start + BLOCK], measured[which], keep_answers)
                on_block(len(pairs[start : start + BLOCK]))
    finally:
        gc.unfreeze()
    return measured


def _run_block(engine: Engine, pairs: Sequence[StopPair], measured: Measured, keep_answers: bool) -> None:
    for pair in pairs:
        query = engine.prepare(pair)
        start = time.process_time_ns()
        answer = engine.run(query)
        measured.cpu_ns.append(time.process_time_ns() - start)
        measured.arrivals.append(engine.arrival(query, answer))
        if keep_answers:
            measured.answers.append(answer)
