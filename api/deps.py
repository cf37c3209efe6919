"""What endpoints ask for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Request

from api.not_ready import NotReadyError
from api.state import ServiceState

SNAPSHOT = "snapshot"
"""What a request's state calls the id of the snapshot that answers it."""


async def get_state(request: Request) -> ServiceState:
    """The open snapshot: the same one from a request's begin to its end, whatever is published meanwhile."""
    state = getattr(request.app.state, "service", None)
    if not isinstance(state, ServiceState):
        raise NotReadyError("no snapshot is open yet")
    setattr(request.state, SNAPSHOT, state.network.snapshot_id)
    return state


# These are coroutines: a function that is none would cost every request a thread.
async def get_now() -> datetime:
    """The clock; tests put another in its place."""
    return datetime.now(UTC)


State = Annotated[ServiceState, Depends(get_state)]
Now = Annotated[datetime, Depends(get_now)]
MOST_LANGUAGE_CHARACTERS = 1000
AcceptLanguage = Annotated[str | None, Header(alias="accept-language", max_length=MOST_LANGUAGE_CHARACTERS)]
LANGUAGE = "Of names, where a feed has them translated: a tag such as en. Default: what Accept-Language prefers."
