"""From the tables of feeds to one network: merged, walked on, bounded, and compared across feeds."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

from ingest.bounds import build_bounds
from ingest.changes import resolve_changes
from ingest.cross_feed import ComparisonWindow, cross_feed_notices
from ingest.ground import Ground, find_ground
from ingest.model import Network
from ingest.network import build_network
from ingest.notices import NoticeLog
from ingest.progress import BOUNDING, CHANGES, COMPARING, MERGING, Progress
from ingest.providers import ProviderMap, one_provider_a_feed, providers_of
from ingest.region import Region
from ingest.region_sources import catalogue_attributions
from ingest.service_range import ServiceRange
from ingest.tables import FeedTables
from ingest.tariffs import Tariff, named_stops, tariff_columns
from ingest.trip_transfers import WalkedChanges, resolve_trip_transfers
from ingest.walk_options import WalkOptions


def merge_feeds(
    tables: Sequence[FeedTables],
    options: WalkOptions,
    region: Region | None,
    days: ServiceRange | None,
    log: NoticeLog,
    progress: Progress,
    *,
    is_bounded: bool,
) -> tuple[Network, ComparisonWindow]:
    """The network of feeds, and when they can be compared. `days` is what their service was limited to.

    is_bounded: whether it gets bounds, which searches do without as well.

    Raises StreetsError for a street extract that cannot be used.
    """
    progress(MERGING)
    network = build_network(tables, _providers(tables, region), log, region=region.id if region else "")
    credits = {} if region is None else catalogue_attributions(region)
    feeds = (dataclasses.replace(feed, attribution=credits.get(feed.id, feed.attribution)) for feed in network.feeds)
    streets, ground, step_free = find_ground(network, options, progress)
    tariffs = () if region is None else region.tariffs
    _report_unknown_stops(network, tariffs, log)
    progress(CHANGES)
    changes = _changes(network, ground)
    step_free_changes = changes if step_free is ground else _changes(network, step_free)
    network = dataclasses.replace(
        network,
        feeds=tuple(feeds),
        footpaths=changes.footpaths,
        step_free_footpaths=step_free_changes.footpaths,
        trip_transfers=resolve_trip_transfers(network, changes, step_free_changes),
        station_ways=ground.ways,
        step_free_station_ways=step_free.ways,
        streets=streets,
        street_stops=ground.stops,
        step_free_street_stops=step_free.stops,
        walk=options.walk,
        detour=options.detour,
        snapshot_id=_snapshot_id(network, options, days, tariffs),
        fares=dataclasses.replace(network.fares, tariffs=tariff_columns(tariffs)),
    )
    if is_bounded:
        progress(BOUNDING)
        network = dataclasses.replace(network, bounds=build_bounds(network))
    progress(COMPARING)
    window = cross_feed_notices(network, tables, log)
    return network, window


def _changes(network: Network, ground: Ground) -> WalkedChanges:
    return WalkedChanges(resolve_changes(network, ground.links, ground.measure), ground.measure)


def _providers(tables: Sequence[FeedTables], region: Region | None) -> ProviderMap:
    if region is not None:
        return providers_of(region)
    return one_provider_a_feed([(feed.feed_id, _name(feed)) for feed in tables])


def _name(feed: FeedTables) -> str:
    names = dict.fromkeys(name for name in feed.agencies["agency_name"].to_list() if name)
    return ", ".join(names) or feed.feed_id


def _report_unknown_stops(network: Network, tariffs: Sequence[Tariff], log: NoticeLog) -> None:
    """A stop that is not there links nothing: worth a word to whoever wrote the tariff, and no more."""
    feeds = {feed.id for feed in network.feeds}
    for tariff in tariffs:
        for key, stop in named_stops(tariff):
            feed = stop.partition("_")[0]
            if feed in feeds and network.stops.id.find(stop) < 0:
                log.add("tariff_unknown_stop", feed, tariff.file, field=key, value=stop)


def _snapshot_id(network: Network, options: WalkOptions, days: ServiceRange | None, tariffs: Sequence[Tariff]) -> str:
    owners = network.agencies.provider.tolist()
    walk = (options.walk, options.radius_m, options.detour)
    digest = hashlib.sha256(repr((network.region, network.providers, owners, walk)).encode())
    if options.walk == "streets" and options.osm is not None:
        with options.osm.open("rb") as extract:
            digest.update(hashlib.file_digest(extract, "sha256").digest())
    if days is not None:
        digest.update(f"{days}\n".encode())
    for feed in network.feeds:
        digest.update(f"{feed.id}:{feed.sha256}\n".encode())
    for tariff in tariffs:
        digest.update(f"{tariff.content.model_dump_json()}\n".encode())
    return digest.hexdigest()[:16]
