"""Porto Alegre on its street extract: footpaths are the shortest walks that networkx finds on the raw ways.

The independent side shares only the rules for tags and for what a link is (docs/walking.md). It makes its own pass
over the extract, keeps every mapped point as a node, snaps with shapely on a projection by pyproj, and adds metres
as floats.
"""

from __future__ import annotations

import dataclasses
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pyproj
import pytest
import shapely

from ingest.footpaths import DEFAULT_DETOUR, DEFAULT_RADIUS_M
from ingest.geometry import EARTH_RADIUS_M, haversine_m
from ingest.model import Network
from ingest.pipeline import WalkOptions, ingest_feeds
from ingest.street_build import MIN_ISLAND_POINTS
from ingest.street_footpaths import StreetLinks, street_links
from ingest.street_model import BACK, ONE_WAY, THERE, Streets
from ingest.street_tags import ONE_WAY_BACK, blocks_walking, is_walkable_area, walking_flags
from ingest.street_walk import SNAP_M, StreetWalker
from ingest.streets import StreetsError, read_streets

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "feeds" / "portoalegre"
EXTRACT = FOLDER / "poa_osm.pbf"
BUDGET_M = DEFAULT_RADIUS_M * DEFAULT_DETOUR

pytestmark = [
    pytest.mark.real_feeds,
    pytest.mark.skipif(not EXTRACT.exists(), reason="the real feeds are not beside this checkout"),
]


@dataclass(frozen=True)
class City:
    network: Network
    streets: Streets
    found: StreetLinks


@pytest.fixture(scope="module")
def city() -> City:
    sources = {name: FOLDER / f"{name}.zip" for name in ("eptc", "trensurb")}
    network = ingest_feeds(sources, WalkOptions(walk="off")).network
    assert network is not None
    streets = read_streets(EXTRACT)
    return City(network, streets, street_links(network, streets, DEFAULT_RADIUS_M))


Snapped = tuple[tuple[object, object], float, float, float]


