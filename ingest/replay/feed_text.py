"""The tables of an open feed as text: cells as the feed writes them, nothing of what they mean.

Archives and CSV are opened and cut into cells as ingest does it (ingest.archive, ingest.csv_text). Nothing else of
ingest is used here: whatever cells mean is worked out again.
"""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from ingest.archive import FeedFiles
from ingest.csv_text import read_frames
from ingest.gtfs_schema import SCHEMAS
from ingest.notices import FeedRejected, NoticeLog

UNREADABLE = {"invalid_encoding", "missing_required_column", "csv_parsing_failed", "unclosed_quote"}
"""What costs a table only itself, where the feed can do without it."""


class FeedText:
    """Reads tables of one open feed."""

    def __init__(self, files: FeedFiles) -> None:
        self._files = files
        self._log = NoticeLog()  # what is odd about cells is for `check` to say

    def table(self, file: str, keep: pl.Expr | None = None) -> pl.DataFrame:
        """The rows of `file` that `keep` wants, all columns String and trimmed, "" for blank; none if it is absent.

        Raises FeedRejected for a table that cannot be read.
        """
        schema = SCHEMAS[file]
        frames = [pl.DataFrame(schema=dict.fromkeys(schema.columns, pl.String))]
        if file in self._files.files:
            chunks = self._files.chunks(file)
            for frame in read_frames(chunks, schema, self._files.feed_id, self._log, schema.columns):
                rows = frame.select(schema.columns)
                frames.append(rows if keep is None else rows.filter(keep))
        return pl.concat(frames)

    def optional(self, file: str, keep: pl.Expr | None = None) -> pl.DataFrame:
        """The same; a table that is no table is as good as absent."""
        try:
            return self.table(file, keep)
        except FeedRejected as error:
            if error.code not in UNREADABLE:
                raise
            return pl.DataFrame(schema=dict.fromkeys(SCHEMAS[file].columns, pl.String))


def is_one_of(column: str, values: Collection[str]) -> pl.Expr:
    """Rows whose `column` is one of `values`."""
    return pl.col(column).is_in(pl.Series(sorted(values), dtype=pl.String).implode())


def whole(column: str, low: int, high: int, otherwise: int | None) -> pl.Expr:
    """The whole number of `column`; `otherwise` where it is blank, no such number or not within `low` and `high`."""
    number = pl.col(column).cast(pl.Int64, strict=False)
    return pl.when(number.is_between(low, high)).then(number).otherwise(otherwise).alias(column)


def decimal(column: str) -> pl.Expr:
    """The finite number of `column`, else null."""
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number).alias(column)


def first_of(frame: pl.DataFrame, *key: str) -> pl.DataFrame:
    """The first row of each key, the order kept."""
    return frame.unique(list(key), keep="first", maintain_order=True)
