"""Several processes that answer on one port: the server's own supervisor, and what is shared between them."""

from __future__ import annotations

import os
import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import cast

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from api.operations.listening import SharedPort
from api.operations.metrics import prepare_shared

NUDGE = "TIMBANG_NUDGE"
"""The environment's name of the file that makes every process look for a newer snapshot."""


class Workers(Multiprocess):
    """Starts a process again that has died, and forgets what it counted as being under way. Each process that is
    started gets a socket of its own in place of the port."""

    def __init__(self, config: uvicorn.Config, port: SharedPort) -> None:
        super().__init__(config, [cast(socket.socket, port)])
        self._port = port

    def init_processes(self) -> None:
        """All at once; from then on one by one, beside others that answer."""
        super().init_processes()
        self.sockets = [cast(socket.socket, replace(self._port, is_late=True))]

    def keep_subprocess_alive(self) -> None:
        """Called twice a second."""
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            if pid is not None:
                mark_process_dead(pid)  # type: ignore[no-untyped-call] # the library has no types here


def run_workers(config: uvicorn.Config, port: SharedPort) -> None:
    """Until told to stop. They share the snapshot's pages, their figures, and one file that makes all of them look."""
    with tempfile.TemporaryDirectory(prefix="timbang-") as folder:
        prepare_shared(Path(folder))
        os.environ[NUDGE] = str(Path(folder) / "nudge")
        Workers(config, port).run()
