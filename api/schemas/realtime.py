"""What answers say of the real time in them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from api.schemas.base import Model

REALTIME_HEADER = "X-Realtime"
"""Of answers that are the same object as the library's, and so hold nothing of the service."""


class FeedAge(Model):
    """How old the newest message of a feed is."""

    feed: str
    age_s: int
    is_late: Annotated[bool, Field(description="older than riders expect: the age should be shown")]


class RealtimeUse(Model):
    """Whether an answer is made from real time, and from how old."""

    status: Annotated[
        Literal["off", "none", "stale", "live"],
        Field(
            description="off: not asked for; none: no feed has it; stale: too old to be used, the schedule is all "
            "there is; live: used for the feeds listed"
        ),
    ]
    feeds: list[FeedAge]

    def header(self) -> str:
        """In one line: `live; x=12 y=130`, the age of each feed in seconds."""
        ages = " ".join(f"{row.feed}={row.age_s}" for row in self.feeds)
        return f"{self.status}; {ages}" if ages else self.status


class RealtimeSourceStatus(Model):
    """One source of real time."""

    feed: str
    source: str
    age_s: Annotated[int | None, Field(description="of the message in use; null where there is none")]
    entities_applied: int
    entities_ignored: Annotated[dict[str, int], Field(description="by reason, in all messages so far")]
    messages_rejected: Annotated[dict[str, int], Field(description="by reason")]
    polls: int
    failures: int
    last_error: str | None


class Realtime(RealtimeUse):
    """What answers are made from, and how each source does."""

    sources: list[RealtimeSourceStatus]
