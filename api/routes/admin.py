"""POST /admin/…: for who runs the service. There only where the settings hold a token."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException

from api.operations.admin_token import check_admin
from api.operations.live import LiveSnapshot
from api.schemas.status import ReloadResult


async def authorized(request: Request) -> None:
    """Raises NoAdminError, UnauthorizedError and ForbiddenError."""
    check_admin(request, request.app.state.settings.admin_token)


router = APIRouter(prefix="/admin", dependencies=[Depends(authorized)])


@router.post("/reload", include_in_schema=False, response_model=ReloadResult)
async def reload(request: Request) -> dict[str, Any]:
    """Look for a newer snapshot now, in every process; the answer is of the one that was asked."""
    live: LiveSnapshot = request.app.state.live
    live.nudge()
    found = await run_sync(live.reload)
    return {"outcome": found.outcome, "snapshot": found.snapshot, "error": found.error, "seconds": found.seconds}


@router.get("/{path:path}", include_in_schema=False)
async def not_by_get(path: str) -> None:
    """What changes something is never done by following a link."""
    raise HTTPException(405)
