"""Bodies of requests: read whole, up to a bound, in time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Receive

from api.operations.bodies import BodyTooLargeError, LeftError, SlowBodyError, read_body, replay


def _receive(*messages: dict[str, Any]) -> Receive:
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def _part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def _read(receive: Receive, most: int = 10, length: bytes | None = None) -> bytes:
    headers = [] if length is None else [(b"content-length", length)]
    return asyncio.run(read_body({"type": "http", "headers": headers}, receive, most, 0.05))


def test_parts_are_put_together() -> None:
    assert _read(_receive(_part(b"12345", more=True), _part(b"67890"))) == b"1234567890"
    assert _read(_receive({"type": "http.request"})) == b""


def test_what_is_too_long_is_refused_by_what_it_says_and_by_what_comes() -> None:
    with pytest.raises(BodyTooLargeError):
        _read(_receive(), length=b"11")
    with pytest.raises(BodyTooLargeError):
        _read(_receive(_part(b"12345678", more=True), _part(b"901", more=True)))


def test_a_client_that_leaves_or_dawdles_is_not_waited_for() -> None:
    with pytest.raises(LeftError):
        _read(_receive(_part(b"1", more=True), {"type": "http.disconnect"}))
    with pytest.raises(SlowBodyError):
        _read(_receive(_part(b"1", more=True)))


def test_the_application_receives_the_body_once_and_then_that_the_client_is_gone() -> None:
    async def run() -> list[Any]:
        gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        receive = replay(b"body", gone)
        first = await receive()
        asyncio.get_running_loop().call_soon(gone.set_result, None)
        return [first, await receive()]

    assert asyncio.run(run()) == [_part(b"body"), {"type": "http.disconnect"}]
