"""Real time in the service: every source is polled by itself, and what they say is put in place all at once.

A source that is down, slow or talks rubbish costs nobody else: its last good message holds until it is too old.
"""

from __future__ import annotations

import io
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from api.shown import LATE_AFTER_S, Shown
from api.state import ServiceState
from ingest.fetch import FetchError, FetchLimits, FetchRequest, Surroundings, fetch
from ingest.fetch_address import shown_url
from ingest.realtime.apply import Freshness, apply_message
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.message import MOST_BYTES
from ingest.realtime.outcome import Outcome, RealtimeReport, Reason
from ingest.realtime.patch import FeedPatch
from routing import Query
from routing.instants import instant_s
from routing.runs import DAY_S

log = logging.getLogger(__name__)

LIMITS = FetchLimits(connect_s=10, read_s=10, total_s=10, max_bytes=MOST_BYTES, attempts=1)
LONGEST_BACKOFF_S = 300.0
LONGEST_RETRY_AFTER_S = 3600.0
TICK_S = 1.0
"""How often what has grown too old is looked for."""


@dataclass(frozen=True, slots=True)
class RealtimeSource:
    """A URL that a feed's messages come from. A feed may have several: trips, vehicles, alerts."""

    feed: str
    url: str

    @property
    def name(self) -> str:
        """For people: without the query, which may hold a key."""
        return shown_url(self.url)


@dataclass(frozen=True, slots=True)
class RealtimeOptions:
    """How sources are polled. Seconds."""

    interval_s: float = 30
    late_after_s: int = LATE_AFTER_S
    """From this age on answers say how old it is."""
    freshness: Freshness = field(default_factory=Freshness)


@dataclass(frozen=True, slots=True)
class RealtimeStatus:
    """One source as it stands: for metrics and people."""

    feed: str
    source: str
    age_s: int | None
    """Of the message in use; None where there is none."""
    entities_applied: int
    """In that message."""
    entities_ignored: Mapping[str, int]
    """By reason, in all messages so far."""
    messages_rejected: Mapping[str, int]
    polls: int
    failures: int
    """Polls that brought no message that could be used."""
    last_error: str | None
    """Of the last poll, None if it went well."""


Fetch = Callable[[RealtimeSource], bytes]
"""Raises FetchError."""


def fetch_source(source: RealtimeSource) -> bytes:
    """By the rules for hosts that nobody vouches for."""
    sink = io.BytesIO()
    fetch(FetchRequest(source.url), sink, LIMITS, Surroundings())
    return sink.getvalue()


@dataclass(slots=True)
class SourcePoller:
    """Polls one source, and keeps its last good message. `poll` is called by one thread, the rest by any."""

    source: RealtimeSource
    index: FeedIndex
    fetch: Fetch
    options: RealtimeOptions
    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    patch: FeedPatch | None = None
    _report: RealtimeReport | None = None
    _ignored: Counter[Reason] = field(default_factory=Counter)
    _rejected: Counter[str] = field(default_factory=Counter)
    _polls: int = 0
    _failures: int = 0
    _in_a_row: int = 0
    _last_error: str | None = None

    def poll(self) -> float:
        """Ask once; how many seconds to wait before the next time."""
        self._polls += 1
        try:
            data = self.fetch(self.source)
        except FetchError as error:
            return self._failed(str(error), error.wait_s)
        except Exception as error:  # a fault of ours must not end the polling of this source
            log.exception("polling %s", self.source.name)
            return self._failed(f"{type(error).__name__}", None)
        return self._take(data)

    def _take(self, data: bytes) -> float:
        last = self.patch
        try:
            report, patch = apply_message(
                self.index, data, int(self.clock()), None if last is None else last.timestamp_s, self.options.freshness
            )
        except Exception as error:  # as above: one message must not end the polling
            log.exception("a message of %s", self.source.name)
            return self._failed(f"{type(error).__name__}", None)
        if patch is None:
            assert report.reason is not None
            self._rejected[report.reason.value] += 1
            return self._failed(f"{Outcome.REJECT_MESSAGE}: {report.reason}", None)
        self._ignored.update(report.ignored)
        self._report, self.patch = report, patch
        self._in_a_row, self._last_error = 0, None
        return self.options.interval_s

    def _failed(self, reason: str, wait_s: float | None) -> float:
        self._failures += 1
        self._in_a_row += 1
        self._last_error = reason
        log.warning("real time of %s: %s", self.source.feed, reason)
        longest = min(self.options.interval_s * 2.0 ** min(self._in_a_row - 1, 16), LONGEST_BACKOFF_S)
        backoff = longest * (0.5 + self.jitter() / 2)
        return max(backoff, min(wait_s or 0.0, LONGEST_RETRY_AFTER_S))

    def fresh(self, now_s: int) -> FeedPatch | None:
        """Its last good message, if that is not too old."""
        patch = self.patch
        is_fresh = patch is not None and now_s - patch.timestamp_s <= self.options.freshness.stale_after_s
        return patch if is_fresh else None

    def status(self, now_s: int) -> RealtimeStatus:
        """As it stands."""
        patch, report = self.patch, self._report
        return RealtimeStatus(
            feed=self.source.feed,
            source=self.source.name,
            age_s=None if patch is None else max(now_s - patch.timestamp_s, 0),
            entities_applied=0 if report is None else report.applied,
            entities_ignored={reason.value: count for reason, count in sorted(self._ignored.items())},
            messages_rejected=dict(sorted(self._rejected.items())),
            polls=self._polls,
            failures=self._failures,
            last_error=self._last_error,
        )


