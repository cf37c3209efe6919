"""Journeys of a router held against the feeds that its network was made from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.pipeline import WalkOptions, ingest_feeds
from ingest.replay import Terms, replay_journeys
from routing import Query, Router
from routing.compare.comparison import query_dict
from tests.support.gtfs_feed import GtfsFeed

DEFAULT = Terms()


@contextmanager
def written(network: Mapping[str, GtfsFeed]) -> Iterator[dict[str, Path]]:
    """The feeds of a drawn network as folders."""
    with tempfile.TemporaryDirectory() as folder:
        yield {feed_id: feed.write_folder(Path(folder) / feed_id) for feed_id, feed in network.items()}


def router_on(paths: Mapping[str, Path], options: WalkOptions) -> Router:
    """The router on feeds, by way of the whole ingest."""
    result = ingest_feeds(paths, options)
    assert not result.rejected
    assert result.network is not None
    return Router(result.network)


def answered(router: Router, queries: Iterable[Query]) -> list[dict[str, Any]]:
    """What `timbang batch` writes of each query, as far as a replay reads it."""
    return [
        {"query": query_dict(query), "journeys": [journey.to_dict() for journey in router.journeys(query)]}
        for query in queries
    ]


def compared(router: Router, queries: Iterable[Query]) -> list[dict[str, Any]]:
    """What `timbang compare --json` prints of each query."""
    return [router.compare(query).to_dict() for query in queries]


def faults_of(documents: Sequence[Mapping[str, Any]], paths: Mapping[str, Path], terms: Terms = DEFAULT) -> list[str]:
    """Code and sentence of each fault. The documents go through JSON on the way, as they do in life."""
    found = replay_journeys(json.loads(json.dumps(documents)), paths, terms=terms)
    return [f"{fault.code}: {fault.message}" for fault in found.faults]
