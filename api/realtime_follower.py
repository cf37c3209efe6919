"""Real time follows the snapshot: when a newer one is served, its feeds are polled for, and the old one's no more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Any

from api.realtime import Fetch, RealtimeOptions, RealtimePoller, RealtimeSource, RealtimeStatus, fetch_source
from api.state import ServiceState

log = logging.getLogger(__name__)


class RealtimeFollower:
    """The poller of the state that is served now. Safe to share between threads."""

    def __init__(
        self, sources: Sequence[RealtimeSource], options: RealtimeOptions | None = None, fetch: Fetch = fetch_source
    ) -> None:
        self._sources, self._options, self._fetch = sources, options, fetch
        self._lock = threading.Lock()
        self._poller: RealtimePoller | None = None

    def follow(self, state: ServiceState) -> None:
        """Poll for `state` from now on. A source of a feed that it does not have is left out, and that is logged."""
        known = {feed.id for feed in state.network.feeds}
        for source in self._sources:
            if source.feed not in known:
                log.error("realtime %s: the snapshot has no such feed, only %s", source.feed, ", ".join(sorted(known)))
        sources = [source for source in self._sources if source.feed in known]
        fresh = RealtimePoller(state, sources, self._options, self._fetch)
        with self._lock:
            old, self._poller = self._poller, fresh
            if sources:
                fresh.start()
        if old is not None:
            old.stop(timeout_s=0)

    def stop(self) -> None:
        """End all polling."""
        with self._lock:
            poller, self._poller = self._poller, None
        if poller is not None:
            poller.stop()

    def statuses(self) -> list[RealtimeStatus]:
        """All sources that are polled, in the order of the settings."""
        poller = self._poller
        return [] if poller is None else poller.statuses()

    def told(self) -> list[dict[str, Any]]:
        """For /api/v1/status: each source, how old its message is and what went wrong last."""
        return [
            {"feed": one.feed, "source": one.source, "age_s": one.age_s, "last_error": one.last_error}
            for one in self.statuses()
        ]
