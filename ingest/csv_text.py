"""CSV bytes to data frames of text, piece by piece: nothing is guessed, nothing is lost without a notice.

Clean pieces (every row as long as the header, quotes in their places, UTF-8) go to polars as they are. Counting
commas, line ends and quotes decides which are clean; only the others are read by the tolerant reader.
Frames hold the columns that were asked for, as String with "" for blank, and `row`, the record number (the header
is 1, and blank lines count).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ingest.csv_repair import parse_tolerant
from ingest.csv_table import BLANKS, LONGEST_LINE, NEWLINE, ROW, TextTable, finish_frame
from ingest.gtfs_schema import CORE_FILES, TableSchema
from ingest.notices import NoticeLog

PIECE_BYTES = 8 << 20
"""Bytes that are parsed at once."""
MOST_ROWS = 200_000_000
MOST_COLUMNS = 1_000

_COMMA, _QUOTE, _RETURN = 44, 34, 13


def read_frames(
    chunks: Iterator[bytes], schema: TableSchema, feed_id: str, log: NoticeLog, wanted: tuple[str, ...]
) -> Iterator[pl.DataFrame]:
    """The rows of a table as frames of `wanted` columns (String) and `row` (UInt32); missing columns are "".

    Yields nothing for a file without even a header. Raises FeedRejected when the table cannot be trusted.
    """
    table = TextTable(feed_id, schema, log)
    text = _ByteText(chunks)
    first = text.fill()
    _check_encoding(table, first)
    if not first.strip(b"\r\n \t\xef\xbb\xbf"):
        if schema.file in CORE_FILES:
            raise table.reject("empty_file", "the file is empty")
        log.add("empty_file", feed_id, schema.file, action="ignored")
        return
    if b"\n" not in first and b"\r" in first:
        table.note("carriage_return_line_ends", None, None, None, 1, "read")
        text.use_carriage_returns()
    _read_header(table, text)
    for piece in text.pieces(table):
        yield from _parse(table, piece, text, wanted)
        if table.next_row > MOST_ROWS:
            raise table.reject("unsafe_archive", f"more than {MOST_ROWS} rows")


class _ByteText:
    """A byte stream that is cut at line ends outside quotes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._pending = b""
        self._ended = False
        self._returns = False

    def use_carriage_returns(self) -> None:
        self._returns = True
        self._pending = self._pending.replace(b"\r", b"\n")

    def fill(self, least: int = 0) -> bytes:
        """What is at hand, at least PIECE_BYTES and `least` unless the stream ends before."""
        parts, size = [self._pending], len(self._pending)
        while size < max(PIECE_BYTES, least) and not self._ended:
            chunk = next(self._chunks, None)
            if chunk is None:
                self._ended = True
                break
            parts.append(chunk.replace(b"\r", b"\n") if self._returns else chunk)
            size += len(chunk)
        self._pending = b"".join(parts)
        return self._pending

    def take_line(self, limit: int) -> bytes | None:
        """The first line without its end; None where it is longer than `limit`."""
        end = self._pending.find(b"\n", 0, limit)
        if end < 0 and len(self._pending) > limit:
            return None
        line = self._pending if end < 0 else self._pending[:end]
        self._pending = b"" if end < 0 else self._pending[end + 1 :]
        return line.rstrip(b"\r")

    def pieces(self, table: TextTable) -> Iterator[bytes]:
        """Whole records, about PIECE_BYTES each."""
        while self.fill():
            cut = len(self._pending) if self._ended else _record_end(self._pending)
            if cut < len(self._pending) - LONGEST_LINE:
                if _QUOTE in self._pending[cut:]:
                    cut = len(self._pending)  # the tolerant reader finds out where the quote ends
                else:
                    raise table.reject("csv_parsing_failed", f"a line is longer than {LONGEST_LINE} bytes")
            if not cut:  # the first record goes on
                self.fill(least=2 * len(self._pending))
                continue
            piece, self._pending = self._pending[:cut], self._pending[cut:]
            yield piece

    def rest(self) -> Iterator[bytes]:
        """Everything that was not handed out yet."""
        while piece := self.fill():
            self._pending = b""
            yield piece


def _record_end(text: bytes) -> int:
    """Just after the last line end that is outside quotes; 0 where there is none."""
    cut = text.rfind(b"\n") + 1
    if text.count(b'"', 0, cut) % 2 == 0:
        return cut
    codes = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero((codes == NEWLINE) & ~_inside_quotes(codes))
    return int(ends[-1]) + 1 if len(ends) else 0


def _check_encoding(table: TextTable, start: bytes) -> None:
    head = start[:1000]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or head.count(0) > len(head) // 4:
        raise table.reject("invalid_encoding", "the text is UTF-16 or UTF-32, not UTF-8")


