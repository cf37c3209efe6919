"""`timbang coverage`: where each provider's stops reach on a date, and whom."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli_output import InputError, calendar_day, get_file, number, print_json, printable, say
from api.cli_router import SnapshotArgument
from api.cli_sources import JsonOption
from api.progress_bar import progress_bar
from ingest.plain_kernels import prefer_plain


def coverage(
    snapshot: SnapshotArgument,
    on: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The service date.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the files go.")],
    radius_m: Annotated[
        float, typer.Option("--radius-m", parser=number, metavar="N", help="Reach of a stop in metres.")
    ] = 500,
    population: Annotated[
        Path | None,
        typer.Option("--population", metavar="FILE", help="People: CSV, GeoJSON, or their folder."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Area and people within reach of each provider: exclusive, contested, and the gap. GeoJSON, CSV and a map."""
    prefer_plain()  # nothing here is a kernel, but the router is imported
    from ingest.snapshot import SnapshotError, open_snapshot
    from routing.coverage import CoverageError, PopulationError, read_population, write_coverage
    from routing.coverage import coverage as find_coverage

    when = calendar_day(on, "--date")
    if population is not None and not population.is_dir():
        get_file(population, "--population")
    try:
        with progress_bar(3) as stage:
            stage("reading")
            network = open_snapshot(snapshot)
            people = None if population is None else read_population(population)
            stage("measuring areas")
            found = find_coverage(network, when, radius_m, people)
            stage("writing files")
            files = write_coverage(found, out)
    except (SnapshotError, CoverageError, PopulationError) as error:
        raise InputError(str(error)) from None
    except (NotADirectoryError, FileExistsError, PermissionError) as error:
        raise InputError(f"--out {out}: {error.strerror}") from None
    summary: dict[str, Any] = {"files": [str(path) for path in files], **found.to_dict()}
    if json:
        print_json(summary)
    else:
        for path in files:
            say(printable(f"wrote {path}"))
