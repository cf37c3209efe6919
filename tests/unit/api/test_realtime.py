"""The poller of real time: what a bad source costs, and what riders are told meanwhile."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.operations.timed_router import TimedRouter
from api.realtime import RealtimeOptions, RealtimePoller, RealtimeSource, SourcePoller
from api.realtime_follower import RealtimeFollower
from api.settings import Settings
from api.snapshot_extra import SnapshotExtra
from api.state import ServiceState
from ingest.fetch import FetchError
from ingest.realtime.feed_index import FeedIndex
from ingest.snapshot import META
from routing import Query, laid_out
from tests.scenarios.drawn import ask, router_of
from tests.support.realtime import NOW, call, message, trip_update

TEXT = """
    A 08:00 > B 08:10 / x, trip T1
    A 08:00 > C 08:10 / y, trip T2
"""
LATE = trip_update({"trip_id": "T1", "start_date": "20260302"}, call(1, departure=300))
LATE_TOO = trip_update({"trip_id": "T2", "start_date": "20260302"}, call(1, departure=600))
X, Y = RealtimeSource("x", "https://x.example/tu?key=secret"), RealtimeSource("y", "https://y.example/tu")


class World:
    """A clock, and servers that say what they are told to."""

    def __init__(self) -> None:
        self.now = float(NOW)
        self.says: dict[str, Callable[[], bytes]] = {}

    def clock(self) -> float:
        return self.now

    def fetch(self, source: RealtimeSource) -> bytes:
        return self.says[source.feed]()


def down(wait_s: float | None = None) -> Callable[[], bytes]:
    def fail() -> bytes:
        raise FetchError("status 503", wait_s)

    return fail


def state_of(text: str = TEXT) -> ServiceState:
    extra = SnapshotExtra.__new__(SnapshotExtra)
    with tempfile.TemporaryDirectory() as folder:  # looked at once: how old its description is
        (Path(folder) / META).touch()
        return ServiceState(TimedRouter(router_of(text).network), extra, None, "", Path(folder))


def service(world: World) -> tuple[ServiceState, RealtimePoller, list[SourcePoller]]:
    state = state_of()
    poller = RealtimePoller(state, [X, Y], fetch=world.fetch, clock=world.clock)
    return state, poller, poller._pollers  # the loop that calls poll and publish is left out: its clock is real


def status_of(state: ServiceState, world: World) -> str:
    return state.shown().realtime(datetime.fromtimestamp(world.now, UTC)).status


def test_a_source_that_is_down_costs_the_other_nothing_and_recovers_at_its_next_poll() -> None:
    world = World()
    state, poller, (x, y) = service(world)
    world.says = {"x": lambda: message(LATE, at_s=int(world.now)), "y": down()}
    x.poll()
    y.poll()
    assert poller.publish()
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:05")
    assert ask(state.router, "y_A", "y_C", "07:55")[0].startswith("08:00")
    world.says["y"] = lambda: message(LATE_TOO, at_s=int(world.now))
    y.poll()
    assert poller.publish()
    assert ask(state.router, "y_A", "y_C", "07:55")[0].startswith("08:10")
    assert not poller.publish(), "nothing is new"


def test_what_is_too_old_is_not_used_and_answers_say_so() -> None:
    world = World()
    state, poller, (x, y) = service(world)
    assert status_of(state, world) == "none"
    world.says = {"x": lambda: message(LATE, at_s=int(world.now)), "y": down()}
    x.poll()
    poller.publish()
    world.now += 121
    told = state.shown().realtime(datetime.fromtimestamp(world.now, UTC))
    assert (told.status, told.feeds[0].age_s, told.feeds[0].is_late) == ("live", 121, True)
    world.says["x"] = lambda: b"<html>rubbish"
    x.poll()
    world.now += 179
    assert not poller.publish(), "300 s old: still used"
    world.now += 1
    assert poller.publish()
    assert status_of(state, world) == "stale"
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:00")
    world.says["x"] = lambda: message(LATE, at_s=int(world.now))
    x.poll()
    poller.publish()
    assert status_of(state, world) == "live"
    assert y.patch is None


def test_an_hour_of_failures_makes_no_work_and_ends_with_the_first_good_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    state, poller, (x, y) = service(world)
    world.says = {"x": lambda: message(LATE, at_s=int(world.now)), "y": down()}
    x.poll()
    poller.publish()
    made: list[object] = []
    live = TimedRouter.live
    monkeypatch.setattr(TimedRouter, "live", lambda self, patches: made.append(patches) or live(self, patches))
    bad = [down(), lambda: b"<html>", lambda: b"", lambda: message(at_s=NOW - 900), lambda: message(LATE)[:-2]]
    end, n_published, polls = world.now + 3600, 0, 0
    while world.now < end:
        world.says["x"] = bad[polls % len(bad)]
        wait_s = x.poll()
        polls += 1
        assert 15 <= wait_s <= 300
        for _ in range(int(wait_s)):  # as often as the publisher looks
            world.now += 1
            n_published += poller.publish()
    assert (n_published, made) == (1, []), "what was known grew too old once, and nothing else happened"
    assert 10 < polls < 60
    assert status_of(state, world) == "stale"
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:00")
    world.says["x"] = lambda: message(LATE, at_s=int(world.now))
    assert x.poll() == 30
    assert poller.publish()
    assert status_of(state, world) == "live"
    assert y.patch is None


def test_todays_timetables_are_there_before_anyone_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    state, poller, (x, _) = service(world)
    world.says = {"x": lambda: message(LATE, at_s=int(world.now)), "y": down()}
    now = datetime.fromtimestamp(NOW, UTC)
    asked = [Query("x_A", "x_B", now), Query("x_A", "x_B", now, arrive_by=True)]
    for query in (*asked, Query("x_A", "x_B", now + timedelta(days=5))):
        state.router.timetable(query)
    x.poll()
    poller.publish()
    made: list[object] = []
    compile_timetable = laid_out.compile_timetable
    monkeypatch.setattr(laid_out, "compile_timetable", lambda *words: made.append(words) or compile_timetable(*words))
    for query in asked:
        assert state.router.pinned(query) is not state.router
        state.router.timetable(query)
    assert not made
    state.router.timetable(Query("x_A", "x_B", now + timedelta(days=5)))
    assert len(made) == 1, "of another day it is made when it is asked for"


@pytest.mark.parametrize("jump_s", [86_400, -86_400])
def test_a_clock_that_jumps_a_day_and_back_loses_nothing_for_longer_than_two_polls(jump_s: int) -> None:
    world = World()
    state, poller, (x, _) = service(world)
    right = world.now
    world.says = {"x": lambda: message(LATE, at_s=int(right)), "y": down()}
    x.poll()
    poller.publish()
    assert status_of(state, world) == "live"
    world.now = right + jump_s
    x.poll()  # by this clock the message is old, or of the future
    poller.publish()
    if jump_s > 0:
        assert status_of(state, world) == "stale"
    world.now = right = right + 30
    x.poll()
    poller.publish()
    assert status_of(state, world) == "live"
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:05")


def test_an_older_message_does_not_win_and_an_empty_one_clears() -> None:
    world = World()
    state, poller, (x, _) = service(world)
    world.says = {"x": lambda: message(LATE, at_s=NOW - 10)}
    x.poll()
    world.says["x"] = lambda: message(at_s=NOW - 60)
    x.poll()
    poller.publish()
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:05")
    world.says["x"] = lambda: message(at_s=NOW)
    x.poll()
    poller.publish()
    assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:00")
    assert x.status(NOW).messages_rejected == {"older_than_last": 1}


def test_a_failing_source_is_asked_less_and_less_and_a_server_that_wants_rest_gets_it() -> None:
    world = World()
    world.says = {"x": down()}
    index = FeedIndex(router_of(TEXT).network, "x")
    poller = SourcePoller(X, index, world.fetch, RealtimeOptions(interval_s=30), world.clock, lambda: 1.0)
    assert [poller.poll() for _ in range(6)] == [30, 60, 120, 240, 300, 300]
    world.says["x"] = down(900)
    assert poller.poll() == 900
    world.says["x"] = lambda: message(LATE, at_s=NOW)
    assert poller.poll() == 30
    world.says["x"] = down()
    assert poller.poll() == 30, "it begins anew"


def test_the_status_of_a_source_counts_and_shows_no_key() -> None:
    world = World()
    _, poller, (x, _) = service(world)
    ghost = trip_update({"trip_id": "NOPE", "start_date": "20260302"}, call(1, departure=1))
    world.says = {"x": lambda: message(LATE, ghost, at_s=NOW - 5)}
    x.poll()
    x.poll()
    world.says["x"] = lambda: b""
    x.poll()
    status = poller.statuses()[0]
    assert (status.feed, status.source, status.age_s) == ("x", "https://x.example/tu", 5)
    assert (status.entities_applied, status.polls, status.failures) == (1, 3, 1)
    assert status.entities_ignored == {"unknown_trip": 2}
    assert status.last_error == "reject message: empty"


def test_a_fault_of_ours_does_not_end_the_polling() -> None:
    world = World()
    world.says = {"x": lambda: (_ for _ in ()).throw(ZeroDivisionError())}  # type: ignore[dict-item] # it only raises
    poller = SourcePoller(X, FeedIndex(router_of(TEXT).network, "x"), world.fetch, RealtimeOptions(), world.clock)
    assert poller.poll() > 0
    assert poller.status(NOW).last_error == "ZeroDivisionError"


def test_threads_poll_and_end() -> None:
    world = World()
    state, _, _ = service(world)
    world.says = {"x": lambda: message(LATE, at_s=NOW), "y": down()}
    poller = RealtimePoller(state, [X, Y], fetch=world.fetch, clock=world.clock)
    poller.start()
    try:
        for _ in range(200):
            if state.shown().running is not state.network:
                break
            poller._stopping.wait(0.05)
        assert ask(state.router, "x_A", "x_B", "07:55")[0].startswith("08:05")
    finally:
        poller.stop()
    assert not any(thread.is_alive() for thread in poller._threads)


def test_settings_name_sources(tmp_path: Path) -> None:
    given = Settings.model_validate({"snapshot": tmp_path, "realtime": "x=https://x.example/a x=https://x.example/b"})
    assert given.realtime == ["x=https://x.example/a", "x=https://x.example/b"]
    with pytest.raises(ValueError, match="FEED=URL"):
        Settings.model_validate({"snapshot": tmp_path, "realtime": "x=file:///etc/passwd"})
    state, _, _ = service(World())
    with pytest.raises(ValueError, match="no such feed"):
        RealtimePoller(state, [RealtimeSource("z", "https://z.example")])


def test_real_time_follows_the_snapshot_that_is_served(caplog: pytest.LogCaptureFixture) -> None:
    at_s = int(time.time())
    asked: Counter[str] = Counter()

    def fetch(source: RealtimeSource) -> bytes:
        asked[source.feed] += 1
        return message(LATE, at_s=at_s)

    follower = RealtimeFollower([X, Y], RealtimeOptions(interval_s=0.01), fetch)
    assert follower.statuses() == [] == follower.told()
    first, second = state_of(), state_of("A 08:00 > B 08:10 / x, trip T1")
    follower.follow(first)
    _wait_until(lambda: asked["x"] > 1 and asked["y"] > 1)
    assert [row["feed"] for row in follower.told()] == ["x", "y"]
    follower.follow(second)
    assert "realtime y: the snapshot has no such feed, only x" in caplog.text
    assert [status.feed for status in follower.statuses()] == ["x"]
    _wait_until(lambda: second.router.current is not second.router)
    follower.stop()
    before = asked.copy()
    time.sleep(0.1)
    assert asked["x"] - before["x"] <= 1, "what was under way may end"
    assert follower.statuses() == []


def _wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)
