"""GET /health/live and /health/ready."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request

from api.deps import State
from api.not_ready import NotReadyError
from api.schemas.health import Live, Ready
from api.state import ServiceState

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", response_model=Live)
async def live() -> dict[str, str]:
    """The process answers; no data is looked at."""
    return {"status": "live"}


@router.get("/ready", response_model=Ready)
async def ready(request: Request, state: State) -> dict[str, Any]:
    """The snapshot is open and warm, there is someone to compare, and the service is not about to stop."""
    why = why_not_ready(request.app)
    if why is not None:
        raise NotReadyError(why)
    return {"status": "ready", "snapshot": state.network.snapshot_id, "providers": len(state.network.providers)}


def why_not_ready(app: FastAPI) -> str | None:
    """None if it is."""
    state = getattr(app.state, "service", None)
    if app.state.drain.has_begun:
        return "the service is about to stop"
    if not isinstance(state, ServiceState) or not state.is_warm.is_set():
        return "the router is not warmed up yet"
    return None if state.network.providers else "the snapshot holds no provider"
