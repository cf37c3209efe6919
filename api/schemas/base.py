"""What all response models share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Model(BaseModel):
    """A response, or a part of one, with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


# Instants and dates are text as the router wrote them: parsed and printed again, an offset of zero would turn into Z.
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
LonLat = Annotated[list[float], Field(min_length=2, max_length=2)]
BoundingBox = Annotated[list[float], Field(min_length=4, max_length=4, description="west, south, east, north")]
Color = Annotated[str, Field(description="six hex digits, or empty where nobody chose one")]
