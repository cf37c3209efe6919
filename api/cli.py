"""The command line `timbang`: its commands, and how every one of them ends.

Exit status 0 done, 2 bad input, 1 our own fault. One line on standard error says what was wrong.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Annotated

import typer

from api import (
    cli_batch,
    cli_check,
    cli_compare,
    cli_coverage,
    cli_duel,
    cli_feeds,
    cli_graph,
    cli_ingest,
    cli_replay,
    cli_serve,
)
from api.cli_output import InputError, MachineError, print_version, printable, say, until_reader_leaves
from api.coordinate import COORDINATE
from ingest.plain_kernels import check_setting, runs_one_command

DONE, OUR_FAULT, BAD_INPUT = 0, 1, 2
INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM

app = typer.Typer(
    name="timbang",
    help="Weighs rival transport providers against each other: journeys, coverage and routing over GTFS feeds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
COMMANDS: tuple[Callable[..., None], ...] = (
    cli_ingest.ingest,
    cli_check.check,
    cli_batch.batch,
    cli_compare.compare,
    cli_duel.duel,
    cli_replay.replay,
    cli_coverage.coverage,
    cli_graph.graph,
    cli_serve.serve,
)
for command in COMMANDS:
    app.command(command.__name__)(until_reader_leaves(command))

app.add_typer(cli_feeds.feeds_app, name="feeds")


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = [_shielded(word) for word in (sys.argv[1:] if arguments is None else arguments)]
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        _check_kernels()
        if arguments is None:
            runs_one_command()
        status = app(words, prog_name="timbang", standalone_mode=False)
        return status if isinstance(status, int) else DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _report(error)
    finally:
        signal.signal(signal.SIGTERM, before)


def _check_kernels() -> None:
    try:
        check_setting()
    except ValueError as error:
        raise InputError(str(error)) from None


def _shielded(word: str) -> str:
    """A latitude south of the equator looks like an option; a space before it does not."""
    return f" {word}" if word.startswith("-") and COORDINATE.fullmatch(word) else word


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _report(error: Exception) -> int:
    if isinstance(error, (InputError, typer.TyperException)):
        say(f"timbang: {printable(_text(error))}")
        return BAD_INPUT
    if isinstance(error, MachineError):
        say(f"timbang: {printable(str(error))}")
        return OUR_FAULT
    if os.environ.get("TIMBANG_DEBUG") == "1":
        raise error
    say(f"timbang: internal error: {type(error).__name__}: {printable(str(error))}; TIMBANG_DEBUG=1 shows where")
    return OUR_FAULT


def _text(error: Exception) -> str:
    return error.format_message() if isinstance(error, typer.TyperException) else str(error)
