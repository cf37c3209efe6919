"""Which pages may read what: the API may be read from other origins, the administration and figures never."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.schemas.realtime import REALTIME_HEADER

PRIVATE = ("/admin/", "/metrics")


class PublicCORS(CORSMiddleware):
    """Reading without credentials, and not from /admin or /metrics."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=["GET"],
            allow_headers=["If-None-Match", "X-Request-ID"],
            expose_headers=["ETag", "Retry-After", "Server-Timing", REALTIME_HEADER, "X-Request-ID", "X-Snapshot"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PRIVATE):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
