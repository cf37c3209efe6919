"""cafein and ferrobus beside ours on a small city: to the second, and each difference told."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.answers import Agreement, Comparison
from benchmarks.checking import Compared, compare_all, confirmed
from benchmarks.engines import InProcess, SearchEngine, measure
from benchmarks.peers.opening import open_peers
from benchmarks.peers.peer import PEERS
from benchmarks.queries import called_stops, draw_pairs
from benchmarks.sets import UNLINKED, Conditions
from routing import Router
from tests.unit.benchmarks.small_city import site_of

N = 60


def comparisons(tmp_path: Path, conditions: Conditions) -> dict[str, Comparison]:
    """By peer, on queries of one morning."""
    site = site_of(tmp_path, conditions)
    pairs = draw_pairs(called_stops(site.network, site.bench.day), site.bench, N)
    exact = [peer for peer in PEERS if peer.resolution_s == 1]
    with ExitStack() as stack:
        opened, rows = open_peers(site, stack, lambda text: None, exact)
        assert [name for name, row in rows.items() if "missing" in row] == []
        ours, *theirs = measure(
            [InProcess(SearchEngine(Router(site.network), conditions)), *(process for _, process in opened)], pairs
        )
        found = compare_all(site, pairs, ours, theirs, opened, lambda text: None)
    return {comparison.peer: comparison for comparison in found}


@pytest.mark.parametrize("conditions", [UNLINKED, Conditions(walk_radius_m=150.0)], ids=["transfers.txt", "150 m"])
def test_peers_arrive_when_ours_does_or_say_why(tmp_path: Path, conditions: Conditions) -> None:
    for package in ("cafein", "ferrobus"):
        pytest.importorskip(package, reason="the optional dependency group bench is not installed")
    found = comparisons(tmp_path, conditions)
    last = found["cafein"].steps[-1][1]
    assert last.equal > N / 2
    assert last.equal + last.neither == N, found["cafein"].explanation()
    last = found["ferrobus"].steps[-1][1]
    assert last.equal > N / 4, found["ferrobus"].explanation()
    if last.ours_earlier:
        assert (
            f"cafein agrees with ours on {last.ours_earlier} of {last.ours_earlier}." in found["ferrobus"].explanation()
        )
    if last.theirs_earlier:
        assert "Where it is earlier: " in found["ferrobus"].explanation()
        assert "its legs do not show why" not in found["ferrobus"].explanation()


def test_a_third_engine_confirms_only_what_ours_answers_earlier() -> None:
    none = Agreement()
    one = Compared(Comparison("one", none), [10, 20, 30, None, 50], [10, 25, None, 40, 55])
    other = Compared(Comparison("other", none), [10, 21, 31, None, 50], [10, 21, 31, None, 51])
    assert confirmed(one, other) == "Where ours is earlier, other agrees with ours on 2 of 3."
    assert confirmed(one, Compared(other.comparison, [1] * 5, [2] * 5)) == ""
