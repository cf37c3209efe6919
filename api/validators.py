"""ETags of answers that depend on the snapshot only: whoever has one is told so before anything is computed."""

from __future__ import annotations

import hashlib

from fastapi import Request

from api.deps import State
from api.software import code_digest

ETAG = "etag"


class NotModifiedError(Exception):
    """The client has this very answer."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


async def snapshot_only(request: Request, state: State) -> None:
    """Give the answer a validator made of all that it depends on. Raises NotModifiedError where the client has it."""
    parts = (
        code_digest(),
        state.version,
        request.scope["path"],
        request.scope["query_string"].decode("latin-1"),  # bytes that are no text may come, too
        request.headers.get("accept-language", ""),
    )
    # Weak: what is compressed on the way is the same answer.
    tag = f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"'
    given = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    if tag in given or tag.removeprefix("W/") in given or "*" in given:
        raise NotModifiedError(tag)
    setattr(request.state, ETAG, tag)
