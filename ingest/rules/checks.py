"""The checks that all tables share: each takes a frame, reports what it finds, and gives the frame back repaired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ingest.csv_table import ROW
from ingest.notices import FeedRejected, NoticeLog


@dataclass(frozen=True, slots=True)
class TableChecks:
    """Checks of one file of one feed. Frames have the column `row`, for the notices."""

    feed_id: str
    file: str
    log: NoticeLog

    def report(self, frame: pl.DataFrame, found: pl.Expr, code: str, field: str | None, action: str = "kept") -> int:
        """Notes the rows where `found` is true, with the first one's `field`; returns how many there are."""
        columns = [ROW] if field is None else [ROW, field]
        rows = frame.filter(found).select(columns)  # a null is not found
        if len(rows):
            value = None if field is None else _as_written(rows[columns[-1]][0])
            self.note(code, rows[ROW][0], field, value, len(rows), action)
        return len(rows)

    def note(self, code: str, row: int | None, field: str | None, value: str | None, count: int, action: str) -> None:
        """Adds a notice about this file; nothing for a count of 0."""
        self.log.add(code, self.feed_id, self.file, row=row, field=field, value=value, count=count, action=action)

    def drop(
        self, frame: pl.DataFrame, found: pl.Expr, code: str, field: str | None, action: str = "row dropped"
    ) -> pl.DataFrame:
        """The rows where `found` is not true; the others are reported."""
        if not self.report(frame, found, code, field, action):
            return frame
        return frame.filter(~found.fill_null(value=False))

    def blank(
        self, frame: pl.DataFrame, found: pl.Expr, code: str, field: str, action: str = "value blanked"
    ) -> pl.DataFrame:
        """The frame with "" in `field` where `found` is true."""
        if not self.report(frame, found, code, field, action):
            return frame
        return frame.with_columns(pl.when(found).then(pl.lit("")).otherwise(pl.col(field)).alias(field))

    def require(self, frame: pl.DataFrame, *fields: str) -> pl.DataFrame:
        """Without the rows where one of `fields` is blank."""
        for field in fields:
            frame = self.drop(frame, pl.col(field) == "", "missing_required_field", field)
        return frame

    def unique(self, frame: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
        """The first row of each key."""
        again = ~pl.struct(keys).is_first_distinct() if len(keys) > 1 else ~pl.col(keys[0]).is_first_distinct()
        return self.drop(frame, again, "duplicate_key", keys[-1])

    def known(self, frame: pl.DataFrame, field: str, ids: pl.Series, action: str = "row dropped") -> pl.DataFrame:
        """Without the rows whose `field` is an id that is not in `ids`; blanks are left in."""
        found = (pl.col(field) != "") & ~pl.col(field).is_in(ids.implode())
        return self.drop(frame, found, "foreign_key_violation", field, action)

    def choices(self, frame: pl.DataFrame, field: str, allowed: Sequence[int], blank: int) -> pl.DataFrame:
        """`field` as Int8; `blank` where it is blank or (reported) none of `allowed`."""
        if _is_blank(frame[field]):
            return frame.with_columns(pl.lit(blank, pl.Int8).alias(field))
        numbers = frame[field].cast(pl.Int8, strict=False)
        valid = numbers.is_in(list(allowed)).fill_null(value=False)
        if valid.all():
            return frame.with_columns(numbers)
        strange = ~valid & (frame[field] != "")
        self.report(frame, pl.lit(strange), "unexpected_enum_value", field, f"read as {blank}")
        return frame.with_columns(pl.when(valid).then(numbers).otherwise(pl.lit(blank, pl.Int8)).alias(field))

    def numbers(self, frame: pl.DataFrame, field: str) -> pl.DataFrame:
        """`field` as Float64; NaN where it is blank or (reported) no finite number."""
        if _is_blank(frame[field]):
            return frame.with_columns(pl.lit(float("nan"), pl.Float64).alias(field))
        numbers = frame[field].cast(pl.Float64, strict=False)
        finite = numbers.is_finite().fill_null(value=False)
        if finite.all():
            return frame.with_columns(numbers)
        strange = ~finite & (frame[field] != "")
        self.report(frame, pl.lit(strange), "invalid_float", field, "value blanked")
        return frame.with_columns(pl.when(finite).then(numbers).otherwise(float("nan")).alias(field))

    def integers(self, frame: pl.DataFrame, field: str) -> pl.DataFrame:
        """`field` as Int32; rows with what is no whole number of 0 to 2,000,000,000 are dropped."""
        numbers = frame[field].cast(pl.Int32, strict=False)
        lowest = numbers.min()
        if not numbers.null_count() and isinstance(lowest, int) and lowest >= 0:
            return frame.with_columns(numbers)
        number = pl.col(field).cast(pl.Int64, strict=False)
        frame = self.require(frame, field)
        frame = self.drop(frame, number.is_null(), "invalid_integer", field)
        frame = self.drop(frame, ~number.is_between(0, 2_000_000_000), "number_out_of_range", field)
        return frame.with_columns(number.cast(pl.Int32).alias(field))

    def dates(self, frame: pl.DataFrame, field: str) -> pl.DataFrame:
        """`field` as Date; rows without a date YYYYMMDD are dropped."""
        frame = self.require(frame, field)
        eight = pl.col(field).str.contains(r"^[0-9]{8}$")
        day = pl.when(eight).then(pl.col(field)).str.to_date("%Y%m%d", strict=False)
        frame = self.drop(frame, day.is_null(), "invalid_date", field)
        return frame.with_columns(day.alias(field))

    def addresses(self, frame: pl.DataFrame, field: str) -> pl.DataFrame:
        """`field` blanked where it is no http or https address: it may become a link."""
        bad = (pl.col(field) != "") & ~pl.col(field).str.contains(r"^(?i)https?://[^\s<>\"]+$")
        return self.blank(frame, bad, "invalid_url", field)

    def languages(self, frame: pl.DataFrame, field: str) -> pl.DataFrame:
        """`field` blanked where it does not look like a language tag."""
        tag = pl.col(field).str.contains(r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,8}$")
        return self.blank(frame, (pl.col(field) != "") & ~tag, "invalid_language_code", field)

    def reject(self, code: str, reason: str) -> FeedRejected:
        """The exception that says the feed cannot be used because of this file."""
        return FeedRejected(self.feed_id, f"{self.file}: {reason}", code)


def _as_written(value: object) -> str:
    """A value as the feed writes it."""
    return value.strftime("%Y%m%d") if isinstance(value, date) else str(value)


def _is_blank(texts: pl.Series) -> bool:
    """Whether all of a column is "", as in most feeds most columns are."""
    return texts.str.len_bytes().max() in (0, None)
