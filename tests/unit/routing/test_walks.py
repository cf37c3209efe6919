"""Footpaths, timed for one walking speed."""

from __future__ import annotations

import pytest

from ingest.model import Network
from routing.kernels.layout import UNREACHED, Walks
from routing.walks import walk_table
from tests.scenarios.drawn import router_of

TEXT = """
    stop A 0 0
    stop B 99.9 0
    stop C 199.8 0
    A 08:00 > B 08:10 > C 08:20 / x
    transfer x A > B 3
    transfer x B > C 2 10
    transfer x B > B 2 45
    transfer x C > C 3
"""


def _network() -> Network:
    return router_of(TEXT).network


def _rows(walks: Walks) -> dict[tuple[int, int], tuple[int, int, int]]:
    """(stop, stop at its end) -> (change, walk, metres)."""
    return {
        (stop, int(walks.stops[row])): (
            int(walks.change_by_foot_s[row]),
            int(walks.walk_s[row]),
            int(walks.metres[row]),
        )
        for stop in range(len(walks.ptr) - 1)
        for row in range(int(walks.ptr[stop]), int(walks.ptr[stop + 1]))
    }


def _between_stops(walks: Walks) -> dict[tuple[int, int], tuple[int, int, int]]:
    """Without the rows of each stop to itself, which take no time."""
    rows = _rows(walks)
    assert {row for (start, end), row in rows.items() if start == end} == {(0, 0, 0)}
    return {pair: row for pair, row in rows.items() if pair[0] != pair[1]}


def test_a_walk_takes_metres_over_speed_rounded_up_and_a_fixed_change_its_own_time() -> None:
    # 130 m: 108.3 s, 109; 260 m: 216.7 s, 217. B to C is fixed at 10 s, but the walk is still 109 s.
    assert _between_stops(walk_table(_network(), 1.2).access) == {
        (0, 1): (109, 109, 130),
        (1, 0): (109, 109, 130),
        (0, 2): (217, 217, 260),
        (2, 0): (217, 217, 260),
        (1, 2): (10, 109, 130),
        (2, 1): (109, 109, 130),
    }


def test_forbidden_changes_are_left_out_of_changes_but_not_of_access_and_egress() -> None:
    table = walk_table(_network(), 1.2)
    access = _between_stops(table.access)
    assert _rows(table.forward) == {pair: row for pair, row in access.items() if pair != (0, 1)}
    assert (1, 0) in _rows(table.egress)


def test_the_backward_tables_are_the_forward_ones_turned_round() -> None:
    table = walk_table(_network(), 1.2)
    for forward, backward in ((table.forward, table.backward), (table.access, table.egress)):
        assert _rows(backward) == {(end, start): row for (start, end), row in _rows(forward).items()}


def test_a_change_at_a_stop_takes_its_rows_time_or_none_or_is_forbidden() -> None:
    assert walk_table(_network(), 1.2).forward.change_s.tolist() == [0, 45, UNREACHED]


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 130), (1.3, 100), (0.1, 1300), (10.0, 13)])
def test_speed_is_what_it_is_for(speed: float, seconds: int) -> None:
    assert _rows(walk_table(_network(), speed).access)[0, 1][1] == seconds


def test_tables_are_read_only_and_sorted() -> None:
    table = walk_table(_network(), 1.2)
    for walks in (table.forward, table.backward, table.access, table.egress):
        assert not any(array.flags.writeable for array in walks)
        assert list(_rows(walks)) == sorted(_rows(walks))
    assert table.longest_s == table.access.walk_s.max() == table.egress.walk_s.max() > 0


def test_an_elevator_takes_its_time_at_any_speed() -> None:
    station = "station Z: A B\nnode N 50 0 of Z\npathway x A > N walkway 60 m\npathway x N > B elevator 5 m 90 s"
    network = router_of(
        "\n".join(line for line in TEXT.splitlines() if "transfer" not in line) + f"\n{station}"
    ).network
    a, b = network.stops.id.find("x_A"), network.stops.id.find("x_B")
    for speed, seconds in ((1.2, 140), (2.0, 120)):
        assert _rows(walk_table(network, speed).forward)[a, b] == (seconds, seconds, 65)


def test_no_change_at_or_to_a_stop_that_is_closed_to_wheelchairs_but_walks() -> None:
    network = router_of(f"{TEXT}\nboarding x A 2").network
    table = walk_table(network, 1.2, step_free=True)
    assert table.forward.change_s.tolist() == [UNREACHED, 45, UNREACHED]
    assert set(_rows(table.forward)) == set(_rows(table.backward)) == {(1, 2), (2, 1)}
    assert set(_between_stops(table.access)) == {(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)}
