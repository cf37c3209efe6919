"""The process that a peer runs in, `python -m benchmarks.peers.child`: a line of JSON in, a line of JSON out.

The first line is the task of `Peer.inputs`, its answer what loading took. Then {"time": pairs} asks for timings and
arrivals, {"tell": pairs} for what the peer's legs do. A pair is [id, origin, destination, ISO time].
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from benchmarks.engines import time_block
from benchmarks.peers.peer import PeerEngine
from benchmarks.queries import StopPair
from benchmarks.stages import own_peak_mb


def load(task: Mapping[str, Any]) -> tuple[PeerEngine, dict[str, Any]]:
    """The engine, and wall seconds, CPU seconds and peak memory of loading it."""
    cpu, wall = time.process_time(), time.perf_counter()
    engine: PeerEngine = importlib.import_module(task["module"]).load(task["inputs"])
    seconds = {"load": round(time.perf_counter() - wall, 4)}
    report = {"seconds": seconds, "cpu_s": round(time.process_time() - cpu, 3), "peak_mb": round(own_peak_mb(), 1)}
    return engine, {**report, "size": engine.size()}


def answer(engine: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Timings and arrivals, or what the engine tells of its legs."""
    if "tell" in asked:
        return {"told": [engine.tell(pair) for pair in read_pairs(asked["tell"])]}
    measured = time_block(engine, read_pairs(asked["time"]))
    return {"cpu_ns": measured.cpu_ns, "arrivals": measured.arrivals}


def read_pairs(rows: Sequence[Sequence[str]]) -> list[StopPair]:
    """Pairs as the parent wrote them."""
    return [
        StopPair(name, origin, destination, datetime.fromisoformat(time)) for name, origin, destination, time in rows
    ]


def main() -> None:
    """Answer until standard input ends."""
    output = _own_output()
    warnings.simplefilter("ignore")  # what peers find in feeds is not of this run
    engine, report = load(json.loads(sys.stdin.readline()))
    _write(output, report)
    for number, line in enumerate(sys.stdin):
        _write(output, answer(engine, json.loads(line)))
        if number == 0:  # warm by now
            gc.collect()
            gc.freeze()


def _own_output() -> IO[str]:
    """Standard output for this module alone: what libraries print goes to standard error."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # else what was printed first is written last, after the error
    return output


def _write(output: IO[str], report: Mapping[str, Any]) -> None:
    output.write(json.dumps(report) + "\n")
    output.flush()


if __name__ == "__main__":
    main()
