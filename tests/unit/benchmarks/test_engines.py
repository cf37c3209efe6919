"""The timing loop: every engine answers every query, and engines change places."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.engines import BLOCK, WARM_UP, InProcess, measure
from benchmarks.queries import StopPair

PAIRS = [StopPair(str(number), "a_1", "a_2", datetime(2026, 1, 1, tzinfo=UTC)) for number in range(2 * BLOCK + 10)]


class RecordingEngine:
    """Answers with the query's number and writes down who was asked what."""

    def __init__(self, name: str, log: list[tuple[str, int]]) -> None:
        self.name = name
        self.log = log

    def prepare(self, pair: StopPair) -> int:
        return int(pair.id)

    def run(self, query: int) -> int:
        self.log.append((self.name, query))
        return query

    def arrival(self, query: int, answer: int) -> int | None:
        return answer * 60


def test_every_engine_is_warmed_up_and_then_asked_everything_in_order() -> None:
    log: list[tuple[str, int]] = []
    blocks: list[int] = []
    first, second = measure([InProcess(RecordingEngine(name, log)) for name in "xy"], PAIRS, blocks.append)
    assert [query for name, query in log if name == "x"] == [*range(WARM_UP), *range(len(PAIRS))]
    assert first.arrivals == second.arrivals == [60 * number for number in range(len(PAIRS))]
    assert len(first.cpu_ns) == len(PAIRS)
    assert min(first.cpu_ns) >= 0
    assert sum(blocks) == 2 * len(PAIRS)


def test_engines_take_turns_in_blocks_and_change_places() -> None:
    log: list[tuple[str, int]] = []
    measure([InProcess(RecordingEngine(name, log)) for name in "xy"], PAIRS)
    timed = log[2 * WARM_UP :]
    turns = [name for number, (name, _) in enumerate(timed) if number == 0 or timed[number - 1][0] != name]
    assert turns == ["x", "y", "x", "y"]
    assert [timed[BLOCK * turn][0] for turn in range(4)] == ["x", "y", "y", "x"]


def test_answers_are_kept_where_they_are_wanted() -> None:
    kept, dropped = (InProcess(RecordingEngine("x", []), keep_answers=keep).block(PAIRS[:3]) for keep in (True, False))
    assert (kept.answers, dropped.answers) == ([0, 1, 2], [])
    assert kept.arrivals == dropped.arrivals == [0, 60, 120]
