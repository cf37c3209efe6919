"""What transfers.txt says of changes between trips or routes that it names, each row with the stops it is about.

GTFS reference, transfers.txt, section Linked routes and trips: for an ordered pair of trips the row with the greatest
specificity applies. docs/semantics.md, section Changes and walking.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from ingest.arrays import Bools, Int32s, Int64s
from ingest.changes import FORBIDDEN, STOP_LEVEL_TYPES, fixed_seconds, stops_of_places
from ingest.model import Footpaths, Network, TripTransfers
from ingest.walk_measures import Measure, Measured

TRIP_WEIGHT, ROUTE_WEIGHT = 3, 1
"""Their sum over both ends orders rows as GTFS does: 6 both trips, 4 a trip and a route, 3 a trip, 2 both routes, 1."""


class WalkedChanges(NamedTuple):
    """Changes on foot for all trips, and how the stops that they do not link are walked between."""

    footpaths: Footpaths
    measure: Measure


def resolve_trip_transfers(network: Network, walked: WalkedChanges, step_free: WalkedChanges) -> TripTransfers:
    """Rows of types 0 to 3 that name a trip or a route, a row for each pair of stops, least specific first.

    Left out is what changes nothing, with stairs or `step_free`: a row that says what holds at the stops anyway,
    unless it overrules a less specific one.
    """
    rows = _rows_of_pairs(network)
    start, end = rows["from_stop"].to_numpy(), rows["to_stop"].to_numpy()
    kind, same = rows["type"].to_numpy(), start == end
    fixed, forbidden = fixed_seconds(kind, rows["min_time_s"].to_numpy(), same), kind == FORBIDDEN
    differs = np.zeros(len(start), bool)
    for changes in (walked, step_free):
        fixed_anyway, forbidden_anyway = _anyway(changes.footpaths, start, end, len(network.stops.lat))
        differs |= (forbidden != forbidden_anyway) | (~forbidden & (fixed != fixed_anyway))
    kept = _from_first(differs, start, end)
    start, end, fixed, forbidden = start[kept], end[kept], fixed[kept], forbidden[kept]
    walks, step_free_walks = (
        _walks(changes, start, end, forbidden, len(network.stops.lat)) for changes in (walked, step_free)
    )
    return TripTransfers(
        from_stop=start,
        to_stop=end,
        from_trip=rows["from_trip"].to_numpy()[kept],
        from_route=rows["from_route"].to_numpy()[kept],
        to_trip=rows["to_trip"].to_numpy()[kept],
        to_route=rows["to_route"].to_numpy()[kept],
        distance_m=walks.distance_m,
        fixed_m=walks.fixed_m,
        fixed_s=walks.fixed_s,
        step_free_distance_m=step_free_walks.distance_m,
        step_free_fixed_m=step_free_walks.fixed_m,
        step_free_fixed_s=step_free_walks.fixed_s,
        min_time_s=fixed.astype(np.int32),
        forbidden=forbidden.astype(np.uint8),
    )


def no_trip_transfers() -> TripTransfers:
    """Of a network whose transfers.txt names no trips and no routes."""
    none = np.empty(0, np.int32)
    return TripTransfers(
        none, none, none, none, none, none, none, none, none, none, none, none, none, np.empty(0, np.uint8)
    )


def _rows_of_pairs(network: Network) -> pl.DataFrame:
    """(from_stop, to_stop, type, min_time_s, the four names) by pair of stops, least specific first."""
    rows, members, calling = network.transfers, stops_of_places(network), _calling(network)
    n_trips = len(network.trips.route)
    named = (rows.from_trip >= 0) | (rows.from_route >= 0) | (rows.to_trip >= 0) | (rows.to_route >= 0)
    chosen = np.flatnonzero(named & np.isin(rows.type, STOP_LEVEL_TYPES) & (rows.from_stop >= 0) & (rows.to_stop >= 0))
    columns = {"row": chosen, "type": rows.type[chosen], "min_time_s": rows.min_time_s[chosen]}
    frame = pl.DataFrame(columns).with_columns(weight=pl.lit(0), n_stops=pl.lit(0))
    for side in ("from", "to"):
        trip, route, stop = (getattr(rows, f"{side}_{kind}")[chosen] for kind in ("trip", "route", "stop"))
        # "from_trip_id will take precedence": beside a trip its route says nothing more.
        route = np.where(trip >= 0, np.int32(-1), route)
        subject = np.where(trip >= 0, trip, np.where(route >= 0, n_trips + route, -1))
        weight = np.where(trip >= 0, TRIP_WEIGHT, np.where(route >= 0, ROUTE_WEIGHT, 0))
        end = {"row": chosen, f"{side}_trip": trip, f"{side}_route": route, "subject": subject, "more": weight}
        frame = (
            frame.join(pl.DataFrame({**end, "place": stop}), on="row", maintain_order="left")
            .join(members, on="place", maintain_order="left")
            .join(calling, on=["subject", "stop"], how="left", maintain_order="left")
            .filter((pl.col("subject") < 0) | pl.col("calls"))
            .with_columns(
                weight=pl.col("weight") + pl.col("more"), n_stops=pl.col("n_stops") + pl.col("is_stop").cast(pl.Int32)
            )
            .rename({"stop": f"{side}_stop"})
            .drop("subject", "more", "place", "is_stop", "calls")
        )
    # Of equally specific rows the first counts, so it comes last.
    return frame.sort("from_stop", "to_stop", "weight", "n_stops", -pl.col("row").cast(pl.Int64))


def _calling(network: Network) -> pl.DataFrame:
    """(subject, stop, calls): the stops at which trips call, and those of routes; route r is subject n_trips + r."""
    rows, trips, sequences = network.transfers, network.trips, network.sequences
    n_trips = len(trips.route)
    named = np.concatenate([rows.from_trip, rows.to_trip, n_trips + rows.from_route, n_trips + rows.to_route])
    subjects = np.concatenate([np.arange(n_trips), n_trips + trips.route])
    wanted = np.isin(subjects, named)
    runs = pl.DataFrame({"subject": subjects[wanted], "sequence": np.tile(trips.sequence, 2)[wanted]}).unique()
    sequence = np.repeat(np.arange(len(sequences.ptr) - 1, dtype=np.int32), np.diff(sequences.ptr))
    calls = pl.DataFrame({"sequence": sequence, "stop": sequences.stops})
    stops = runs.join(calls, on="sequence").select("subject", "stop").unique()
    return stops.with_columns(calls=pl.lit(value=True))


def _anyway(footpaths: Footpaths, start: Int32s, end: Int32s, n_stops: int) -> tuple[Int64s, Bools]:
    """(fixed seconds or -1, forbidden) of a change between each pair of stops, as all trips have it."""
    known = _footpath_rows(footpaths, start, end, n_stops)
    linked = known >= 0
    # Without a row of its own a stop is changed at in no time, and two stops that are not linked are not changed at.
    fixed, forbidden = np.where(start == end, 0, -1), start != end
    fixed[linked] = footpaths.min_time_s[known[linked]]
    forbidden[linked] = footpaths.forbidden[known[linked]] == 1
    return fixed, forbidden


def _walks(changes: WalkedChanges, start: Int32s, end: Int32s, forbidden: Bools, n_stops: int) -> Measured:
    """The walks between pairs of stops. Between those not linked one is measured, if it is not forbidden."""
    walks = Measured(*(np.zeros(len(start), np.int32) for _ in range(3)))
    known = _footpath_rows(changes.footpaths, start, end, n_stops)
    linked = known >= 0
    unlinked = ~linked & (start != end) & ~forbidden
    paths, found = changes.footpaths, changes.measure(start[unlinked], end[unlinked])
    for column, path, measured in zip(walks, (paths.distance_m, paths.fixed_m, paths.fixed_s), found, strict=True):
        column[linked] = path[known[linked]]
        column[unlinked] = measured
    return walks


def _footpath_rows(footpaths: Footpaths, start: Int32s, end: Int32s, n_stops: int) -> Int64s:
    """The row of `footpaths` for each pair of stops, or -1."""
    keys = footpaths.from_stop.astype(np.int64) * n_stops + footpaths.to_stop
    wanted = start.astype(np.int64) * n_stops + end
    rows = np.searchsorted(keys, wanted)
    found = rows < len(keys)
    found[found] = keys[rows[found]] == wanted[found]
    return np.where(found, rows, -1)


def _from_first(marked: Bools, start: Int32s, end: Int32s) -> Bools:
    """Of each pair's rows, which lie together, the first marked one and all after it."""
    numbers = np.arange(len(marked))
    is_first = np.ones(len(marked), bool)
    is_first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    first = np.maximum.accumulate(np.where(is_first, numbers, 0))
    kept: Bools = np.maximum.accumulate(np.where(marked, numbers, -1)) >= first
    return kept