class RawWays:
    """Every piece of every walkable way as a networkx edge, and the nearest of them."""

    def __init__(self, path: Path) -> None:
        gates = {
            node.id
            for node in osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("barrier"))
            if blocks_walking(dict(node.tags))
        }
        whole = nx.DiGraph()
        for way, flags, line in self._walkable(path):
            for number in range(len(line) - 1):
                ends = [(node, (way, number) if node in gates else 0) for node, _, _ in line[number : number + 2]]
                for end, (_, lat, lon) in zip(ends, line[number:], strict=False):
                    whole.add_node(end, lat=lat, lon=lon)
                (_, lat1, lon1), (_, lat2, lon2) = line[number : number + 2]
                metres = float(haversine_m(lat1, lon1, lat2, lon2))
                if not flags & ONE_WAY_BACK:
                    whole.add_edge(*ends, m=metres)
                if not flags & ONE_WAY:
                    whole.add_edge(*reversed(ends), m=metres)
        pieces = [piece for piece in nx.weakly_connected_components(whole) if len(piece) >= MIN_ISLAND_POINTS]
        self.graph = whole.subgraph(set().union(*pieces)).copy()
        self._edges = list(self.graph.edges)
        plane = f"+proj=aeqd +R={EARTH_RADIUS_M} +lat_0=-30.04 +lon_0=-51.2"
        self._plane = pyproj.Transformer.from_crs(f"{plane} +type=crs", f"+proj=longlat +R={EARTH_RADIUS_M} +type=crs")
        self._lines = [shapely.LineString([self._project(node) for node in edge]) for edge in self._edges]
        self._tree = shapely.STRtree(self._lines)

    @staticmethod
    def _walkable(path: Path) -> Iterator[tuple[int, int, list[tuple[int, float, float]]]]:
        squares = {
            member.ref
            for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION)
            if is_walkable_area(dict(relation.tags))
            for member in relation.members
            if member.type == "w"
        }
        for way in osmium.FileProcessor(str(path)).with_locations():
            if not way.is_way():
                continue
            flags = walking_flags(dict(way.tags))
            if flags is not None or way.id in squares:
                line = [(node.ref, node.location.lat, node.location.lon) for node in way.nodes]
                yield way.id, flags or 0, line

    def _project(self, node: object) -> tuple[float, float]:
        data = self.graph.nodes[node]
        return self.plane(data["lat"], data["lon"])

    def plane(self, lat: float, lon: float) -> tuple[float, float]:
        x, y = self._plane.transform(lon, lat, direction=pyproj.enums.TransformDirection.INVERSE)
        return x, y

    @cache  # noqa: B019 # lives as long as the test
    def snap(self, lat: float, lon: float) -> Snapped | None:
        """(piece, metres to its first node, to its second, off the street), or None beyond SNAP_M."""
        point = shapely.Point(*self.plane(lat, lon))
        row = int(self._tree.nearest(point))
        off = self._lines[row].distance(point)
        along = self._lines[row].project(point)
        return (self._edges[row], along, self._lines[row].length - along, off) if off <= SNAP_M else None

    @cache  # noqa: B019 # as above
    def from_node(self, node: object) -> dict[object, float]:
        reached: dict[object, float] = nx.single_source_dijkstra_path_length(self.graph, node, BUDGET_M, weight="m")
        return reached

    def walk_m(self, start: tuple[float, float], end: tuple[float, float]) -> float:
        """Metres by the rule for links: on the streets, or straight over open ground."""
        here, there = self.snap(*start), self.snap(*end)
        straight = float(haversine_m(*start, *end)) * DEFAULT_DETOUR
        if here is None or there is None:
            return straight
        walks = [straight] if straight <= here[3] + there[3] else []
        off = here[3] + there[3]
        if set(here[0]) == set(there[0]):
            before = there[1] if here[0] == there[0] else there[2]
            if before >= here[1] or self.graph.has_edge(*here[0][::-1]):
                walks.append(abs(here[1] - before) + off)
        for node, to_node in self._exits(here, away=True):
            reached = self.from_node(node)
            for last, from_last in self._exits(there, away=False):
                walks.append(to_node + reached.get(last, math.inf) + from_last + off)
        return min(walks)

    def _exits(self, snap: Snapped, *, away: bool) -> Iterator[tuple[object, float]]:
        """The nodes of the piece that can be walked to (`away`) or from, and the metres between."""
        (first, second), to_first, to_second, _ = snap
        yield (second, to_second) if away else (first, to_first)
        if self.graph.has_edge(second, first):
            yield (first, to_first) if away else (second, to_second)


def test_footpaths_equal_an_independent_dijkstra_on_1000_stop_pairs(city: City) -> None:
    stops, links = city.network.stops, city.found.links
    pairs = zip(links.from_stop.tolist(), links.to_stop.tolist(), strict=True)
    linked = dict(zip(pairs, links.distance_m.tolist(), strict=True))
    on_streets = city.found.stops.stop[city.found.stops.edge >= 0].tolist()
    inside = set(on_streets)
    random_pairs = random.Random(7)
    sample = random_pairs.sample(sorted(pair for pair in linked if inside.issuperset(pair)), 700)
    rows = city.found.stops
    while len(sample) < 1000:  # and as many that may not be linked: neighbours within twice the radius
        start, end = random_pairs.sample(on_streets, 2)
        apart = float(haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end]))
        if 250 < apart < 2 * DEFAULT_RADIUS_M:
            sample.append((start, end))
    assert len(rows.stop) > len(on_streets) > 2000
    ways = RawWays(EXTRACT)
    unequal = []
    for start, end in sample:
        metres = ways.walk_m(*((float(stops.lat[stop]), float(stops.lon[stop])) for stop in (start, end)))
        ours = linked.get((start, end))
        # Each of some tens of pieces is rounded up to a millimetre, and the sum to a metre.
        is_equal = metres > BUDGET_M - 0.5 if ours is None else metres - 0.1 <= ours <= metres + 1.5
        if not is_equal:
            unequal.append((str(stops.id[start]), str(stops.id[end]), ours, metres))
    assert unequal == []


