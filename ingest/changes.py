"""How riders change vehicles on foot: walking links by geometry, overruled pair by pair by transfers.txt."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.arrays import Bools, Int8s, Int64s
from ingest.footpaths import WalkingLinks
from ingest.model import STATION, STOP, Footpaths, Int32s, Network
from ingest.walk_measures import NO_WAY, Measure

RECOMMENDED, TIMED, MINIMUM, FORBIDDEN = range(4)

WALK = ("walk_m", "fixed_m", "fixed_s")
STOP_LEVEL_TYPES = (RECOMMENDED, TIMED, MINIMUM, FORBIDDEN)


def resolve_changes(network: Network, links: WalkingLinks, measure: Measure) -> Footpaths:
    """One row for each pair of stops between which a rider can, or must not, change, by (from_stop, to_stop).

    What transfers.txt says of a pair replaces its walking link; docs/semantics.md, section Changes and walking.
    `measure` walks between the pairs that only transfers.txt links; where it finds no way, they are not linked.
    """
    walks = pl.DataFrame(
        {
            "from": links.from_stop,
            "to": links.to_stop,
            "walk_m": links.distance_m,
            "fixed_m": links.fixed_m,
            "fixed_s": links.fixed_s,
        }
    )
    said = _stop_level_rows(network)
    merged = walks.join(said, on=["from", "to"], how="full", coalesce=True).sort("from", "to")
    start, end = merged["from"].to_numpy(), merged["to"].to_numpy()
    kind = merged["type"].fill_null(-1).to_numpy()
    walk_m = merged["walk_m"].fill_null(-1).to_numpy()
    same = start == end
    distance_m, fixed_m, fixed_s = (merged[name].fill_null(0).to_numpy().copy() for name in WALK)
    unlinked = (walk_m < 0) & ~same
    for column, found in zip((distance_m, fixed_m, fixed_s), measure(start[unlinked], end[unlinked]), strict=True):
        column[unlinked] = found
    fixed = fixed_seconds(kind, merged["min_time_s"].fill_null(-1).to_numpy(), same)
    # Where nobody would walk there is nothing to forbid.
    kept = ~((kind == FORBIDDEN) & (walk_m < 0) & ~same) & (distance_m != NO_WAY)
    return Footpaths(
        start[kept].astype(np.int32),
        end[kept].astype(np.int32),
        distance_m[kept].astype(np.int32),
        fixed_m[kept].astype(np.int32),
        fixed_s[kept].astype(np.int32),
        fixed[kept].astype(np.int32),
        (kind == FORBIDDEN)[kept].astype(np.uint8),
    )


def fixed_seconds(kind: Int8s, min_time_s: Int32s, same: Bools) -> Int64s:
    """What rows of types `kind` fix for a change, at one stop where `same`: seconds, or -1 for what the walk takes.

    Type -1 stands for no row. A row that forbids fixes nothing.
    """
    fixed = np.where(kind == TIMED, 0, np.where(kind == MINIMUM, min_time_s, -1))
    return np.where((fixed < 0) & same & (kind >= 0) & (kind != FORBIDDEN), 0, fixed)


def stop_level_transfers(network: Network) -> NDArray[np.int64]:
    """Rows of transfers.txt of types 0 to 3 that name two stops or stations, and no route or trip."""
    rows = network.transfers
    named = (rows.from_stop >= 0) & (rows.to_stop >= 0) & np.isin(rows.type, STOP_LEVEL_TYPES)
    blanket = (rows.from_route < 0) & (rows.to_route < 0) & (rows.from_trip < 0) & (rows.to_trip < 0)
    return np.flatnonzero(named & blanket)


def _stop_level_rows(network: Network) -> pl.DataFrame:
    """(from, to, type, min_time_s) a pair of stops: a station stands for its stops, the more specific row wins."""
    rows, members = network.transfers, stops_of_places(network)
    chosen = stop_level_transfers(network)
    frame = pl.DataFrame(
        {
            "place_from": rows.from_stop[chosen],
            "place_to": rows.to_stop[chosen],
            "type": rows.type[chosen],
            "min_time_s": rows.min_time_s[chosen],
        }
    )
    for side in ("from", "to"):
        stops = members.rename({"place": f"place_{side}", "stop": side, "is_stop": f"is_stop_{side}"})
        frame = frame.join(stops, on=f"place_{side}", how="inner", maintain_order="left")
    rank = pl.col("is_stop_from").cast(pl.Int8) + pl.col("is_stop_to").cast(pl.Int8)
    ordered = frame.with_columns(rank.alias("rank")).sort("rank", descending=True, maintain_order=True)
    return ordered.unique(["from", "to"], keep="first", maintain_order=True).select("from", "to", "type", "min_time_s")


def stops_of_places(network: Network) -> pl.DataFrame:
    """(place, stop, is_stop): what each stop or station of transfers.txt stands for."""
    stops = network.stops
    alone = np.flatnonzero(stops.location_type != STATION).astype(np.int32)
    child = np.flatnonzero((stops.parent >= 0) & (stops.location_type == STOP)).astype(np.int32)
    of_station = stops.location_type[stops.parent[child]] == STATION
    child = child[of_station]
    return pl.DataFrame(
        {
            "place": np.concatenate([alone, stops.parent[child]]),
            "stop": np.concatenate([alone, child]),
            "is_stop": np.concatenate([np.ones(len(alone), bool), np.zeros(len(child), bool)]),
        }
    )
