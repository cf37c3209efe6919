"""What commands say and where: answers on standard output, all else on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import typer

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 160
"""Columns of a table that nobody's terminal bounds."""

Given = ParamSpec("Given")


class InputError(Exception):
    """Bad input. The text is one line that names file, row and value."""


class MachineError(Exception):
    """The machine would not: a disk that is full or may not be written. One line; exit status 1."""


def say(line: str) -> None:
    """One line on standard error."""
    print(line, file=sys.stderr)


def printable(text: str) -> str:
    """`text` in one line that cannot move the cursor or colour the terminal: what feeds name things is not ours."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def print_json(found: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    sys.stdout.write(json.dumps(found, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def stdout_console() -> Console:
    """Where tables go: as wide as the terminal, or PIPE_WIDTH where there is none."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH, highlight=False)


def print_version(wanted: bool) -> None:
    """Answer --version."""
    if wanted:
        try:
            print(version("timbang"))
        except PackageNotFoundError:
            print("unknown: not installed")
        raise typer.Exit


def until_reader_leaves(command: Callable[Given, None]) -> Callable[Given, None]:
    """`command`, which ends well where whoever reads its output has had enough, as `| head` does."""

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except BrokenPipeError:
            # Python would say on leaving that it cannot write the rest.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None

    return run


def number(text: str) -> float:
    """For options that are numbers. Typer's own parser does not say what was wrong."""
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number") from None


def whole_number(text: str) -> int:
    """For options that are whole numbers."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number") from None


def calendar_day(text: str, option: str) -> date:
    """For options that are dates. Raises InputError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r}: must be YYYY-MM-DD") from None


def get_file(path: Path, what: str) -> Path:
    """`path`, if there is a file. Raises InputError."""
    if not path.is_file():
        raise InputError(f"{what} {path}: there is no such file")
    return path
