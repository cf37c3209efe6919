"""The served snapshot: replaced by one reference, kept where the new one is broken, and its memory given back."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.operations import live as live_module
from api.operations.live import SETTLE_S, TRY_AGAIN_S, Holder, LiveSnapshot, Reload, Source
from api.operations.watcher import Watcher
from api.state import ServiceState
from ingest.model import Network
from ingest.snapshot import CURRENT, version_folder, write_snapshot
from tests.unit.api.small_city import two_networks

Told = list[tuple[str, str]]


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Network]:
    return two_networks(tmp_path_factory.mktemp("feeds"))


@pytest.fixture(autouse=True)
def _cold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is searched here, and no disk is waited for: else these tests would take a minute."""
    monkeypatch.setattr("os.fsync", lambda handle: None)
    monkeypatch.setattr(ServiceState, "warm_up", lambda self, lately_asked=(): self.is_warm.set())


def _live(out: Path, clock: _Clock | None = None, **source: Any) -> tuple[LiveSnapshot, Told]:
    told: Told = []

    def tell(reload: Reload, state: ServiceState) -> None:
        assert reload.snapshot == state.network.snapshot_id
        told.append((reload.outcome, reload.snapshot))

    holder = cast("Holder", SimpleNamespace())
    live = LiveSnapshot(Source(out, **source), holder, tell, clock or _Clock())
    live.open_first()
    return live, told


def test_a_newer_snapshot_takes_over_and_who_has_the_old_one_keeps_it(
    networks: tuple[Network, Network], tmp_path: Path
) -> None:
    write_snapshot(networks[0], tmp_path)
    live, told = _live(tmp_path)
    old = live.current
    assert live.look() is None
    write_snapshot(networks[1], tmp_path)
    found = live.look()
    assert found is not None
    assert found.outcome == "loaded"
    assert live.current.network.snapshot_id == networks[1].snapshot_id
    assert live.current.is_warm.is_set()
    assert [provider.id for provider in live.current.network.providers] == ["metro"]
    assert [provider.id for provider in old.network.providers] == ["metro", "bus"]
    assert old.network.stops.id[0]  # its pages are still there
    assert told == [("loaded", networks[0].snapshot_id), ("loaded", networks[1].snapshot_id)]


@pytest.mark.parametrize("is_in_cycle", [False, True])
def test_an_old_snapshot_is_forgotten_when_its_last_request_is_answered(
    networks: tuple[Network, Network], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_in_cycle: bool
) -> None:
    given_back: list[bool] = []
    write_snapshot(networks[0], tmp_path)
    clock = _Clock()
    live, _ = _live(tmp_path, clock)
    request = live.current
    old = weakref.ref(request)
    monkeypatch.setattr(live_module, "give_back", lambda: given_back.append(old() is None))
    write_snapshot(networks[1], tmp_path)
    live.look()
    assert old() is request
    if is_in_cycle:
        request.myself = request  # type: ignore[attr-defined] # as requests leave them
    gc.collect()
    gc.freeze()  # as a service does: no collection but its own finds the cycle
    gc.disable()
    try:
        for _ in range(2):
            clock.now += SETTLE_S  # who is at work on it may take his time
            live.look()
            assert not given_back
        del request
        live.look()
        assert (old() is None) is not is_in_cycle
        clock.now += SETTLE_S
        live.look()
    finally:
        gc.enable()
        gc.unfreeze()
    assert old() is None
    assert given_back == [True]


