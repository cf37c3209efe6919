"""A client that costs next to nothing, so that what is measured is the server: HTTP/1.1, GET, kept-alive connections.

It talks to servers on this machine only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

HOST = "127.0.0.1"
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and how long it took. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    def timing_ms(self) -> dict[str, float]:
        """Milliseconds of Server-Timing by name."""
        parts = self.headers.get("server-timing", "").split(",")
        pairs = (part.strip().split(";dur=") for part in parts if ";dur=" in part)
        return {name: float(value) for name, value in pairs}


class BrokenAnswerError(Exception):
    """The connection ended in the middle of an answer, or before there was one. `has_begun`: some of it had come."""

    def __init__(self, *, has_begun: bool) -> None:
        super().__init__("the connection ended in an answer" if has_begun else "the connection ended before an answer")
        self.has_begun = has_begun


def target(path: str, parameters: Mapping[str, str] | None = None) -> str:
    """A path with its query."""
    return path if not parameters else f"{path}?{urlencode(parameters, quote_via=quote)}"


class Connection:
    """One connection, opened when first used, and again when the server has closed it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, what: str) -> Answer:
        """Ask. Raises BrokenAnswerError, ConnectionError where nobody listens, and TimeoutError."""
        begin = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                status, headers, body = await self._ask(what)
        except BaseException:
            self.close()
            raise
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body, time.perf_counter() - begin)

    async def _ask(self, what: str) -> tuple[int, dict[str, str], bytes]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(HOST, self._port)
        reader, writer = self._streams
        text = f"GET {what} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\nAccept-Encoding: gzip\r\n\r\n"
        has_begun = False
        try:
            writer.write(text.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            has_begun = True
            first, *lines = head.decode("latin-1").split("\r\n")[:-2]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            return int(first.split(" ")[1]), headers, await reader.readexactly(int(headers.get("content-length", 0)))
        except (asyncio.IncompleteReadError, OSError) as error:
            raise BrokenAnswerError(has_begun=has_begun) from error

    def close(self) -> None:
        """Leave, whatever is under way."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
