"""`timbang serve`: the API and the page."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli_output import InputError, get_file, say, whole_number
from api.cli_router import SnapshotArgument
from api.operations.listening import SharedPort, listen

if TYPE_CHECKING:
    from api.settings import Settings

KEEP_ALIVE_S = 75
"""Longer than proxies keep a quiet connection: who closes first may do so while a request is on its way."""
FINISH_S = 10
"""What is under way when the service stops has so long to be finished."""


def serve(
    snapshot: SnapshotArgument,
    host: Annotated[
        str | None, typer.Option(metavar="H", help="The address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(parser=whole_number, metavar="P", help="The port; 0 takes a free one.", show_default="8000"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(parser=whole_number, metavar="N", help="Processes that answer.", show_default="1")
    ] = None,
) -> None:
    """Serve the API and the page of a snapshot until told to stop. docs/settings.md lists more settings."""
    import uvicorn

    from api.logs import log_config
    from ingest.snapshot import SnapshotError, read_meta, version_folder

    try:
        read_meta(version_folder(snapshot))
    except SnapshotError as error:
        raise InputError(str(error)) from None
    given = {"snapshot": snapshot.resolve(), "host": host, "port": port, "workers": workers}
    given = {name: value for name, value in given.items() if value is not None}
    settings = _settings(given)
    if settings.population is not None:
        get_file(settings.population, "setting population:")
    with _on(settings.host, settings.port):
        if settings.workers > 1:
            shared = SharedPort.take(settings.host, settings.port)
            known_port = shared.address[1]
        else:
            listener = listen(settings.host, settings.port)
            known_port = listener.getsockname()[1]
    # Worker processes read their settings from the environment.
    os.environ.update({f"TIMBANG_{name.upper()}": str(value) for name, value in given.items()})
    config = uvicorn.Config(
        "api.app:create_app",
        factory=True,
        workers=settings.workers,
        # Else any client on this machine could choose the address it is known by.
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        access_log=False,  # requests are logged by api.middleware, with their ids
        log_level="info",
        log_config=log_config(settings.log_format),
        timeout_graceful_shutdown=FINISH_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_worker_healthcheck=30,  # a worker that compiles kernels may be silent for seconds
    )
    say(f"timbang: serving {snapshot} on http://{settings.host}:{known_port}")
    # uvicorn raises the signal that stopped it once more when all requests are answered: by then we are done.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if settings.workers > 1:
        from api.operations.workers import run_workers

        run_workers(config, shared)
        return
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    if not server.started:
        raise RuntimeError("the service did not start; the log above says why")


def _settings(given: Mapping[str, object]) -> Settings:
    """The environment's settings, changed by `given`. Raises InputError."""
    from pydantic import ValidationError

    from api.settings import Settings

    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise InputError(f"setting {name} is {first['input']!r}: {first['msg']}") from None


@contextmanager
def _on(host: str, port: int) -> Iterator[None]:
    """Raises InputError for what cannot be listened on."""
    try:
        yield
    except (OSError, OverflowError) as error:
        raise InputError(f"cannot listen on {host} port {port}: {getattr(error, 'strerror', None) or error}") from None
