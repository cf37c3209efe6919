"""Two versions of a snapshot published in turn under load: every answer must be wholly of the one or of the other."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load.cities import compares
from benchmarks.load.client import Answer
from benchmarks.load.drive import Driven, in_turn
from benchmarks.load.process import Service, serve
from benchmarks.queries import StopPair
from ingest.model import Network
from ingest.snapshot import write_snapshot
from routing import Query, Router

POLL_S = 0.5
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


async def _publish(networks: Sequence[Network], out: Path, plan: _Plan, judge: _Judge) -> list[float]:
    """In turn, evenly, but each only when answers come from the one before. Returns seconds from being published to
    the first answer.
    """
    begin, waited = time.perf_counter(), []
    for number in range(plan.swaps):
        network = networks[(number + 1) % 2]
        await asyncio.sleep(max(0.0, begin + number * plan.seconds / plan.swaps - time.perf_counter()))
        await asyncio.to_thread(write_snapshot, network, out)
        published = time.perf_counter()
        while judge.last != network.snapshot_id and time.perf_counter() - published < 60:
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
    write_snapshot(networks[0], out)
    judge = _Judge(expected)
    # Patient: what is refused for want of time would say nothing of swaps.
    with serve(out, reload_poll_s=POLL_S, queue_wait_s=60, deadline_s=60) as service:
        asyncio.run(in_turn(service.port, whats, clients, seconds=5))
        quiet = asyncio.run(in_turn(service.port, whats, clients, seconds=10, look=judge.look))
        before = service.usage()

        plan = _Plan(clients, seconds, swaps)
        driven, waited = asyncio.run(_both(service.port, whats, networks, out, plan, judge))
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
    port: int, whats: Sequence[str], networks: Sequence[Network], out: Path, plan: _Plan, judge: _Judge
) -> tuple[Driven, list[float]]:
    """Clients ask until everything is published."""
    publishing = asyncio.create_task(_publish(networks, out, plan, judge))
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
