"""From walks in the street to walks between stops: in and out by the entrances, where pathways are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from ingest.footpaths import WalkingLinks
from ingest.model import Int32s, Network
from ingest.pathway_costs import PACE_MM_PER_MS
from ingest.stations import Stations
from ingest.street_places import OPEN, is_walked_to
from ingest.walk_measures import NO_WAY, Measure, Measured

IN_THE_OPEN = (pl.col("left_by") == pl.col("from")) & (pl.col("door") == pl.col("to"))
COLUMNS = ("from", "to", "distance_m", "fixed_m", "fixed_s")


@dataclass(frozen=True, slots=True)
class Doors:
    """Where stops are entered and left, and how far those doors lie behind the street.

    into   from (a place at the street), to (a stop), distance_m, fixed_m, fixed_s
    out    the same from the stop to the street; a stop at the street is its own door, at 0 m
    """

    into: pl.DataFrame
    out: pl.DataFrame
    stations: Stations
    is_open: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Stops that stop_access opens to the street."""


def find_doors(network: Network, stations: Stations, places: Int32s) -> Doors:
    """The doors of all stops. `places` are at the street; `stations` may know of step-free ways alone."""
    stop = places[is_walked_to(network.stops)[places]]
    none = np.zeros(len(stop), np.int32)
    own = _frame(WalkingLinks(stop, stop, none, none, none))
    ways = _frame(stations.ways)
    is_stop = pl.Series(is_walked_to(network.stops))
    leads_out = is_stop.gather(ways["from"].cast(pl.UInt32))
    return Doors(
        into=pl.concat([own, ways.filter(~leads_out)]),
        out=pl.concat([own, ways.filter(leads_out)]),
        stations=stations,
        is_open=network.stops.access == OPEN,
    )


def station_links(doors: Doors, links: WalkingLinks, limit_m: float) -> WalkingLinks:
    """Links between stops, from links between places at the street; through entrances no longer than `limit_m`.

    Where pathways lead from one stop to another, that is the way, however long.
    """
    between = _frame(doors.stations.between)
    if (doors.stations.piece < 0).all():
        return links
    street = _frame(links).rename({name: f"{name}_street" for name in COLUMNS[2:]})
    walks = (
        doors.out.join(street.rename({"to": "door"}), left_on="to", right_on="from", suffix="_unused")
        .rename({"to": "left_by"})
        .join(doors.into.rename({"from": "door"}), on="door", suffix="_into")
        .filter(pl.col("from") != pl.col("to"))
        .with_columns(pl.sum_horizontal(name, f"{name}_street", f"{name}_into").alias(name) for name in COLUMNS[2:])
    )
    walks = walks.filter(IN_THE_OPEN | (pl.col("distance_m") <= limit_m)).filter(~_leads_round_pathways(doors))
    walks = best_walks(walks.select(COLUMNS), ["from", "to"]).join(between, on=["from", "to"], how="anti")
    return _links(pl.concat([walks, between]).sort("from", "to"))


def _leads_round_pathways(doors: Doors) -> pl.Expr:
    """Walks in the street between stops that pathways join, if not this way or not step-free."""
    columns = (pl.lit(pl.Series(doors.stations.piece)), pl.lit(pl.Series(doors.is_open)))
    pieces, opens = ([column.gather(pl.col(end)) for end in ("from", "to")] for column in columns)
    return IN_THE_OPEN & (pieces[0] == pieces[1]) & (pieces[0] >= 0) & ~(opens[0] & opens[1])


def station_measure(doors: Doors, street: Measure, *, must_lead: bool) -> Measure:
    """Between stops by pathways, else by their doors and the street.

    Where no door leads there: NO_WAY if `must_lead`, else as if both stood in the street.
    """
    between = _frame(doors.stations.between)

    def measure(start: Int32s, end: Int32s) -> Measured:
        pairs = pl.DataFrame({"from": start, "to": end}).with_row_index("pair")
        inside = pairs.join(between, on=["from", "to"])
        outside = (
            pairs.join(inside, on="pair", how="anti")
            .join(doors.out.rename({"to": "left_by"}), on="from")
            .join(doors.into.rename({"from": "door"}), on="to", suffix="_into")
            .filter(~_leads_round_pathways(doors))
        )
        walked = street(outside["left_by"].to_numpy(), outside["door"].to_numpy())
        outside = outside.with_columns(
            (pl.col(name) + pl.col(f"{name}_into") + pl.Series(column)).alias(name)
            for name, column in zip(COLUMNS[2:], walked, strict=True)
        ).filter(pl.Series(walked.distance_m != NO_WAY))
        chosen = ["pair", *COLUMNS[2:]]
        best = best_walks(pl.concat([inside.select(chosen), outside.select(chosen)]), ["pair"])
        found = pairs.join(best, on="pair", how="left", maintain_order="left")
        lost = found["distance_m"].is_null().to_numpy()
        columns = [found[name].fill_null(0).to_numpy().astype(np.int32) for name in COLUMNS[2:]]
        straight = Measured.no_way(int(lost.sum())) if must_lead else street(start[lost], end[lost])
        for column, instead in zip(columns, straight, strict=True):
            column[lost] = instead
        return Measured(*columns)

    return measure


def best_walks(walks: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Of the walks with one key the one that takes least at 1.2 m/s; of equal ones that with the fewest metres."""
    mm, ms = PACE_MM_PER_MS
    paced = (pl.col("distance_m") - pl.col("fixed_m")).cast(pl.Int64)
    weight = paced * ms + pl.col("fixed_s").cast(pl.Int64) * mm
    ranked = walks.with_columns(weight=weight, paced=paced).sort(*key, "weight", "paced", "distance_m")
    return ranked.unique(key, keep="first", maintain_order=True).drop("weight", "paced")


def _frame(links: object) -> pl.DataFrame:
    """Columns of WalkingLinks or StationWays."""
    fields = ("from_stop", "to_stop", "distance_m", "fixed_m", "fixed_s")
    return pl.DataFrame({name: getattr(links, field) for name, field in zip(COLUMNS, fields, strict=True)})


def _links(frame: pl.DataFrame) -> WalkingLinks:
    return WalkingLinks(*(frame[name].to_numpy().astype(np.int32) for name in COLUMNS))
