"""What planners ask of the graph, on networks that a person can count."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise

import networkx as nx
import pytest

from ingest import graph_hubs
from ingest.graph import build_graph
from ingest.graph_analysis import AnalysisError, GraphAnalysis, analyse
from ingest.graph_cuts import find_cuts
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

# x: a line A - B - C - D; y: C - E, its C 0 m from x's; z: F - G, F 300 m from D; the rest far apart.
THREE = """
    stop D 0 0
    stop F 300 0
    A 8:00 > B 8:10 > C 8:20 > D 8:30 / x
    D 9:00 > C 9:10 > B 9:20 > A 9:30 / x
    C 8:00 > E 8:10 / y
    F 8:00 > G 8:10 / z
"""
MONDAY = dt.date(2026, 3, 2)


def _analysed(text: str, on: dt.date | None = MONDAY) -> GraphAnalysis:
    network = network_of(feeds_of(text))
    return analyse(build_graph(network), network, on)


def _components(found: GraphAnalysis) -> dict[str, tuple[int, ...]]:
    return {component.of: component.largest for component in found.components}


def test_components_are_counted_with_and_without_walking_and_for_each_provider() -> None:
    assert _components(_analysed(THREE)) == {
        "riding and walking": (7,),
        "riding": (5, 2),
        "x": (4,),
        "y": (2,),
        "z": (2,),
    }


def test_a_stop_of_two_feeds_is_one_place() -> None:
    found = _analysed(THREE)
    assert (found.stops, found.places, found.places_ridden, found.places_of_several_feeds) == (8, 7, 7, 1)


def test_cuts_are_the_places_without_which_others_are_cut_off() -> None:
    found = _analysed(THREE)
    riding = {cut.place.name: cut.cut_off for cut in found.cuts_riding}
    walking = {cut.place.name: cut.cut_off for cut in found.cuts_walking}
    # A - B - C(x, y) - E and C - D ... F - G: without C, {A, B}, {E} and {D, F, G} are left.
    assert riding == {"B": 1, "C": 2}
    assert walking == {"B": 1, "C": 3, "D": 2, "F": 1}
    assert (found.n_cuts_riding, found.n_cuts_walking) == (2, 4)


def test_providers_meet_at_shared_places_and_by_footpaths() -> None:
    meetings = {meeting.providers: meeting for meeting in _analysed(THREE).meetings}
    assert set(meetings) == {("x", "y"), ("x", "z")}
    shared = meetings["x", "y"]
    assert (shared.shared_places, shared.footpath_pairs, shared.shortest_walk_m) == (1, 0, None)
    assert [place.stops for place in shared.examples] == [("x_C", "y_C")]
    walked = meetings["x", "z"]
    assert (walked.shared_places, walked.footpath_pairs, walked.shortest_walk_m) == (0, 1, 390)


def test_a_forbidden_change_is_no_meeting() -> None:
    feeds = feeds_of(THREE.replace("/ z", "/ x, trip Z"))
    network = network_of(feeds)
    walking = analyse(build_graph(network), network, MONDAY).components[0]
    assert walking.n_components == 1
    for start, end in (("D", "F"), ("F", "D")):
        feeds["x"].add("transfers", from_stop_id=start, to_stop_id=end, transfer_type=3)
    network = network_of(feeds)
    assert analyse(build_graph(network), network, MONDAY).components[0].n_components == 2


def test_only_what_runs_on_the_date_counts() -> None:
    text = THREE.replace("> E 8:10 / y", "> E 8:10 / y, service SUN") + "days SUN 0000001 2026-01-01 2026-12-31"
    assert _components(_analysed(text))["y"] == ()
    assert _components(_analysed(text, dt.date(2026, 3, 1)))["y"] == (2,)
    assert _components(_analysed(text, None))["y"] == (2,)


def test_an_average_day_counts_trips_by_the_days_on_which_they_run() -> None:
    text = """
        days ALL 1111111 2026-01-05 2026-01-18
        days WORK 1111100 2026-01-05 2026-01-18
        A 8:00 > B 8:10 / x, service ALL
        A 9:00 > B 9:10 / x, service WORK
        A 0:00 > B 0:10 / x, service ALL, every 600 from 10:00 to 11:00
    """
    feeds = feeds_of(text)
    for table, rows in feeds["x"].tables.items():
        if table == "calendar":
            rows[:] = [row for row in rows if row["service_id"] != "DAILY"]
    network = network_of(feeds)
    hubs = {hub.place.name: hub for hub in analyse(build_graph(network), network, None).hubs}
    assert hubs["A"].departures == pytest.approx(1 + 10 / 14 + 6, abs=1e-3)


def test_a_date_outside_the_snapshot_is_refused() -> None:
    with pytest.raises(AnalysisError, match="2031-01-01"):
        _analysed(THREE, dt.date(2031, 1, 1))


STAR = """
    A 8:00 > H 8:10 / x, every 600 from 6:00 to 12:00
    H 8:00 > A 8:10 / x, every 600 from 6:00 to 12:00
    B 8:00 > H 8:10 / x, every 600 from 6:00 to 12:00
    H 8:00 > B 8:10 / x, every 600 from 6:00 to 12:00
