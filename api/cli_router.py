"""How commands open a snapshot and turn the library's exceptions about bad input into InputError."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_output import InputError

if TYPE_CHECKING:
    from api.snapshot_extra import SnapshotExtra
    from routing import Router

SnapshotArgument = Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="A folder written by `timbang ingest`.")]


def check_snapshot(path: Path) -> None:
    """Raises InputError where no snapshot is: a second sooner than who imports the router first."""
    from ingest.snapshot import SnapshotError, version_folder

    try:
        version_folder(path)
    except SnapshotError as error:
        raise InputError(str(error)) from None


def open_router(path: Path) -> tuple[Router, SnapshotExtra]:
    """Map a snapshot. Raises InputError."""
    from api.snapshot_extra import read_extra
    from ingest.snapshot import SnapshotError
    from routing import Router

    try:
        return Router.open(path), read_extra(path)
    except SnapshotError as error:
        raise InputError(str(error)) from None


@contextmanager
def bad_queries() -> Iterator[None]:
    """Queries that make no sense, and places that are not there, are bad input."""
    from api.comparing import PARAMETERS
    from routing import QueryError
    from routing.places import UnknownPlaceError

    try:
        yield
    except QueryError as error:
        raise InputError(f"{PARAMETERS.get(error.field, error.field)}: {error}") from None
    except UnknownPlaceError as error:
        raise InputError(f"{PARAMETERS[error.end]}: {error}") from None
