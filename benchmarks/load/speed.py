"""How fast: requests a second and percentiles by clients, beside an endpoint that computes nothing; workers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.load.cities import LIVE
from benchmarks.load.drive import Driven, in_turn
from benchmarks.load.process import serve

CLIENTS = (1, 8, 32)
OUTSIDE_MS, WORKERS_GAIN = 1.5, 1.7
"""The bars: of the server's time outside the router, and of two workers over one."""
PATIENT = {"queue_wait_s": 60, "max_queue": 64}
"""So that 32 clients wait, and are not refused: that is another measurement."""


def row(clients: int, driven: Driven) -> dict[str, Any]:
    """What a table shows of a run."""
    outside = driven.outside_ms()
    return {
        "clients": clients,
        "answers": driven.n,
        "refused": driven.statuses[503] + driven.statuses[429],
        "failed": sum(count for status, count in driven.statuses.items() if status >= 500) + driven.broken.total(),
        "per_second": round(driven.per_second, 1),
        "p50_ms": round(driven.percentile(50), 2),
        "p95_ms": round(driven.percentile(95), 2),
        "p99_ms": round(driven.percentile(99), 2),
        "router_ms": round(driven.part_ms("router"), 2),
        "telling_ms": round(driven.part_ms("telling"), 2),
        "outside_p50_ms": round(float(np.median(outside)), 2) if outside else None,
        "body_kb": round(float(np.mean(driven.body_bytes)) / 1000, 1) if driven.body_bytes else None,
    }


def measure_speed(snapshot: Path, whats: Sequence[str], seconds: float) -> dict[str, Any]:
    """One worker: `whats` and the trivial endpoint, at 1, 8 and 32 clients."""
    with serve(snapshot, **PATIENT, max_computations=2) as service:
        asyncio.run(in_turn(service.port, whats, 2, seconds=60, most=60))
        rows = [
            row(clients, asyncio.run(in_turn(service.port, whats, clients, seconds=seconds))) for clients in CLIENTS
        ]
        trivial = [
            row(clients, asyncio.run(in_turn(service.port, [LIVE], clients, seconds=seconds / 2)))
            for clients in CLIENTS
        ]
    return {"rows": rows, "trivial": trivial, "start_s": round(service.start_s, 2)}


def measure_workers(snapshot: Path, whats: Sequence[str], seconds: float) -> dict[str, Any]:
    """One worker that computes one request at a time, then two: requests a second, and memory."""
    found: dict[str, Any] = {}
    for workers in (1, 2):
        with serve(snapshot, workers=workers, max_computations=1, **PATIENT) as service:
            asyncio.run(in_turn(service.port, whats, 8, seconds=60, most=100))
            driven = asyncio.run(in_turn(service.port, whats, 8, seconds=seconds))
            usage = service.usage()
        found[str(workers)] = row(8, driven) | {
            "resident_mb": round(usage.resident_mb), "private_mb": round(usage.private_mb)
        }  # fmt: skip
    found["gain"] = round(found["2"]["per_second"] / found["1"]["per_second"], 2)
    return found
