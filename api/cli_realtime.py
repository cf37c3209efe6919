"""`--realtime ID=PB`: messages of GTFS-Realtime out of files, applied to feeds that were just read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.cli_output import InputError, get_file

if TYPE_CHECKING:
    from ingest.model import Network
    from ingest.realtime.patch import FeedPatch


@dataclass(slots=True)
class Applied:
    """What became of the messages, in their order, and what holds after the last of them."""

    told: list[dict[str, Any]] = field(default_factory=list)
    patches: list[FeedPatch] = field(default_factory=list)


def read_messages(given: Sequence[str] | None) -> list[tuple[str, Path]]:
    """(feed, file) of each. Raises InputError."""
    found = []
    for text in given or ():
        feed, separator, path = text.partition("=")
        if not (feed and separator and path):
            raise InputError(f"--realtime {text!r}: must be ID=PB, a feed and the file of its message")
        found.append((feed, get_file(Path(path), f"--realtime {feed}")))
    return found


def apply_messages(
    network: Network | None, messages: Sequence[tuple[str, Path]], feeds: Sequence[str], now: datetime
) -> Applied:
    """Apply messages to the feeds of a network, in order. Raises InputError for a feed that was not given."""
    from ingest.realtime.apply import apply_message
    from ingest.realtime.feed_index import FeedIndex
    from ingest.realtime.message import MOST_BYTES
    from ingest.realtime.outcome import Outcome, RealtimeReport, Rejection

    found = Applied()
    held: dict[str, FeedPatch] = {}
    for feed, path in messages:
        if feed not in feeds:
            raise InputError(f"--realtime {feed}: there is no feed {feed!r}; given are {', '.join(sorted(feeds))}")
        if network is None or feed not in [known.id for known in network.feeds]:
            report = RealtimeReport(feed, Outcome.REJECT_MESSAGE, Rejection.FEED_REJECTED, 0, {}, None)
            found.told.append(report.to_dict())
            continue
        try:
            with path.open("rb") as handle:
                data = handle.read(MOST_BYTES + 1)
        except OSError as error:
            raise InputError(f"--realtime {feed}: {path}: cannot be read: {error.strerror}") from None
        last = held.get(feed)
        report, patch = apply_message(
            FeedIndex(network, feed), data, int(now.timestamp()), None if last is None else last.timestamp_s
        )  # fmt: skip
        if patch is not None:
            held[feed] = patch
        found.told.append(report.to_dict())
    found.patches = list(held.values())
    return found
