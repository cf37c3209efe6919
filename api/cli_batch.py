"""`timbang batch`: answer a query file, one JSON line a query."""

from __future__ import annotations

import json as json_text
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

import typer

from api.cli_kernels import choose_kernels
from api.cli_output import InputError, get_file, print_json
from api.cli_router import SnapshotArgument, check_snapshot, open_router
from api.cli_sources import JsonOption
from api.progress_bar import progress_bar

QUERY_BYTES = 200
"""Of a query file: one query, about."""


def batch(
    snapshot: SnapshotArgument,
    queries: Annotated[Path, typer.Option("--queries", metavar="FILE", help="Queries: JSON or CSV.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the lines here; default: standard output.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Answer every query of a file, in order: one JSON line each. With --json and --out, a summary is printed."""
    if json and out is None:
        raise InputError("--json prints one summary and nothing else; name a file for the answers with --out")
    get_file(queries, "--queries")
    check_snapshot(snapshot)
    choose_kernels(snapshot, 1 + queries.stat().st_size // QUERY_BYTES)
    from api.query_file import QueryFileError, answer_dict, build_queries, read_query_file
    from routing.answer import answer
    from routing.compare.comparison import query_dict

    router, extra = open_router(snapshot)
    try:
        rows = read_query_file(queries)
        asked = build_queries(queries, rows, router.network, extra.walk_speed_m_per_s)
    except QueryFileError as error:
        raise InputError(str(error)) from None
    answered = 0
    with _destination(out) as lines, progress_bar(len(asked), shown=out is not None) as stage:
        for row, query in zip(rows, asked, strict=True):
            stage(f"query {row.id}")
            found = answer(router, query)
            answered += found.reason is None
            line = {"id": row.id, **answer_dict(router, query, found), "query": query_dict(query)}
            journeys = [journey.to_dict() for journey in found.journeys]
            lines.write(json_text.dumps(line | {"journeys": journeys}, ensure_ascii=False) + "\n")
    if json:
        print_json({"out": str(out), "queries": len(asked), "answered": answered})


@contextmanager
def _destination(out: Path | None) -> Iterator[IO[str]]:
    """Standard output, or `out`, which appears when it is whole."""
    if out is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    if not out.parent.is_dir():
        raise InputError(f"--out {out}: there is no folder {out.parent}")
    partial = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    try:
        with partial.open("w", encoding="utf-8") as handle:
            yield handle
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
