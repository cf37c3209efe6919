"""GET /metrics: figures for operators, as text for Prometheus."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

router = APIRouter()


@router.get("/metrics", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Of all processes of the service."""
    text = await run_sync(request.app.state.metrics.text)
    return Response(text, media_type=CONTENT_TYPE_LATEST)
