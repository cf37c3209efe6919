"""A request's body, read whole before anything is computed; then the line is listened to for a client that leaves."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope

BODY_S = 10.0
"""How long a client may take to send its body."""


class BodyTooLargeError(Exception):
    """More bytes than are taken."""


class SlowBodyError(Exception):
    """A body that did not arrive in time."""


class LeftError(Exception):
    """The client has gone."""


async def read_body(scope: Scope, receive: Receive, most_bytes: int, longest_s: float = BODY_S) -> bytes:
    """All of it. Raises BodyTooLargeError, SlowBodyError and LeftError."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value) > most_bytes:
            raise BodyTooLargeError
    try:
        async with asyncio.timeout(longest_s):
            return await _read(receive, most_bytes)
    except TimeoutError:
        raise SlowBodyError from None


async def _read(receive: Receive, most_bytes: int) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise LeftError
        part: bytes = message.get("body", b"")
        body += part
        if len(body) > most_bytes:
            raise BodyTooLargeError
        if not message.get("more_body", False):
            return body


def replay(body: bytes, gone: asyncio.Future[None]) -> Receive:
    """What an application receives once the body is read: the body, then that the client is gone, when it is."""
    is_told = False

    async def receive() -> Message:
        nonlocal is_told
        if not is_told:
            is_told = True
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.wait({gone})
        return {"type": "http.disconnect"}

    return receive


async def wait_until_gone(receive: Receive) -> None:
    """Returns when the client has left, or has its answer."""
    while (await receive())["type"] != "http.disconnect":
        pass
