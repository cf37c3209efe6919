"""What /metrics tells, in the words of Prometheus; with several processes, of all of them together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from api.operations.live import Reload
from api.realtime import RealtimeStatus
from api.state import ServiceState
from ingest.last_ingest import LastIngest

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment's name of the folder where processes of one service put their figures; the library reads it."""
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Every figure of one service. Other parts may add theirs to `registry`."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._is_shared = SHARED_FOLDER in os.environ
        if not self._is_shared:
            ProcessCollector(registry=registry)
            PlatformCollector(registry=registry)
        self._requests = Counter(
            "timbang_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._latency = Histogram(
            "timbang_request_seconds", "From a request to its answer.", ("route",), buckets=SECONDS, registry=registry
        )
        self._router = Histogram(
            "timbang_router_seconds",
            "The router's part of a request that it had a part in.",
            ("route",),
            buckets=SECONDS,
            registry=registry,
        )
        self._in_flight = self._gauge("requests_in_flight", "Requests without an answer yet.", "livesum")
        self._running = self._gauge("computations", "Computations that run.", "livesum")
        self._waiting = self._gauge("queue", "Requests that wait for a computation to end.", "livesum")
        self._shed = Counter(
            "timbang_shed",
            "Requests refused: queue_full, waited_too_long, rate_limited, deadline; and left, whose client has gone.",
            ("why",),
            registry=registry,
        )
        self._reloads = Counter(
            "timbang_reloads", "Looks for a newer snapshot: loaded, unchanged, failed.", ("outcome",), registry=registry
        )
        self._reload_failed = self._gauge(
            "reload_failed", "Processes whose last look for a newer snapshot failed.", "livesum"
        )
        self._reload_s = self._gauge("reload_seconds", "How long the last one took that loaded.", "livemax")
        self._snapshot = self._gauge("snapshot_processes", "Processes that answer from it.", "livesum", "snapshot")
        self._opened = self._gauge("snapshot_opened_timestamp_seconds", "When it was opened.", "livemin")
        self._written = self._gauge("snapshot_written_timestamp_seconds", "When it was written.", "livemin")
        self._feed_end = self._gauge(
            "feed_end_timestamp_seconds",
            "End of a feed's last service day, UTC; 0 where it has none.",
            "livemin",
            "feed",
        )
        self._ingest = self._gauge(
            "last_ingest_timestamp_seconds", "When the last ingest ended, by how it did.", "livemax", "outcome"
        )
        self._ready = self._gauge("ready", "Processes that are ready.", "livesum")
        source = ("feed", "source")
        self._realtime_age = self._gauge(
            "realtime_age_seconds", "Of a source's message in use; -1 where there is none.", "livemax", *source
        )
        self._realtime_applied = self._gauge(
            "realtime_entities_applied", "Entities of that message in use.", "livemin", *source
        )
        self._realtime_ignored = self._gauge(
            "realtime_entities_ignored", "Entities left out so far, by reason.", "livemax", *source, "reason"
        )
        self._realtime_rejected = self._gauge(
            "realtime_messages_rejected", "Whole messages left out so far, by reason.", "livemax", *source, "reason"
        )
        self._realtime_polls = self._gauge("realtime_polls", "How often a source was asked.", "livesum", *source)
        self._realtime_failures = self._gauge(
            "realtime_failures", "How often that brought no message that could be used.", "livesum", *source
        )
        self._served: str | None = None
        self._feeds: set[str] = set()

    def _gauge(self, name: str, text: str, mode: str, *labels: str) -> Gauge:
        return Gauge(
            f"timbang_{name}",
            text,
            labels,
            registry=self.registry,
            multiprocess_mode=mode,  # type: ignore[arg-type] # one of the library's words
        )

    def began(self) -> None:
        """A request has come."""
        self._in_flight.inc()

    def ended(self, method: str, route: str, status: int, seconds: float, router_s: float) -> None:
        """It has its answer. `route` is a template, never a path: paths are without number."""
        self._in_flight.dec()
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)
        if router_s:
            self._router.labels(route).observe(router_s)

    def crowd(self, running: int, waiting: int) -> None:
        """How many computations run, and how many wait."""
        self._running.set(running)
        self._waiting.set(waiting)

    def shed(self, why: str) -> None:
        """A request that was not, or not wholly, computed."""
        self._shed.labels(why).inc()

    def ready(self, *, is_ready: bool) -> None:
        """Whether this process is."""
        self._ready.set(int(is_ready))

    def reloaded(self, reload: Reload, state: ServiceState) -> None:
        """What came of looking for a newer snapshot, and what is served now."""
        self._reloads.labels(reload.outcome).inc()
        self._reload_failed.set(int(reload.outcome == "failed"))
        if reload.outcome == "loaded":
            self._reload_s.set(reload.seconds)
            self._serve(state, reload.at)

    def ingested(self, last: LastIngest | None) -> None:
        """How the last ingest into the snapshot's folder ended, if anything is known of it."""
        if last is not None:
            self._ingest.labels(last.outcome.value).set(last.at.timestamp())

    def realtime(self, statuses: Sequence[RealtimeStatus]) -> None:
        """How each source of real time does."""
        for one in statuses:
            labels = one.feed, one.source
            self._realtime_age.labels(*labels).set(-1 if one.age_s is None else one.age_s)
            self._realtime_applied.labels(*labels).set(one.entities_applied)
            self._realtime_polls.labels(*labels).set(one.polls)
            self._realtime_failures.labels(*labels).set(one.failures)
            for reason, count in one.entities_ignored.items():
                self._realtime_ignored.labels(*labels, reason).set(count)
            for reason, count in one.messages_rejected.items():
                self._realtime_rejected.labels(*labels, reason).set(count)

    def _serve(self, state: ServiceState, at: datetime) -> None:
        snapshot = state.network.snapshot_id
        if self._served is not None and self._served != snapshot:
            self._snapshot.labels(self._served).set(0)
        self._served = snapshot
        self._snapshot.labels(snapshot).set(1)
        self._opened.set(at.timestamp())
        self._written.set(state.written.timestamp())
        ends = {feed.id: feed.last_date for feed in state.network.feeds}
        for feed in self._feeds | ends.keys():
            last = ends.get(feed)
            end = 0.0 if last is None else datetime.combine(last + timedelta(days=1), time(), UTC).timestamp()
            self._feed_end.labels(feed).set(end)
        self._feeds |= ends.keys()

    def text(self) -> bytes:
        """All of it, as text."""
        if not self._is_shared:
            return generate_latest(self.registry)
        whole = CollectorRegistry()
        MultiProcessCollector(whole)  # type: ignore[no-untyped-call] # the library has no types here
        return generate_latest(whole)


def prepare_shared(folder: Path) -> None:
    """Let the processes that are started from now on share their figures in `folder`."""
    os.environ[SHARED_FOLDER] = str(folder)
