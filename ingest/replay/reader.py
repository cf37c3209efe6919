"""One JSON object, read field by field: what is missing or of the wrong kind is one clear error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

MOST = 2_000_000_000
YEARS = range(1970, 2200)


class ReplayError(ValueError):
    """A document or a feed that cannot be replayed. The text names place, field and value, or feed, file and row."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the JSON: UTC seconds, and the offset that it is written with."""

    instant_s: int
    offset_s: int

    def __str__(self) -> str:
        return self.beside(self.instant_s)

    def beside(self, instant_s: int) -> str:
        """Another instant, written with the same offset."""
        return datetime.fromtimestamp(instant_s, timezone(timedelta(seconds=self.offset_s))).isoformat()


def inside(where: str, name: str) -> str:
    """The place of a field: `options[0].journey`, or `line 3: journeys` in a line of a file."""
    if not where:
        return name
    return f"{where}: {name}" if re.fullmatch(r"line \d+", where) else f"{where}.{name}"


@dataclass(frozen=True, slots=True)
class Reader:
    """One JSON object, read field by field. `where` is its place in the document."""

    values: Mapping[str, Any]
    where: str

    @classmethod
    def of(cls, value: object, where: str) -> Reader:
        """Raises ReplayError for what is no object."""
        if not isinstance(value, dict):
            raise ReplayError(f"{where} is {_short(value)}; it must be an object")
        return cls(value, where)

    def has(self, name: str) -> bool:
        """Whether the field says anything."""
        return self.values.get(name) is not None

    def fail(self, name: str, must_be: str) -> ReplayError:
        """The error that says what is wrong with a field."""
        field = inside(self.where, name)
        if name not in self.values:
            return ReplayError(f"{field} is missing; it must be {must_be}")
        return ReplayError(f"{field} is {_short(self.values[name])}; it must be {must_be}")

    def text(self, name: str) -> str:
        """A string."""
        value = self.values.get(name)
        if not isinstance(value, str) or not _is_unicode(value):
            raise self.fail(name, "a string")
        return value

    def whole(self, name: str) -> int:
        """A whole number, no more than MOST either way."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST:
            raise self.fail(name, f"a whole number of at most {MOST}")
        return value

    def label(self, name: str) -> str | int:
        """A string or a whole number."""
        return self.text(name) if isinstance(self.values.get(name), str) else self.whole(name)

    def number(self, name: str, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        value = self.values.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise self.fail(name, f"a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, name: str) -> bool:
        """true or false; false where nothing is said."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise self.fail(name, "true or false")
        return value

    def items(self, name: str) -> list[Any]:
        """A list."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self.fail(name, "a list")
        return value

    def texts(self, name: str) -> frozenset[str]:
        """A list of strings."""
        values = self.items(name)
        if not all(isinstance(value, str) and _is_unicode(value) for value in values):
            raise self.fail(name, "a list of strings")
        return frozenset(values)

    def moment(self, name: str) -> Moment:
        """A time with an offset, whole seconds."""
        must_be = "a time such as 2026-03-02T07:30:00+07:00"
        try:
            time = datetime.fromisoformat(self.text(name))
            offset = time.utcoffset()
            # Not int(timestamp()): that would hide half a second.
            if offset is None or time.microsecond or time.year not in YEARS:
                raise self.fail(name, must_be)
            return Moment(int(time.timestamp()), int(offset.total_seconds()))
        except (ValueError, OverflowError, OSError):
            raise self.fail(name, must_be) from None

    def day(self, name: str) -> date:
        """A date."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.fail(name, "a date such as 2026-03-02") from None


def _is_unicode(text: str) -> bool:
    """JSON can hold halves of characters; files cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
