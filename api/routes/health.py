"""GET /health/live and /health/ready."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from api.deps import State
from api.not_ready import NotReadyError
from api.schemas.health import Live, Ready

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", response_model=Live)
async def live() -> dict[str, str]:
    """The process answers; no data is looked at."""
    return {"status": "live"}


@router.get("/ready", response_model=Ready)
async def ready(state: State) -> dict[str, Any]:
    """The snapshot is open, its router is warm, and there is someone to compare."""
    if not state.is_warm.is_set():
        raise NotReadyError("the router is not warmed up yet")
    if not state.network.providers:
        raise NotReadyError("the snapshot holds no provider")
    return {"status": "ready", "snapshot": state.network.snapshot_id, "providers": len(state.network.providers)}
