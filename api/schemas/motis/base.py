"""What the models of MOTIS answers share: names in camelCase, and what is not known is left out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class MotisModel(BaseModel):
    """A part of an answer, with these fields and no others. Written as JSON without the fields that are None."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


# Instants are UTC text, as MOTIS writes them.
UtcTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Mode = Literal[
    "WALK",
    "TRAM",
    "SUBWAY",
    "FERRY",
    "AIRPLANE",
    "BUS",
    "COACH",
    "HIGHSPEED_RAIL",
    "LONG_DISTANCE",
    "NIGHT_RAIL",
    "REGIONAL_RAIL",
    "SUBURBAN",
    "METRO",
    "ODM",
    "FUNICULAR",
    "AERIAL_LIFT",
    "AREAL_LIFT",
    "OTHER",
]
Allowed = Literal["NORMAL", "NOT_ALLOWED"]
WheelchairAccess = Literal["ACCESSIBLE", "NOT_ACCESSIBLE"]
