"""What feeds say of one place that cannot all be true: where it is, what time it is there, what money is used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from ingest.cross_feed_codes import CURRENCY_MISMATCH, STOP_APART, ZONE_MISMATCH, add_to_both, add_to_one
from ingest.cross_feed_names import similar_names
from ingest.cross_feed_places import SAME_NAME_M, Places, Sites
from ingest.geometry import haversine_m
from ingest.model import Network
from ingest.notices import NoticeLog
from ingest.tables import FeedTables

FARTHEST_APART_M = 2000.0
"""Beyond this two stops of one name are two places."""
CURRENCY_COLUMNS = (("fare_attributes.txt", "currency_type"), ("fare_products.txt", "currency"))


def report_stops_apart(
    network: Network, tables: Sequence[FeedTables], sites: Sites, places: Places, log: NoticeLog
) -> None:
    """A notice for each two feeds and name (or stop code) that they place 200 m to 2 km from each other."""
    frame = _served_sites(network, tables, sites, places)
    if frame["feed"].n_unique() < 2:
        return
    pairs = pl.concat([_pairs_by(frame, "name"), _similar_only(_pairs_by(frame.filter(pl.col("code") != ""), "code"))])
    pairs = pairs.unique(["root", "root_other"], maintain_order=True)
    apart = pairs.filter(pl.col("metres") <= FARTHEST_APART_M)
    ids = network.stops.id
    found = sorted(
        (tuple(sorted((ids[a], ids[b]))), round(metres))
        for a, b, metres in apart.select("root", "root_other", "metres").iter_rows()
    )
    for (first, second), metres in found:
        feeds = (first.split("_", 1)[0], second.split("_", 1)[0])
        add_to_both(log, STOP_APART, feeds, "stops.txt", count=1, value=f"{first} and {second}: {metres} m apart")


def _served_sites(network: Network, tables: Sequence[FeedTables], sites: Sites, places: Places) -> pl.DataFrame:
    """Sites that a vehicle calls at and that lie somewhere."""
    served = np.zeros(len(sites.root), bool)
    served[sites.of_stop[network.sequences.stops]] = True
    rows = np.flatnonzero(served & np.isfinite(sites.lat) & np.isfinite(sites.lon))
    codes = _codes(network, tables)
    return pl.DataFrame(
        {
            "root": sites.root[rows],
            "feed": sites.feed[rows],
            "name": [sites.name[row] for row in rows.tolist()],
            "code": [codes.get(network.stops.id[root], "") for root in sites.root[rows].tolist()],
            "lat": sites.lat[rows],
            "lon": sites.lon[rows],
            "place": places.of_stop[sites.root[rows]],
        },
        schema_overrides={"name": pl.String, "code": pl.String},
    )


def _codes(network: Network, tables: Sequence[FeedTables]) -> dict[str, str]:
    """stop_code by scoped stop id."""
    return {
        f"{feed.feed_id}_{stop}": code
        for feed in tables
        for stop, code in feed.stops.select("stop_id", "stop_code").filter(pl.col("stop_code") != "").iter_rows()
    }


def _pairs_by(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The nearest two sites of two feeds with one name or code, where no two of them are within SAME_NAME_M.

    Only where each feed uses it for one spot: `125 St` that a feed has four times names no single place.
    """
    keyed = frame.filter(pl.col(column) != "").with_columns(key=pl.col(column))
    single = keyed.join(_single_spots(keyed), on=["feed", "key"], how="semi")
    pairs = single.join(single, on="key", suffix="_other").filter(pl.col("feed") < pl.col("feed_other"))
    metres = haversine_m(*(pairs[name].to_numpy() for name in ("lat", "lon", "lat_other", "lon_other")))
    nearest = (
        pairs.with_columns(
            metres=pl.Series(metres, dtype=pl.Float64), together=pl.col("place") == pl.col("place_other")
        )
        .sort("metres", "root", "root_other")
        .group_by("key", "feed", "feed_other", maintain_order=True)
        .agg(pl.col("together").any(), pl.col("root", "root_other", "metres", "name", "name_other").first())
    )
    return nearest.filter(~pl.col("together") & (pl.col("metres") > SAME_NAME_M)).drop("key", "together")


def _single_spots(keyed: pl.DataFrame) -> pl.DataFrame:
    """The (feed, key) whose sites all lie within SAME_NAME_M, corner to corner."""
    bounds = [getattr(pl.col(axis), end)().alias(f"{axis}_{end}") for end in ("min", "max") for axis in ("lat", "lon")]
    groups = keyed.group_by("feed", "key", maintain_order=True).agg(bounds)
    size = haversine_m(*(groups[name].to_numpy() for name in ("lat_min", "lon_min", "lat_max", "lon_max")))
    return groups.filter(pl.Series(size <= SAME_NAME_M, dtype=pl.Boolean)).select("feed", "key")


def _similar_only(pairs: pl.DataFrame) -> pl.DataFrame:
    """Equal codes mean nothing where names differ: every feed counts from 1."""
    named = pairs.filter((pl.col("name") != "") & (pl.col("name_other") != ""))
    if named.is_empty():
        return named
    return named.filter(pl.Series(similar_names(named["name"].to_list(), named["name_other"].to_list())))


