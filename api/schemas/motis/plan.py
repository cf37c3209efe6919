"""The answer of /plan."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.schemas.base import Color
from api.schemas.motis.base import MotisModel
from api.schemas.motis.itinerary import Itinerary
from api.schemas.motis.place import MotisPlace


class ComparedProvider(MotisModel):
    """How one provider stands. Ids are those of itineraries of the page."""

    id: str
    name: str
    color: Color
    alone: Annotated[list[str], Field(description="itineraries riding only this provider, best rank first")]
    combined: Annotated[list[str], Field(description="those riding it with others")]
    status: Annotated[
        str | None, Field(pattern="^(served|cannot|no_data|stale)$", description="only with withComparison")
    ] = None
    reason: Annotated[str | None, Field(description="why it is not served; only with withComparison")] = None


class PlanComparison(MotisModel):
    """The itineraries of a page by provider, and the rule that ranks them.

    With withComparison the itineraries hold every option of the comparison at the time asked for: then no provider
    hides another.
    """

    rule: str
    weights: dict[str, float]
    providers: list[ComparedProvider]
    complete: Annotated[bool, Field(description="whether the options of every set of providers are among them")]


class PlanResponse(MotisModel):
    """Itineraries by departure, walks apart, and the cursors of the pages before and after."""

    request_parameters: dict[str, str]
    debug_output: dict[str, int]
    from_: Annotated[MotisPlace, Field(alias="from")]
    to: MotisPlace
    direct: list[Itinerary]
    itineraries: list[Itinerary]
    previous_page_cursor: str
    next_page_cursor: str
    comparison: Annotated[PlanComparison | None, Field(description="Timbang")] = None
