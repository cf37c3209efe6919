"""The snapshot that is served, and how a newer one takes its place.

A new version is opened and warmed beside the old one; then one reference is replaced. Who has taken the old one keeps
it until its answer is written: no answer is made from two.
"""

from __future__ import annotations

import logging
import math
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from api.operations.process_memory import give_back, pass_over, settle, uncollected
from api.state import ServiceState
from ingest.snapshot import CURRENT, version_folder

log = logging.getLogger(__name__)

Outcome = Literal["loaded", "unchanged", "failed"]
TRY_AGAIN_S = 60.0
"""A version that could not be opened is tried again after so long, even if nothing has changed."""
SETTLE_S = 10.0
"""What requests have left of an old version is looked for so long after a newer one took its place, and so often."""


class Holder(Protocol):
    """What requests take the state from: `app.state`."""

    service: ServiceState


@dataclass(frozen=True, slots=True)
class Source:
    """What to serve. `nudge`: a file that is touched to make every process look again, at once."""

    snapshot: Path
    population: Path | None = None
    nudge: Path | None = None

    def stamp(self) -> tuple[object, ...]:
        """Changes when there may be something new."""
        files = (self.snapshot / CURRENT, self.population, self.nudge)
        return tuple(None if file is None else _stat(file) for file in files)


@dataclass(frozen=True, slots=True)
class Reload:
    """What came of looking for a newer snapshot."""

    outcome: Outcome
    snapshot: str
    """The one that is served afterwards."""
    error: str | None
    seconds: float
    at: datetime


class LiveSnapshot:
    """The one place where the served state changes. Safe to share between threads."""

    def __init__(
        self,
        source: Source,
        holder: Holder,
        on_reload: Callable[[Reload, ServiceState], None] = lambda reload, state: None,
        clock: Callable[[], float] = time.monotonic,
        while_loading: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """while_loading: entered while a newer version is opened and warmed, to make room for that."""
        self._source, self._holder = source, holder
        self._on_reload, self._clock = on_reload, clock
        self._while_loading = while_loading
        self._lock = threading.Lock()
        self._stamp: tuple[object, ...] = ()
        self._looked = 0.0
        self._old: list[weakref.ref[ServiceState]] = []
        self._settle_at = math.inf
        self.last: Reload | None = None

    @property
    def current(self) -> ServiceState:
        """What is served now."""
        return self._holder.service

    def open_first(self) -> None:
        """Open what is there, cold. Raises SnapshotError and PopulationError."""
        with self._lock:
            begin, self._stamp = time.perf_counter(), self._source.stamp()
            state = ServiceState.open(self._source.snapshot, self._source.population)
            self._holder.service = state
            self._tell("loaded", None, begin)

    def look(self) -> Reload | None:
        """Reload if something has changed since the last time, or if that failed a while ago; else None."""
        self.forget_old()
        has_failed = self.last is not None and self.last.outcome == "failed"
        is_due = has_failed and self._clock() - self._looked >= TRY_AGAIN_S
        return self.reload() if is_due or self._source.stamp() != self._stamp else None

    def reload(self) -> Reload:
        """Serve the newest version. One that cannot be opened or warmed leaves the old one in place."""
        with self._lock:
            begin, self._looked, self._stamp = time.perf_counter(), self._clock(), self._source.stamp()
            try:
                with uncollected():
                    fresh = self._newer()
                    if fresh is None:
                        return self._tell("unchanged", None, begin)
                    with self._while_loading():
                        fresh.warm_up(self.current.router.lately_asked)
                    pass_over()
            except Exception as error:
                # Whatever is wrong with the new one, the old one goes on.
                log.exception("the new snapshot cannot be served; the old one stays")
                return self._tell("failed", f"{type(error).__name__}: {error}", begin)
            self._old.append(weakref.ref(self.current))
            self._settle_at = min(self._settle_at, self._clock() + SETTLE_S)
            self._holder.service = fresh
            told = self._tell("loaded", None, begin)
        log.info("serving snapshot %s", told.snapshot)
        return told

    def forget_old(self) -> None:
        """Give back the memory of snapshots that are no longer served, as soon as no request holds them.

        Most are gone with their last request. What is still held by cycles that requests have left takes a collection,
        which stops all threads: so it has time, and comes once for snapshots that follow each other quickly.
        """
        if self._clock() >= self._settle_at:
            settle()
            self._settle_at = math.inf
        held = [old for old in self._old if old() is not None]
        if len(held) < len(self._old):
            give_back()
        if held and self._settle_at == math.inf:
            self._settle_at = self._clock() + SETTLE_S
        self._old = held

    def nudge(self) -> None:
        """Make the other processes of this service look, too."""
        if self._source.nudge is not None:
            self._source.nudge.touch()

    def _newer(self) -> ServiceState | None:
        """A state of what is there now, still cold; None if it is what is served."""
        old = self.current
        folder = version_folder(self._source.snapshot)
        if old.is_of(folder, self._source.population):
            return None
        return ServiceState.open(self._source.snapshot, self._source.population)

    def _tell(self, outcome: Outcome, error: str | None, begin: float) -> Reload:
        state = self.current
        seconds = time.perf_counter() - begin
        self.last = Reload(outcome, state.network.snapshot_id, error, seconds, datetime.now(UTC))
        self._on_reload(self.last, state)
        return self.last


def _stat(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
