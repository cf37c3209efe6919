"""The statistics that benchmark tables are made of."""

from __future__ import annotations

import pytest

from benchmarks.latency import ratio_of_means, summarize


def test_percentiles_of_one_to_a_hundred_milliseconds_lie_between_ranks() -> None:
    found = summarize([number * 1_000_000 for number in range(100, 0, -1)])
    assert found.n == 100
    assert found.mean_ms == pytest.approx(50.5)
    assert found.p50_ms == pytest.approx(50.5)
    assert found.p95_ms == pytest.approx(95.05)
    assert found.p99_ms == pytest.approx(99.01)
    assert found.max_ms == pytest.approx(100)


def test_one_timing_is_its_own_mean_and_percentile() -> None:
    assert set(summarize([2_500_000]).to_dict().values()) == {1, 2.5}


def test_no_timings_are_an_error() -> None:
    with pytest.raises(ValueError, match="no timings"):
        summarize([])


def test_a_constant_ratio_has_no_spread() -> None:
    assert ratio_of_means([30, 60, 90], [10, 20, 30]) == pytest.approx((3, 3, 3))


def test_the_interval_of_a_ratio_holds_the_ratio_and_is_the_same_each_time() -> None:
    slow, fast = [10, 500, 30, 40, 900, 60], [10, 20, 30, 40, 50, 60]
    ratio, low, high = ratio_of_means(slow, fast)
    assert ratio == pytest.approx(1540 / 210)
    assert low < ratio < high
    assert ratio_of_means(slow, fast) == (ratio, low, high)


def test_timings_of_different_queries_do_not_make_a_ratio() -> None:
    with pytest.raises(ValueError, match="do not pair up"):
        ratio_of_means([1, 2], [1])
