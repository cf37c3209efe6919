"""Peers in processes of their own: asked block by block, and their faults told."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.engines import InProcess, measure
from benchmarks.peers.opening import open_peers
from benchmarks.peers.peer import PEERS, Peer, Site
from benchmarks.peers.process import PeerFailedError, PeerProcess
from benchmarks.queries import StopPair
from benchmarks.sets import SETS
from ingest.model import Network
from ingest.pipeline import WalkOptions, ingest_feeds
from tests.support.fake_peer import FakeEngine
from tests.support.gtfs_feed import GtfsFeed

TASK = {"module": "tests.support.fake_peer", "inputs": {}}
TIME = datetime(2026, 11, 25, 8, tzinfo=ZoneInfo("Asia/Jakarta"))
PAIRS = [StopPair(str(number), "x" * number, "y", TIME) for number in range(4)]


def small_network(tmp_path: Path) -> Network:
    feed = GtfsFeed()
    feed.add("agency", agency_id="x", agency_name="X", agency_url="http://x.org", agency_timezone="UTC")
    for stop, time in (("a", "07:00:00"), ("b", "08:00:00")):
        feed.add("stops", stop_id=stop, stop_name=stop, stop_lat=10, stop_lon=20)
        feed.add(
            "stop_times", trip_id="t", stop_id=stop, stop_sequence=ord(stop), arrival_time=time, departure_time=time
        )
    feed.add("routes", route_id="r", agency_id="x", route_short_name="R", route_type=3)
    feed.add("trips", route_id="r", service_id="s", trip_id="t")
    feed.add("calendar_dates", service_id="s", date="20261125", exception_type=1)
    network = ingest_feeds({"n": feed.write_zip(tmp_path / "n.zip")}, WalkOptions(walk="off")).network
    assert network is not None
    return network


def test_a_peer_answers_in_its_process_as_it_would_here_whatever_it_prints() -> None:
    with PeerProcess("fake", TASK) as process:
        assert process.load["size"] == {"stops": 7}
        assert process.load["seconds"]["load"] >= 0
        assert process.load["peak_mb"] > 10
        there, here = measure([process, InProcess(FakeEngine())], PAIRS)
        assert there.name == here.name == "fake"
        assert there.arrivals == here.arrivals
        assert there.arrivals[:2] == [None, int(TIME.timestamp()) + 60]
        assert len(there.cpu_ns) == len(PAIRS)
        assert min(there.cpu_ns) > 0
        assert there.answers == []
        assert process.tell(PAIRS[1:2]) == ["it goes to y"]


def test_a_peer_that_cannot_load_says_why_in_its_last_words() -> None:
    with pytest.raises(PeerFailedError, match=r"^fake ended with status 3: no such city$"):
        PeerProcess("fake", {**TASK, "inputs": {"fail": "no such city"}})


def test_a_peer_that_ends_in_the_middle_is_an_error_and_can_be_closed() -> None:
    with PeerProcess("fake", TASK) as process:
        assert process.block(PAIRS[1:2]).arrivals == [int(TIME.timestamp()) + 60]
        with pytest.raises(PeerFailedError, match="fake ended with status 4"):
            process.block([StopPair("9", "exit", "y", TIME)])


def test_peers_that_are_missing_or_fail_are_told_and_the_others_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def inputs(self: Peer, site: Site) -> dict[str, object]:
        return {**TASK, "inputs": dict(self.options) | ({"fail": f"{site.work}/feed is bad"} if self.options else {})}

    monkeypatch.setattr(Peer, "inputs", inputs)
    site = Site({}, small_network(tmp_path), SETS["embedded"], SETS["embedded"].conditions, tmp_path)
    peers = [
        Peer("gone", "no-such-package", "", "nothing"),
        Peer("bad", "json", "", "nothing", {"fail": True}),
        Peer("good", "json", "", "a minute a letter"),
    ]
    said: list[str] = []
    with ExitStack() as stack:
        opened, rows = open_peers(site, stack, said.append, peers)
        assert [process.block(PAIRS[1:2]).name for _, process in opened] == ["good"]
    assert rows["gone"] == {
        "gives": "nothing",
        "missing": "no-such-package is not installed (optional dependency group bench)",
    }
    assert rows["bad"]["missing"] == "bad ended with status 3: feed is bad"  # no folder of this machine
    assert rows["good"]["gives"] == "a minute a letter"
    assert rows["good"]["size"] == {"stops": 7}
    assert rows["gone"]["missing"] in said


def test_every_peer_is_pinned_in_the_optional_group() -> None:
    text = (Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8")
    group = next(line for line in text.splitlines() if line.startswith("bench = "))
    assert all(f'"{peer.package}==' in group for peer in PEERS)
    assert len({peer.name for peer in PEERS}) == len(PEERS)