def linked_stops(network: Network, places: Places) -> pl.DataFrame:
    """Stops of two feeds at one place or joined by a footpath: rows `a`, `b`, each pair once, by feed."""
    feed, paths = network.stops.feed, network.footpaths
    member = pl.DataFrame({"place": places.of_stop, "stop": np.arange(len(places.of_stop), dtype=np.int32)})
    of_several = member.with_columns(feed=pl.Series(feed)).filter(pl.col("feed").n_unique().over("place") > 1)
    together = of_several.join(of_several, on="place", suffix="_other").select(a="stop", b="stop_other")
    walked = pl.DataFrame({"a": paths.from_stop, "b": paths.to_stop}).filter(pl.Series(paths.forbidden == 0))
    turned = walked.select(a="b", b="a")
    pairs = pl.concat([together, walked, turned])
    between = feed[pairs["a"].to_numpy()] < feed[pairs["b"].to_numpy()]
    return pairs.filter(pl.Series(between, dtype=pl.Boolean)).unique().sort("a", "b")


def report_zones(network: Network, linked: pl.DataFrame, log: NoticeLog) -> None:
    """A notice for each two feeds with linked stops whose agencies keep different clocks there."""
    served = _zones_of_stops(network)
    pairs = linked.join(served, left_on="a", right_on="stop").join(
        served, left_on="b", right_on="stop", suffix="_other"
    )
    differing = pairs.filter(pl.col("zone") != pl.col("zone_other"))
    same: dict[tuple[int, int], bool] = {
        (a, b): same_clock(network, a, b) for a, b in differing.select("zone", "zone_other").unique().iter_rows()
    }
    ids, feeds = network.stops.id, network.stops.feed
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for a, b, zone, other in differing.select("a", "b", "zone", "zone_other").iter_rows():
        if not same[zone, other]:
            texts = sorted((f"{ids[a]} {network.zones[zone]}", f"{ids[b]} {network.zones[other]}"))
            found.setdefault((int(feeds[a]), int(feeds[b])), []).append((texts[0], texts[1]))
    for (left, right), values in found.items():
        first = " and ".join(min(values))
        pair = (network.feeds[left].id, network.feeds[right].id)
        add_to_both(log, ZONE_MISMATCH, pair, "agency.txt", count=len(values), value=first)


def _zones_of_stops(network: Network) -> pl.DataFrame:
    """Time zones of the agencies whose trips call at a stop: distinct `stop`, `zone`."""
    routes, sequences, trips = network.routes, network.sequences, network.trips
    used = pl.DataFrame({"sequence": trips.sequence, "route": trips.route}).filter(pl.col("route") >= 0).unique()
    agency = routes.agency[used["route"].to_numpy()]
    used = used.with_columns(zone=pl.Series(network.agencies.zone[agency])).filter(pl.Series(agency >= 0))
    calls = pl.DataFrame(
        {
            "sequence": np.repeat(np.arange(len(sequences.ptr) - 1, dtype=np.int32), np.diff(sequences.ptr)),
            "stop": sequences.stops,
        }
    )
    return calls.join(used.select("sequence", "zone").unique(), on="sequence").select("stop", "zone").unique()


def same_clock(network: Network, left: int, right: int) -> bool:
    """Whether two zones (rows of Network.zones) show one time at noon UTC of every day of the snapshot's service."""
    n_days = network.services.runs.shape[1]
    noons = [datetime.combine(network.first_date, time(12), UTC) + timedelta(days=day) for day in range(n_days)]
    zones = [ZoneInfo(network.zones[zone]) for zone in (left, right)]
    return all(noon.astimezone(zones[0]).utcoffset() == noon.astimezone(zones[1]).utcoffset() for noon in noons)


def report_currencies(network: Network, tables: Sequence[FeedTables], linked: pl.DataFrame, log: NoticeLog) -> None:
    """A notice for each two feeds with linked stops, both with prices, and no currency in common."""
    currencies = {feed.feed_id: _currencies(feed) for feed in tables}
    feeds = network.stops.feed
    sides = np.stack([feeds[linked["a"].to_numpy()], feeds[linked["b"].to_numpy()]])
    for left, right in np.unique(sides, axis=1).T.tolist():
        pair = (network.feeds[left].id, network.feeds[right].id)
        first, second = (currencies.get(feed, {}) for feed in pair)
        if not first or not second or first.keys() & second.keys():
            continue
        for feed, own in zip(pair, (first, second), strict=True):
            value = "; ".join(sorted(f"{name}: {', '.join(sorted(currencies[name]))}" for name in pair))
            add_to_one(log, CURRENCY_MISMATCH, feed, min(own.values()), count=1, value=value)


def _currencies(feed: FeedTables) -> dict[str, str]:
    """The currencies a feed prices in, each with the first file that does."""
    found: dict[str, str] = {}
    for file, column in CURRENCY_COLUMNS:
        if file in feed.extras and column in feed.extras[file].columns:
            for text in feed.extras[file][column].unique().to_list():
                if text.strip():
                    found.setdefault(text.strip().upper(), file)
    return found
