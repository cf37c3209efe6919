"""The process that an ingest measurement runs in: it reads a JSON task on standard input and prints a JSON report.

Each task says `call_s`, the wall seconds of the call alone: without the start of Python and its imports.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.stages import StageClock, own_peak_mb


def ingest(task: Mapping[str, Any]) -> dict[str, Any]:
    """Feeds to a published snapshot, with the seconds of each stage. Raises FeedRejected for the first bad feed."""
    from ingest.pipeline import WalkOptions, ingest_feeds
    from ingest.snapshot import write_snapshot

    feeds = {feed: Path(path) for feed, path in task["feeds"].items()}
    start = time.perf_counter()
    clock = StageClock()
    found = ingest_feeds(feeds, WalkOptions(radius_m=task["radius_m"], detour=task["detour"]), progress=clock.begin)
    for rejection in found.rejected.values():
        raise rejection
    network = found.network
    assert network is not None  # no feed was rejected
    clock.begin("writing")
    write_snapshot(network, Path(task["out"]))
    return {
        "call_s": time.perf_counter() - start,
        "stages_s": clock.finish(),
        "size": {
            "stops": len(network.stops.lat),
            "trips": len(network.trips.route),
            "stop_times": len(network.stop_times.arrival),
            "footpaths": len(network.footpaths.from_stop),
            "first_date": network.first_date.isoformat(),
            "days": network.services.runs.shape[1],
        },
    }


def load_peer(task: Mapping[str, Any]) -> dict[str, Any]:
    """pynigiri's load of the same files; what the task does not set stays as it comes."""
    import pynigiri

    sources = []
    for feed, path in task["feeds"].items():
        config = pynigiri.LoaderConfig()
        config.default_tz = task["zone"]
        if task["link_m"] is not None:
            config.link_stop_distance = task["link_m"]
        sources.append(pynigiri.TimetableSource(feed, path, config))
    start = time.perf_counter()
    timetable = pynigiri.load_timetable(sources, task["start"], task["end"], pynigiri.FinalizeOptions())
    call_s = time.perf_counter() - start
    return {"call_s": call_s, "size": {"stops": timetable.n_locations(), "vehicles": timetable.n_transports()}}


def open_router(task: Mapping[str, Any]) -> dict[str, Any]:
    """Router.open of a snapshot, and memory that only this process holds, before and after."""
    from routing import Router

    before = private_mb()
    start = time.perf_counter()
    router = Router.open(task["snapshot"])
    call_s, after = time.perf_counter() - start, private_mb()
    assert len(router.network.stops.lat)  # still held while memory was read
    return {"call_s": call_s, "private_before_mb": before, "private_mb": after}


def private_mb() -> float | None:
    """Memory of this process that no other shares; None where /proc does not say (other systems than Linux)."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text().splitlines()
    except OSError:
        return None
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


TASKS = {"ingest": ingest, "peer": load_peer, "open": open_router}


def main() -> None:
    """Do the task on standard input."""
    task = json.load(sys.stdin)
    print(json.dumps({**TASKS[task["do"]](task), "own_peak_mb": own_peak_mb()}))


if __name__ == "__main__":
    main()
