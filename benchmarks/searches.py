"""The searches beside `journeys`: windows, one to all, matrices; timed as queries are, checked with their answers."""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any, TypeVar

import numpy as np

from benchmarks.answers import ChangedAnswersError
from benchmarks.engines import CompleteEngine, settled_memory
from benchmarks.latency import summarize
from benchmarks.queries import StopPair, called_stops
from benchmarks.sets import BenchSet, Conditions
from ingest.arrays import Int32s
from routing import Journey, Query, Router
from routing.kernels.layout import UNREACHED

HOUR = 3600
WINDOWS = {"profile, 1 h": HOUR, "profile, 24 h": 24 * HOUR}
PROFILE_SHARE = 5
"""One query in so many is asked for its profile."""
MATRIX_SIDE = 1000
MATRIX_ROUNDS = 3
THREADS = (1, 2)
WARM = 3
CHECKED_ROWS = 5

Say = Callable[[str], None]
Found = TypeVar("Found")
Kept = TypeVar("Kept")


def measure_searches(
    router: Router,
    bench: BenchSet,
    conditions: Conditions,
    pairs: Sequence[StopPair],
    fronts: Sequence[Sequence[Journey]],
    say: Say,
) -> dict[str, dict[str, Any]]:
    """Latencies of `profile` and `reach`, times of `matrix`, and bytes of a thread's state.

    `fronts` are our answers to `pairs`. Raises ChangedAnswersError where a search does not give what they say. What
    the router does not offer is said under `missing`.
    """
    engine = CompleteEngine(router, conditions)
    queries = [engine.prepare(pair) for pair in pairs]
    found: dict[str, dict[str, Any]] = {}
    for name, window_s in WINDOWS.items():
        say(name)
        found[name] = measure_profile(router, queries[::PROFILE_SHARE], window_s, fronts[::PROFILE_SHARE])
    say("reach")
    found["reach"] = measure_reach(router, queries, fronts)
    say("matrix")
    found["matrix"] = measure_matrix(router, bench, min(MATRIX_SIDE, len(pairs)), queries[0])
    found["state"] = {"bytes": state_bytes(router)}
    return found


def measure_profile(
    router: Router, queries: Sequence[Query], window_s: int, fronts: Sequence[Sequence[Journey]]
) -> dict[str, Any]:
    """CPU time of `router.profile`, and how many journeys it gives."""
    profile = getattr(router, "profile", None)
    if profile is None:
        return {"missing": "router.profile is not there"}
    cpu_ns, answers = _time(lambda query: profile(query, window_s), queries, lambda query, found: list(found))
    for query, answer, front in zip(queries, answers, fronts, strict=True):
        _check_profile(query, window_s, answer, front)
    return {**summarize(cpu_ns).to_dict(), "journeys": round(float(np.mean([len(answer) for answer in answers])), 1)}


def _check_profile(query: Query, window_s: int, profile: Sequence[Journey], front: Sequence[Journey]) -> None:
    """A window holds all that is worth leaving at its start, but rides that a walk from the same second on beats."""
    told = {_key(journey) for journey in profile}
    walk_s = min((journey.duration_s for journey in front if journey.kind == "walk"), default=UNREACHED)
    end_s = query.time.timestamp() + window_s
    for journey in front:
        wanted = journey.kind == "ride" and journey.duration_s < walk_s and journey.departure.timestamp() < end_s
        if wanted and _key(journey) not in told:
            raise ChangedAnswersError(
                f"profile of {query.origin} -> {query.destination} at {query.time.isoformat()} over {window_s} s "
                f"lacks the journey {journey.departure.isoformat()} to {journey.arrival.isoformat()}"
            )


def _key(journey: Journey) -> tuple[float, float, int]:
    return journey.departure.timestamp(), journey.arrival.timestamp(), journey.transfers


def measure_reach(router: Router, queries: Sequence[Query], fronts: Sequence[Sequence[Journey]]) -> dict[str, Any]:
    """CPU time of `router.reach`: seconds to every stop, by vehicle or on foot."""

    def to_destination(query: Query, reached: Int32s) -> int:
        return int(reached[router.network.stops.id.find(str(query.destination))])

    cpu_ns, answers = _time(router.reach, queries, to_destination)
    for query, seconds, front in zip(queries, answers, fronts, strict=True):
        first = min((journey.arrival.timestamp() for journey in front), default=None)
        wanted = UNREACHED if first is None else int(first - query.time.timestamp())
        if seconds != wanted:
            raise ChangedAnswersError(
                f"reach of {query.origin} at {query.time.isoformat()}: {query.destination} in {seconds} s, "
                f"journeys say {wanted} s"
            )
    return summarize(cpu_ns).to_dict()


def _time(
    run: Callable[[Query], Found], queries: Sequence[Query], keep: Callable[[Query, Found], Kept]
) -> tuple[list[int], list[Kept]]:
    """Nanoseconds of process CPU time of each query, and what is kept of each answer, untimed."""
    for query in queries[:WARM]:
        run(query)
    cpu_ns, answers = [], []
    with settled_memory():
        for query in queries:
            start = time.process_time_ns()
            found = run(query)
            cpu_ns.append(time.process_time_ns() - start)
            answers.append(keep(query, found))
    return cpu_ns, answers


def measure_matrix(router: Router, bench: BenchSet, side: int, query: Query) -> dict[str, Any]:
    """Wall seconds of `router.matrix` over side x side stops at one departure, by threads: medians of a few rounds."""
    stops = called_stops(router.network, bench.day)
    chance = random.Random(bench.seed)
    side = min(side, len(stops))
    origins, destinations = chance.sample(stops, side), chance.sample(stops, side)
    offers_threads = "threads" in inspect.signature(router.matrix).parameters
    walls: dict[int, list[float]] = {n: [] for n in (THREADS if offers_threads else THREADS[:1])}
    tables = {}
    for n in walls:  # what a thread needs is made before
        router.matrix(origins[:WARM], destinations, [query.time], **({"threads": n} if offers_threads else {}))
    for _ in range(MATRIX_ROUNDS):
        for n, seconds in walls.items():
            keywords = {"threads": n} if offers_threads else {}
            start = time.perf_counter()
            tables[n] = router.matrix(origins, destinations, [query.time], **keywords)
            seconds.append(time.perf_counter() - start)
    _check_matrix(router, origins, destinations, query, tables)
    wall_s = {str(n): round(median(seconds), 4) for n, seconds in walls.items()}
    found = {"origins": side, "destinations": side, "departures": 1, "wall_s": wall_s}
    if not offers_threads:
        return {**found, "missing": "router.matrix takes no threads"}
    return {**found, "speedup": round(wall_s["1"] / wall_s["2"], 3)}


def _check_matrix(
    router: Router, origins: Sequence[str], destinations: Sequence[str], query: Query, tables: Mapping[int, Any]
) -> None:
    """Every number of threads gives one table, and its rows are what `reach` says."""
    first = tables[THREADS[0]]
    if not all(np.array_equal(first, other) for other in tables.values()):
        raise ChangedAnswersError("matrix: other numbers of threads give other seconds")
    columns = [router.network.stops.id.find(stop) for stop in destinations]
    for row, origin in enumerate(origins[:CHECKED_ROWS]):
        reached = router.reach(Query(origin, origin, query.time))[columns]
        if not np.array_equal(first[row, :, 0], reached):
            raise ChangedAnswersError(f"matrix: the row of {origin} is not what reach says")


def state_bytes(router: Router) -> int:
    """Bytes of the search states that a router holds for this thread."""
    return router._searcher().nbytes
