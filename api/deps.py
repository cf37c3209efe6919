"""What endpoints ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Request

from api.not_ready import NotReadyError
from api.state import ServiceState


def get_state(request: Request) -> ServiceState:
    """The open snapshot."""
    state = getattr(request.app.state, "service", None)
    if not isinstance(state, ServiceState):
        raise NotReadyError("no snapshot is open yet")
    return state


def get_now() -> datetime:
    """The clock; tests put another in its place."""
    return datetime.now(UTC)


State = Annotated[ServiceState, Depends(get_state)]
Now = Annotated[datetime, Depends(get_now)]
AcceptLanguage = Annotated[str | None, Header(alias="accept-language", max_length=1000)]
LANGUAGE = "Of names, where a feed has them translated: a tag such as en. Default: what Accept-Language prefers."