def test_no_footpath_is_shorter_than_the_straight_line_or_longer_than_the_budget(city: City) -> None:
    stops, links = city.network.stops, city.found.links
    start, end = links.from_stop, links.to_stop
    straight = haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end])
    assert (links.distance_m >= straight).all()
    assert links.distance_m.max() <= BUDGET_M


def test_footpaths_are_sorted_and_once_a_pair(city: City) -> None:
    there = _rows(city.found)
    assert (there[:, 0] != there[:, 1]).all()
    assert len(np.unique(there[:, :2], axis=0)) == len(there)
    assert (there == _sorted(there)).all()


def test_footpaths_are_symmetric_but_for_one_way_stairs(city: City) -> None:
    there = _rows(city.found)
    asymmetric = {tuple(row) for row in there.tolist()} ^ {tuple(row) for row in there[:, [1, 0, 2]].tolist()}
    assert 0 < len(asymmetric) < len(there) / 100
    both_ways = dataclasses.replace(
        city.streets,
        edge_flags=city.streets.edge_flags & ~np.uint8(ONE_WAY),
        arc_bits=city.streets.arc_bits | np.uint8(THERE | BACK),
    )
    there = _rows(street_links(city.network, both_ways, DEFAULT_RADIUS_M))
    assert (there == _sorted(there[:, [1, 0, 2]])).all()


def _rows(found: StreetLinks) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return np.column_stack([found.links.from_stop, found.links.to_stop, found.links.distance_m])


def _sorted(rows: np.ndarray[tuple[int, int], np.dtype[np.int32]]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    return rows[np.lexsort((rows[:, 1], rows[:, 0]))]


def test_streets_lead_round_by_about_a_third(city: City) -> None:
    """Between stops more than 200 m apart, walked over straight: 1.2 to 1.5 in a city with blocks and hills."""
    stops, links, table = city.network.stops, city.found.links, city.found.stops
    is_on = np.zeros(len(stops.lat), bool)
    is_on[table.stop[table.edge >= 0]] = True
    start, end = links.from_stop, links.to_stop
    straight = haversine_m(stops.lat[start], stops.lon[start], stops.lat[end], stops.lon[end])
    chosen = is_on[start] & is_on[end] & (straight > 200) & (straight < 300)
    factor = float(np.median(links.distance_m[chosen] / straight[chosen]))
    assert 1.15 < factor < 1.5


def test_walks_from_a_stop_are_its_footpaths(city: City) -> None:
    walker = StreetWalker(city.streets, city.found.stops)
    links, stops = city.found.links, city.network.stops
    for stop in city.found.stops.stop[::200].tolist():
        rows, metres = walker.walk_from(float(stops.lat[stop]), float(stops.lon[stop]), BUDGET_M)
        others = rows != stop
        mine = links.from_stop == stop
        assert rows[others].tolist() == links.to_stop[mine].tolist()
        assert metres[others].tolist() == links.distance_m[mine].tolist()


def test_without_stairs_no_walk_is_shorter_and_some_are_longer(city: City) -> None:
    step_free = street_links(city.network, city.streets, DEFAULT_RADIUS_M, step_free=True)
    snapped_alike = step_free.stops.edge == city.found.stops.edge
    is_alike = np.zeros(len(city.network.stops.lat), bool)
    is_alike[city.found.stops.stop[snapped_alike]] = True
    every = {
        (start, end): metres
        for start, end, metres in zip(
            city.found.links.from_stop.tolist(),
            city.found.links.to_stop.tolist(),
            city.found.links.distance_m.tolist(),
            strict=True,
        )
    }
    longer = 0
    for start, end, metres in zip(
        step_free.links.from_stop.tolist(),
        step_free.links.to_stop.tolist(),
        step_free.links.distance_m.tolist(),
        strict=True,
    ):
        if is_alike[start] and is_alike[end]:
            assert metres >= every[start, end]
            longer += metres > every[start, end]
    assert longer > 100


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_cut_extract_is_refused_by_name(tmp_path: Path, share: float) -> None:
    path = tmp_path / "cut.osm.pbf"
    data = EXTRACT.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(StreetsError, match=r"cut\.osm\.pbf cannot be read"):
        read_streets(path)
