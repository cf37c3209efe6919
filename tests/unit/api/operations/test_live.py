"""The served snapshot: replaced by one reference, kept where the new one is broken, and its memory given back."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.operations import live as live_module
from api.operations.live import TRY_AGAIN_S, Holder, LiveSnapshot, Reload, Source
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


def test_an_old_snapshot_is_forgotten_when_its_last_request_is_answered(
    networks: tuple[Network, Network], tmp_path: Path
) -> None:
    write_snapshot(networks[0], tmp_path)
    live, _ = _live(tmp_path)
    request = live.current
    old = weakref.ref(request)
    write_snapshot(networks[1], tmp_path)
    live.look()
    assert old() is request
    request.myself = request  # type: ignore[attr-defined] # a cycle, as requests leave them
    del request
    gc.disable()
    try:
        live.look()
    finally:
        gc.enable()
    assert old() is None


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
