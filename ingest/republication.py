"""Whether feeds may replace what a snapshot was made from: the hold rule where `timbang ingest` publishes.

It looks at feeds as they were read, before `--from` and `--to`: asking for fewer days is no loss of the feed's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.publication import FeedFacts, hold_reasons


@dataclass(frozen=True, slots=True)
class ReadFeed:
    """A feed as it was read: its bytes and what is in it. A feed that was refused has facts with a reason."""

    sha256: str
    facts: FeedFacts

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready: what the next ingest is to know."""
        return {"sha256": self.sha256, "trips": self.facts.n_trips, "stops": self.facts.n_stops}


@dataclass(frozen=True, slots=True)
class PublishedFeed:
    """What a snapshot knows of a feed it was made from."""

    sha256: str
    n_trips: int
    n_stops: int


def published_feed(row: Mapping[str, Any]) -> PublishedFeed:
    """From ReadFeed.to_dict."""
    return PublishedFeed(str(row["sha256"]), int(row["trips"]), int(row["stops"]))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Feed id to reasons, one line each. Feeds about which there is nothing to say are in neither."""

    held: dict[str, tuple[str, ...]]
    """Why the snapshot must not be replaced by itself."""
    warned: dict[str, tuple[str, ...]]
    """The same of feeds that hold nothing back: they are new here, or were published with these very bytes."""


def judge_feeds(feeds: Mapping[str, ReadFeed], published: Mapping[str, PublishedFeed], today: date) -> Judgement:
    """Hold `feeds` against those `published` under the same ids. Published feeds that are not asked for do not count.

    Only a new version of a feed is held, or one that was published and cannot be read any more. A feed of which
    nothing was published before can lose nothing: of that, as of equal bytes, only the days ahead are told.
    """
    held, warned = {}, {}
    for feed_id, feed in feeds.items():
        before = published.get(feed_id)
        is_refused = bool(feed.facts.reason)
        if before is None or (before.sha256 == feed.sha256 and not is_refused):
            if not is_refused:
                warned[feed_id] = hold_reasons(feed.facts, None, today)
        else:
            held[feed_id] = hold_reasons(feed.facts, FeedFacts(before.n_trips, before.n_stops, ()), today)
    return Judgement(_spoken(held), _spoken(warned))


def _spoken(reasons: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {feed_id: lines for feed_id, lines in reasons.items() if lines}
