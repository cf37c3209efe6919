"""What the two ways of reading CSV text share: the table being read, and the last look at its values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from ingest.gtfs_schema import TableSchema
from ingest.notices import FeedRejected, NoticeLog

LONGEST_LINE = 1 << 20
LONGEST_VALUE = 128 << 10

ROW = "row"
"""The column of record numbers: the header is 1, and blank lines count."""
BLANKS = " \t\r\n\f\v"

NEWLINE = 10


@dataclass(slots=True)
class TextTable:
    """One table as it is being read."""

    feed_id: str
    schema: TableSchema
    log: NoticeLog
    positions: dict[str, int] = field(default_factory=dict)
    """Column name -> place of its cell in a row."""
    width: int = 0
    """Cells of a full row."""
    next_row: int = 2

    @property
    def file(self) -> str:
        """The table's file name."""
        return self.schema.file

    def reject(self, code: str, reason: str) -> FeedRejected:
        """The exception that says this table cannot be trusted."""
        return FeedRejected(self.feed_id, f"{self.file}: {reason}", code)

    def note(self, code: str, row: int | None, column: str | None, value: str | None, count: int, action: str) -> None:
        """Adds a notice about this table."""
        self.log.add(code, self.feed_id, self.file, row=row, field=column, value=value, count=count, action=action)


def finish_frame(table: TextTable, frame: pl.DataFrame, piece: bytes | None, wanted: tuple[str, ...]) -> pl.DataFrame:
    """Trims values, reports what is odd in them, and adds the columns that the file does not have."""
    names = [name for name in wanted if name in table.positions]
    lengths = frame.select(pl.col(names).str.len_bytes().max()) if len(frame) and names else pl.DataFrame()
    for name, longest in zip(lengths.columns, lengths.row(0) if names and len(frame) else (), strict=True):
        if longest > LONGEST_VALUE:
            raise table.reject("csv_parsing_failed", f"column {name} has a value longer than {LONGEST_VALUE} bytes")
    may_hold_line_ends = piece is None or _may_hold_line_ends(piece, len(frame))
    if piece is None or may_hold_line_ends or _may_have_padding(piece):
        frame = _trim(table, frame, names)
    if may_hold_line_ends:
        _report(table, frame, names, "new_line_in_value", r"[\r\n]", frozenset())
    if piece is None or not piece.isascii():
        _report(table, frame, names, "non_ascii_or_non_printable_char", r"[^ -~\r\n]", table.schema.texts)
    absent = [pl.lit("").alias(name) for name in wanted if name not in table.positions]
    return frame.with_columns(absent).select(*wanted, ROW)


def _may_hold_line_ends(piece: bytes, n_rows: int) -> bool:
    """Whether a clean piece has more line ends than rows: then some are inside quotes."""
    if b'"' not in piece:
        return False
    codes = np.frombuffer(piece, np.uint8)
    newlines = np.count_nonzero(codes == NEWLINE)
    return bool(newlines > n_rows or (b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n")))


def _may_have_padding(piece: bytes) -> bool:
    if not any(blank in piece for blank in (b" ", b"\t", b"\f", b"\v")):
        return False
    if any(blank in piece for blank in (b"\t", b"\f", b"\v")) or piece[:1] == b" " or piece[-1:] == b" ":
        return True
    return any(pair in piece for pair in (b" ,", b", ", b" \n", b"\n ", b" \r", b'" ', b' "'))


def _trim(table: TextTable, frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    trimmed = frame.with_columns(pl.col(names).str.strip_chars(BLANKS)) if names else frame
    for name in names:
        changed = (trimmed[name] != frame[name]).arg_true()
        if not len(changed):
            continue
        table.log.add(
            "leading_or_trailing_whitespaces",
            table.feed_id,
            table.file,
            row=frame[ROW][changed[0]],
            field=name,
            value=frame[name][changed[0]],
            count=len(changed),
            action="trimmed",
            affects_riders=name.endswith("_id"),  # elsewhere a blank more or less changes nothing
        )
    return trimmed


def _report(
    table: TextTable, frame: pl.DataFrame, names: list[str], code: str, pattern: str, but: frozenset[str]
) -> None:
    for name in names:
        if name in but:
            continue
        found = frame[name].str.contains(pattern).arg_true()
        if len(found):
            at = found[0]
            table.note(code, frame[ROW][at], name, frame[name][at], len(found), "kept")
