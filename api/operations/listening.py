"""Sockets to listen on: one for a process alone, or one for each of several processes on the same port.

Where processes accept from one socket, the first to wake takes all connections that are waiting: eight clients that
come at once are answered by one of two processes. With a socket each, the kernel deals them out (SO_REUSEPORT).
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """For a process alone; port 0 takes a free one. Raises OSError and OverflowError."""
    family, address = _address(host, port)
    listener = socket.create_server(address, family=family, backlog=BACKLOG)
    listener.set_inheritable(True)
    return listener


@dataclass(frozen=True, slots=True)
class SharedPort:
    """A port that several processes of one user listen on. `holder` is bound to it and hears nothing.

    Sent to a process that is started, it becomes a socket of that process's own. It listens from then on: who comes
    while all processes start waits, and is dealt out evenly. One that `is_late` listens when its process is ready to
    answer: while another one answers, nobody has to wait for it.
    """

    family: socket.AddressFamily
    address: tuple[str, int]
    holder: socket.socket
    is_late: bool = False

    @classmethod
    def take(cls, host: str, port: int) -> SharedPort:
        """Port 0 takes a free one. Raises OSError, also where a service that shares its port has it; OverflowError."""
        family, address = _address(host, port)
        with socket.create_server(address, family=family) as alone:
            address = alone.getsockname()[:2]
        return cls(family, address, _bound(family, address))

    def __reduce__(self) -> tuple[Any, ...]:
        return _own, (self.family, self.address, self.is_late)


def _own(family: socket.AddressFamily, address: tuple[str, int], is_late: bool) -> socket.socket:
    own = _bound(family, address)
    if not is_late:
        own.listen(BACKLOG)
    return own


def _bound(family: socket.AddressFamily, address: tuple[str, int]) -> socket.socket:
    found = socket.socket(family)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind(address)
    return found


def _address(host: str, port: int) -> tuple[socket.AddressFamily, tuple[str, int]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    return found[0], (str(found[4][0]), int(found[4][1]))
