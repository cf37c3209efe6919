"""GET /api/v1/status: what is served, and what of it is stale or missing. Always 200: one stale feed is no outage."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from api.deps import Now, State
from api.operations.live import LiveSnapshot
from api.schemas.status import Status
from api.service_status import feed_statuses, provider_statuses

router = APIRouter(prefix="/api/v1", tags=["health"])


@router.get("/status", response_model=Status)
async def status(request: Request, state: State, now: Now) -> dict[str, Any]:
    """The snapshot, its feeds and providers today, and how the last look for a newer snapshot went."""
    live: LiveSnapshot = request.app.state.live
    last = live.last
    feeds = feed_statuses(state.network, now)
    return {
        "snapshot": state.network.snapshot_id,
        "written": state.written,
        "last_reload": None if last is None else {"outcome": last.outcome, "at": last.at},
        "feeds": feeds,
        "providers": provider_statuses(state.network, {feed["id"]: feed["status"] for feed in feeds}),
        "parts": {name: tell() for name, tell in request.app.state.status_parts.items()},
    }
