"""What long work says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.progress import (
    BUILDING_STREETS,
    LINKING,
    LINKING_STEP_FREE,
    READING,
    READING_STREETS,
    SharedStage,
    feed_megabytes,
    ingest_weights,
    stage_name,
)
from tests.support.told import Told


def test_feeds_read_side_by_side_are_one_stage_in_which_a_larger_one_counts_for_more(tmp_path: Path) -> None:
    sizes = {"small": 1_000_000, "large": 3_000_000}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(bytes(size))
    told = Told()
    shared = SharedStage(READING, {name: tmp_path / name for name in sizes}, told)
    small, large = shared.of("small"), shared.of("large")
    small("stops.txt")
    large("trips.txt", 0.5)
    small("", 1.0)
    large("trips.txt", 0.2)  # never back
    large("", 1.0)
    assert told.stages[1] == "reading feeds: large trips.txt"
    assert told.stages[2] == "reading feeds: small"
    assert told.done == pytest.approx([0, 0.375, 0.625, 0.625, 1], abs=1e-3)
    assert {stage_name(stage) for stage in told.stages} == {READING}


def test_a_folder_weighs_what_its_tables_would_as_a_zip(tmp_path: Path) -> None:
    (tmp_path / "stops.txt").write_bytes(bytes(8_000_000))
    (tmp_path / "notes.md").write_bytes(bytes(8_000_000))
    assert feed_megabytes(tmp_path) == pytest.approx(1, abs=0.01)
    assert 0 < feed_megabytes(tmp_path / "gone") < 0.01


def test_streets_are_stages_between_merging_and_linking_where_there_are_any() -> None:
    assert {READING_STREETS, BUILDING_STREETS}.isdisjoint(ingest_weights(1.0, None))
    names = list(ingest_weights(1.0, 20.0))
    assert names[2:6] == [READING_STREETS, BUILDING_STREETS, LINKING, LINKING_STEP_FREE]


def test_streets_are_walked_once_more_without_stairs_and_straight_lines_are_not() -> None:
    straight, streets = ingest_weights(10.0, None), ingest_weights(10.0, 20.0)
    assert straight[LINKING_STEP_FREE] < straight[LINKING] / 2
    assert streets[LINKING_STEP_FREE] == streets[LINKING]


def test_with_larger_feeds_reading_takes_a_larger_part() -> None:
    small, large = (ingest_weights(megabytes, None) for megabytes in (1.0, 100.0))
    assert small[READING] / sum(small.values()) < 0.4 < 0.45 < large[READING] / sum(large.values())
