"""The walking network and where stops touch it: frozen columns, fit for a snapshot. Only NumPy is imported here.

All lengths are whole millimetres, rounded up a piece at a time, so sums are exact and never shorter than the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.arrays import Bits, Floats, Int32s, Int64s

E7 = 1e-7
"""Degrees in one unit of the coordinates that OpenStreetMap itself keeps."""

# Bits of Streets.edge_flags
STAIRS = 1  # highway=steps
CROSSING = 2  # a marked way over a carriageway
ELEVATOR = 4
BARRED = 8  # not step-free: stairs without a ramp, wheelchair=no, a stile
ONE_WAY = 16  # on foot only from edge_start to edge_end

NO_STREET = -1
"""Edge of a place that no street is near: it is reached by straight lines only."""
CUT_OFF = -2
"""Edge of a place with streets near, none of them step-free: wheels do not get there along streets."""

# Bits of Streets.arc_bits
THERE = 1  # the arc may be walked
BACK = 2  # its opposite may be walked
STEP_FREE = 4


@dataclass(frozen=True, slots=True)
class Streets:
    """Ways that people walk, as a graph: N nodes (crossings of ways, dead ends), E edges between them, P points.

    Edge e is drawn by points points_ptr[e]:points_ptr[e + 1], its two nodes included. Each edge is two arcs.
    """

    node_lat_e7: Int32s
    node_lon_e7: Int32s
    edge_start: Int32s
    edge_end: Int32s
    edge_mm: Int32s
    """Length of edge e: the last `point_mm` of its points."""
    edge_flags: Bits
    """STAIRS | CROSSING | ELEVATOR | BARRED | ONE_WAY."""
    points_ptr: Int32s
    point_lat_e7: Int32s
    point_lon_e7: Int32s
    point_mm: Int32s
    """Millimetres from the start of the point's edge."""
    arcs_ptr: Int32s
    """Node n is left by arcs arcs_ptr[n]:arcs_ptr[n + 1]. Length N + 1."""
    arc_node: Int32s
    """Arc -> the node at its other end."""
    arc_edge: Int32s
    arc_mm: Int32s
    arc_bits: Bits
    """THERE | BACK | STEP_FREE."""
    grid: Floats
    """What cells measure, in degrees: southern edge, western edge, height, width; and the number of columns."""
    cell_key: Int64s
    """Cells that hold something, as row * columns + column, rising."""
    cell_ptr: Int32s
    """Cell c is touched by the segments cell_segments[cell_ptr[c]:cell_ptr[c + 1]]."""
    cell_segments: Int32s
    """Segment i joins the points i and i + 1, which are of one edge."""
    dropped_islands: Int32s
    """Pieces left out because they lead nowhere: how many, and how many points they had. Length 2."""


@dataclass(frozen=True, slots=True)
class StopsOnStreets:
    """Where S stops touch the walking network, sorted by `stop`."""

    stop: Int32s
    """Row of Network.stops."""
    lat: Floats
    lon: Floats
    edge: Int32s
    """The nearest edge, NO_STREET or CUT_OFF."""
    position_mm: Int32s
    """How far along the edge, from its start."""
    off_mm: Int32s
    """Straight from the stop to the edge; where it is CUT_OFF, to the nearest edge of any kind."""
    edge_ptr: Int32s
    """Edge e has the stops edge_stops[edge_ptr[e]:edge_ptr[e + 1]]. Length E + 1."""
    edge_stops: Int32s
    """Rows of this table."""


def no_streets() -> Streets:
    """What a snapshot holds when no extract was given."""
    none, zero = np.empty(0, np.int32), np.zeros(1, np.int32)
    bits = np.empty(0, np.uint8)
    return Streets(
        node_lat_e7=none,
        node_lon_e7=none,
        edge_start=none,
        edge_end=none,
        edge_mm=none,
        edge_flags=bits,
        points_ptr=zero,
        point_lat_e7=none,
        point_lon_e7=none,
        point_mm=none,
        arcs_ptr=zero,
        arc_node=none,
        arc_edge=none,
        arc_mm=none,
        arc_bits=bits,
        grid=np.array([0.0, 0.0, 1.0, 1.0, 1.0]),
        cell_key=np.empty(0, np.int64),
        cell_ptr=zero,
        cell_segments=none,
        dropped_islands=np.zeros(2, np.int32),
    )


def no_stops_on_streets() -> StopsOnStreets:
    """What a snapshot holds when no extract was given."""
    none, zero = np.empty(0, np.int32), np.zeros(1, np.int32)
    nowhere = np.empty(0, np.float64)
    return StopsOnStreets(none, nowhere, nowhere, none, none, none, zero, none)
