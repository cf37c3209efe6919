"""One line, or one trip, that two feeds both have: riders would be offered it twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import polars as pl
from rapidfuzz.distance import LCSseq

from ingest.cross_feed_codes import DUPLICATE_TRIPS, SAME_LINE, add_to_both
from ingest.cross_feed_names import normalise_address, normalise_name
from ingest.cross_feed_places import Places
from ingest.model import Network
from ingest.notices import NoticeLog

MOST_OF_SHORTER = 0.75
"""Calls of the shorter pattern that must be calls of the longer one, in order."""
MOST_OF_LONGER = 0.5
FEWEST_CALLS = 2

Pattern = tuple[int, ...]
"""Places in the order of calls."""


def report_same_lines(network: Network, places: Places, log: NoticeLog) -> None:
    """A notice for each two routes of two feeds that are one line by operator or short name, and by their calls."""
    patterns = _patterns(network, places)
    found = []
    for a, b in _routes_that_share(network, patterns):
        if _named_alike(network, a, b):
            shared = max((_overlap(left, right) for left in patterns[a] for right in patterns[b]), default=(0, 0))
            if shared[0]:
                ids = sorted((network.routes.id[a], network.routes.id[b]))
                found.append((ids[0], ids[1], shared))
    for first, second, (common, calls) in sorted(found):
        feeds = (first.split("_", 1)[0], second.split("_", 1)[0])
        value = f"{first} and {second}: {common} of {calls} calls"
        add_to_both(log, SAME_LINE, feeds, "routes.txt", count=1, value=value)


def _patterns(network: Network, places: Places) -> dict[int, list[Pattern]]:
    """For each route and direction the places of the sequence that most of its trips follow."""
    trips, sequences = network.trips, network.sequences
    counted = (
        pl.DataFrame({"route": trips.route, "direction": trips.direction, "sequence": trips.sequence})
        .filter(pl.col("route") >= 0)
        .group_by("route", "direction", "sequence")
        .len()
        .sort("route", "direction", "len", "sequence", descending=[False, False, True, False])
        .unique(["route", "direction"], keep="first", maintain_order=True)
    )
    found: dict[int, list[Pattern]] = {}
    for route, sequence in counted.select("route", "sequence").iter_rows():
        calls = sequences.stops[sequences.ptr[sequence] : sequences.ptr[sequence + 1]]
        found.setdefault(route, []).append(tuple(places.of_stop[calls].tolist()))
    return found


def _routes_that_share(network: Network, patterns: dict[int, list[Pattern]]) -> Iterator[tuple[int, int]]:
    """Routes of two feeds with enough places in common that a pattern of each may be mostly the same."""
    rows = [(route, place) for route, own in patterns.items() for place in {p for pattern in own for p in pattern}]
    frame = pl.DataFrame(rows, schema={"route": pl.Int32, "place": pl.Int32}, orient="row")
    frame = frame.with_columns(feed=pl.Series(network.routes.feed[frame["route"].to_numpy()]))
    shared = frame.filter(pl.col("feed").n_unique().over("place") > 1)
    pairs = shared.join(shared, on="place", suffix="_other").filter(pl.col("feed") < pl.col("feed_other"))
    shortest = {route: min(len(set(pattern)) for pattern in own) for route, own in patterns.items()}
    for a, b, n in pairs.group_by("route", "route_other").len().sort("route", "route_other").iter_rows():
        if n >= FEWEST_CALLS and n >= MOST_OF_SHORTER * min(shortest[a], shortest[b]):
            yield a, b


def _named_alike(network: Network, a: int, b: int) -> bool:
    routes, agencies = network.routes, network.agencies
    short = [normalise_name(routes.short_name[route]) for route in (a, b)]
    if short[0] and short[0] == short[1]:
        return True
    owners = [int(routes.agency[route]) for route in (a, b)]
    if min(owners) < 0:
        return False
    names = [normalise_name(agencies.name[owner]) for owner in owners]
    addresses = [normalise_address(agencies.url[owner]) for owner in owners]
    return (names[0] != "" and names[0] == names[1]) or (addresses[0] != "" and addresses[0] == addresses[1])


def _overlap(left: Pattern, right: Pattern) -> tuple[int, int]:
    """(calls in common and in order, calls of the shorter), or zeros where that is not most of both."""
    common = LCSseq.similarity(left, right)
    shorter, longer = sorted((len(left), len(right)))
    enough = common >= FEWEST_CALLS and common >= MOST_OF_SHORTER * shorter and common >= MOST_OF_LONGER * longer
    return (common, shorter) if enough else (0, 0)


def report_duplicate_trips(network: Network, places: Places, log: NoticeLog) -> None:
    """A notice for each trip that another feed has too: same places, times and headways, on a common date."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for trips in _equal_trips(network, places):
        for a, b in combinations(trips, 2):
            if _feed(network, a) == _feed(network, b) or not _share_a_day(network, a, b):
                continue
            first, second = sorted((network.trips.id[a], network.trips.id[b]))
            found.setdefault((first.split("_", 1)[0], second.split("_", 1)[0]), []).append((first, second))
    for feeds, pairs in sorted(found.items()):
        count = len({first for first, _ in pairs})
        add_to_both(log, DUPLICATE_TRIPS, feeds, "trips.txt", count=count, value=" and ".join(min(pairs)))