def test_what_is_left_of_snapshots_is_looked_for_once_where_they_follow_each_other_quickly(
    networks: tuple[Network, Network], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled_at: list[float] = []
    write_snapshot(networks[0], tmp_path)
    clock = _Clock()
    live, _ = _live(tmp_path, clock)
    monkeypatch.setattr(live_module, "settle", lambda: settled_at.append(clock.now))
    for second in range(int(2.5 * SETTLE_S)):
        clock.now = second
        if second < 2 * SETTLE_S:
            write_snapshot(networks[second % 2], tmp_path)
        live.look()
    assert settled_at == [SETTLE_S, 2 * SETTLE_S]


@pytest.mark.parametrize("harm", ["array", "meta", "pointer", "gone"])
def test_a_broken_snapshot_leaves_the_old_one_in_place(
    networks: tuple[Network, Network], tmp_path: Path, harm: str
) -> None:
    write_snapshot(networks[0], tmp_path)
    clock = _Clock()
    live, told = _live(tmp_path, clock)
    write_snapshot(networks[1], tmp_path)
    folder = version_folder(tmp_path)
    victim = {
        "array": folder / "stops.lat.npy", "meta": folder / "meta.json", "pointer": tmp_path / CURRENT,
        "gone": folder / "stops.lat.npy",
    }[harm]  # fmt: skip
    healthy = victim.read_bytes()
    victim.unlink() if harm == "gone" else victim.write_bytes(healthy[:-1] + bytes([healthy[-1] ^ 1]))
    found = live.look()
    assert found is not None
    assert found.outcome == "failed"
    assert "SnapshotError" in str(found.error)
    assert live.current.network.snapshot_id == networks[0].snapshot_id
    assert live.look() is None  # not tried again at once
    victim.write_bytes(healthy)
    clock.now += TRY_AGAIN_S
    again = live.look()
    assert again is not None
    assert again.outcome == "loaded"
    assert [outcome for outcome, _ in told] == ["loaded", "failed", "loaded"]


def test_a_snapshot_that_cannot_be_warmed_is_not_served(
    networks: tuple[Network, Network], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: ServiceState, lately_asked: object) -> None:
        assert not gc.isenabled(), "all that is made here stays"
        raise ZeroDivisionError("no")

    write_snapshot(networks[0], tmp_path)
    live, _ = _live(tmp_path)
    write_snapshot(networks[1], tmp_path)
    monkeypatch.setattr(ServiceState, "warm_up", fail)
    assert live.reload().error == "ZeroDivisionError: no"
    assert gc.isenabled()
    assert live.current.network.snapshot_id == networks[0].snapshot_id


def test_the_same_feeds_published_again_are_a_new_version(networks: tuple[Network, Network], tmp_path: Path) -> None:
    write_snapshot(networks[0], tmp_path)
    live, _ = _live(tmp_path)
    old = live.current
    assert live.reload().outcome == "unchanged"
    assert live.current is old
    write_snapshot(networks[0], tmp_path)
    assert live.reload().outcome == "loaded"
    assert live.current is not old


def test_a_nudge_and_other_people_are_reasons_to_look(networks: tuple[Network, Network], tmp_path: Path) -> None:
    write_snapshot(networks[0], tmp_path / "city")
    people = tmp_path / "people.csv"
    people.write_text("lat,lon,population\n-6.2,106.8,10\n")
    live, _ = _live(tmp_path / "city", population=people, nudge=tmp_path / "nudge")
    live.nudge()
    found = live.look()
    assert found is not None
    assert found.outcome == "unchanged"
    people.write_text("lat,lon,population\n-6.2,106.8,100\n")
    found = live.look()
    assert found is not None
    assert found.outcome == "loaded"


def test_memory_is_given_back_where_the_c_library_can_and_nothing_breaks_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from api.operations import process_memory

    process_memory.give_back()
    monkeypatch.setattr(process_memory, "_trim", lambda: None)
    live_module.give_back()


def test_the_watcher_goes_on_when_a_task_fails_and_stops_when_left() -> None:
    import threading

    looked = threading.Semaphore(0)
    calls = []

    def fail() -> None:
        calls.append("fail")
        raise OSError("disk")

    with Watcher(0.005, fail, looked.release):
        assert looked.acquire(timeout=10)
        assert looked.acquire(timeout=10)
    assert len(calls) >= 2
    with Watcher(0, fail):
        pass


def test_a_version_under_a_name_that_was_used_before_is_loaded(
    networks: tuple[Network, Network], tmp_path: Path
) -> None:
    first = write_snapshot(networks[0], tmp_path)
    live, _ = _live(tmp_path)
    for _ in range(2):
        write_snapshot(networks[1], tmp_path)
    assert not first.exists()
    assert write_snapshot(networks[0], tmp_path, {"walk_speed_m_per_s": 2.0}) == first
    found = live.look()
    assert found is not None
    assert found.outcome == "loaded"
