"""Four times as many requests as can be answered: the excess is refused at once, and then all is well again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.load.cities import LIVE
from benchmarks.load.client import Connection
from benchmarks.load.drive import Driven, at_rate, in_turn
from benchmarks.load.process import serve

TIMES = 4


async def _watch_life(port: int, seconds: float) -> list[float]:
    """Seconds that /health/live took, asked five times a second."""
    connection, taken, begin = Connection(port), [], time.perf_counter()
    while time.perf_counter() - begin < seconds:
        answer = await connection.get(LIVE)
        assert answer.status == 200
        taken.append(answer.seconds)
        await asyncio.sleep(0.2)
    connection.close()
    return taken


async def _recover(port: int, whats: Sequence[str], normal_ms: float) -> float:
    """Seconds until a lone client is answered again within three times what is normal."""
    begin, connection = time.perf_counter(), Connection(port)
    while True:
        answer = await connection.get(whats[0])
        if answer.status == 200 and 1000 * answer.seconds <= 3 * normal_ms:
            connection.close()
            return time.perf_counter() - begin
        await asyncio.sleep(0.05)


def measure_overload(snapshot: Path, whats: Sequence[str], seconds: float = 60) -> dict[str, Any]:
    """One worker with its own bounds."""
    with serve(snapshot) as service:
        asyncio.run(in_turn(service.port, whats, 2, seconds=10))
        normal = asyncio.run(in_turn(service.port, whats, 2, seconds=10))
        rate = TIMES * normal.per_second

        async def both() -> tuple[Driven, list[float]]:
            return await asyncio.gather(
                at_rate(service.port, whats, rate, seconds=seconds), _watch_life(service.port, seconds)
            )

        driven, life = asyncio.run(both())
        recovery = asyncio.run(_recover(service.port, whats, normal.percentile(99)))
        usage = service.usage()
    refused = driven.statuses[503] + driven.statuses[429]
    other = sum(count for status, count in driven.statuses.items() if status >= 500 and status != 503)
    return {
        "seconds": seconds,
        "capacity_per_second": round(normal.per_second, 1),
        "asked_per_second": round(rate, 1),
        "answered": len(driven.taken_ms),
        "answered_per_second": round(driven.per_second, 1),
        "refused": refused,
        "other_server_errors": other,
        "connection_errors": driven.broken.total(),
        "p99_normal_ms": round(normal.percentile(99), 1),
        "p99_accepted_ms": round(driven.percentile(99), 1),
        "live_p50_ms": round(1000 * sorted(life)[len(life) // 2], 1),
        "live_worst_ms": round(1000 * max(life), 1),
        "recovery_s": round(recovery, 2),
        "threads": usage.threads,
    }
