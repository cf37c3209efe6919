"""Ways inside stations, and what becomes of them in a network."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Footpaths, Network, StationWays
from ingest.pathway_costs import Way, pathway_ways, step_free_pathways, way_of
from ingest.pipeline import WalkOptions
from ingest.stations import find_stations
from tests.scenarios.drawn import network_of
from tests.support.timetable_text import feeds_of

STATION = """
    stop P 0 0
    stop Q 59.9 0
    stop R 1000 0
    station Z: P Q
    entrance E 0 30 of Z
    entrance F 59.9 30 of Z
    node N 30 30 of Z
    P 08:00 > R 08:10 / x
    Q 08:00 > R 08:10 / x
    pathway x E > N gate 10 m
    pathway x N > E exit 10 m
    pathway x N <> P stairs 20 m
    pathway x N <> P elevator 5 m 60 s
    pathway x N <> Q walkway 40 m
    pathway x P > F exit 70 m
"""

Row = tuple[int, int, int]


def _rows(network: Network, table: Footpaths | StationWays) -> Mapping[str, Row]:
    """`P>Q`: (distance_m, fixed_m, fixed_s)."""
    ids = network.stops.id
    columns = (table.from_stop, table.to_stop, table.distance_m, table.fixed_m, table.fixed_s)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {f"{ids[start][2:]}>{ids[end][2:]}": (metres, own_m, own_s) for start, end, metres, own_m, own_s in rows}


def test_ways_lead_from_entrances_to_platforms_and_out_again() -> None:
    network = network_of(feeds_of(STATION))
    assert _rows(network, network.station_ways) == {
        "E>P": (30, 0, 0),
        "E>Q": (50, 0, 0),
        "P>E": (30, 0, 0),
        "P>F": (70, 0, 0),
        "Q>E": (50, 0, 0),
        "Q>F": (130, 0, 0),
    }
    assert _rows(network, network.footpaths) == {"P>Q": (60, 0, 0), "Q>P": (60, 0, 0)}


def test_without_stairs_the_elevator_takes_its_own_time() -> None:
    network = network_of(feeds_of(STATION))
    assert _rows(network, network.step_free_station_ways) == {
        "E>P": (15, 5, 60),
        "E>Q": (50, 0, 0),
        "P>E": (15, 5, 60),
        "P>F": (70, 0, 0),
        "Q>E": (50, 0, 0),
        "Q>F": (115, 5, 60),
    }
    assert _rows(network, network.step_free_footpaths) == {"P>Q": (45, 5, 60), "Q>P": (45, 5, 60)}


def test_without_pathways_both_tables_are_one() -> None:
    network = network_of(feeds_of("\n".join(line for line in STATION.splitlines() if "pathway" not in line)))
    assert network.step_free_footpaths is network.footpaths
    assert len(network.station_ways.from_stop) == 0
    assert _rows(network, network.footpaths) == {"P>Q": (78, 0, 0), "Q>P": (78, 0, 0)}


def test_walking_off_reads_no_pathways() -> None:
    network = network_of(feeds_of(STATION), WalkOptions("off"))
    assert len(network.pathways.mode) == 6
    assert len(network.footpaths.from_stop) == len(network.station_ways.from_stop) == 0


def test_pieces_are_what_pathways_join_in_any_direction() -> None:
    network = network_of(feeds_of(f"{STATION}\nstation Y: R S\nR 09:00 > S 09:10 / x\npathway x R > S walkway"))
    piece = find_stations(network, 1.3).piece
    of = {stop[2:]: int(piece[row]) for row, stop in enumerate(network.stops.id)}
    assert len({of[stop] for stop in "PQEFN"}) == 1
    assert of["R"] == of["S"] != of["P"]
    assert of["Z"] == of["Y"] == -1


def test_a_place_without_coordinates_lies_where_its_station_does() -> None:
    feeds = feeds_of(f"{STATION}\npathway x E > N walkway")
    stops = {row["stop_id"]: row for row in feeds["x"].rows("stops")}
    stops["N"].update(stop_lat="", stop_lon="")
    stops["Z"].update(stop_lat=stops["Q"]["stop_lat"], stop_lon=stops["Q"]["stop_lon"])
    way = pathway_ways(network_of(feeds))[-1]
    # From E, which lies 30 m north of P, to Q, 59.9 m east of it.
    assert 66_990 <= way.paced_mm <= 67_000
    stops["Z"].update(stop_lat="", stop_lon="")
    assert pathway_ways(network_of(feeds))[-1] == way_of(0)


def test_what_a_wheelchair_cannot_take() -> None:
    rows = network_of(feeds_of(f"{STATION}\npathway x E <> N walkway 9 stairs\npathway x E <> N escalator")).pathways
    assert step_free_pathways(rows).tolist() == [True, True, False, True, True, True, False, False]
    feeds = feeds_of(STATION)
    feeds["x"].rows("pathways")[4]["pathway_mode"] = "9"  # unknown: it may be stairs
    assert step_free_pathways(network_of(feeds).pathways)[4] == 0


def test_a_long_chain_is_left_out_after_an_hour() -> None:
    network = network_of(feeds_of(f"{STATION}\npathway x E > F elevator 3500 s\npathway x F > Q elevator 101 s"))
    ways = find_stations(network, 1.3).ways
    assert "F>Q" in _rows(network, ways)
    assert "F>P" in _rows(network, ways)
    assert max(ways.fixed_s.tolist()) <= 3600


def test_boarding_is_asked_of_the_station_where_the_stop_is_silent() -> None:
    feeds = feeds_of(f"{STATION}\nboarding x Z 2\nboarding x Q 1\nboarding x P 0")
    feeds["x"].add("stops", stop_id="P1", stop_lat="-6.2", stop_lon="106.8", location_type=4, parent_station="P")
    network = network_of(feeds)
    said = dict(zip((stop[2:] for stop in network.stops.id), network.stops.wheelchair.tolist(), strict=True))
    assert said == {"Z": 2, "P": 2, "P1": 2, "Q": 1, "E": 2, "F": 2, "N": 2, "R": 0}


@given(st.tuples(*[st.integers(0, 10**6)] * 3), st.tuples(*[st.integers(0, 10**6)] * 3))
def test_ways_add_up(first: tuple[int, int, int], second: tuple[int, int, int]) -> None:
    ways = [way_of(metres, own_m, own_s) for metres, own_m, own_s in (first, second)]
    assert ways[0].then(ways[1]) == way_of(*(a + b for a, b in zip(first, second, strict=True)))
    assert Way(0, 0, 0, 0) == way_of(0)
    # At 1.2 m/s six metres take five seconds, as long as five seconds in an elevator.
    assert way_of(6).weight == way_of(0, 100, 5).weight
