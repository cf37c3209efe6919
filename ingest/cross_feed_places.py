"""Places: what riders take for one stop, however many rows and feeds it has. Every id survives.

docs/cross-feed.md gives the rules and why they are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.cross_feed_names import normalise_name, similar_names
from ingest.geometry import PointIndex, metres_between
from ingest.model import BOARDING_AREA, STATION, STOP, Floats, Int16s, Int32s, Int64s, Network

SAME_NAME_M = 200.0
"""How far apart stops of one name may be in two feeds."""
SIMILAR_NAME_M = 120.0
"""The same for names that are only alike."""
WIDEST_PLACE_M = 300.0
"""No two sites of a place are farther apart."""
DEEPEST = 4
"""Boarding area, platform, station: parents are followed no farther, so a circle of them ends."""


@dataclass(frozen=True, slots=True)
class Places:
    """Every row of Network.stops belongs to one place; places are numbered by their first stop.

    of_stop   place of each stop                                        shape (n_stops,)
    ptr       stops of place p are stops[ptr[p]:ptr[p + 1]]             shape (n_places + 1,)
    stops     ascending within a place                                  shape (n_stops,)
    label     the stop that names the place: a station where it has one shape (n_places,)
    lat, lon  the middle of its sites, NaN where none is known          shape (n_places,)
    """

    of_stop: Int32s
    ptr: Int64s
    stops: Int32s
    label: Int32s
    lat: Floats
    lon: Floats

    def __len__(self) -> int:
        return len(self.label)

    def members(self, place: int) -> Int32s:
        """The stops of a place."""
        return self.stops[self.ptr[place] : self.ptr[place + 1]]


@dataclass(frozen=True, slots=True)
class Sites:
    """What one feed takes for one place: a station with all that belongs to it, or a stop alone.

    Columns have one row a site, except `of_stop`: the site of each row of Network.stops.
    """

    of_stop: Int32s
    root: Int32s
    """The station, or the stop itself: a row of Network.stops."""
    feed: Int16s
    lat: Floats
    lon: Floats
    name: list[str]
    """Normalised."""


def find_sites(network: Network) -> Sites:
    """The sites of all feeds, numbered by their root."""
    stops = network.stops
    root = np.arange(len(stops.parent), dtype=np.int32)
    for _ in range(DEEPEST):
        root = np.where(stops.parent[root] >= 0, stops.parent[root], root).astype(np.int32)
    roots, of_stop = np.unique(root, return_inverse=True)
    lat, lon = _middle(of_stop, len(roots), stops.lat, stops.lon, np.isin(stops.location_type, (STOP, STATION)))
    known = np.isfinite(stops.lat[roots]) & np.isfinite(stops.lon[roots])
    normalised: dict[str, str] = {}
    texts = stops.name.to_list()
    names = [texts[row] for row in roots.tolist()]
    return Sites(
        of_stop=of_stop.astype(np.int32),
        root=roots.astype(np.int32),
        feed=stops.feed[roots],
        lat=np.where(known, stops.lat[roots], lat),
        lon=np.where(known, stops.lon[roots], lon),
        name=[normalised[name] if name in normalised else normalised.setdefault(name, normalise_name(name))
              for name in names],
    )  # fmt: skip


def find_places(network: Network, sites: Sites | None = None) -> Places:
    """Join the sites of different feeds that are one place for riders. `sites` saves finding them again."""
    sites = find_sites(network) if sites is None else sites
    place_of_site = _join(network, sites)
    of_stop = place_of_site[sites.of_stop]
    _, first = np.unique(of_stop, return_index=True)
    number = np.empty(len(sites.root), np.int32)
    number[of_stop[np.sort(first)]] = np.arange(len(first), dtype=np.int32)
    of_stop, place_of_site = number[of_stop], number[place_of_site]
    n_places = len(first)
    lat, lon = _middle(place_of_site, n_places, sites.lat, sites.lon, np.ones(len(sites.root), bool))
    return Places(
        of_stop=of_stop,
        ptr=np.concatenate([[0], np.cumsum(np.bincount(of_stop, minlength=n_places))]).astype(np.int64),
        stops=np.argsort(of_stop, kind="stable").astype(np.int32),
        label=_labels(network, sites, place_of_site, n_places),
        lat=lat,
        lon=lon,
    )


def _middle(
    group: NDArray[np.integer], n_groups: int, lat: Floats, lon: Floats, counts: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Mean position of each group over the rows that count and have one. Places are narrow: degrees will do."""
    use = counts & np.isfinite(lat) & np.isfinite(lon)
    n = np.bincount(group[use], minlength=n_groups)
    first_lon = np.zeros(n_groups)
    first_lon[group[use][::-1]] = lon[use][::-1]
    # Either side of 180 degrees the plain mean would be half a world away.
    turned = (lon[use] - first_lon[group[use]] + 180) % 360 - 180
    with np.errstate(invalid="ignore"):
        mean_lat = np.bincount(group[use], lat[use], n_groups) / n
        mean_lon = first_lon + np.bincount(group[use], turned, n_groups) / n
    return mean_lat, (mean_lon + 180) % 360 - 180


