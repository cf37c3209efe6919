"""An ingest that is killed, at whatever instant, costs itself and nothing else.

TIMBANG_KILLS=200 kills more often than a plain run does; `--log-cli-level=INFO` tells where the kills fell.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest

from api.cli import DONE, main
from ingest.last_ingest import LAST_INGEST
from ingest.snapshot import CURRENT, open_snapshot, version_folder
from tests.unit.api.small_city import bus_feed, metro_feed

LOG = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("TIMBANG_KILLS", "6"))
MANY = 100
"""So many kills hit every phase, whatever else the machine does."""
PUBLISHING_S = 0.015
"""About how long it takes to make a written version the live one, and to remove an old one."""
GIVE_UP_S = 120.0
ENDED = "too late"
"""The child had ended by itself: this was no kill."""


@dataclass(frozen=True)
class City:
    """Words of the command line that name the feeds, and the id of the snapshot that they give."""

    feeds: list[str]
    snapshot_id: str


@dataclass(frozen=True)
class Pace:
    """How long an undisturbed ingest takes in all, and how long it writes, in seconds."""

    whole: float
    writing: float


@pytest.fixture
def cities(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[City, City]:
    """Two cities that differ in the name of one stop."""
    metro = metro_feed().write_zip(tmp_path / "metro.zip")
    found = []
    for name in ("Halte Alun", "Halte Baru"):
        bus = bus_feed(name).write_zip(tmp_path / f"{name}.zip")
        feeds = ["--feed", f"metro={metro}", "--feed", f"bus={bus}"]
        found.append(City(feeds, _ingest(feeds, tmp_path / name, capsys)))
    assert found[0].snapshot_id != found[1].snapshot_id
    return found[0], found[1]


def _ingest(feeds: list[str], out: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A whole ingest by the command line in this process. Returns the id of the snapshot."""
    capsys.readouterr()
    assert main(["ingest", *feeds, "--out", str(out), "--json"]) == DONE, capsys.readouterr().err
    return str(json.loads(capsys.readouterr().out)["id"])


def _start(feeds: list[str], out: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "api", "ingest", *feeds, "--out", str(out), "--json"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)


def _is_writing(out: Path, child: subprocess.Popen[bytes]) -> bool:
    return any(path.is_dir() for path in out.glob(f"*-{child.pid}.tmp"))


def _wait_while(is_writing: bool, out: Path, child: subprocess.Popen[bytes]) -> None:
    """Returns when the child begins to write a version (or, for True, has written it), or has ended."""
    give_up = time.monotonic() + GIVE_UP_S
    while child.poll() is None and _is_writing(out, child) == is_writing:
        assert time.monotonic() < give_up
        time.sleep(0.0005)


def _measure(city: City, out: Path) -> Pace:
    started = time.monotonic()
    child = _start(city.feeds, out)
    _wait_while(False, out, child)
    writes = time.monotonic()
    assert child.wait(GIVE_UP_S) == DONE
    ended = time.monotonic()
    return Pace(ended - started, ended - writes)


def _wait_for_instant(kind: int, child: subprocess.Popen[bytes], out: Path, pace: Pace, chance: random.Random) -> None:
    """By `kind`: any instant of the run, one of its last fifth, one from its writing on, one from its publishing on.

    The last two are timed from what the child does, so they meet the short steps on a busy machine too.
    """
    if kind < 2:
        time.sleep(pace.whole * chance.uniform(0.8 * kind, 1))
        return
    _wait_while(False, out, child)
    if kind == 2:
        time.sleep(chance.uniform(0, pace.writing))
    else:
        _wait_while(True, out, child)
        time.sleep(chance.uniform(0, PUBLISHING_S))


def _where(out: Path, child: subprocess.Popen[bytes], before: set[str], found: str, target: City) -> str:
    """In which phase of the ingest the kill fell."""
    if child.returncode == DONE:
        return ENDED
    if found == target.snapshot_id:
        return "after publishing"
    if _is_writing(out, child):
        return "while writing"
    return "between the renames" if {path.name for path in out.iterdir()} - before else "before writing"


def test_a_kill_at_a_random_instant_leaves_the_old_or_the_new_snapshot(
    cities: tuple[City, City], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, chance, phases = tmp_path / "out", random.Random(20261124), Counter[str]()
    pace = min((_measure(city, out) for city in cities), key=lambda pace: pace.whole)
    for turn in count():
        old, new = cities[1 - turn % 2], cities[turn % 2]
        before = {path.name for path in out.iterdir()}
        child = _start(new.feeds, out)
        _wait_for_instant(turn % 4, child, out, pace, chance)
        child.send_signal(signal.SIGKILL)
        assert child.wait(GIVE_UP_S) in {-signal.SIGKILL, DONE}

        found = open_snapshot(out).snapshot_id
        phase = _where(out, child, before, found, new)
        phases[phase] += 1
        assert found in ({new.snapshot_id} if child.returncode == DONE else {old.snapshot_id, new.snapshot_id})
        assert len(list(out.glob("*.tmp"))) <= 1

        live = version_folder(out)
        assert _ingest(new.feeds, out, capsys) == new.snapshot_id
        assert open_snapshot(out).snapshot_id == new.snapshot_id
        assert {path.name for path in out.iterdir()} == {CURRENT, LAST_INGEST, live.name, version_folder(out).name}
        LOG.debug("turn %d: %s", turn, dict(phases))
        if phase == ENDED:
            pace = replace(pace, whole=0.95 * pace.whole)
        elif phases.total() - phases[ENDED] >= KILLS:
            break
    LOG.info("%d kills: %s", KILLS, dict(phases))
    if KILLS >= MANY:
        assert min(phases[phase] for phase in ("before writing", "while writing", "after publishing")) > 0, phases
