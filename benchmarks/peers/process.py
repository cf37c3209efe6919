"""A peer in a child process of its own: its threads, memory and faults stay there."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.engines import Measured
from benchmarks.queries import StopPair

SHOWN = 300
"""Characters of the last line of a peer's standard error that an error quotes at most."""


class PeerFailedError(RuntimeError):
    """A peer that ended. The text names it and quotes the end of what it wrote to standard error."""


class PeerProcess:
    """One loaded peer as a block engine. `load` is what loading took: seconds, cpu_s, peak_mb, size.

    To be closed, or used in a `with`. Raises PeerFailedError, here and in every method, where the child ends.
    """

    def __init__(self, name: str, task: Mapping[str, Any]) -> None:
        self.name = name
        # Open as long as the child is: close() closes it.
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 # as said
        self._child = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.peers.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        try:
            self.load = self._ask(task)
        except PeerFailedError:
            self.close()
            raise

    def block(self, pairs: Sequence[StopPair]) -> Measured:
        """Timings and arrivals of these queries; the answers themselves stay in the child."""
        found = self._ask({"time": write_pairs(pairs)})
        return Measured(self.name, found["cpu_ns"], found["arrivals"])

    def tell(self, pairs: Sequence[StopPair]) -> list[str]:
        """What its legs do that ours may not; only of peers that can tell."""
        told: list[str] = self._ask({"tell": write_pairs(pairs)})["told"]
        return told

    def close(self) -> None:
        """End the child."""
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # a child that ended takes nothing more
                    pipe.close()
        self._child.wait()
        self._errors.close()

    def __enter__(self) -> PeerProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        assert self._child.stdin is not None and self._child.stdout is not None  # noqa: PT018  # both are pipes
        line = ""
        try:
            self._child.stdin.write(json.dumps(asked) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except BrokenPipeError:
            pass
        if not line:
            raise PeerFailedError(f"{self.name} ended with status {self._child.wait()}: {self._last_words()}")
        found: dict[str, Any] = json.loads(line)
        return found

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = [line for line in self._errors.read().splitlines() if line.strip()]
        return lines[-1].strip()[-SHOWN:] if lines else "it said nothing"


def write_pairs(pairs: Sequence[StopPair]) -> list[tuple[str, str, str, str]]:
    """Pairs as the child reads them."""
    return [(pair.id, pair.origin, pair.destination, pair.time.isoformat()) for pair in pairs]
