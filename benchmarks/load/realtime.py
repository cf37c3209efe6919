"""GTFS-Realtime: what one cycle of fifty thousand updates takes, and what thousands of cycles leave behind."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from api.operations.process_memory import give_back, settle
from api.realtime import RealtimePoller, RealtimeSource
from api.state import ServiceState
from ingest.fetch import FetchError
from ingest.model import Network
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from routing import Query

UPDATES = 50_000
CYCLES, PARTS = 5, 10
HOUR = 12
"""UTC: when the messages are made."""


def messages(network: Network, day: date, n: int, seed: int = 1) -> dict[str, bytes]:
    """feed -> a message; together at most `n` trips that run on a day, each with two late calls."""
    rng, now_s = np.random.default_rng(seed), noon_s(day)
    feed_of = np.asarray(network.routes.feed)[np.asarray(network.trips.route)]
    column = day.toordinal() - network.first_date.toordinal()
    runs = np.asarray(network.services.runs)[np.asarray(network.trips.service), column] == 1
    rows = np.flatnonzero(runs & (np.asarray(network.trips.is_headway) == 0))
    ptr, sequence = np.asarray(network.trips.times_ptr), np.asarray(network.stop_times.stop_sequence)
    made: dict[str, gtfs_rt.FeedMessage] = {}
    for trip in rng.choice(rows, min(n, len(rows)), replace=False).tolist():
        feed = network.feeds[int(feed_of[trip])].id
        header = gtfs_rt.FeedHeader(gtfs_realtime_version="2.0", timestamp=now_s)
        message = made.setdefault(feed, gtfs_rt.FeedMessage(header=header))
        update = message.entity.add(id=str(trip)).trip_update
        update.trip.trip_id = network.trips.id[trip][len(feed) + 1 :]
        update.trip.start_date = day.strftime("%Y%m%d")
        late = int(rng.integers(0, 600))
        for call in sorted(rng.choice(int(ptr[trip + 1] - ptr[trip]), 2, replace=False).tolist()):
            said = update.stop_time_update.add(stop_sequence=int(sequence[ptr[trip] + call]))
            said.arrival.delay = said.departure.delay = late
    return {feed: message.SerializeToString() for feed, message in made.items()}


def noon_s(day: date) -> int:
    """UTC seconds."""
    return int(datetime(day.year, day.month, day.day, HOUR, tzinfo=UTC).timestamp())


def measure_cycle(snapshot: Path, day: date) -> dict[str, Any]:
    """Median seconds of reading, of laying over the schedule, and of the day's timetable: elapsed, and of a core."""
    state = ServiceState.open(snapshot, None)
    router, now_s = state.router, noon_s(day)
    said = messages(router.network, day, UPDATES)
    indexes = {feed: FeedIndex(router.network, feed) for feed in said}
    query = Query("", "", datetime.fromtimestamp(now_s, UTC))
    router.timetable(query)
    settle()
    laps: list[list[tuple[float, float]]] = []
    applied = 0
    for _ in range(CYCLES + 1):
        clock = [(time.perf_counter(), time.process_time())]
        found = [apply_message(indexes[feed], data, now_s) for feed, data in said.items()]
        clock.append((time.perf_counter(), time.process_time()))
        live = router.live([patch for _, patch in found if patch is not None])
        clock.append((time.perf_counter(), time.process_time()))
        live.timetable(query)
        clock.append((time.perf_counter(), time.process_time()))
        laps.append([(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(clock)])
        applied = sum(report.applied for report, _ in found)
    taken = np.median(np.array(laps[1:]), axis=0)  # the first compiles kernels
    return {
        "updates": applied,
        "bytes": sum(map(len, said.values())),
        "read_s": round(float(taken[0, 0]), 3),
        "laid_over_s": round(float(taken[1, 0]), 3),
        "compiled_s": round(float(taken[2, 0]), 3),
        "cycle_s": round(float(taken[:, 0].sum()), 3),
        "cycle_core_s": round(float(taken[:, 1].sum()), 3),
    }


def measure_cycles(snapshot: Path, day: date, n: int) -> dict[str, Any]:
    """`n` polls of good messages, of old and broken ones, and of none, each put in place: memory in ten parts."""
    state = ServiceState.open(snapshot, None)
    chance, now = random.Random(1), float(noon_s(day))
    good = [messages(state.network, day, 500, seed) for seed in range(4)]
    feed = max(good[0], key=lambda name: len(good[0][name]))
    bad = [b"", good[0][feed][:-3], b"\x12\xff", None]

    def fetch(_source: RealtimeSource) -> bytes:
        data = chance.choice(good)[feed] if chance.random() < 0.6 else chance.choice(bad)
        if data is None:
            raise FetchError("status 503", None)
        return data

    poller = RealtimePoller(state, [RealtimeSource(feed, "https://example.org/tu")], fetch=fetch, clock=lambda: now)
    (source,), resident, longest, lost = poller._pollers, [], 0.0, 0
    for number in range(n):
        begin = time.perf_counter()
        was_good = source._failures
        source.poll()
        poller.publish()
        longest = max(longest, time.perf_counter() - begin)
        if source._failures == was_good:
            status = source.status(int(now))
            lost += sum(status.entities_ignored.values())
        if (number + 1) % -(-n // PARTS) == 0:
            settle()
            give_back()
            resident.append(_resident_mb())
    return {
        "cycles": n, "failed": source._failures, "entities_lost": lost, "longest_s": round(longest, 2),
        "resident_mb": resident, "most_resident_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _resident_mb() -> int:
    lines: Sequence[str] = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))
