"""What one service needs for its operation, made from its settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from api.operations.admission import Admission
from api.operations.drain import Drain
from api.operations.guard import Bounds
from api.operations.live import Source
from api.operations.metrics import Metrics
from api.operations.rate_limit import RateLimit
from api.operations.workers import NUDGE
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Operations:
    """One a process."""

    metrics: Metrics
    admission: Admission
    rate: RateLimit
    bounds: Bounds
    drain: Drain
    source: Source


def make_operations(settings: Settings) -> Operations:
    """By what the settings say."""
    metrics = Metrics()
    nudge = os.environ.get(NUDGE)
    n_slots = settings.max_computations or slots_of(os.cpu_count() or 1, settings.workers)
    return Operations(
        metrics=metrics,
        admission=Admission(n_slots, settings.max_queue, settings.queue_wait_s, metrics.crowd),
        rate=RateLimit(settings.rate_limit_per_minute),
        bounds=Bounds(settings.deadline_s, settings.max_body_bytes),
        drain=Drain(settings.drain_s),
        source=Source(settings.snapshot, settings.population, None if nudge is None else Path(nudge)),
    )


def slots_of(n_cores: int, n_workers: int) -> int:
    """How many computations one of `n_workers` processes runs at once: all together no more than there are cores."""
    return max(1, n_cores // n_workers)
