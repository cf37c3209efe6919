"""Clients that others wrote, from npm, against this service on real feeds of Jakarta: the newest, and older ones."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.settings import Settings
from ingest.pipeline import ingest_feeds
from ingest.snapshot import write_snapshot
from tests.integration.test_real_feeds import JAKARTA_FEEDS
from tests.support.page_server import running

SHARED = Path(__file__).parents[2] / ".." / "shared"
CHECKS = SHARED / "checks" / "motis"
FEEDS = SHARED / "feeds" / "jakarta"
LEAST_CHECKS = 31
ASKED = {
    "FROM": "-6.2892,106.7749",
    "TO": "-6.1375,106.8146",
    "TIME": "2026-03-03T07:30:00+07:00",
    "ARRIVE_TIME": "2026-03-03T09:30:00+07:00",
    "TEXT": "blok m",
}

pytestmark = [
    pytest.mark.real_feeds,
    pytest.mark.xdist_group("motis clients"),
    pytest.mark.skipif(not (CHECKS.exists() and FEEDS.exists()), reason="../shared does not lie beside this checkout"),
]


@pytest.fixture(scope="module")
def jakarta(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service on five real feeds."""
    folder = tmp_path_factory.mktemp("jakarta")
    network = ingest_feeds({feed: FEEDS / name for feed, name in JAKARTA_FEEDS.items()}).network
    assert network is not None
    write_snapshot(network, folder / "city")
    app = create_app(Settings(snapshot=folder / "city"))
    with running(app) as address:
        assert app.state.service.is_warm.wait(300)
        yield address


@pytest.fixture(scope="module")
def npm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checks with the packages that they import."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("npm") / "checks"
    shutil.copytree(CHECKS, folder)
    run = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        pytest.skip(f"npm cannot install the clients here: {run.stderr.strip()[-200:]}")
    return folder


def _checked(address: str, folder: Path) -> tuple[int, list[str]]:
    """(how many checks pass, the lines of those that do not)."""
    node = shutil.which("node")
    assert node is not None
    run = subprocess.run(
        [node, "motis_client_check.mjs", address],
        cwd=folder, env=os.environ | ASKED, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    last = re.search(r"(\d+) passed, (\d+) failed", run.stdout)
    assert last is not None, run.stdout + run.stderr
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAIL")]
    assert len(failed) == int(last[2])
    return int(last[1]), failed


def test_the_npm_clients_of_motis_are_served(jakarta: str, npm_folder: Path) -> None:
    passed, failed = _checked(jakarta, npm_folder)
    assert not failed
    assert passed >= LEAST_CHECKS


@pytest.mark.parametrize(
    ("package", "missing"),
    [
        # These ask /api/v5, and cannot refresh an itinerary: they have no function for it.
        ("motis-client@2.9.2", ["refresh-itinerary"]),
        ("motis-client@2.8.1", ["refresh-itinerary"]),
        ("motis-client@2.7.6", ["refresh-itinerary"]),
        ("motis-fptf-client@6.3.2", []),
    ],
)
def test_older_clients_that_apps_keep_are_served_too(
    package: str, missing: list[str], jakarta: str, npm_folder: Path, tmp_path: Path
) -> None:
    npm, folder = shutil.which("npm"), tmp_path / "checks"
    assert npm is not None
    shutil.copytree(npm_folder, folder, symlinks=True)
    run = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", f"@motis-project/{package}"],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        pytest.skip(f"npm cannot install {package} here: {run.stderr.strip()[-200:]}")
    passed, failed = _checked(jakarta, folder)
    assert [re.findall(r"FAIL +([\w-]+):.*is not a function", line) for line in failed] == [[name] for name in missing]
    assert passed + len(missing) >= LEAST_CHECKS
