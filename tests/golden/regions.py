"""What the feeds of a real region say against each other, as counts, and the golden files that keep it.

Like the golden files of single datasets, these hold facts about data and nothing of it: digests, counts by code and
feeds, and the dates on which providers can be compared.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ingest.cross_feed import CROSS_FEED_CODES, find_places
from ingest.model import Network
from ingest.notices import Notice
from ingest.pipeline import ingest_feeds
from tests.golden.notices import FEEDS, TODAY

GOLDEN = Path(__file__).parent / "regions"
REGIONS = {
    "jakarta": ("krl_derived", "lrt_jabodebek_derived", "lrt_jakarta", "mrt", "transjakarta_2024-06"),
    "portoalegre": ("eptc", "trensurb"),
}
"""The feeds that compete in a region: of a feed in two versions, the newer one."""


def region_feeds(region: str) -> dict[str, Path]:
    """Feed id -> file."""
    return {name.replace("_", "-"): FEEDS / region / f"{name}.zip" for name in REGIONS[region]}


def is_there(region: str) -> bool:
    """Whether all feeds of the region lie beside this checkout."""
    return all(path.is_file() for path in region_feeds(region).values())


def region_path(region: str) -> Path:
    """Where the golden file of a region is, or is to be."""
    return GOLDEN / f"{region}.json"


def read_region_golden(region: str) -> Any:
    """What the golden file of a region says."""
    return json.loads(region_path(region).read_text("utf-8"))


def find_region_notices(region: str) -> dict[str, Any]:
    """Ingests the feeds of the region together, in the form of a golden file."""
    result = ingest_feeds(region_feeds(region), today=TODAY)
    assert result.network is not None, f"every feed of {region} was rejected"
    assert result.window is not None
    return {
        "feeds": {feed.id: feed.sha256 for feed in result.network.feeds},
        "window": result.window.to_dict(),
        "shared_places": _shared_places(result.network),
        "notices": _counts(notice for notice in result.log if notice.code in CROSS_FEED_CODES),
    }


def _shared_places(network: Network) -> dict[str, int]:
    """Feeds of a place, joined by commas -> how many places they share; places of one feed are not counted."""
    places = find_places(network)
    feeds = (sorted({network.feeds[int(network.stops.feed[stop])].id for stop in places.members(place)})
             for place in range(len(places)))  # fmt: skip
    return dict(sorted(Counter(",".join(ids) for ids in feeds if len(ids) > 1).items()))


def _counts(notices: Iterable[Notice]) -> list[dict[str, str | int]]:
    counts: Counter[tuple[str, str, str, str, str]] = Counter()
    for notice in notices:
        counts[notice.code, notice.severity.value, notice.feed, notice.file, notice.action] += notice.count
    return [
        {"code": code, "severity": severity, "feed": feed, "file": file, "action": action, "count": count}
        for (code, severity, feed, file, action), count in sorted(counts.items())
    ]