def _equal_trips(network: Network, places: Places) -> Iterator[list[int]]:
    """Groups of trips, of two feeds or more, whose calls are at the same places and instants of the day."""
    candidates = _candidates(network, places)
    headways: dict[int, list[tuple[int, int, int]]] = {}
    rows = network.headways
    for trip, *row in zip(
        rows.trip.tolist(), rows.start.tolist(), rows.end.tolist(), rows.headway_s.tolist(), strict=True
    ):
        headways.setdefault(trip, []).append((row[0], row[1], row[2]))
    groups: dict[tuple[int, int, bytes, tuple[tuple[int, int, int], ...]], list[int]] = {}
    for trip, pattern, zone in candidates.iter_rows():
        start, end = network.trips.times_ptr[trip : trip + 2].tolist()
        times = network.stop_times
        text = times.arrival[start:end].tobytes() + times.departure[start:end].tobytes()
        groups.setdefault((pattern, zone, text, tuple(headways.get(trip, ()))), []).append(trip)
    return (group for group in groups.values() if len({_feed(network, trip) for trip in group}) > 1)


def _candidates(network: Network, places: Places) -> pl.DataFrame:
    """Trips on a pattern that several feeds have and that start when another feed's does: `trip`, `pattern`, `zone`."""
    sequences, trips = network.sequences, network.trips
    number: dict[bytes, int] = {}
    at = places.of_stop[sequences.stops]
    bounds = zip(sequences.ptr[:-1].tolist(), sequences.ptr[1:].tolist(), strict=True)
    pattern = np.array([number.setdefault(at[a:b].tobytes(), len(number)) for a, b in bounds], np.int32)
    rows = np.flatnonzero((trips.route >= 0) & (trips.service >= 0))
    route = trips.route[rows]
    frame = pl.DataFrame(
        {
            "trip": rows,
            "pattern": pattern[trips.sequence[rows]],
            "feed": network.routes.feed[route],
            "zone": network.agencies.zone[network.routes.agency[route]],
        }
    )
    frame = frame.filter(pl.col("feed").n_unique().over("pattern", "zone") > 1)
    start = network.stop_times.departure[trips.times_ptr[frame["trip"].to_numpy()]]
    frame = frame.with_columns(start=pl.Series(start))
    return frame.filter(pl.col("feed").n_unique().over("pattern", "zone", "start") > 1).select(
        "trip", "pattern", "zone"
    )


def _feed(network: Network, trip: int) -> int:
    return int(network.routes.feed[network.trips.route[trip]])


def _share_a_day(network: Network, a: int, b: int) -> bool:
    runs, service = network.services.runs, network.trips.service
    return bool((runs[service[a]] & runs[service[b]]).any())
