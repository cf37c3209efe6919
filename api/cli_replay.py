"""`timbang replay`: hold journeys against the raw feeds, second by second, without the router."""

from __future__ import annotations

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_output import InputError, get_file, number, print_json, printable, say
from api.cli_sources import (
    ARCHIVE,
    LOCATING,
    ArchiveOption,
    FeedOption,
    JsonOption,
    RegionOption,
    Walk,
    located_feeds,
    read_sources,
)
from api.progress_bar import progress_bar
from ingest.progress import READING

if TYPE_CHECKING:
    from ingest.replay import Replayed

BAD_INPUT = 2
STANDARD_INPUT = Path("-")


class HeadwayWait(StrEnum):
    """How long riders wait for a service of exact_times=0."""

    expected = "expected"
    worst = "worst"
    none = "none"


def replay(
    journeys: Annotated[
        Path,
        typer.Argument(
            metavar="JOURNEYS",
            help="JSON: a journey, a list of them, what `compare --json` prints, or the lines of `batch`; - reads "
            "standard input.",
        ),
    ],
    region: RegionOption = None,
    feed: FeedOption = None,
    headway_wait: Annotated[
        HeadwayWait,
        typer.Option("--headway-wait", help="Half the headway, all of it, or none; where the query does not say."),
    ] = HeadwayWait.expected,
    walk_speed: Annotated[
        float,
        typer.Option("--walk-speed", parser=number, metavar="M_PER_S", help="Where the query does not say."),
    ] = 1.2,
    walk: Annotated[
        Walk | None, typer.Option("--walk", help="As the snapshot was made; where the journeys do not say.")
    ] = None,
    detour: Annotated[
        float | None,
        typer.Option(
            "--detour",
            parser=number,
            metavar="X",
            help="Walked metres for a metre of straight line, with --walk straight or off; default: not checked.",
        ),
    ] = None,
    archive: ArchiveOption = ARCHIVE,
    json: JsonOption = False,
) -> None:
    """Check that journeys are what the raw feeds say, to the second. Exit status 2 if one is not."""
    from ingest.replay import ReplayError, Terms, parse_document, replay_journeys

    # What walks are held to is not what an ingest of these feeds would do, but it is bounded alike.
    sources = read_sources(region, feed, None, None, 0, walk_speed, 1 if detour is None else detour, archive=archive)
    terms = Terms(headway_wait.value, walk_speed, None if walk is None else walk.value, detour)
    text = _read(journeys)
    try:
        document = parse_document(text)
        with progress_bar({LOCATING: 1, READING: 3}) as stage, located_feeds(sources, date.today(), stage) as paths:
            found = replay_journeys(document, paths, region=sources.region, terms=terms, progress=stage)
    except ReplayError as error:
        raise InputError(f"{_name(journeys)}: {error}") from None
    for note in found.notes:
        say(printable(f"note: {note}"))
    if json:
        print_json(found.to_dict())
    else:
        _print(found)
    if found.faults:
        raise typer.Exit(BAD_INPUT)


def _read(path: Path) -> str:
    """The text of a file, or of standard input. Raises InputError."""
    try:
        if path == STANDARD_INPUT:
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return get_file(path, "JOURNEYS").read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"{_name(path)}: cannot be read: {reason}") from None


def _name(path: Path) -> str:
    return "standard input" if path == STANDARD_INPUT else str(path)


def _print(found: Replayed) -> None:
    """A line a fault, then how many there are."""
    for fault in found.faults:
        print(printable(f"{fault.code}: {fault.message}"))
    counts = f"{found.journeys} journeys, {found.legs} legs"
    print(f"{counts}: {found.n_faulty} do not replay" if found.faults else f"{counts}: all replay")