"""


def test_the_hub_of_a_star_is_where_all_other_journeys_change() -> None:
    found = _analysed(STAR)
    hub = found.hubs[0]
    # Departures: 36 each from A and B, 72 from H. A to B and B to A are 1/16 of all pairs each; pairs at one place are
    # no journeys.
    assert hub.place.name == "H"
    assert hub.changing == hub.passing == pytest.approx(2 / 16, abs=1e-6)
    assert hub.departures == 72
    assert all(other.changing == 0 for other in found.hubs[1:])
    assert (found.origins, found.origins_sampled) == (3, False)


def test_who_rides_through_passes_and_does_not_change() -> None:
    found = _analysed("A 8:00 > B 8:10 > C 8:20 / x\n    C 9:00 > B 9:10 > A 9:20 / x")
    middle = next(hub for hub in found.hubs if hub.place.name == "B")
    # Departures: A 1, B 2, C 1.
    assert middle.changing == 0
    assert middle.passing == pytest.approx(2 / 16)


def test_a_change_on_foot_counts_where_the_next_vehicle_is_boarded() -> None:
    found = _analysed("stop B 0 0\nstop C 200 0\nA 8:00 > B 8:10 / x\nC 8:20 > D 8:30 / y\nD 9:00 > C 9:10 / y")
    by_name = {hub.place.name: hub for hub in found.hubs}
    # Of A, C and D, with one departure each, only A to D changes. It walks from B to C, and A to C ends with that walk.
    assert by_name["C"].changing == pytest.approx(1 / 9)
    assert by_name["B"].changing == 0
    assert by_name["B"].passing == pytest.approx(2 / 9)


def test_journeys_wait_for_rare_vehicles_and_so_go_by_the_frequent_ones() -> None:
    text = """
        A 8:00 > RARE 8:05 > B 8:10 / x, trip SELDOM
        A 8:00 > OFTEN 8:10 > B 8:20 / x, trip OFTEN, every 300 from 6:00 to 22:00
        B 9:00 > C 9:10 / x
    """
    passing = {hub.place.name: hub.passing for hub in _analysed(text).hubs}
    assert passing["OFTEN"] > 0
    assert passing["RARE"] == 0


def test_a_sample_of_origins_is_the_same_each_time_and_close_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = [f"N{number}" for number in range(12)]
    text = "\n".join(
        f"{a} 8:00 > {b} 8:05 / x, every 600 from 6:00 to 12:00"
        for one, two in pairwise(ring)
        for a, b in ((one, two), (two, one))
    )
    every = _analysed(text)
    monkeypatch.setattr(graph_hubs, "ALL_ORIGINS", 5)
    sampled = [_analysed(text) for _ in range(2)]
    assert sampled[0] == sampled[1]
    assert sampled[0].origins_sampled
    assert sampled[0].hubs[0].changing == pytest.approx(every.hubs[0].changing, rel=0.2)


def test_figures_are_json() -> None:
    found = _analysed(THREE)
    read = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert read["on"] == "2026-03-02"
    assert read["hubs"][0]["place"]["stops"]


@pytest.mark.parametrize("seed", range(5))
def test_cuts_agree_with_closing_each_place(seed: int) -> None:
    graph = nx.gnm_random_graph(30, 33, seed=seed)
    expected = {}
    for node in nx.articulation_points(graph):
        home = nx.node_connected_component(graph, node) - {node}
        parts = [len(part) for part in nx.connected_components(graph.subgraph(home))]
        expected[node] = sum(parts) - max(parts)
    assert expected, "the random graph has some"
    assert find_cuts(graph) == expected


def test_nothing_is_cut_off_in_an_empty_graph() -> None:
    assert find_cuts(nx.Graph()) == {}