class RealtimePoller:
    """Polls all sources of a service, and lets it answer with what they say."""

    def __init__(
        self,
        state: ServiceState,
        sources: Sequence[RealtimeSource],
        options: RealtimeOptions | None = None,
        fetch: Fetch = fetch_source,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Raises ValueError for a source of a feed that the snapshot does not have."""
        self._state, self._clock, self._options = state, clock, options or RealtimeOptions()
        known = [feed.id for feed in state.network.feeds]
        for source in sources:
            if source.feed not in known:
                raise ValueError(f"realtime {source.feed}: the snapshot has no such feed, only {', '.join(known)}")
        indexes = {feed: FeedIndex(state.network, feed) for feed in {source.feed for source in sources}}
        self._pollers = [
            SourcePoller(source, indexes[source.feed], fetch, self._options, clock) for source in sources
        ]  # fmt: skip
        self._published: list[FeedPatch] = []
        self._stopping, self._news = threading.Event(), threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Poll in the background, each source in a thread of its own, until `stop`."""
        for poller in self._pollers:
            self._run(partial(self._poll, poller), f"realtime {poller.source.feed}")
        self._run(self._publish, "realtime")

    def _run(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End the threads; one that waits for a server is left to its time-out."""
        self._stopping.set()
        self._news.set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _poll(self, poller: SourcePoller) -> None:
        while not self._stopping.is_set():
            wait_s = poller.poll()
            self._news.set()
            self._stopping.wait(wait_s)

    def _publish(self) -> None:
        while not self._stopping.is_set():
            self._news.wait(TICK_S)
            self._news.clear()
            try:
                self.publish()
            except Exception:
                # The next message may do better; until then answers stay as they are.
                log.exception("real time could not be put in place")

    def publish(self) -> bool:
        """Put what is known and fresh in place, if that is something else than before; whether it was."""
        now_s = int(self._clock())
        patches = [patch for poller in self._pollers if (patch := poller.fresh(now_s)) is not None]
        is_same = len(patches) == len(self._published) and all(map(_is, patches, self._published))
        if is_same and (patches or self._state.why_not == self._why_not):
            return False
        if not patches:
            self._state.show(None, None, self._why_not)
        else:
            router = self._state.router.live(patches)
            # Today's timetables are made before anyone needs them: nobody waits, and no search is held up.
            now = Query("", "", datetime.fromtimestamp(now_s, UTC))
            for query in (now, *self._state.router.lately_asked):
                if instant_s(query.time) // DAY_S == now_s // DAY_S:
                    router.timetable(query)
            shown = Shown.of(router.network, late_after_s=self._options.late_after_s)
            self._state.show(shown, router)
        self._published = patches
        return True

    @property
    def _why_not(self) -> str:
        return "stale" if any(poller.patch is not None for poller in self._pollers) else "none"

    def statuses(self) -> list[RealtimeStatus]:
        """All sources, in the order of the settings."""
        now_s = int(self._clock())
        return [poller.status(now_s) for poller in self._pollers]


def _is(one: FeedPatch, other: FeedPatch) -> bool:
    return one is other
