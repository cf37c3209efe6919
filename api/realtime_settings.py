"""From settings to what is polled, and how."""

from __future__ import annotations

from api.realtime import RealtimeOptions, RealtimeSource
from api.settings import Settings
from ingest.realtime.apply import Freshness


def sources_of(settings: Settings) -> list[RealtimeSource]:
    """The sources that settings name."""
    return [RealtimeSource(feed, url) for feed, _, url in (text.partition("=") for text in settings.realtime)]


def options_of(settings: Settings) -> RealtimeOptions:
    """How they are polled."""
    return RealtimeOptions(
        interval_s=settings.realtime_interval_s,
        late_after_s=settings.realtime_late_s,
        freshness=Freshness(stale_after_s=settings.realtime_stale_s),
    )
