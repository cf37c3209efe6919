"""GET /api/v1/duel."""

from __future__ import annotations

from datetime import date as Date
from datetime import time as Time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.comparing import CompareRequest
from api.deps import Now, State
from api.duelling import DuelRequest, run_duel
from api.routes.compare import PLACE
from api.schemas.duel import Duel
from api.validators import snapshot_only
from routing.query import MAX_WALK_S

router = APIRouter(prefix="/api/v1", tags=["compare"])


@router.get("/duel", dependencies=[Depends(snapshot_only)], response_model=Duel)
def duel(
    state: State,
    now: Now,
    origin: Annotated[str, Query(alias="from", description=PLACE)],
    to: Annotated[str, Query(description=PLACE)],
    date: Annotated[Date, Query(description="The day, midnight to midnight there.")],
    begin: Annotated[Time | None, Query(description="Only from then on, such as 06:00.")] = None,
    until: Annotated[Time | None, Query(description="Only until then.")] = None,
    providers: Annotated[str | None, Query(description="Ids, separated by commas: only these compete.")] = None,
    max_walk_s: Annotated[int, Query(ge=0, le=MAX_WALK_S, description="Seconds that a single walk may take.")] = 1200,
    rider: Annotated[str | None, Query(description="A category of riders that fares are for.")] = None,
) -> dict[str, Any]:
    """Providers head to head over a day: who is best when, the price of insisting on one, the loss without one."""
    asked = CompareRequest(
        origin=origin,
        destination=to,
        at=date.isoformat(),
        providers=providers,
        max_walk_s=max_walk_s,
        walk_speed_m_per_s=state.extra.walk_speed_m_per_s,
        rider=rider,
        use_realtime=False,  # a day as planned; so an answer holds as long as the snapshot
    )
    return run_duel(state.router, DuelRequest(asked, begin, until), now).to_dict()
