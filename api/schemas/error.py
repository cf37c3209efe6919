"""The one shape of every error."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Model

ErrorCode = Literal[
    "invalid_value",
    "missing_parameter",
    "unknown_parameter",
    "out_of_range",
    "unknown_stop",
    "unknown_trip",
    "not_found",
    "method_not_allowed",
    "address_too_long",
    "not_ready",
    "bad_request",
    "body_too_large",
    "rate_limited",
    "overloaded",
    "deadline_exceeded",
    "unauthorized",
    "forbidden",
    "internal_error",
]


class ErrorBody(Model):
    """`field` is the parameter at fault, `limit` the bound it broke; null where there is none."""

    error: Annotated[str, Field(description="for people to read")]
    code: ErrorCode
    field: str | None
    limit: float | str | None
