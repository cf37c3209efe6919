"""Two versions of a snapshot published in turn under load: every answer must be wholly of the one or of the other."""

from __future__ import annotations

import asyncio
import gzip
import json
import multiprocessing
import os
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load.cities import compares
from benchmarks.load.client import Answer
from benchmarks.load.drive import Driven, in_turn
from benchmarks.load.process import Service, serve
from benchmarks.queries import StopPair
from ingest.model import Network
from ingest.snapshot import open_snapshot, write_snapshot
from routing import Query, Router

POLL_S = 0.5
NICE = 10
SETTLE_S = 30
Expected = Mapping[str, Mapping[str, str]]
"""Snapshot id -> what was asked -> the text of the answer."""


@dataclass(frozen=True, slots=True)
class _Plan:
    clients: int
    seconds: float
    """At least."""
    swaps: int


def expected_answers(networks: Sequence[Network], pairs: Sequence[StopPair]) -> dict[str, dict[str, str]]:
    """What the service must say of each version, worked out without it."""
    found = {}
    for network in networks:
        router = Router(network)
        found[network.snapshot_id] = {
            what: _text(router.compare(Query(pair.origin, pair.destination, pair.time)).to_dict())
            for what, pair in zip(compares(list(pairs)), pairs, strict=True)
        }
    return found


def _text(answer: object) -> str:
    return json.dumps(answer, sort_keys=True)


class _Judge:
    """Looks at every answer."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self.of: Counter[str] = Counter()
        self.last = ""
        self.mixed: list[str] = []

    def look(self, what: str, answer: Answer) -> None:
        if answer.status != 200:
            return
        snapshot = answer.headers["x-snapshot"]
        body = gzip.decompress(answer.body) if answer.headers.get("content-encoding") == "gzip" else answer.body
        self.of[snapshot] += 1
        self.last = snapshot
        if _text(json.loads(body)) != self._expected[snapshot][what]:
            self.mixed.append(f"{snapshot} {what}")


class _Publisher:
    """Writes versions in a process of its own, as an ingest does: the clients' process has enough to do. It goes behind
    the service, as that of deploy/timbang-ingest.service."""

    def __init__(self, sources: Sequence[Path], out: Path) -> None:
        self._sources, self._out = sources, out
        spawned = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, mp_context=spawned, initializer=os.nice, initargs=(NICE,))

    async def publish(self, number: int) -> None:
        """Copy one of the sources, to be served from now on."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._pool, _write, self._sources[number], self._out)

    def close(self) -> None:
        """End the process."""
        self._pool.shutdown()


def _write(source: Path, out: Path) -> None:
    write_snapshot(open_snapshot(source), out)


async def _publish(ids: Sequence[str], publisher: _Publisher, plan: _Plan, judge: _Judge) -> list[float]:
    """In turn, evenly, but each only when answers come from the one before. Returns seconds from being published to
    the first answer.
    """
    await publisher.publish(0)  # what is served already: the process has read its program by then
    begin, waited = time.perf_counter(), []
    for number in range(plan.swaps):
        other = (number + 1) % 2
        await asyncio.sleep(max(0.0, begin + number * plan.seconds / plan.swaps - time.perf_counter()))
        await publisher.publish(other)
        published = time.perf_counter()
        while judge.last != ids[other] and time.perf_counter() - published < 60:
            await asyncio.sleep(0.02)
        waited.append(time.perf_counter() - published)
    return waited


def measure_swaps(
    networks: tuple[Network, Network],
    pairs: Sequence[StopPair],
    work: Path,
    *,
    clients: int = 16,
    seconds: float = 60,
    swaps: int = 30,
) -> dict[str, Any]:
    """`swaps` publications in `seconds`, seen by `clients` that compare."""
    out, expected = work / "swapped", expected_answers(networks, pairs)
    whats = compares(list(pairs))
    differing = sum(
        expected[networks[0].snapshot_id][what] != expected[networks[1].snapshot_id][what] for what in whats
    )
    ids = [network.snapshot_id for network in networks]
    sources = [work / "published" / snapshot_id for snapshot_id in ids]
    for network, source in zip(networks, sources, strict=True):
        write_snapshot(network, source)
    write_snapshot(networks[0], out)
    judge, publisher = _Judge(expected), _Publisher(sources, out)
    # Patient: what is refused for want of time would say nothing of swaps.
    with serve(out, reload_poll_s=POLL_S, queue_wait_s=60, deadline_s=60) as service:
        asyncio.run(in_turn(service.port, whats, clients, seconds=5))
        quiet = asyncio.run(in_turn(service.port, whats, clients, seconds=10, look=judge.look))
        before = service.usage()

        plan = _Plan(clients, seconds, swaps)
        driven, waited = asyncio.run(_both(service.port, whats, ids, publisher, plan, judge))
        publisher.close()
        peak = service.usage()
        time.sleep(SETTLE_S)
        after = service.usage()
        seen = reloads(service)
    return {
        "clients": clients, "seconds": round(driven.seconds), "published": swaps, "reloads": seen,
        "queries": len(whats), "queries_with_other_answers": differing,
        "answers": driven.n, "answers_of": sorted(judge.of.values()),
        "mixed": len(judge.mixed),
        "server_errors": sum(count for status, count in driven.statuses.items() if status >= 500),
        "connection_errors": driven.broken.total(),
        "p99_quiet_ms": round(quiet.percentile(99), 1), "p99_swapping_ms": round(driven.percentile(99), 1),
        "published_to_answered_s": [round(min(waited), 2), round(max(waited), 2)],
        "resident_mb": [round(use.resident_mb) for use in (before, peak, after)],
        "private_mb": [round(use.private_mb) for use in (before, peak, after)],
        "descriptors": [use.descriptors for use in (before, peak, after)],
    }  # fmt: skip


async def _both(
    port: int, whats: Sequence[str], ids: Sequence[str], publisher: _Publisher, plan: _Plan, judge: _Judge
) -> tuple[Driven, list[float]]:
    """Clients ask until everything is published."""
    publishing = asyncio.create_task(_publish(ids, publisher, plan, judge))
    is_over = publishing.done
    driven = await in_turn(port, whats, plan.clients, seconds=10**6, look=judge.look, is_over=is_over)
    return driven, await publishing


def reloads(service: Service) -> dict[str, int]:
    """How often a newer snapshot was loaded, by /metrics."""
    import urllib.request

    with urllib.request.urlopen(f"http://127.0.0.1:{service.port}/metrics", timeout=10) as response:
        lines = response.read().decode().splitlines()
    found = (line for line in lines if line.startswith("timbang_reloads_total{"))
    return {line.split('"')[1]: int(float(line.rsplit(" ", 1)[1])) for line in found}
