"""GET /api/v1/realtime: what the sources of real time are worth now."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.deps import Now, State
from api.json_response import full_response
from api.realtime_follower import RealtimeFollower
from api.schemas.realtime import Realtime, RealtimeSourceStatus

router = APIRouter(prefix="/api/v1", tags=["realtime"])


@router.get("/realtime", response_model=Realtime)
def realtime(request: Request, state: State, now: Now) -> Response:
    """Whether answers are made with real time, from how old, and how each of its sources does."""
    follower: RealtimeFollower = request.app.state.realtime
    statuses = follower.statuses()
    use = state.shown().realtime(now)
    rows = [RealtimeSourceStatus.model_validate(asdict(status)) for status in statuses]
    return full_response(Realtime(status=use.status, feeds=use.feeds, sources=rows))
