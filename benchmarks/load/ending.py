"""The end of the service under load: told to stop, and killed."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.load.client import BrokenAnswerError, Connection
from benchmarks.load.process import Service, serve, status_of

DRAIN_S = 2.0
CLIENTS = 8
WARM = 20
"""Asked before, until they are answered: the days and kernels that a service a few seconds old does not have yet."""


class _Proxy:
    """Asks as a proxy does: where no answer has begun, the request may be sent again elsewhere."""

    def __init__(self) -> None:
        self.answered = self.elsewhere = self.refused = self.failed = 0
        self.is_over = False

    async def ask(self, port: int, whats: Sequence[str]) -> None:
        connection, number = Connection(port), 0
        while not self.is_over:
            number += 1
            try:
                answer = await connection.get(whats[number % len(whats)])
            except BrokenAnswerError as error:
                if error.has_begun:
                    self.failed += 1
                else:
                    self.elsewhere += 1
            except OSError:
                self.elsewhere += 1
                await asyncio.sleep(0.05)
            else:
                self.answered += answer.status == 200
                self.refused += answer.status in (429, 503)
                self.failed += answer.status >= 500 and answer.status != 503
        connection.close()


def _warm(port: int, whats: Sequence[str]) -> None:
    for what in whats:
        while status_of(port, what) == 503:
            time.sleep(0.05)


async def _stop_under_load(service: Service, whats: Sequence[str]) -> dict[str, Any]:
    proxy = _Proxy()
    await asyncio.to_thread(_warm, service.port, whats[:WARM])
    clients = [asyncio.create_task(proxy.ask(service.port, whats)) for _ in range(CLIENTS)]
    await asyncio.sleep(3)
    begin = time.perf_counter()
    service.process.send_signal(signal.SIGTERM)
    not_ready = None
    while not_ready is None and time.perf_counter() - begin < DRAIN_S:
        if await asyncio.to_thread(status_of, service.port, "/health/ready") == 503:
            not_ready = time.perf_counter() - begin
        await asyncio.sleep(0.01)
    status = await asyncio.to_thread(service.process.wait, 60)
    ended = time.perf_counter() - begin
    proxy.is_over = True
    await asyncio.gather(*clients)
    return {
        "not_ready_after_s": None if not_ready is None else round(not_ready, 3),
        "ended_after_s": round(ended, 2),
        "exit_status": status,
        "answered": proxy.answered,
        "failed": proxy.failed,
        "refused": proxy.refused,
        "to_send_elsewhere": proxy.elsewhere,
    }


def measure_end(snapshot: Path, whats: Sequence[str], workers: int) -> dict[str, Any]:
    """SIGTERM while eight clients ask."""
    with serve(snapshot, drain_s=DRAIN_S, workers=workers) as service:
        return asyncio.run(_stop_under_load(service, whats))


def measure_kills(snapshot: Path, times: int = 3) -> dict[str, Any]:
    """kill -9 of the whole service, started again each time: seconds until it is ready."""
    starts = []
    for _ in range(times):
        with serve(snapshot) as service:
            starts.append(round(service.start_s, 2))
            os.killpg(service.process.pid, signal.SIGKILL)
            service.process.wait(30)
    return {"kills": times, "ready_after_s": starts}


def measure_cold(snapshot: Path) -> dict[str, Any]:
    """Seconds until ready where the kernels are still to be compiled, and where they cannot be kept either."""
    with tempfile.TemporaryDirectory() as folder:
        with serve(snapshot, kernel_cache=Path(folder) / "kernels") as service:
            empty = service.start_s
        nowhere = Path(folder) / "file"
        nowhere.touch()
        with serve(snapshot, kernel_cache=nowhere / "kernels") as service:
            unwritable = service.start_s
    return {"empty_cache_s": round(empty, 1), "unwritable_cache_s": round(unwritable, 1)}
