"""What /api/v1/status and /admin/reload answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.base import Model

Outcome = Literal["loaded", "unchanged", "failed"]


class ReloadResult(Model):
    """What came of looking for a newer snapshot."""

    outcome: Outcome
    snapshot: Annotated[str, Field(description="the one that is served now")]
    error: str | None
    seconds: float


class FeedStatus(Model):
    """One feed on the service day of now. A feed that is stale answers for the days that it has."""

    id: str
    status: Annotated[
        Literal["ok", "not_yet", "stale", "no_data"],
        Field(description="runs; starts later; has ended; has no service day at all"),
    ]
    first_date: date | None
    last_date: date | None


class ProviderStatus(Model):
    """A provider is as its best feed."""

    id: str
    name: str
    status: Literal["ok", "not_yet", "stale", "no_data"]


class LastReload(Model):
    """The last look at which something had changed."""

    outcome: Outcome
    at: datetime


class Status(Model):
    """What is served, how old it is, and what of it is missing."""

    snapshot: str
    written: Annotated[datetime, Field(description="when the snapshot was")]
    last_reload: LastReload
    providers: list[ProviderStatus]
    feeds: list[FeedStatus]
    parts: Annotated[dict[str, Any], Field(description="of parts of the service such as realtime data")]
