"""Cursors of pages: text that holds all there is to know, so that any worker can answer the next page.

`LATER|edge` and `EARLIER|edge` name a direction and an instant (UTC seconds); the page reaches as far as it takes to
be full. A third part is the far edge of the page that the reader comes from, so that the way back is that very page:
`WINDOW|start|end`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from routing import QueryError

FORM = re.compile(r"(LATER|EARLIER|WINDOW)\|(\d{1,11})(?:\|(\d{1,11}))?")
LAST_INSTANT = 7_258_118_400
"""The year 2200: dates beyond are nobody's timetable."""
LONGEST_WINDOW_S = 15 * 86_400
"""Of a board on which nothing happens."""

Kind = Literal["LATER", "EARLIER", "WINDOW"]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins and which way it goes."""

    kind: Kind
    edge: int
    other: int | None = None

    def __str__(self) -> str:
        return "|".join(str(part) for part in (self.kind, self.edge, self.other) if part is not None)


def parse_cursor(text: str, field: str = "pageCursor") -> Cursor:
    """Raises QueryError for a text that is no cursor of ours."""
    match = FORM.fullmatch(text)
    if match is None:
        raise QueryError(f"{field} is not one that this server gave", field)
    kind, edge, other = match[1], int(match[2]), None if match[3] is None else int(match[3])
    cursor = Cursor(kind, edge, other)  # type: ignore[arg-type] # the pattern allows the three kinds only
    if max(edge, other or 0) > LAST_INSTANT or not _is_in_order(cursor):
        raise QueryError(f"{field} is not one that this server gave", field)
    return cursor


def _is_in_order(cursor: Cursor) -> bool:
    if cursor.other is None:
        return cursor.kind != "WINDOW"
    apart = cursor.edge - cursor.other if cursor.kind == "LATER" else cursor.other - cursor.edge
    return 0 <= apart <= LONGEST_WINDOW_S


def before(start: int, end: int, came_from: Cursor | None) -> Cursor:
    """The cursor of the page before [start, end)."""
    if came_from is not None and came_from.kind == "LATER" and came_from.other is not None:
        return Cursor("WINDOW", came_from.other, start)
    return Cursor("EARLIER", start, end)


def after(start: int, end: int, came_from: Cursor | None) -> Cursor:
    """The cursor of the page after [start, end)."""
    if came_from is not None and came_from.kind == "EARLIER" and came_from.other is not None:
        return Cursor("WINDOW", end, came_from.other)
    return Cursor("LATER", end, start)
