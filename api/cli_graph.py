"""`timbang graph`: the transit graph of a snapshot as a file, and what planners ask of it."""

from __future__ import annotations

import json as json_text
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli_output import InputError, calendar_day, print_json, printable, say, stdout_console
from api.cli_router import SnapshotArgument
from api.cli_sources import JsonOption
from api.progress_bar import progress_bar

if TYPE_CHECKING:
    from ingest.graph_analysis import GraphAnalysis

SHOWN = 15
"""Rows of a table; the JSON file has more."""


def graph(
    snapshot: SnapshotArgument,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where the graph goes: FILE.graphml or FILE.geojson.")
    ],
    analysis: Annotated[
        Path | None,
        typer.Option("--analysis", metavar="FILE.json", help="Analyse the graph too; tables are printed."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--date", metavar="YYYY-MM-DD", help="The service date analysed; default: an average day."),
    ] = None,
    footpaths: Annotated[
        bool, typer.Option("--footpaths/--no-footpaths", help="Write changes between stops too.")
    ] = True,
    json: JsonOption = False,
) -> None:
    """Write the transit graph for other tools; say where it breaks, where providers meet, and what its hubs are."""
    from ingest.graph import build_graph
    from ingest.graph_export import ExportError, export_graph
    from ingest.snapshot import SnapshotError, open_snapshot

    when = _checked(out, analysis, on)
    try:
        with progress_bar(3 + (analysis is not None)) as stage:
            stage("reading")
            network = open_snapshot(snapshot)
            stage("building the transit graph")
            built = build_graph(network)
            found = None
            if analysis is not None:
                stage("analysing")
                found = _analyse(built, network, when)
            stage("writing files")
            export_graph(built, network, out, footpaths=footpaths)
            if found is not None and analysis is not None:
                _write(analysis, found.to_dict())
    except (SnapshotError, ExportError) as error:
        raise InputError(str(error)) from None
    except OSError as error:
        raise InputError(f"{error.filename or out}: {error.strerror}") from None
    _report(built, out, found, analysis, json)


def _checked(out: Path, analysis: Path | None, on: str | None) -> date | None:
    """The date, once nothing is left that would fail after a minute of work."""
    from ingest.graph_export import FORMATS

    if out.suffix.lower() not in FORMATS:
        raise InputError(f"--out {out}: must end in {' or '.join(FORMATS)}")
    for option, path in (("--out", out), ("--analysis", analysis)):
        if path is not None and not path.parent.is_dir():
            raise InputError(f"{option} {path}: there is no folder {path.parent}")
        if path is not None and path.is_dir():
            raise InputError(f"{option} {path}: is a folder")
    if analysis is not None and analysis.resolve() == out.resolve():
        raise InputError(f"--analysis {analysis}: is the file of --out")
    if on is not None and analysis is None:
        raise InputError(f"--date {on}: only an analysis has a date; name its file with --analysis")
    return None if on is None else calendar_day(on, "--date")


def _analyse(built: Any, network: Any, when: date | None) -> GraphAnalysis:
    from ingest.graph_analysis import AnalysisError, analyse

    try:
        return analyse(built, network, when)
    except AnalysisError as error:
        raise InputError(f"--date {error}") from None


def _write(path: Path, found: dict[str, Any]) -> None:
    """The file appears when it is whole."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        text = json_text.dumps(found, ensure_ascii=False, allow_nan=False, indent=1)
        partial.write_text(text + "\n", encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _report(built: Any, out: Path, found: GraphAnalysis | None, analysis: Path | None, json: bool) -> None:
    files = [str(path) for path in (out, analysis) if path is not None]
    counts = {"nodes": built.number_of_nodes(), "edges": built.number_of_edges()}
    if json:
        print_json({"files": files, **counts, "analysis": None if found is None else found.to_dict()})
        return
    if found is not None:
        _print_tables(found)
    for file in files:
        say(printable(f"wrote {file}"))


def _print_tables(found: GraphAnalysis) -> None:
    when = "an average day" if found.on is None else found.on.isoformat()
    _table(
        f"Components, {when}",
        ("of", "components", "places", "largest"),
        [(c.of, c.n_components, c.n_places, ", ".join(map(str, c.largest))) for c in found.components],
    )
    for title, cuts, total in (
        ("Places that cut others off, even with walking", found.cuts_walking, found.n_cuts_walking),
        ("Places that cut others off, riding only", found.cuts_riding, found.n_cuts_riding),
    ):
        _table(
            f"{title}: {total}",
            ("place", "stops", "places cut off"),
            [(cut.place.name, _stops(cut.place.stops), cut.cut_off) for cut in cuts[:SHOWN]],
        )
    _table(
        "Where providers meet",
        ("providers", "shared places", "footpaths", "shortest m", "busiest"),
        [
            (
                " + ".join(m.providers),
                m.shared_places,
                m.footpath_pairs,
                "" if m.shortest_walk_m is None else m.shortest_walk_m,
                ", ".join(place.name for place in m.examples),
            )
            for m in found.meetings
        ],
    )
    sample = f"{found.origins} origins drawn by departures" if found.origins_sampled else "all origins"
    _table(
        f"Hubs, {when}, {sample}",
        ("place", "stops", "providers", "journeys changing", "journeys passing", "departures"),
        [
            (
                hub.place.name,
                _stops(hub.place.stops),
                ", ".join(hub.providers),
                f"{hub.changing:.1%}",
                f"{hub.passing:.1%}",
                f"{hub.departures:.0f}",
            )
            for hub in found.hubs[:SHOWN]
        ],
    )


def _stops(ids: tuple[str, ...]) -> str:
    return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")


def _table(title: str, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    table = Table(*names)
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    console = stdout_console()
    console.print(Text(title, style="bold"))  # as a table's own title it would wrap at the table's width
    console.print(table)
