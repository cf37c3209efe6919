"""A GTFS feed as plain Python rows: what tests draw, change, write to disk and read back.

Every value is text, exactly as it stands in the file; nothing here checks or repairs a feed.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

Row = dict[str, str]

# A fixed time stamp, so that the same feed is the same bytes.
ZIP_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass
class GtfsFeed:
    """Rows by table name, less `.txt`. An absent table is not written; one with no rows is an empty file."""

    tables: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> GtfsFeed:
        """The feed in a zip or a folder, text as it stands. Raises OSError or BadZipFile."""
        if path.is_dir():
            return cls({file.stem: _parse(file.read_bytes()) for file in sorted(path.glob("*.txt"))})
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.endswith(".txt")]
            return cls({Path(name).stem: _parse(archive.read(name)) for name in names})

    def rows(self, table: str) -> list[Row]:
        """The rows of `table`; an absent table has none."""
        return self.tables.get(table, [])

    def add(self, table: str, **values: object) -> Row:
        """Append one row to `table`; None is left out, everything else is written as `str` writes it."""
        row = {name: str(value) for name, value in values.items() if value is not None}
        self.tables.setdefault(table, []).append(row)
        return row

    def write_zip(self, path: Path) -> Path:
        """Write the feed to the zip archive `path`, replacing it; equal rows give equal bytes."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for table, rows in self.tables.items():
                archive.writestr(zipfile.ZipInfo(f"{table}.txt", ZIP_TIME), _format(rows))
        return path

    def write_folder(self, path: Path) -> Path:
        """Write each table to `path`/TABLE.txt, making the folder where needed."""
        path.mkdir(parents=True, exist_ok=True)
        for table, rows in self.tables.items():
            (path / f"{table}.txt").write_text(_format(rows), encoding="utf-8", newline="")
        return path


def columns(rows: Iterable[Row]) -> list[str]:
    """The columns that any row has, in the order in which they first appear."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _format(rows: list[Row]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns(rows), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _parse(data: bytes) -> list[Row]:
    reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    # Cells beyond the header sit under None, missing ones are None: neither is a value.
    return [{name: value for name, value in row.items() if name is not None and value is not None} for row in reader]
