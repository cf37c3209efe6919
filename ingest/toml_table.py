"""One table of a TOML file, read key by key, so that every mistake names the file, the key and the value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class TomlTable:
    """Typed access to one table. `error` is raised with one line of text for anything that is not as it should be."""

    def __init__(self, file: str, where: str, values: Mapping[str, Any], error: type[ValueError]) -> None:
        self.file = file
        self.where = where
        self._values = values
        self._error = error
        self._seen: set[str] = set()

    def fail(self, key: str, why: str) -> ValueError:
        """The error to raise for `key`: file, key, value and reason."""
        value = f" = {self._values[key]!r}" if key in self._values else ""
        return self._error(f"{self.file}: {self.where}{key}{value}: {why}")

    def has(self, key: str) -> bool:
        """Whether the table holds `key`. The key counts as read."""
        self._seen.add(key)
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty; `default` where the key is absent."""
        value: str = self._get(key, str, "a text", default)
        if not value.strip() and value != default:
            raise self.fail(key, "must not be empty")
        return value

    def integer(self, key: str, default: int | None = None, at_least: int = 0) -> int:
        """A whole number, not below `at_least`."""
        value: int = self._get(key, int, "a whole number", default)
        if isinstance(value, bool) or value < at_least:
            raise self.fail(key, f"must be a whole number of at least {at_least}")
        return value

    def number(self, key: str, default: float | None = None, above: float = 0.0) -> float:
        """A number above `above`."""
        value = self._get(key, int | float, "a number", default)
        if isinstance(value, bool) or not value > above:
            raise self.fail(key, f"must be a number above {above:g}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings; empty where the key is absent."""
        values = self._get(key, list, "a list of texts", [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "must be a list of texts")
        return tuple(values)

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """A list of exactly `count` numbers."""
        values = self._get(key, list, "a list of numbers", None)
        if len(values) != count or not all(type(value) in (int, float) for value in values):
            raise self.fail(key, f"must be a list of {count} numbers")
        return tuple(float(value) for value in values)

    def names(self, key: str, language: str) -> dict[str, str]:
        """A table of language -> text that holds `language`."""
        values = self._get(key, dict, f"a table of names, such as {{ {language} = ... }}", None)
        if language not in values or not all(isinstance(text, str) and text for text in values.values()):
            raise self.fail(key, f"must be a table of texts with the key {language}")
        return dict(values)

    def table(self, key: str) -> TomlTable:
        """A table inside this one; empty where the key is absent."""
        return self._inner(f"{self.where}{key}.", self._get(key, dict, "a table", {}))

    def tables(self, key: str) -> list[TomlTable]:
        """A list of tables inside this one, in file order; empty where the key is absent."""
        values = self._get(key, list, "a list of tables", [])
        if not all(isinstance(value, dict) for value in values):
            raise self.fail(key, "must be a list of tables")
        return [self._inner(f"{self.where}{key}[{n}].", value) for n, value in enumerate(values, start=1)]

    def free_keys(self) -> list[str]:
        """All keys of the table, for tables whose keys are free; they count as read."""
        self._seen.update(self._values)
        return list(self._values)

    def finish(self) -> None:
        """Raise for the first key that nobody read."""
        for key in self._values:
            if key not in self._seen:
                raise self.fail(key, "unknown key")

    def _inner(self, where: str, values: Mapping[str, Any]) -> TomlTable:
        return TomlTable(self.file, where, values, self._error)

    def _get(self, key: str, kind: Any, what: str, default: T | None) -> Any:
        self._seen.add(key)
        if key not in self._values:
            if default is None:
                raise self._error(f"{self.file}: {self.where}{key}: is missing")
            return default
        if not isinstance(self._values[key], kind):
            raise self.fail(key, f"must be {what}")
        return self._values[key]


def read_toml(path: Path, error: type[ValueError]) -> TomlTable:
    """The top table of a TOML file. Raises `error` if the file is absent, not UTF-8 or not TOML."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(f"{path}: cannot be read: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error(f"{path}: is not valid TOML: {problem}") from problem
    return TomlTable(str(path), "", values, error)