def _read_header(table: TextTable, text: _ByteText) -> None:
    line = text.take_line(LONGEST_LINE)
    if line is None:
        raise table.reject("csv_parsing_failed", f"the header is longer than {LONGEST_LINE} bytes")
    try:
        cells = next(csv.reader([line.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")]), [])
    except csv.Error as error:
        raise table.reject("csv_parsing_failed", f"row 1: {error}") from None
    if len(cells) > MOST_COLUMNS:
        raise table.reject("csv_parsing_failed", f"row 1: more than {MOST_COLUMNS} columns")
    table.width = len(cells)
    for place, cell in enumerate(cells):
        _take_column(table, place, cell)
    missing = sorted(table.schema.required - table.positions.keys())
    if missing:
        raise table.reject("missing_required_column", f"row 1: no column {missing[0]}{_delimiter_hint(cells)}")


def _take_column(table: TextTable, place: int, cell: str) -> None:
    stripped = cell.strip(BLANKS + "\ufeff")
    name = stripped.lower()
    if not name:
        table.note("empty_column_name", 1, None, None, 1, "ignored")
    elif name not in table.schema.columns:
        return
    elif name in table.positions:
        table.note("duplicated_column", 1, name, stripped, 1, "first one read")
    else:
        table.positions[name] = place
        if stripped != cell:
            table.note("header_padding", 1, name, cell, 1, "repaired")
        if stripped != name:
            table.note("header_case", 1, name, stripped, 1, "repaired")


def _delimiter_hint(cells: list[str]) -> str:
    if len(cells) > 1 or not cells:
        return ""
    names = {";": "semicolons", "\t": "tabs", "|": "bars"}
    found = [name for mark, name in names.items() if mark in cells[0]]
    return f" (cells are separated by {found[0]}, not commas)" if found else ""


def _parse(table: TextTable, piece: bytes, text: _ByteText, wanted: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    clean = _parse_clean(table, piece, wanted) if _is_clean(piece, table.width) else None
    if clean is not None:
        yield clean
    elif b'"' not in piece or _quotes_are_in_place(np.frombuffer(piece, np.uint8)):
        yield from parse_tolerant(table, iter([piece]), wanted)
    else:  # a quote out of place: only a reader that goes on to the end knows what it holds
        yield from parse_tolerant(table, _with_first(piece, text.rest()), wanted)


def _with_first(piece: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield piece
    yield from rest


def _is_clean(piece: bytes, width: int) -> bool:
    """Whether quotes stand where CSV wants them, the text is UTF-8, and no row is short unless one is long."""
    if b"\0" in piece or not _is_utf8(piece):
        return False
    if b'"' in piece:
        return _is_clean_quoted(piece, width)
    if b"\r" in piece and piece.count(b"\r") != piece.count(b"\r\n"):
        return False
    if width == 1:
        return b"\n\n" not in piece and b"\n\r" not in piece and piece[:1] not in b"\r\n"
    codes = np.frombuffer(piece, np.uint8)
    lines = np.count_nonzero(codes == NEWLINE) + (not piece.endswith(b"\n"))
    return bool(np.count_nonzero(codes == _COMMA) == lines * (width - 1))


def _is_utf8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_clean_quoted(piece: bytes, width: int) -> bool:
    codes = np.frombuffer(piece, np.uint8)
    if not _quotes_are_in_place(codes):
        return False
    outside = ~_inside_quotes(codes)
    returns = np.flatnonzero((codes == _RETURN) & outside)
    if len(returns) and (returns[-1] + 1 == len(codes) or np.any(codes[returns + 1] != NEWLINE)):
        return False
    ends = np.flatnonzero((codes == NEWLINE) & outside)
    if not len(ends) or ends[-1] + 1 != len(codes):
        ends = np.append(ends, len(codes))
    commas = np.flatnonzero((codes == _COMMA) & outside)
    per_row = np.diff(np.searchsorted(commas, ends), prepend=0)
    lengths = np.diff(ends, prepend=-1) - 1
    return bool(np.all(per_row == width - 1) and (width > 1 or np.all(lengths > 1)))


def _inside_quotes(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """True from each opening quote up to its closing one, which is False."""
    inside: NDArray[np.bool_] = np.logical_xor.accumulate(codes == _QUOTE)
    return inside


def _quotes_are_in_place(codes: NDArray[np.uint8]) -> bool:
    """All quotes close; an opening one follows a comma, a line end or a quote; a closing one precedes the like."""
    inside = _inside_quotes(codes)
    if inside[-1]:
        return False
    at = np.flatnonzero(codes == _QUOTE)
    before = np.where(at > 0, codes[at - 1], NEWLINE)
    after = np.where(at + 1 < len(codes), codes[np.minimum(at + 1, len(codes) - 1)], NEWLINE)
    opens = inside[at]
    edges = np.array([_COMMA, NEWLINE, _RETURN, _QUOTE], np.uint8)
    return bool(np.all(np.isin(before[opens], edges)) and np.all(np.isin(after[~opens], edges)))


def _read_csv(piece: bytes, width: int, *, quoted: bool) -> pl.DataFrame:
    return pl.read_csv(
        piece,
        has_header=False,
        schema={f"c{place}": pl.String for place in range(width)},
        quote_char='"' if quoted else None,
        empty_string_is_null=False,
        extra_columns="raise",
    )


def _parse_clean(table: TextTable, piece: bytes, wanted: tuple[str, ...]) -> pl.DataFrame | None:
    """The rows of a piece; None where a row is too long (then another one is too short: commas were counted)."""
    names = [name for name in wanted if name in table.positions]
    try:
        frame = _read_csv(piece, table.width, quoted=b'"' in piece)
    except pl.exceptions.PolarsError:
        return None
    first = table.next_row
    table.next_row += len(frame)
    frame = frame.select(
        *(pl.col(f"c{table.positions[name]}").alias(name) for name in names),
        pl.int_range(first, first + len(frame), dtype=pl.UInt32).alias(ROW),
    )
    return finish_frame(table, frame, piece, wanted)
