"""A server on this machine that can misbehave, and a world in which only it may be reached: for tests of fetching."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ingest.fetch import Surroundings
from ingest.fetch_address import Address, is_public

HOST = "127.0.0.1"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]


Answer = Callable[[Asked, socket.socket], None]


class LoopbackServer:
    """Answers each path with what `routes` holds for it, in raw bytes; keeps every request."""

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._listener = socket.create_server((HOST, 0))
        self._threads: list[threading.Thread] = []
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)

    def url(self, path: str, host: str = "feeds.example", scheme: str = "http") -> str:
        """The address of a path, under a name that the world resolves to this server."""
        return f"{scheme}://{host}:{self.port}{path}"

    def close(self) -> None:
        """Stop, and wait for every answer to end."""
        self.stopping.set()
        with suppress(OSError):  # wakes accept
            socket.create_connection((HOST, self.port), timeout=1).close()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def _start(self, run: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=run, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self.stopping.is_set():
                connection.close()
                return
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client may hang up whenever it likes
            connection.settimeout(5)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
            lines = head.decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            asked = Asked(lines[0].split(" ")[1], {name.lower(): value for name, value in headers.items()})
            self.asked.append(asked)
            self.routes[asked.path](asked, connection)


def reply(body: bytes = b"", status: int = 200, **headers: str) -> Answer:
    """A whole and honest answer; `_` in header names stands for `-`."""

    def answer(asked: Asked, connection: socket.socket) -> None:
        fields = {"Content-Length": str(len(body)), **{name.replace("_", "-"): text for name, text in headers.items()}}
        lines = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
        connection.sendall(f"HTTP/1.1 {status} Whatever\r\n{lines}\r\n".encode("latin-1") + body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    """The first answer to the first request, and so on; the last one to all that follow."""
    left = list(answers)

    def answer(asked: Asked, connection: socket.socket) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(asked, connection)

    return answer


def raw(*pieces: bytes) -> Answer:
    """Exactly these bytes."""

    def answer(asked: Asked, connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


@dataclass
class World:
    """Names and waits of a test. `names` maps a host to its addresses; all others are resolved as this server."""

    names: dict[str, Sequence[str]] = field(default_factory=dict)
    resolved: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    now: datetime = NOW

    def surroundings(self, **changes: object) -> Surroundings:
        """What fetch takes: this world, in which jitter is always at its most and nobody really waits."""
        settings = {
            "resolve": self._resolve,
            "is_allowed": is_loopback_or_public,
            "now": lambda: self.now,
            "sleep": self.waits.append,
            "jitter": lambda: 1.0,
            "tls": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),  # trusts nobody; reading the real list takes a while
        }
        return Surroundings(**{**settings, **changes})  # type: ignore[arg-type] # values fit, name by name

    def _resolve(self, host: str, port: int) -> Sequence[str]:
        self.resolved.append(host)
        return self.names.get(host, [host if host[0].isdigit() or ":" in host else HOST])


def is_loopback_or_public(address: Address) -> bool:
    """The rule of the real world, but for this server's address and no other."""
    return str(address) == HOST or is_public(address)
