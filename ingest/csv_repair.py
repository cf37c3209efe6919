"""CSV text that is not clean, row by row with the reader of the standard library: repaired, or dropped and noted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import polars as pl

from ingest.csv_table import BLANKS, LONGEST_LINE, ROW, TextTable, finish_frame

ROWS_A_FRAME = 100_000


class _ChunkReader(io.RawIOBase):
    """A raw stream over chunks of bytes, for the text layer of the standard library."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._pending = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed: WriteableBuffer
        while not len(self._pending):
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._pending = memoryview(chunk)
        size = min(len(buffer), len(self._pending))
        buffer[:size] = self._pending[:size]
        self._pending = self._pending[size:]
        return size


_END = "\x00end of table\x00"
"""Fed to the CSV reader as a last line: where it ends up inside a value, a quote was left open."""


def _lines(table: TextTable, chunks: Iterator[bytes]) -> Iterator[str]:
    stream = io.TextIOWrapper(io.BufferedReader(_ChunkReader(chunks)), "utf-8", errors="surrogateescape", newline="")
    line = ""
    while following := stream.readline(LONGEST_LINE + 1):
        if len(following) > LONGEST_LINE:
            raise table.reject("csv_parsing_failed", f"a line is longer than {LONGEST_LINE} characters")
        line = following
        yield line
    if line and not line.endswith(("\n", "\r")):
        yield "\n"
    yield _END


def parse_tolerant(table: TextTable, chunks: Iterator[bytes], wanted: tuple[str, ...]) -> Iterator[pl.DataFrame]:
    """Rows by the CSV reader of the standard library, repaired or dropped one by one."""
    names = [name for name in wanted if name in table.positions]
    cells_of: list[list[str]] = []
    rows: list[int] = []
    for row, cells in _records(table, chunks):
        cells_of.append([_clean_text(table, row, name, cells[table.positions[name]]) for name in names])
        rows.append(row)
        if len(rows) == ROWS_A_FRAME:
            yield finish_frame(table, _frame(names, cells_of, rows), None, wanted)
            cells_of, rows = [], []
    yield finish_frame(table, _frame(names, cells_of, rows), None, wanted)


def _frame(names: list[str], cells_of: list[list[str]], rows: list[int]) -> pl.DataFrame:
    columns = zip(*cells_of, strict=True) if cells_of else [()] * len(names)
    series = [pl.Series(name, column, pl.String) for name, column in zip(names, columns, strict=True)]
    return pl.DataFrame([*series, pl.Series(ROW, rows, pl.UInt32)])


def _records(table: TextTable, chunks: Iterator[bytes]) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of every row that has, or can be given, as many cells as the header."""
    reader = csv.reader(_lines(table, chunks))
    while True:
        row = table.next_row
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise table.reject("csv_parsing_failed", f"row {row}: {error}") from None
        if cells == [_END]:
            return
        if cells is None or any(_END in cell for cell in cells):
            raise table.reject("unclosed_quote", f"row {row}: a quote opens and never closes")
        table.next_row += 1
        fitted = _fit(table, row, cells)
        if fitted is not None:
            yield row, fitted


def _fit(table: TextTable, row: int, cells: list[str]) -> list[str] | None:
    """A row as long as the header: blank cells cut off or optional ones added; None where neither will do."""
    if len(cells) == table.width and (cells or table.width):
        return cells
    if not any(cell.strip(BLANKS) for cell in cells):
        table.note("empty_row", row, None, None, 1, "ignored")
        return None
    text = ",".join(cells[:20])
    if len(cells) > table.width and not any(cell.strip(BLANKS) for cell in cells[table.width :]):
        table.note("invalid_row_length", row, None, text, 1, "blank cells cut off")
        return cells[: table.width]
    needed = (table.positions[name] for name in table.schema.required)
    if len(cells) > table.width or any(place >= len(cells) for place in needed):
        table.note("invalid_row_length", row, None, text, 1, "row dropped")
        return None
    table.note("invalid_row_length", row, None, text, 1, "blank cells added")
    return cells + [""] * (table.width - len(cells))


def _clean_text(table: TextTable, row: int, name: str, cell: str) -> str:
    """A cell without bytes that are not UTF-8 (read as Windows-1252) and without NUL."""
    if cell.isascii() and "\0" not in cell:
        return cell
    try:
        repaired = cell.encode().decode()
    except UnicodeEncodeError:
        repaired = cell.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    repaired = repaired.replace("\0", "\ufffd")
    if repaired != cell:
        table.note("invalid_character", row, name, repaired, 1, "repaired")
    return repaired
