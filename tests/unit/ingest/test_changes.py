"""How riders change on foot: walking links, overruled by transfers.txt."""

from __future__ import annotations

import pytest

from ingest.changes import resolve_changes
from ingest.footpaths import WalkingLinks, straight_links
from ingest.pipeline import WalkOptions
from ingest.walk_measures import straight_measure
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

NETWORK = """
    stop A 0 0
    stop B 99.9 0
    stop C 5000 0
    station Z: A B
    A 08:00 > B 08:10 08:12 > C 08:20 / x, trip T1
    A 08:00 > C 08:20 / y, trip T1
"""


def _changes(text: str) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(from, to) -> (distance, fixed time, forbidden), within feed x."""
    network = network_of(feeds_of(text), WalkOptions())
    paths, ids = network.footpaths, network.stops.id
    rows = zip(
        paths.from_stop.tolist(),
        paths.to_stop.tolist(),
        paths.distance_m.tolist(),
        paths.min_time_s.tolist(),
        paths.forbidden.tolist(),
        strict=True,
    )
    found = {(ids[start], ids[end]): change for start, end, *change in rows}
    return {(a[2:], b[2:]): tuple(v) for (a, b), v in found.items() if a[0] == b[0] == "x"}


def test_without_transfers_a_change_is_a_walk_by_distance() -> None:
    assert _changes(NETWORK) == {("A", "B"): (130, -1, 0), ("B", "A"): (130, -1, 0)}


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ("A > B 0", (130, -1, 0)),
        ("A > B 1", (130, 0, 0)),
        ("A > B 2 240", (130, 240, 0)),
        ("A > B 2", (130, -1, 0)),
        ("A > B 3", (130, -1, 1)),
    ],
)
def test_a_row_says_how_its_pair_is_changed(row: str, change: tuple[int, int, int]) -> None:
    changes = _changes(f"{NETWORK}\ntransfer x {row}")
    assert changes == {("A", "B"): change, ("B", "A"): (130, -1, 0)}


@pytest.mark.parametrize(
    ("row", "change"),
    [("B > B 0", (0, 0, 0)), ("B > B 1", (0, 0, 0)), ("B > B 2 90", (0, 90, 0)), ("B > B 3", (0, -1, 1))],
)
def test_a_row_from_a_stop_to_itself_is_the_time_of_a_change_there(row: str, change: tuple[int, int, int]) -> None:
    assert _changes(f"{NETWORK}\ntransfer x {row}")["B", "B"] == change


def test_a_row_links_what_is_not_near() -> None:
    # 5000 m x 1.3; type 3 there forbids what nobody would do.
    changes = _changes(f"{NETWORK}\ntransfer x A > C 0")
    assert changes["A", "C"][0] == pytest.approx(6500, abs=1)
    assert ("C", "A") not in changes
    assert ("A", "C") not in _changes(f"{NETWORK}\ntransfer x A > C 3")


def test_a_station_means_its_stops_and_the_row_that_names_more_stops_wins() -> None:
    # Z holds A and B.
    general = _changes(f"{NETWORK}\ntransfer x Z > Z 2 60")
    assert {pair: change[1] for pair, change in general.items()} == {
        ("A", "A"): 60,
        ("A", "B"): 60,
        ("B", "A"): 60,
        ("B", "B"): 60,
    }
    for rows in ("transfer x Z > Z 2 60\ntransfer x A > Z 2 30", "transfer x A > Z 2 30\ntransfer x Z > Z 2 60"):
        specific = _changes(f"{NETWORK}\n{rows}\ntransfer x A > B 2 10")
        assert {pair: change[1] for pair, change in specific.items()} == {
            ("A", "A"): 30,
            ("A", "B"): 10,
            ("B", "A"): 60,
            ("B", "B"): 60,
        }


def test_rows_that_name_routes_or_trips_do_not_speak_for_everybody() -> None:
    feeds = feeds_of(NETWORK)
    feeds["x"].add("transfers", from_stop_id="A", to_stop_id="B", transfer_type=3, from_route_id="R-T1")
    network = network_of(feeds, WalkOptions("off"))
    paths = resolve_changes(network, straight_links(network, 500, 1.3), straight_measure(network, 1.3))
    assert paths.forbidden.sum() == 0


def test_no_links_and_no_rows_make_no_changes() -> None:
    network = network_of(feeds_of(NETWORK), WalkOptions("off"))
    none = WalkingLinks(*(straight_links(network, -1, 1.3).from_stop for _ in range(5)))
    assert len(resolve_changes(network, none, straight_measure(network, 1.3)).from_stop) == 0
