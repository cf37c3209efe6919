"""What must be shown: figures taken from results, and judged."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.bars import BARS, COMPLETE, SEARCH, SHORT, USUAL, Bar, precomputation_s
from benchmarks.sets import SETS

RESULT: dict[str, Any] = {
    "engines": {SEARCH: {"mean_ms": 0.5}, COMPLETE: {"mean_ms": 0.56}},
    "ratios": {USUAL: {SEARCH: [12.0, 11.0, 13.0]}, SHORT: {SEARCH: [9.0, 8.0, 9.5]}},
    "searches": {
        "profile, 1 h": {"mean_ms": 3.0}, "profile, 24 h": {"mean_ms": 61.0}, "reach": {"missing": "no"},
        "matrix": {"speedup": 1.9}, "state": {"bytes": 32 * 2**20},
    },
    "stages": {
        "ingest": {"ingest_parts": {"reading": 9.0, "bounding travel times": 2.0, "x": 1.5}, "snapshot_mb": 9.0}
    },
}  # fmt: skip


def judged(figure: str, set_id: str = "newyork") -> tuple[float | None, bool | None, bool | None]:
    (bar,) = [bar for bar in BARS if bar.set == set_id and bar.figure == figure]
    return bar.judge(RESULT)


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        (f"search, times faster than {USUAL}", (12.0, True, False)),
        (f"search, times faster than {SHORT}", (9.0, False, False)),
        ("profile, 1 h", (3.0, True, False)),
        ("profile, 24 h", (61.0, False, False)),
        ("reach", (None, None, None)),
        ("matrix 1,000 × 1,000: two threads over one", (1.9, True, None)),
        ("state of a thread", (32.0, True, None)),
        ("precomputation", (3.5, True, None)),
        ("snapshot", (9.0, True, None)),
    ],
)
def test_figures_are_taken_from_a_run_and_judged(
    figure: str, verdict: tuple[float | None, bool | None, bool | None]
) -> None:
    assert judged(figure) == verdict


def test_what_objects_add_is_the_difference_of_the_means() -> None:
    found, reached, _ = judged("complete beyond search")
    assert found == pytest.approx(0.06)
    assert reached is True


def test_a_bar_is_reached_when_it_is_met_exactly() -> None:
    least = Bar("s", "c", "f", "", lambda result: 2.0, 2.0, 1.0, "ms")
    most = Bar("s", "c", "f", "", lambda result: 2.0, 2.0, 3.0, "×", more_is_better=True)
    assert least.judge({}) == most.judge({}) == (2.0, True, False)


def test_results_of_before_have_no_precomputation() -> None:
    assert precomputation_s({"stages": {"ingest": {"seconds": {"ingest": 2.0}}}}) is None


def test_every_bar_belongs_to_a_set_and_only_times_of_searches_are_latencies() -> None:
    assert {bar.set for bar in BARS} <= set(SETS)
    assert {bar.figure for bar in BARS if bar.is_latency} == {"search", "profile, 1 h", "profile, 24 h", "reach"}
