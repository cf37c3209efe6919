"""Replay: journeys as JSON, held against the raw zips of their feeds, with nothing of the router and its network.

`replay_journeys` is the way in; docs/replay.md says what is checked.
"""

from ingest.replay.document import HeadwayWait, Terms, parse_document
from ingest.replay.faults import CODES, Fault
from ingest.replay.reader import ReplayError
from ingest.replay.replay import Replayed, replay_journeys

__all__ = [
    "CODES",
    "Fault",
    "HeadwayWait",
    "ReplayError",
    "Replayed",
    "Terms",
    "parse_document",
    "replay_journeys",
]
