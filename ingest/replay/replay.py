"""Journeys held against raw feeds, second by second: the whole check, from JSON to faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.progress import Progress, silent
from ingest.region import Region
from ingest.replay.chain import Chain
from ingest.replay.document import DEFAULT_TERMS, FoundJourney, Terms, read_document
from ingest.replay.faults import Fault, Findings
from ingest.replay.feeds import Feeds, read_feeds
from ingest.replay.totals import check_query, check_totals


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found. `notes` are no faults, but a reader should know of them."""

    journeys: int
    legs: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...]

    @property
    def n_faulty(self) -> int:
        """Journeys with a fault."""
        return len({fault.journey for fault in self.faults})

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "journeys": self.journeys,
            "legs": self.legs,
            "faulty": self.n_faulty,
            "faults": [fault.to_dict() for fault in self.faults],
            "notes": list(self.notes),
        }


def replay_journeys(
    document: object,
    feeds: Mapping[str, Path],
    *,
    region: Region | None = None,
    terms: Terms = DEFAULT_TERMS,
    progress: Progress = silent,
) -> Replayed:
    """Hold all journeys of a JSON document against the zips or folders of their feeds, by feed id.

    `document` is a journey, a list of them, a comparison, lines of `timbang batch` or a list of such. `region` says
    who runs what, else each feed is its own provider; `terms` is what the document does not say.
    Raises ReplayError for a document that has no journeys and for feeds that cannot be read.
    """
    read = read_document(document, terms)
    raw = read_feeds(feeds, read.journeys, region, progress)
    faults = [fault for found in read.journeys for fault in replay_journey(found, raw)]
    notes = [
        f"feed {feed_id} is another version than the one that the journeys were computed from (SHA-256 "
        f"{raw.raw[feed_id].sha256[:12]}, not {sha256[:12]})"
        for feed_id, sha256 in read.feeds.items()
        if feed_id in raw.raw and raw.raw[feed_id].sha256 != sha256
    ]
    legs = sum(len(found.journey.legs) for found in read.journeys)
    return Replayed(len(read.journeys), legs, tuple(faults), tuple(notes))


def replay_journey(found: FoundJourney, feeds: Feeds) -> list[Fault]:
    """The faults of one journey, leg by leg, then those of the whole."""
    findings = Findings(found.where)
    chain = Chain(found, feeds, findings)
    chain.replay()
    check_totals(found, chain, findings)
    check_query(found, chain, feeds, findings)
    n_legs = len(found.journey.legs)
    return sorted(findings.faults, key=lambda fault: n_legs if fault.leg is None else fault.leg)
