"""What a snapshot keeps for the service beside the network: the region's names, example trips, walking speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.comparing import DEFAULT_WALK_SPEED_M_PER_S
from ingest.region import Region
from ingest.republication import ReadFeed
from ingest.snapshot import read_meta, version_folder


@dataclass(frozen=True, slots=True)
class SnapshotExtra:
    """`region` and `examples` are empty where no region file was given. `center` in `region` is [lon, lat]."""

    region: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[Mapping[str, Any], ...] = ()
    walk_speed_m_per_s: float = DEFAULT_WALK_SPEED_M_PER_S
    feeds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Feed id -> what ingest.republication.ReadFeed tells of it."""

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: the `extra` of write_snapshot."""
        return {
            "region": dict(self.region),
            "examples": [dict(example) for example in self.examples],
            "walk_speed_m_per_s": self.walk_speed_m_per_s,
            "feeds": {feed_id: dict(row) for feed_id, row in self.feeds.items()},
        }


def extra_of(region: Region | None, walk_speed_m_per_s: float, read: Mapping[str, ReadFeed]) -> SnapshotExtra:
    """What to keep of a region, and of the feeds as they were read."""
    feeds = {feed_id: feed.to_dict() for feed_id, feed in read.items() if not feed.facts.reason}
    if region is None:
        return SnapshotExtra(walk_speed_m_per_s=walk_speed_m_per_s, feeds=feeds)
    lat, lon = region.center
    about = {"id": region.id, "name": dict(region.name), "timezone": region.timezone, "center": [lon, lat]}
    examples = tuple({"name": dict(trip.name), "from": trip.origin, "to": trip.destination} for trip in region.trips)
    return SnapshotExtra(about, examples, walk_speed_m_per_s, feeds)


def read_extra(path: Path) -> SnapshotExtra:
    """Of the live version under `path`. Raises ingest.snapshot.SnapshotError."""
    return version_extra(version_folder(path))


def version_extra(folder: Path) -> SnapshotExtra:
    """Of one version's folder. Raises ingest.snapshot.SnapshotError."""
    kept = read_meta(folder).get("extra", {})
    return SnapshotExtra(
        kept.get("region", {}),
        tuple(kept.get("examples", ())),
        kept.get("walk_speed_m_per_s", DEFAULT_WALK_SPEED_M_PER_S),
        kept.get("feeds", {}),
    )
