"""One HTTP connection to one checked address, in which no single byte may come later than the deadline."""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from ingest.fetch_address import Address, Target

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class Deadline:
    """When a download must be over: `total_s` from now, by a clock that never jumps."""

    def __init__(self, total_s: float, monotonic: Callable[[], float]) -> None:
        self._total_s = total_s
        self._monotonic = monotonic
        self._end = monotonic() + total_s

    def bounded(self, seconds: float) -> float:
        """`seconds`, or what is left if that is less. Raises TimeoutError when nothing is."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise TimeoutError(f"not done within {self._total_s:g} s")
        return min(seconds, left)


class _TimedStream(io.RawIOBase):
    """The receiving end of a socket: every wait is bounded by the read timeout and by the deadline.

    A server that sends a byte a second never lets a socket's own timeout run out; the deadline it cannot stretch.
    """

    def __init__(self, sock: socket.socket, read_s: float, deadline: Deadline) -> None:
        self._sock = sock
        self._read_s = read_s
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        wait = self._deadline.bounded(self._read_s)
        self._sock.settimeout(wait)
        try:
            return self._sock.recv_into(buffer)
        except TimeoutError:
            self._deadline.bounded(1)  # says so where it was the deadline
            raise TimeoutError(f"nothing came for {wait:g} s") from None


class _TimedSocket:
    """As much of a socket as http.client uses."""

    def __init__(self, sock: socket.socket, read_s: float, deadline: Deadline) -> None:
        self._sock = sock
        self._read_s = read_s
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.bounded(self._read_s))
        self._sock.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedStream(self._sock, self._read_s, self._deadline))

    def close(self) -> None:
        """Nothing: http.client closes a connection whose response is still being read. See hang_up."""


class PinnedConnection(HTTPConnection):
    """A connection to one of `addresses`, whatever the name resolves to by now. TLS is checked against the name."""

    def __init__(
        self,
        target: Target,
        addresses: Sequence[Address],
        context: ssl.SSLContext,
        *,
        connect_s: float,
        read_s: float,
        deadline: Deadline,
    ) -> None:
        super().__init__(target.host, target.port)
        self._target = target
        self._addresses = addresses
        self._context = context
        self._connect_s = connect_s
        self._read_s = read_s
        self._deadline = deadline
        self._open: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first address that answers. Raises OSError if none does."""
        self._open = self._connect_any()
        if self._target.scheme == "https":
            self._open = self._context.wrap_socket(self._open, server_hostname=self._target.host)
        self.sock = _TimedSocket(self._open, self._read_s, self._deadline)

    def hang_up(self) -> None:
        """Close the socket. The response cannot be read any further."""
        self.close()
        if self._open is not None:
            self._open.close()

    def _connect_any(self) -> socket.socket:
        problem: OSError | None = None
        for address in self._addresses:
            wait = self._deadline.bounded(self._connect_s)
            try:
                # The timeout stays on the socket, so it bounds the TLS handshake's waits as well.
                return socket.create_connection((str(address), self._target.port), timeout=wait)
            except OSError as error:
                problem = error
        raise problem or OSError(f"{self._target.host} has no address")
