"""Many requests of all kinds: memory, descriptors and threads must not grow."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.load.drive import in_turn
from benchmarks.load.process import Usage, serve

PARTS = 10
CLIENTS = 4
GROWTH = 1.05


def measure_endurance(snapshot: Path, whats: Iterator[str], n: int) -> dict[str, Any]:
    """`n` requests in ten parts; the first part is what later ones are held against."""
    statuses: Counter[int] = Counter()
    usages: list[Usage] = []
    seconds, broken = 0.0, 0
    with serve(snapshot) as service:
        for _ in range(PARTS):
            part = [next(whats) for _ in range(n // PARTS)]
            driven = asyncio.run(in_turn(service.port, part, CLIENTS, seconds=10**6, most=len(part)))
            statuses += driven.statuses
            broken += driven.broken.total()
            seconds += driven.seconds
            usages.append(service.usage())
            print(f"endurance: part {len(usages)} of {PARTS}: {usages[-1]}", file=sys.stderr, flush=True)
    return {
        "requests": n,
        "seconds": round(seconds),
        "statuses": {str(status): count for status, count in sorted(statuses.items())},
        "connection_errors": broken,
        "resident_mb": [round(usage.resident_mb) for usage in usages],
        "private_mb": [round(usage.private_mb) for usage in usages],
        "descriptors": [usage.descriptors for usage in usages],
        "threads": [usage.threads for usage in usages],
    }
