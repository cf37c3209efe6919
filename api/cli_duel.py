"""`timbang duel`: providers head to head over a day."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_compare import PLACE
from api.cli_kernels import OVER_A_DAY, choose_kernels
from api.cli_output import InputError, calendar_day, print_json, printable, say, stdout_console, whole_number
from api.cli_router import SnapshotArgument, bad_queries, check_snapshot, open_router
from api.cli_sources import JsonOption

if TYPE_CHECKING:
    from routing.compare.duel import Duel

FORMATS = {".png": "png", ".svg": "svg"}


def duel(
    snapshot: SnapshotArgument,
    origin: Annotated[str, typer.Argument(metavar="FROM", help=PLACE)],
    destination: Annotated[str, typer.Argument(metavar="TO", help=PLACE)],
    on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day, midnight to midnight there.")],
    begin: Annotated[str | None, typer.Option("--from", metavar="HH:MM", help="Only from then on.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="HH:MM", help="Only until then.")] = None,
    providers: Annotated[str | None, typer.Option(metavar="A,B", help="Only these providers compete.")] = None,
    max_walk_s: Annotated[
        int, typer.Option(parser=whole_number, metavar="S", help="Seconds that a single walk may take.")
    ] = 1200,
    rider: Annotated[
        str | None, typer.Option(metavar="ID", help="Fares for this category of riders, such as a concession.")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Also draw it: a .png or .svg file.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Who is best from FROM to TO over a day, and what is lost by insisting on one provider, or without it."""
    check_snapshot(snapshot)
    choose_kernels(snapshot, OVER_A_DAY)
    from api.comparing import CompareRequest
    from api.duelling import DuelRequest, run_duel

    if plot is not None and plot.suffix.lower() not in FORMATS:
        raise InputError(f"--plot {plot}: must end with .png or .svg")
    day = calendar_day(on, "--date")
    router, extra = open_router(snapshot)
    asked = CompareRequest(
        origin=origin,
        destination=destination,
        at=day.isoformat(),
        providers=providers,
        max_walk_s=max_walk_s,
        walk_speed_m_per_s=extra.walk_speed_m_per_s,
        rider=rider,
        use_realtime=False,  # a day as planned
    )
    request = DuelRequest(asked, _clock(begin, "--from"), _clock(until, "--until"))
    with bad_queries():
        found = run_duel(router, request, datetime.now(UTC))
    if plot is not None:
        _draw(found, plot)
    if json:
        print_json(found.to_dict())
    else:
        from api.duel_table import print_duel

        print_duel(stdout_console(), found)


def _clock(text: str | None, option: str) -> time | None:
    try:
        return None if text is None else time.fromisoformat(text)
    except ValueError:
        raise InputError(f"{option} {text!r}: must be HH:MM") from None


def _draw(found: Duel, plot: Path) -> None:
    from routing.compare.duel_picture import draw_duel

    try:
        plot.write_bytes(draw_duel(found, FORMATS[plot.suffix.lower()]))
    except OSError as error:
        raise InputError(f"--plot {plot}: {error.strerror}") from None
    say(printable(f"wrote {plot}"))
