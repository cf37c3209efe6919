"""Around every computation: what bounds its cost, and what ends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import error_response
from api.operations.admission import Admission, OverloadedError
from api.operations.bodies import BodyTooLargeError, LeftError, SlowBodyError, read_body, replay, wait_until_gone
from api.operations.metrics import Metrics
from api.operations.rate_limit import RateLimit
from api.operations.stopwatch import Stopwatch, current
from routing.cancel import Cancel, cancelling

RETRY_S = 2
"""When to ask again where there is no room: by then the queue has been worked off or given up."""
CHEAP = ("/health", "/status", "/map/initial", "/rentals", "/map/rentals")
"""Ends of paths below /api/ that compute nothing."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a computation may cost."""

    deadline_s: float
    most_body_bytes: int


def is_computed(path: str) -> bool:
    """Whether a request costs more than its answer's bytes."""
    return path.startswith("/api/") and not path.endswith(CHEAP)


class Guard:
    """Wraps what computes: body read and bounded, rate, queue, deadline, and an ear for the client that leaves."""

    def __init__(self, app: ASGIApp, bounds: Bounds, admission: Admission, rate: RateLimit, metrics: Metrics) -> None:
        self._app, self._bounds = app, bounds
        self._admission, self._rate, self._metrics = admission, rate, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_costly = is_computed(scope["path"])
        refusal = self._too_often(scope) if is_costly else None
        if refusal is None:
            try:
                body = await read_body(scope, receive, self._bounds.most_body_bytes)
            except LeftError:
                return
            except BodyTooLargeError:
                most = self._bounds.most_body_bytes
                refusal = error_response(413, f"the body is longer than {most} bytes", "body_too_large", limit=most)
            except SlowBodyError:
                refusal = error_response(408, "the body took too long to arrive", "bad_request")
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        gone = asyncio.ensure_future(wait_until_gone(receive))
        try:
            if is_costly:
                await self._compute(scope, body, gone, receive, send)
            else:
                await self._app(scope, replay(body, gone), send)
        finally:
            gone.cancel()

    async def _compute(
        self, scope: Scope, body: bytes, gone: asyncio.Future[None], receive: Receive, send: Send
    ) -> None:
        # Cold, a first search waits for a compiler: that is not the client's fault.
        cancel = Cancel(self._bounds.deadline_s if _is_warm(scope) else None)
        watch = current.get() or Stopwatch()
        before = watch.total_s
        try:
            has_entered = await self._admission.enter(gone)
        except OverloadedError as error:
            self._metrics.shed(error.why)
            await _overloaded(error)(scope, receive, send)
            return
        watch.queue_s = watch.total_s - before
        if not has_entered:
            self._metrics.shed("left")
            return
        gone.add_done_callback(lambda _: cancel.leave())
        clock = asyncio.get_running_loop().time
        entered_s, alarm = clock(), self._alarm(cancel)
        try:
            with cancelling(cancel):
                await self._app(scope, replay(body, gone), send)
        finally:
            if alarm is not None:
                alarm.cancel()
            self._admission.leave(clock() - entered_s)

    def _alarm(self, cancel: Cancel) -> asyncio.TimerHandle | None:
        """Tells kernels when the deadline passes: they have no clock."""
        left_s = cancel.left_s
        return None if left_s is None else asyncio.get_running_loop().call_later(left_s, cancel.expire)

    def _too_often(self, scope: Scope) -> Response | None:
        client = scope.get("client")
        wait_s = self._rate.wait_s(client[0] if client else None)
        if not wait_s:
            return None
        self._metrics.shed("rate_limited")
        headers = {"Retry-After": str(wait_s)}
        return error_response(429, f"too many requests; ask again in {wait_s} s", "rate_limited", headers=headers)


def _is_warm(scope: Scope) -> bool:
    state = getattr(scope["app"].state, "service", None)
    return state is not None and state.is_warm.is_set()


def _overloaded(error: OverloadedError) -> Response:
    headers = {"Retry-After": str(RETRY_S)}
    return error_response(503, "too many requests are being answered just now", "overloaded", headers=headers)
