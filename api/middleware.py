"""What goes around every request: an id, a log line, a bound on the address, headers, and an answer when we fail."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import SNAPSHOT
from api.errors import CLIENT_LEFT, OUR_FAULT, error_response
from api.logs import ACCESS
from api.operations.metrics import Metrics
from api.operations.stopwatch import Stopwatch, current
from api.validators import ETAG

log = logging.getLogger(__name__)
access = logging.getLogger(ACCESS)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
SECURITY_HEADERS: Sequence[tuple[bytes, bytes]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""As they go out: nothing inside sets any of them."""


class Envelope:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, max_url_bytes: int, metrics: Metrics) -> None:
        self._app = app
        self._max_url_bytes = max_url_bytes
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = _Request(scope)
        current.set(request.watch)
        self._metrics.began()

        async def send_with_headers(message: Message) -> None:
            request.look_at(message)
            await send(message)

        try:
            if _address_bytes(scope) > self._max_url_bytes:
                text = f"the address is longer than {self._max_url_bytes} bytes"
                refusal = error_response(414, text, "address_too_long", limit=self._max_url_bytes)
                await refusal(scope, receive, send_with_headers)
            else:
                await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request %s failed", request.id, extra={"request_id": request.id})
            if request.status:
                raise
            await error_response(500, OUR_FAULT, "internal_error")(scope, receive, send_with_headers)
        finally:
            request.write_log()
            watch = request.watch
            self._metrics.ended(
                request.method, route_of(scope), request.status or CLIENT_LEFT, watch.total_s, watch.router_s
            )


class _Request:
    """One request, as far as it has got."""

    def __init__(self, scope: Scope) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        self.status, self._bytes = 0, 0
        self.method = scope["method"] if scope["method"] in METHODS else "other"
        self.watch = Stopwatch()
        self._scope = scope

    def look_at(self, message: Message) -> None:
        """A part of the answer on its way out; its head gets our headers."""
        if message["type"] == "http.response.start":
            self.status = int(message["status"])
            state = self._scope.get("state", {})
            added = [(b"x-request-id", self.id.encode()), *SECURITY_HEADERS]
            added.append((b"server-timing", self.watch.header().encode()))
            if SNAPSHOT in state:
                added.append((b"x-snapshot", state[SNAPSHOT].encode("latin-1")))
            tag = state.get(ETAG)
            if tag is not None and self.status in (200, 304):
                added += [(b"etag", tag.encode("latin-1")), (b"cache-control", b"no-cache")]
            message["headers"] = [*message.get("headers", ()), *added]
        else:
            self._bytes += len(message.get("body", b""))

    def write_log(self) -> None:
        """One line; 499 is a client that left before there was an answer."""
        method, path, status = self._scope["method"], self._scope["path"], self.status or CLIENT_LEFT
        client = self._scope.get("client")
        access.info(
            "%s %s %d", method, path, status,
            extra={
                "request_id": self.id, "method": method, "path": path, "status": status, "bytes": self._bytes,
                "duration_ms": round(1000 * self.watch.total_s, 1),
                "client": client[0] if client else None,
            },
        )  # fmt: skip


def route_of(scope: Scope) -> str:
    """The template of what was asked for; `page` for files of the page, `none` where there is nothing."""
    route = scope.get("route")
    template = getattr(route, "path", None)
    if isinstance(template, str):
        return template
    return "page" if "endpoint" in scope else "none"


def _address_bytes(scope: Scope) -> int:
    return len(scope.get("raw_path") or scope["path"].encode()) + len(scope.get("query_string", b""))
