"""GET /api/v1/coverage."""

from __future__ import annotations

from datetime import date as Date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from api.deps import State
from api.schemas.coverage import Coverage
from api.validators import snapshot_only
from routing.coverage import coverage as find_coverage

router = APIRouter(prefix="/api/v1", tags=["coverage"])

MOST_REACH_M = 3000


@router.get("/coverage", dependencies=[Depends(snapshot_only)], response_model=Coverage)
def coverage(
    state: State,
    date: Annotated[Date, Query(description="The service date.")],
    radius_m: Annotated[float, Query(gt=0, le=MOST_REACH_M, description="Reach of a stop in metres.")] = 500,
    statistics: Annotated[bool, Query(description="Also supply statistics; they take some seconds.")] = False,
) -> dict[str, Any]:
    """Area and people within reach of each provider's stops on a date: exclusive, contested, and the gap."""
    return find_coverage(state.network, date, radius_m, state.population, statistics=statistics).to_dict()
