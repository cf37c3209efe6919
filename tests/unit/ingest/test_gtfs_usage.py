"""What docs/gtfs.md says of every field is what the code does with it."""

from __future__ import annotations

import importlib
import inspect
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from ingest.gtfs_schema import EXTRA_FILES, FLEX_ZONES, KNOWN_FILES, SCHEMAS
from ingest.gtfs_usage import FIELDS, FILES, FieldUsage, Use
from ingest.notices import NoticeLog
from ingest.tables import FeedTables, read_feed
from tests.unit.ingest.reading import TODAY, small_feed

INGEST = Path(importlib.import_module("ingest").__path__[0])

READING = ("gtfs_schema", "gtfs_usage", "tables", "notice_codes", "csv_", "authored", "validation")
"""Modules that name fields without making use of them: they read, write or describe tables."""

RENAMED = {"arrival_time": "arrival", "departure_time": "departure", "trip_id": "trip", "stop_id": "stop"}
"""Columns of stop_times and frequencies that come out of reading under another name."""

FRAMES = {"agency.txt": "agencies"}


def fields(*uses: Use) -> list[FieldUsage]:
    return [usage for usage in FIELDS if usage.use in uses]


def name(usage: FieldUsage) -> str:
    return f"{usage.file}:{usage.field}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> FeedTables:
    path = small_feed().write_zip(tmp_path_factory.mktemp("usage") / "small.zip")
    return read_feed("small", path, NoticeLog(), today=TODAY)


def test_every_file_that_is_known_is_told_of_once() -> None:
    assert Counter(file.file for file in FILES) == Counter(KNOWN_FILES)


@pytest.mark.parametrize("file", SCHEMAS)
def test_every_field_that_is_read_is_told_of_once(file: str) -> None:
    told = [usage.field for usage in FIELDS if usage.file == file]
    assert Counter(told) == Counter(SCHEMAS[file].columns)


@pytest.mark.parametrize("usage", fields(Use.USED), ids=name)
def test_a_used_field_is_named_by_its_module_and_says_what_for(usage: FieldUsage) -> None:
    source = inspect.getsource(importlib.import_module(usage.module))
    assert f'"{usage.field}"' in source
    assert usage.purpose


@pytest.mark.parametrize("usage", fields(Use.USED), ids=name)
def test_a_used_field_is_a_column_of_the_clean_tables(usage: FieldUsage, tables: FeedTables) -> None:
    if usage.file in EXTRA_FILES:  # handed on as they are
        assert usage.field in SCHEMAS[usage.file].columns
        return
    frame: pl.DataFrame = getattr(tables, FRAMES.get(usage.file, usage.file.removesuffix(".txt")))
    assert {usage.field, RENAMED.get(usage.field)} & set(frame.columns)


def users_of(field: str) -> list[str]:
    """Modules of ingest that name a field in order to do something with what it holds."""
    paths = (path for path in INGEST.glob("*.py") if not path.name.startswith(READING))
    return [path.stem for path in paths if f'"{field}"' in path.read_text("utf-8")]


IGNORED_EVERYWHERE = sorted(
    {usage.field for usage in fields(Use.IGNORED, Use.NOT_ROUTED) if "_" in usage.field}
    - {usage.field for usage in fields(Use.USED)}
)


@pytest.mark.parametrize("field", IGNORED_EVERYWHERE)
def test_an_ignored_field_is_named_by_no_module_behind_the_readers(field: str) -> None:
    assert users_of(field) == [], "say in ingest/gtfs_usage.py what it is used for"


@pytest.mark.parametrize("file", [*EXTRA_FILES, FLEX_ZONES])
def test_a_file_without_a_used_field_is_named_by_no_module_behind_the_readers(file: str) -> None:
    if not any(usage.file == file for usage in fields(Use.USED)):
        assert users_of(file) == [], "say in ingest/gtfs_usage.py what it is used for"


def test_the_search_for_users_finds_those_there_are() -> None:
    assert "network" in users_of("block_id")
    assert users_of("no_such_field") == []
