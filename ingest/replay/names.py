"""What riders are told: names and headsigns of a feed, in its own words or as translations.txt has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from ingest.replay.feed_text import FeedText

COLUMNS = {
    "stop_name": "stops",
    "route_short_name": "routes",
    "route_long_name": "routes",
    "trip_headsign": "trips",
}
"""Column of a name -> what table_name of translations.txt calls its table."""


@dataclass(frozen=True, slots=True)
class Translations:
    """Names in other languages: by (column, record_id), and by (column, the name that is translated)."""

    by_record: dict[tuple[str, str], set[str]]
    by_value: dict[tuple[str, str], set[str]]

    def spoken(self, column: str, record: str, own: str) -> set[str]:
        """All that the name of a record may read."""
        return {own, *self.by_record.get((column, record), ()), *self.by_value.get((column, own), ())}


def read_translations(text: FeedText) -> Translations:
    """The translations of the names that legs carry."""
    rows = text.optional("translations.txt")
    rows = rows.filter(pl.col("table_name") == pl.col("field_name").replace_strict(COLUMNS, default=""))
    by_record, by_value = rows.filter(pl.col("record_id") != ""), rows.filter(pl.col("record_id") == "")
    return Translations(_grouped(by_record, "record_id"), _grouped(by_value, "field_value"))


def _grouped(rows: pl.DataFrame, key: str) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    table: Iterable[tuple[str, str, str]] = rows.select("field_name", key, "translation").iter_rows()
    for column, name, translation in table:
        if name:
            found.setdefault((column, name), set()).add(translation)
    return found
