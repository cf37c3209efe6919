"""Findings about feed data: what was wrong, where, and what was done about it.

A notice never stops anything. Only `FeedRejected` does, and only for one feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from ingest.notice_codes import CODES

LOAD_CLEAN = "load clean"
LOAD_WITH_WARNING = "load with warning"
REJECT = "reject with error"

LONGEST_VALUE = 200
"""Characters of an offending value that are kept."""


class Severity(StrEnum):
    """How far a finding is from the GTFS text; it does not decide the class of a feed."""

    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class FeedRejected(Exception):
    """A feed that cannot be used: an unsafe or broken archive, an untrustworthy table, or nothing to ride.

    `reason` is one line that names file, row, field and value where there are any.
    """

    def __init__(self, feed: str, reason: str, code: str) -> None:
        super().__init__(f"{feed}: {reason}")
        self.feed = feed
        self.reason = reason
        self.code = code

    def __reduce__(self) -> tuple[type[FeedRejected], tuple[str, str, str]]:
        return FeedRejected, (self.feed, self.reason, self.code)


@dataclass(frozen=True, slots=True)
class Notice:
    """All findings of one kind in one file.

    row     record number of the first one, the header being 1; None where a whole file is meant
    value   the first offending value
    count   how many there were
    action  what was done: `row dropped`, `trip dropped`, `value blanked`, `kept`, ...
    """

    code: str
    severity: Severity
    feed: str
    file: str
    row: int | None
    field: str | None
    value: str | None
    count: int
    action: str
    affects_riders: bool

    def to_dict(self) -> dict[str, str | int | None]:
        """The public form, as `check --json` prints it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "feed": self.feed,
            "file": self.file,
            "row": self.row,
            "field": self.field,
            "value": self.value,
            "count": self.count,
            "action": self.action,
        }


_Key = tuple[str, str, str, str, str]


class NoticeLog:
    """Notices of any number of feeds, one for each (code, feed, file, field, action)."""

    def __init__(self) -> None:
        self._notices: dict[_Key, Notice] = {}

    def add(
        self,
        code: str,
        feed: str,
        file: str,
        *,
        row: int | None = None,
        field: str | None = None,
        value: str | None = None,
        count: int = 1,
        action: str = "kept",
        severity: Severity | None = None,
        affects_riders: bool | None = None,
    ) -> None:
        """Records `count` findings; nothing for a count of 0.

        Severity and effect come from the table of codes unless given. Raises KeyError for a code that is
        in no table and has no severity of its own.
        """
        if count <= 0:
            return
        if severity is None or affects_riders is None:
            known = CODES[code]
            severity = Severity(known.severity) if severity is None else severity
            affects_riders = known.affects_riders if affects_riders is None else affects_riders
        value = None if value is None else value[:LONGEST_VALUE]
        notice = Notice(code, severity, feed, file, row, field, value, count, action, affects_riders)
        self._merge(notice)

    def _merge(self, notice: Notice) -> None:
        key = (notice.feed, notice.file, notice.code, notice.field or "", notice.action)
        seen = self._notices.get(key)
        if seen is None:
            self._notices[key] = notice
            return
        first = seen if _row_order(seen) <= _row_order(notice) else notice
        affects = seen.affects_riders or notice.affects_riders
        self._notices[key] = replace(first, count=seen.count + notice.count, affects_riders=affects)

    def extend(self, other: NoticeLog) -> None:
        """Takes over the notices of another log, for feeds that were read apart."""
        for notice in other:
            self._merge(notice)

    def __iter__(self) -> Iterator[Notice]:
        """By feed, file, code, field and action: the same feeds give the same order."""
        return (self._notices[key] for key in sorted(self._notices))

    def __len__(self) -> int:
        return len(self._notices)

    def feed_class(self, feed: str) -> str:
        """`load clean`, or `load with warning` where a notice of this feed affects riders."""
        affected = any(notice.affects_riders for notice in self._notices.values() if notice.feed == feed)
        return LOAD_WITH_WARNING if affected else LOAD_CLEAN


def _row_order(notice: Notice) -> int:
    return notice.row if notice.row is not None else 1 << 62
