"""The transit graph as a file: GraphML for graph tools, GeoJSON for maps. docs/graph.md names every attribute."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import networkx as nx

from ingest.graph import TransitGraph
from ingest.model import Network

FORMATS = (".graphml", ".geojson")

# What XML 1.0 cannot hold, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DECIMALS = 6
"""Of degrees in GeoJSON: 0.1 m."""

Edge = tuple[int, int, str, dict[str, Any]]
"""From, to, id, attributes. Ids are unique in the whole file and hold nothing that XML would mind."""


class ExportError(Exception):
    """A file name that names no format known here."""


def export_graph(graph: TransitGraph, network: Network, path: Path, *, footpaths: bool = True) -> None:
    """Write `graph`, built from `network`, to `path`: GraphML or GeoJSON by its ending.

    The file appears when it is whole. Without `footpaths`, changes on foot between different stops are left out.
    Raises ExportError for another ending, OSError where the file cannot be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise ExportError(f"{path}: must end in {' or '.join(FORMATS)}")
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with partial.open("wb") as handle:
            if path.suffix.lower() == ".graphml":
                nx.write_graphml_xml(_for_graphml(graph, network, footpaths), handle, infer_numeric_types=True)
            else:
                _write_geojson(graph, network, footpaths, handle)
            handle.flush()
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _for_graphml(graph: TransitGraph, network: Network, footpaths: bool) -> TransitGraph:
    """A copy with nothing but texts, numbers and flags, which is all that GraphML knows."""
    copy = nx.MultiDiGraph(**{name: _xml_text(str(value)) for name, value in graph.graph.items()})
    for node, attributes in _nodes(graph, network):
        copy.add_node(node, **_plain(attributes))
    for start, end, key, attributes in _edges(graph, network, footpaths):
        copy.add_edge(start, end, key, **_plain(attributes))
    return copy


def _plain(attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _xml_text(value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }


def _xml_text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _nodes(graph: TransitGraph, network: Network) -> Iterator[tuple[int, dict[str, Any]]]:
    """Nodes as they are written: `id` is `stop_id`, which no tool takes for its own, and stations are ids."""
    for node, data in graph.nodes(data=True):
        known = math.isfinite(data["lat"]) and math.isfinite(data["lon"])
        yield (
            node,
            {
                "stop_id": data["id"],
                "name": data["name"],
                "lat": data["lat"] if known else None,
                "lon": data["lon"] if known else None,
                "feed": data["feed"],
                "station": network.stops.id[data["station"]],
            },
        )


def _edges(graph: TransitGraph, network: Network, footpaths: bool) -> Iterator[Edge]:
    """Edges as they are written: rows of routes and providers are ids, and each has a `kind`."""
    route_ids, short_names = list(network.routes.id), list(network.routes.short_name)
    for start, end, key, data in graph.edges(keys=True, data=True):
        if isinstance(key, tuple):
            kind, route = key
            own = {"route": route_ids[route], "route_short_name": short_names[route]}
            provider = network.providers[data["provider"]].id
            attributes = {"kind": kind, **own, **data, "provider": provider}
            yield start, end, f"{start}-{end}-{kind}-{route}", attributes
        elif footpaths or start == end:
            yield start, end, f"{start}-{end}-{key}", {"kind": key, **data}


def _write_geojson(graph: TransitGraph, network: Network, footpaths: bool, handle: IO[bytes]) -> None:
    """One feature a line: RFC 7946, points for nodes, straight lines for edges."""
    handle.write(b'{"type":"FeatureCollection","features":[')
    separator = b"\n"
    for feature in _features(graph, network, footpaths):
        text = json.dumps(feature, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        handle.write(separator + text.encode("utf-8", "replace"))
        separator = b",\n"
    handle.write(b"\n]}\n")


def _features(graph: TransitGraph, network: Network, footpaths: bool) -> Iterator[dict[str, Any]]:
    at: dict[int, list[float]] = {}
    for node, properties in _nodes(graph, network):
        lat, lon = properties["lat"], properties["lon"]
        if lat is not None:
            at[node] = [round(lon, DECIMALS), round(lat, DECIMALS)]
        yield _feature(node, "Point", at.get(node), properties)
    stop_ids = network.stops.id
    ids = {node: stop_ids[node] for node in graph}
    for start, end, key, properties in _edges(graph, network, footpaths):
        line = [at[start], at[end]] if start in at and end in at and start != end else None
        ends = {"from_stop_id": ids[start], "to_stop_id": ids[end]}
        yield _feature(key, "LineString", line, ends | properties)


def _feature(feature_id: int | str, kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = None if coordinates is None else {"type": kind, "coordinates": coordinates}
    return {"type": "Feature", "id": feature_id, "geometry": geometry, "properties": properties}
