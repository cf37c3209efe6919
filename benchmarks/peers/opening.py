"""Opens the peers of a run, and says which could not be measured and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from benchmarks.peers.peer import Peer, Site
from benchmarks.peers.process import PeerFailedError, PeerProcess

Opened = list[tuple[Peer, PeerProcess]]


def open_peers(
    site: Site, stack: ExitStack, say: Callable[[str], None], peers: Iterable[Peer]
) -> tuple[Opened, dict[str, dict[str, Any]]]:
    """(loaded peers, a row for every peer: what it gives and what loading took, or why it is not measured).

    `stack` ends their processes.
    """
    opened: Opened = []
    rows: dict[str, dict[str, Any]] = {}
    for peer in peers:
        rows[peer.name] = row = {"gives": peer.gives}
        if not peer.is_installed:
            row["missing"] = f"{peer.package} is not installed (optional dependency group bench)"
            say(row["missing"])
            continue
        say(f"loading {peer.name}")
        try:
            process = stack.enter_context(PeerProcess(peer.name, peer.inputs(site)))
        except PeerFailedError as error:
            row["missing"] = str(error).replace(f"{site.work}/", "")
            say(row["missing"])
            continue
        row |= process.load
        opened.append((peer, process))
    return opened, rows
