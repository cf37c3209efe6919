"""Where stops lie along shapes, kept: a leg is the part of the shape that one finds without keeping anything."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from polyline_rs import encode_lonlat

from api.leg_lines import LegLines
from ingest.model import Network
from routing.geometry import leg_geometry
from routing.located_stops import LocatedStops
from routing.trip_runs import find_run, ride_leg
from tests.scenarios.drawn import network_of
from tests.support.examples import thorough
from tests.support.timetable_text import feeds_of

DEGREES = st.integers(0, 40).map(lambda step: round(step * 0.003, 3))
POINTS = st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=8)
LETTERS = "ABCDE"


def _network(shape: list[tuple[float, float]], stops: list[tuple[float, float]]) -> Network:
    feed = feeds_of(" > ".join(f"{stop} 08:{minute:02d}" for minute, stop in enumerate(LETTERS)) + " / x, trip T")["x"]
    for row, (lon, lat) in zip(feed.rows("stops"), stops, strict=True):
        row["stop_lat"], row["stop_lon"] = str(5 + lat), str(10 + lon)
    feed.rows("trips")[0]["shape_id"] = "S"
    for index, (lon, lat) in enumerate(shape):
        feed.add("shapes", shape_id="S", shape_pt_lat=5 + lat, shape_pt_lon=10 + lon, shape_pt_sequence=index)
    return network_of({"x": feed})


def _part(network: Network, stops: NDArray[np.int32]) -> list[tuple[float, float]]:
    """By projecting the two ends of a leg on its shape, and nothing else."""
    points = np.column_stack([network.shapes.lon, network.shapes.lat]).astype(np.float64)
    places = np.column_stack([network.stops.lon[stops], network.stops.lat[stops]])
    line = shapely.LineString(points)
    measure = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    start, end = (float(shapely.line_locate_point(line, shapely.Point(*places[at]))) for at in (0, -1))
    if end <= start:
        found = places
    else:
        ends = [[float(np.interp(at, measure, points[:, axis])) for axis in (0, 1)] for at in (start, end)]
        inside = points[(measure > start) & (measure < end)]
        found = np.array([ends[0], *inside.tolist(), ends[1]])
    return [(lon, lat) for lon, lat in np.round(found, 6).tolist()]


@thorough(40)
@given(POINTS, st.lists(st.tuples(DEGREES, DEGREES), min_size=5, max_size=5))
def test_legs_are_parts_of_their_shape(shape: list[tuple[float, float]], stops: list[tuple[float, float]]) -> None:
    network = _network(shape, stops)
    if len(network.shapes.ptr) < 2 or network.shapes.ptr[1] < 2:
        return  # a shape of one place
    located, lines = LocatedStops(network), LegLines(network)
    run = find_run(network, 0, network.first_date)
    assert run is not None
    for board, alight in [*combinations(range(5), 2)] * 2:
        called = run.stops[board : alight + 1]
        part = _part(network, called)
        assert list(leg_geometry(network, 0, board, alight, called)) == part
        assert list(leg_geometry(network, 0, board, alight, called, located)) == part
        along = ride_leg(run, board, alight).along
        for precision in (6, 7):
            assert lines.line(along, precision) == (encode_lonlat(part, precision), len(part))  # type: ignore[arg-type] # a ride along a trip
