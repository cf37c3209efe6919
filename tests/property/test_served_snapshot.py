"""Whatever is published, broken, repaired or said in real time: the last good snapshot answers, and none is mixed.

The machine publishes versions into a folder, breaks some of them, lets the service look, and talks in real time; after
each step it asks over HTTP and knows, from the few rules below, which version must answer and with which times.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fastapi import FastAPI
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from starlette.testclient import TestClient

from api.app import create_app
from api.comparing import CompareRequest, run_comparison
from api.deps import get_now
from api.operations.live import TRY_AGAIN_S, LiveSnapshot, Reload, Source
from api.realtime import RealtimePoller, RealtimeSource
from api.settings import Settings
from api.state import ServiceState
from ingest.fetch import FetchError
from ingest.model import Network
from ingest.snapshot import CURRENT, version_folder, write_snapshot
from tests.scenarios.drawn import MONDAY, router_of
from tests.support.examples import thorough
from tests.support.realtime import NOW, call, message, trip_update

LEAVES = ("08:00", "08:05", None)
"""When the trip of feed x leaves, by version: the last one has no such feed."""
SOURCE = RealtimeSource("x", "https://x.example/tu")
STALE_S = 300
HARMS = ("array", "meta", "pointer", "gone")


@cache
def networks() -> tuple[Network, ...]:
    drawn = [
        f"A {clock} > B 08:30 / x, trip T1\nA 09:00 > C 09:10 / y, trip T2" for clock in LEAVES if clock is not None
    ]
    return tuple(router_of(text).network for text in [*drawn, "A 09:00 > C 09:10 / y, trip T2"])


class ServedSnapshot(RuleBasedStateMachine):
    """`served` and what is expected of it are the model; `live` is the thing itself."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.out = self.folder / "city"
        self.now, self.clock = float(NOW), 0.0
        self.says: Callable[[], bytes] = lambda: b""
        self.late: tuple[int, float] | None = None
        self.published, self.is_broken, self.is_new, self.has_failed, self.failed_at = 0, False, False, False, 0.0
        self.repair: Callable[[], object] | None = None
        self.held: list[tuple[ServiceState, int]] = []
        self.patches = [patch("os.fsync", lambda handle: None), patch.object(ServiceState, "warm_up", _warm)]
        for patched in self.patches:
            patched.start()

    def teardown(self) -> None:
        for patched in self.patches:
            patched.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(version=st.sampled_from(range(3)))
    def start(self, version: int) -> None:
        write_snapshot(networks()[version], self.out)
        self.app: FastAPI = create_app(Settings(snapshot=self.out, reload_poll_s=0))
        self.app.dependency_overrides[get_now] = lambda: datetime.fromtimestamp(self.now, UTC)
        self.live = LiveSnapshot(Source(self.out), self.app.state, self._reloaded, lambda: self.clock)  # type: ignore[arg-type] # Starlette's state takes any name
        self.published = self.served = version
        self.live.open_first()
        self.client = TestClient(self.app)  # not entered: nothing runs beside the machine

    def _reloaded(self, reload: Reload, state: ServiceState) -> None:
        if reload.outcome != "loaded":
            return
        sources = [SOURCE] if "x" in {feed.id for feed in state.network.feeds} else []
        self.poller = RealtimePoller(state, sources, fetch=lambda source: self.says(), clock=lambda: self.now)

    # --- what happens

    @rule(version=st.sampled_from(range(3)))
    def publish(self, version: int) -> None:
        write_snapshot(networks()[version], self.out)
        self.published, self.is_broken, self.is_new, self.repair = version, False, True, None

    @rule(version=st.sampled_from(range(3)), harm=st.sampled_from(HARMS))
    def publish_broken(self, version: int, harm: str) -> None:
        self.publish(version)
        folder = version_folder(self.out)
        victim = {"meta": folder / "meta.json", "pointer": self.out / CURRENT}.get(harm, folder / "stops.lat.npy")
        healthy = victim.read_bytes()
        victim.unlink() if harm == "gone" else victim.write_bytes(healthy[:-1] + bytes([healthy[-1] ^ 1]))
        self.is_broken, self.repair = True, lambda: victim.write_bytes(healthy)
        self.is_pointer = harm == "pointer"

    @precondition(lambda self: self.repair is not None)
    @rule()
    def mend(self) -> None:
        assert self.repair is not None
        self.repair()
        # CURRENT is what a look notices at once; other files are found mended when it tries again.
        self.is_broken, self.repair, self.is_new = False, None, self.is_new or self.is_pointer

    @rule()
    def look(self) -> None:
        is_due = self.has_failed and self.clock - self.failed_at >= TRY_AGAIN_S
        self._expect(self.live.look(), looks=self.is_new or is_due)

    @rule()
    def reload(self) -> None:
        self._expect(self.live.reload(), looks=True)

    def _expect(self, told: Reload | None, *, looks: bool) -> None:
        if not looks:
            assert told is None
            return
        assert told is not None
        has_other = self.is_new or self.has_failed
        self.is_new = False
        if self.is_broken:
            assert told.outcome == "failed"
            self.has_failed, self.failed_at = True, self.clock
            return
        assert told.outcome == ("loaded" if has_other else "unchanged")
        self.has_failed = False
        if has_other:
            self.served, self.late = self.published, None

    @rule(seconds=st.sampled_from([1, 30, TRY_AGAIN_S]))
    def wait(self, seconds: float) -> None:
        self.clock += seconds
        self.now += seconds

    @rule(late_s=st.sampled_from([0, 60, 300]))
    def hear(self, late_s: int) -> None:
        update = trip_update({"trip_id": "T1", "start_date": MONDAY.replace("-", "")}, call(1, departure=late_s))
        data = message(update, at_s=int(self.now))
        self.says = lambda: data
        self._poll((late_s, self.now))

    @rule(data=st.sampled_from([b"", b"\x12", b"no message", message(at_s=NOW - 10_000), None]))
    def hear_rubbish(self, data: bytes | None) -> None:
        def say() -> bytes:
            if data is None:
                raise FetchError("status 503", None)
            return data

        self.says = say
        self._poll(self.late)

    def _poll(self, late: tuple[int, float] | None) -> None:
        for source in self.poller._pollers:
            source.poll()
            self.late = late

    @rule()
    def hold(self) -> None:
        """A request that began, and ends when it will."""
        self.held = [*self.held[-2:], (self.live.current, self.served)]

    # --- what must hold

    @invariant()
    def the_last_good_snapshot_answers(self) -> None:
        self.poller.publish()
        asked = {"from": "x_A", "to": "x_B", "at": f"{MONDAY}T07:30:00"}
        answer = self.client.get("/api/v1/compare", params=asked)
        assert answer.headers["x-snapshot"] == networks()[self.served].snapshot_id
        leaves = LEAVES[self.served]
        if leaves is None:
            assert answer.status_code == 404
            return
        assert answer.status_code == 200
        body = answer.json()
        assert body["snapshot"]["id"] == networks()[self.served].snapshot_id
        is_known = self.late is not None and int(self.now) - int(self.late[1]) <= STALE_S
        status = "live" if is_known else "none" if self.late is None else "stale"
        assert answer.headers["x-realtime"].partition(";")[0] == status
        (ride,) = [leg for leg in body["options"][0]["journey"]["legs"] if leg["kind"] == "ride"]
        late_s = self.late[0] if is_known and self.late is not None else 0
        scheduled = datetime.fromisoformat(f"{MONDAY}T{leaves}:00")
        assert ride["departure"][:19] == (scheduled + timedelta(seconds=late_s)).isoformat()
        assert ride["scheduled_departure"][:19] == scheduled.isoformat()
        assert (ride["realtime"], ride["arrival"] >= ride["departure"]) == (is_known, True)

    @invariant()
    def who_holds_an_older_one_is_answered_by_that(self) -> None:
        for state, version in self.held:
            asked = CompareRequest("y_A", "y_C", at=f"{MONDAY}T07:30:00")
            found: Any = run_comparison(state.router, asked, datetime.fromtimestamp(self.now, UTC)).to_dict()
            assert found["snapshot"]["id"] == networks()[version].snapshot_id
            assert {row["id"] for row in found["providers"]} == {feed.id for feed in networks()[version].feeds}


def _warm(self: ServiceState, lately_asked: object = ()) -> None:
    """Kernels are compiled when first needed: a whole warm-up at each step would take minutes."""
    self.is_warm.set()


ServedSnapshot.TestCase.settings = settings(thorough(12), stateful_step_count=25)
TestServedSnapshot = ServedSnapshot.TestCase
