"""Reads an OpenStreetMap extract (*.osm.pbf) into the walking network. The only importer of osmium."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from osmium import BaseFilter
from osmium.filter import EntityFilter, IdFilter, KeyFilter

from ingest.progress import BUILDING_STREETS, READING_STREETS, Progress, silent
from ingest.street_build import WayPoints, build_streets
from ingest.street_model import Streets
from ingest.street_tags import TAGGED, bars_wheels, blocks_walking, is_walkable_area, walking_flags


class StreetsError(Exception):
    """A street extract that cannot be used. The message names the file."""


def read_streets(path: Path, progress: Progress = silent) -> Streets:
    """The walking network of an extract. Raises StreetsError for no file, a damaged one, or one without ways."""
    if not path.is_file():
        raise StreetsError(f"{path} is not a file; --osm wants an OpenStreetMap extract, *.osm.pbf")
    progress(READING_STREETS)
    ways = _WayCollector()
    try:
        _collect(path, ways)
    except (RuntimeError, ValueError) as error:  # what osmium raises for anything wrong with a file
        raise StreetsError(f"{path} cannot be read as an OpenStreetMap extract: {error}") from error
    if not ways.n_ways:
        raise StreetsError(f"{path} holds no way that can be walked")
    progress(BUILDING_STREETS)
    streets = build_streets(ways.points())
    if not len(streets.edge_mm):
        raise StreetsError(f"{path} holds ways that can be walked, but not the nodes that say where they are")
    islands, points = streets.dropped_islands.tolist()
    progress(f"{BUILDING_STREETS}: {len(streets.node_lat_e7):,} nodes, {len(streets.edge_mm):,} edges; "
             f"{islands:,} islands of {points:,} points left out", 1.0)  # fmt: skip
    return streets


class _WayCollector:
    """Grows the columns of WayPoints as ways pass by."""

    def __init__(self) -> None:
        self.n_ways = 0
        self._refs, self._lat, self._lon, self._sizes = array("q"), array("i"), array("i"), array("i")
        self._flags = array("B")
        self._blocked, self._barred = array("q"), array("q")
        self.seen: set[int] = set()

    def add_way(self, way: Any, flags: int) -> None:
        """Take a way with its located nodes. Nodes that the extract cut away end the way and begin another."""
        self.seen.add(way.id)
        self.n_ways += 1
        size = 0
        for node in way.nodes:
            if node.location.valid():
                self._refs.append(node.ref)
                self._lat.append(node.y)
                self._lon.append(node.x)
                size += 1
            elif size:
                self._end(size, flags)
                size = 0
        self._end(size, flags)

    def add_barrier(self, node: Any) -> None:
        tags = dict(node.tags)
        if blocks_walking(tags):
            self._blocked.append(node.id)
        elif bars_wheels(tags):
            self._barred.append(node.id)

    def _end(self, size: int, flags: int) -> None:
        self._sizes.append(size)
        self._flags.append(flags)

    def points(self) -> WayPoints:
        return WayPoints(
            ptr=np.concatenate([[0], np.cumsum(np.array(self._sizes, np.int64))]),
            flags=np.array(self._flags, np.uint8),
            node=np.array(self._refs, np.int64),
            lat_e7=np.array(self._lat, np.int32),
            lon_e7=np.array(self._lon, np.int32),
            blocked=np.array(self._blocked, np.int64),
            barred=np.array(self._barred, np.int64),
        )


def _collect(path: Path, ways: _WayCollector) -> None:
    for item in _located(path, _keys(osmium.osm.NODE, "barrier"), _keys(osmium.osm.WAY, *TAGGED)):
        if item.is_node():
            ways.add_barrier(item)
            continue
        flags = walking_flags(dict(item.tags))
        if flags is not None:
            ways.add_way(item, flags)
    outlines = {way: flags for way, flags in _outlines(path).items() if way not in ways.seen}
    if not outlines:
        return
    for way in _located(path, EntityFilter(osmium.osm.WAY), IdFilter(list(outlines))):
        ways.add_way(way, outlines[way.id])


def _located(path: Path, *filters: BaseFilter) -> Iterator[Any]:
    """What passes the filters; ways know where their nodes are."""
    processor = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    for each in filters:
        processor = processor.with_filter(each)
    return iter(processor)


def _keys(kind: osmium.osm.osm_entity_bits, *keys: str) -> BaseFilter:
    """Of things of this kind, those that have one of the keys; all things of other kinds."""
    chosen = KeyFilter(*keys)
    chosen.enable_for(kind)
    return chosen


def _outlines(path: Path) -> dict[int, int]:
    """Member way -> flags, for squares and platforms that are mapped as relations: their ways have no tags."""
    members: dict[int, int] = {}
    relations: Iterator[Any] = iter(
        osmium.FileProcessor(str(path), osmium.osm.RELATION).with_filter(KeyFilter(*TAGGED))
    )
    for relation in relations:
        tags = dict(relation.tags)
        flags = walking_flags(tags)
        if flags is not None and is_walkable_area(tags):
            members.update((member.ref, flags) for member in relation.members if member.type == "w")
    return members
