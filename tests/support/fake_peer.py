"""A peer for tests of the process that peers run in: it arrives a minute later for each letter of the origin."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.queries import StopPair


def load(task: Mapping[str, Any]) -> FakeEngine:
    """The engine; one that fails to load if the task says so. It talks a lot, as real ones do."""
    sys.stdout.write("loading, loading\n")
    if "fail" in task:
        sys.stderr.write(f"a long story\n{task['fail']}\n")
        sys.exit(3)
    return FakeEngine()


class FakeEngine:
    """Ends at once when it is asked for the origin `exit`."""

    name = "fake"

    def prepare(self, pair: StopPair) -> StopPair:
        return pair

    def run(self, pair: StopPair) -> int:
        sys.stdout.write("routing\n")
        if pair.origin == "exit":
            sys.exit(4)
        return len(pair.origin) * 60

    def arrival(self, pair: StopPair, answer: int) -> int | None:
        return int(pair.time.timestamp()) + answer if answer else None

    def tell(self, pair: StopPair) -> str:
        return f"it goes to {pair.destination}"

    def size(self) -> dict[str, int]:
        return {"stops": 7}