def _labels(network: Network, sites: Sites, place_of_site: Int32s, n_places: int) -> Int32s:
    stations_first = np.lexsort((sites.root, network.stops.location_type[sites.root] != STATION))
    label = np.empty(n_places, np.int32)
    label[place_of_site[stations_first[::-1]]] = sites.root[stations_first[::-1]]
    return label


def _join(network: Network, sites: Sites) -> Int32s:
    """A number for each site, equal where riders take them for one place."""
    group = list(range(len(sites.root)))
    members = {site: [site] for site in group}
    for left, right in _likely_pairs(network, sites):
        a, b = group[left], group[right]
        if a != b and _may_join(members[a], members[b], sites):
            for site in members[b]:
                group[site] = a
            members[a] += members.pop(b)
    return np.array(group, np.int32)


def _may_join(left: list[int], right: list[int], sites: Sites) -> bool:
    """Narrow enough, and no feed's two stops become one: unless they bear one name and one of them stood alone."""
    common = {int(sites.feed[site]) for site in left} & {int(sites.feed[site]) for site in right}
    if common:
        if len(left) > 1 and len(right) > 1:
            return False
        of_feed = [site for site in (*left, *right) if int(sites.feed[site]) in common]
        if len({sites.name[site] for site in of_feed}) > 1:
            return False
    lat, lon = sites.lat, sites.lon
    return all(
        metres_between(lat.item(a), lon.item(a), lat.item(b), lon.item(b)) <= WIDEST_PLACE_M
        for a in left
        for b in right
    )


def _likely_pairs(network: Network, sites: Sites) -> Iterator[tuple[int, int]]:
    """Pairs of sites of two feeds that are near and named alike: equal names first, then the nearest."""
    left, right, metres = _near_pairs(network, sites)
    names = sites.name
    equal = np.array([names[a] == names[b] != "" for a, b in zip(left.tolist(), right.tolist(), strict=True)], bool)
    likely = equal.copy()
    close = np.flatnonzero(~equal & (metres <= SIMILAR_NAME_M))
    likely[close] = _alike(names, left[close], right[close])
    left, right, metres, equal = left[likely], right[likely], metres[likely], equal[likely]
    ids = network.stops.id.to_list()
    first, second = ([ids[row] for row in sites.root[side].tolist()] for side in (left, right))
    # Ids break ties: which feed comes first in the snapshot must not matter.
    keys = [(not e, m, *sorted((a, b))) for e, m, a, b in zip(equal, metres.round(3), first, second, strict=True)]
    for index in sorted(range(len(keys)), key=keys.__getitem__):
        yield int(left[index]), int(right[index])


def _alike(names: list[str], left: Int32s, right: Int32s) -> NDArray[np.bool_]:
    first, second = ([names[site] for site in side.tolist()] for side in (left, right))
    both = np.array([bool(a and b) for a, b in zip(first, second, strict=True)], bool)
    rows = np.flatnonzero(both).tolist()
    both[rows] = similar_names([first[row] for row in rows], [second[row] for row in rows])
    return both


def _near_pairs(network: Network, sites: Sites) -> tuple[Int32s, Int32s, Floats]:
    """Each pair of sites of two feeds once, with the metres between their nearest stops, up to SAME_NAME_M."""
    stops = network.stops
    rows = np.flatnonzero(np.isin(stops.location_type, (STOP, STATION, BOARDING_AREA)))
    lat, lon = stops.lat[rows], stops.lon[rows]
    asked, found, metres = PointIndex(lat, lon).within(lat, lon, SAME_NAME_M)
    apart = stops.feed[rows[asked]] < stops.feed[rows[found]]
    left, right, metres = sites.of_stop[rows[asked[apart]]], sites.of_stop[rows[found[apart]]], metres[apart]
    order = np.lexsort((metres, right, left))
    left, right, metres = left[order], right[order], metres[order]
    new = np.ones(len(left), bool)
    new[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return left[new], right[new], metres[new]
