"""A made-up city: a lattice of places, denser in the middle, and the lines that run through it.

Rows and columns are tiled with lines, so each place is served; radial, orbital and rail lines lie over them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ingest.arrays import Floats, Int64s
from ingest.geometry import METRES_PER_DEGREE

CENTRE_LAT, CENTRE_LON = 51.5, 0.0
SPACING_M = 350.0
RAIL_EVERY = 3
"""Places between two stations of a rail line."""
LINES_PER_RAIL_LINE = 8
"""Lattice rows for each rail line: 95 rows make 12, as many as a big city's metro has."""
SHORTEST = 5
SMALLEST_SIDE = 4
KINDS = ("grid", "radial", "orbital", "rail")


@dataclass(frozen=True, slots=True)
class Line:
    """A route in one direction; the other runs the same places backwards."""

    kind: str
    places: Int64s

    @property
    def is_rail(self) -> bool:
        """Rail has stations of its own and runs faster."""
        return self.kind == "rail"

    def stops(self, direction: int) -> Int64s:
        """Stop numbers in order of call. A place has four: two poles of the street, two platforms."""
        places = self.places if direction == 0 else self.places[::-1]
        return places * 4 + 2 * self.is_rail + direction


@dataclass(frozen=True, slots=True)
class City:
    """`side` x `side` places; place = row * side + column. `x`, `y` are metres from the centre."""

    side: int
    x: Floats
    y: Floats
    lines: tuple[Line, ...]

    def position_m(self, stops: Int64s) -> tuple[Floats, Floats]:
        """Metres east and north of the centre: poles on both sides of the street, platforms beside them."""
        kind = stops % 4
        east = np.array([-9.0, 9.0, 24.0, 24.0])[kind]
        north = np.array([7.0, -7.0, 6.0, -6.0])[kind]
        return self.x[stops // 4] + east, self.y[stops // 4] + north

    def stations(self) -> Int64s:
        """Places where a rail line stops."""
        rail = [line.places for line in self.lines if line.is_rail]
        return np.unique(np.concatenate(rail)) if rail else np.empty(0, np.int64)


def degrees(east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Latitude and longitude of metres from the centre."""
    lat = CENTRE_LAT + north_m / METRES_PER_DEGREE
    return lat, CENTRE_LON + east_m / (METRES_PER_DEGREE * np.cos(np.radians(CENTRE_LAT)))


def build_city(side: int, mean_calls: float, random: np.random.Generator) -> City:
    """A city of side x side places whose lines have about `mean_calls` calls. Raises ValueError below 4 x 4."""
    if side < SMALLEST_SIDE:
        raise ValueError(f"a city needs {SMALLEST_SIDE} x {SMALLEST_SIDE} places, not {side} x {side}")
    x, y = _places(side, random)
    grid = list(_grid_lines(side, mean_calls, random))
    lattice = np.mean([len(line.places) for line in grid])
    # The third layer evens out what cutting rows into whole lines did to the mean.
    calls = float(np.clip(3 * mean_calls - 2 * lattice, mean_calls / 2, mean_calls * 2))
    extra = list(_extra_lines(side, calls, random))
    return City(side, x, y, (*grid, *extra, *_rail_lines(side, random)))


def _places(side: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Jittered lattice points, drawn together in the middle: blocks downtown are shorter."""
    row, column = np.divmod(np.arange(side * side), side)
    middle = (side - 1) / 2
    x, y = (part - middle + random.uniform(-0.15, 0.15, side * side) for part in (column, row))
    stretch = (0.7 + 0.4 * np.hypot(x, y) / max(middle, 1)) * SPACING_M
    return x * stretch, y * stretch


def _grid_lines(side: int, mean_calls: float, random: np.random.Generator) -> Iterator[Line]:
    """Each row and column cut into lines that share their ends, so that riders can go on."""
    parts = max(1, round(side / mean_calls))
    step = side / parts
    for lane in range(side):
        for is_row in (True, False):
            inner = np.arange(1, parts) * step + random.uniform(-0.1, 0.1, parts - 1) * step
            cuts = np.concatenate([[0], inner, [side - 1]]).astype(np.int64)
            for start, end in pairwise(cuts.tolist()):
                along = np.arange(start, end + 1)
                yield Line("grid", lane * side + along if is_row else along * side + lane)


def _extra_lines(side: int, mean_calls: float, random: np.random.Generator) -> Iterator[Line]:
    """Radial lines out of the middle, and orbital ones around it: one more line through each place on average."""
    wanted, covered = side * side, 0
    while covered < wanted:
        calls = max(SHORTEST, round(random.normal(mean_calls, 0.3 * mean_calls)))
        line = _radial(side, calls, random) if random.random() < 0.75 else _orbital(side, calls, random)
        if len(line.places) > 1:
            covered += len(line.places)
            yield line


def _radial(side: int, calls: int, random: np.random.Generator) -> Line:
    spread = max(1, side // 8)
    start = np.clip(side // 2 + random.integers(-spread, spread + 1, 2), 0, side - 1)
    share = random.random()
    signs = np.where(random.random(2) < 0.5, -1, 1)
    end = np.clip(start + signs * np.rint((calls - 1) * np.array([share, 1 - share])).astype(int), 0, side - 1)
    return Line("radial", staircase(side, start.tolist(), end.tolist()))


def _orbital(side: int, calls: int, random: np.random.Generator) -> Line:
    """Part of a square ring, at most all the way round."""
    half = int(random.integers(1, max(2, side // 2)))
    low, high = side // 2 - half, min(side // 2 + half, side - 1)
    corners = [(low, low), (low, high), (high, high), (high, low), (low, low)]
    sides = [staircase(side, a, b)[:-1] for a, b in pairwise(corners)]
    ring = np.roll(np.concatenate(sides), -int(random.integers(4 * (high - low))))
    return Line("orbital", ring[:calls])


def _rail_lines(side: int, random: np.random.Generator) -> Iterator[Line]:
    """Lines from edge to edge through the middle, evenly turned."""
    n = max(2, round(side / LINES_PER_RAIL_LINE))
    for number in range(n):
        angle = np.pi * (number + random.uniform(0.2, 0.8)) / n
        reach = (side - 1) / 2 / max(abs(np.cos(angle)), abs(np.sin(angle)))
        middle = np.array([side // 2, side // 2])
        ray = np.rint(reach * np.array([np.sin(angle), np.cos(angle)])).astype(int)
        ends = [np.clip(middle + sign * ray, 0, side - 1).tolist() for sign in (-1, 1)]
        inward, outward = (staircase(side, middle.tolist(), end)[::RAIL_EVERY] for end in ends)
        places = np.concatenate([inward[::-1], outward[1:]])
        if len(places) > 1:
            yield Line("rail", places)


def staircase(side: int, start: list[int] | tuple[int, int], end: list[int] | tuple[int, int]) -> Int64s:
    """Places from (row, column) to (row, column), one step of the lattice at a time, near the straight line."""
    rows, columns = end[0] - start[0], end[1] - start[1]
    n = abs(rows) + abs(columns)
    step = np.arange(n + 1)
    down = (2 * step * abs(rows) + n) // max(2 * n, 1)
    row = start[0] + np.sign(rows) * down
    column = start[1] + np.sign(columns) * (step - down)
    places: Int64s = (row * side + column).astype(np.int64)
    return places
