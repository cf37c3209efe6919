"""What long work says of itself while it goes on, and how much of the whole each stage of an ingest is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Protocol

READING = "reading feeds"
MERGING = "merging feeds"
READING_STREETS = "reading streets"
BUILDING_STREETS = "building the walking network"
LINKING = "linking stops on foot"
LINKING_STEP_FREE = "linking stops without stairs"
CHANGES = "resolving changes"
BOUNDING = "bounding travel times"
COMPARING = "comparing feeds"

MEGABYTE = 1e6
UNPACKED = 8
"""Bytes of tables for one byte of a zip of them, about."""


class Progress(Protocol):
    """Called as `progress(stage, done)`: `stage` goes on, and `done`, from 0 to 1, is how much of it is finished.

    What follows a colon in `stage` is detail: "reading feeds: metro" is a part of the stage READING.
    May be called from several threads.
    """

    def __call__(self, stage: str, done: float = 0.0, /) -> None: ...


def silent(stage: str, done: float = 0.0, /) -> None:
    """Progress for nobody."""


def stage_name(stage: str) -> str:
    """The stage without its detail."""
    return stage.partition(":")[0]


class SharedStage:
    """One stage in which several feeds are worked on at a time, each as long as it is large."""

    def __init__(self, stage: str, feeds: Mapping[str, Path], progress: Progress) -> None:
        self._stage, self._progress, self._lock = stage, progress, Lock()
        self._sizes = {feed_id: feed_megabytes(path) for feed_id, path in feeds.items()}
        self._done = dict.fromkeys(feeds, 0.0)

    def of(self, feed_id: str) -> Progress:
        """For the work on one feed: its stages become details, its `done` a part of the whole."""

        def report(detail: str, done: float = 0.0, /) -> None:
            with self._lock:
                self._done[feed_id] = max(self._done[feed_id], done)
                finished = sum(size * self._done[feed] for feed, size in self._sizes.items())
                total = sum(self._sizes.values())
                self._progress(f"{self._stage}: {' '.join(filter(None, (feed_id, detail)))}", finished / total)

        return report


def feed_megabytes(path: Path) -> float:
    """How large a feed is as a zip, a folder's tables packed in thought. Never 0; small where nothing is there."""
    try:
        if path.is_dir():
            return sum(found.stat().st_size for found in path.glob("**/*.txt")) / UNPACKED / MEGABYTE + 1e-3
        return path.stat().st_size / MEGABYTE + 1e-3
    except OSError:
        return 1e-3


def ingest_weights(megabytes: float, osm_megabytes: float | None) -> dict[str, float]:
    """Stages of `ingest_feeds` in their order, and about how many seconds each takes.

    `megabytes` is the size of all feeds as zips, `osm_megabytes` that of the extract, if riders walk along streets.
    Measured on feeds of Jakarta, Porto Alegre and New York; only the proportions count.
    """
    streets = {}
    linking = 0.1 + 0.005 * megabytes
    # By straight lines only stations with pathways look different without stairs.
    step_free = 0.02 + 0.001 * megabytes
    if osm_megabytes is not None:
        linking += 0.3 * osm_megabytes
        step_free = linking
        streets = {
            READING_STREETS: 0.1 + 0.5 * osm_megabytes,
            BUILDING_STREETS: 0.1 + 0.1 * osm_megabytes,
        }
    return {
        READING: 0.3 + 0.055 * megabytes,
        MERGING: 0.7 + 0.014 * megabytes,
        **streets,
        LINKING: linking,
        LINKING_STEP_FREE: step_free,
        CHANGES: 0.03 + 0.005 * megabytes,
        BOUNDING: 0.1 + 0.01 * megabytes,
        COMPARING: 0.1 + 0.003 * megabytes,
    }
