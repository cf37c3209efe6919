"""Region files whose feeds come from the archive of fetched feeds."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli import BAD_INPUT
from ingest.registry import read_registry
from ingest.snapshot import open_snapshot
from tests.support.archived import archive_feed
from tests.support.command_line import Shell, write_region
from tests.unit.api.small_city import bus_feed, metro_feed

URL = "https://example.org/bus.zip"


def _region(folder: Path, bus: str) -> Path:
    region = write_region(folder)
    text = region.read_text().replace('path = "metro.zip"', 'catalogue = "town-metro"')
    region.write_text(text.replace('path = "bus.zip"', bus))
    return region


@pytest.mark.parametrize("command", ["ingest", "check"])
def test_feeds_of_a_region_come_from_the_archive_in_the_version_in_use(
    command: str, run: Shell, tmp_path: Path
) -> None:
    root = tmp_path / "kept"
    metro = archive_feed(root, "town-metro", metro_feed(), url="https://example.org/metro.zip")
    bus = archive_feed(root, "town-bus", bus_feed(), url=URL)
    archive_feed(root, "town-bus", bus_feed("Other"), url=URL, held=("no stop",))
    out = ["--out", tmp_path / "out"] if command == "ingest" else []
    words = ["--region", _region(tmp_path, f'url = "{URL}"'), "--archive", root]
    found = run(command, *words, *out, "--json").json
    assert [feed["sha256"] for feed in found["feeds"]] == [metro.sha256, bus.sha256]


def test_what_the_catalogue_asks_to_be_shown_is_kept_with_the_feed(run: Shell, tmp_path: Path) -> None:
    known = read_registry().feeds[0]
    archive_feed(tmp_path / "kept", "town-metro", metro_feed(), url="https://example.org/metro.zip")
    archive_feed(tmp_path / "kept", known.id, bus_feed(), url=known.url)
    region = _region(tmp_path, f'url = "{known.url}"')
    run("ingest", "--region", region, "--archive", tmp_path / "kept", "--out", tmp_path / "out", "--json").json  # noqa: B018 # reading it checks the run
    metro, bus = open_snapshot(tmp_path / "out").feeds
    assert (metro.attribution, bus.attribution) == ("", known.attribution)


def test_without_an_option_the_archive_is_where_fetching_puts_it(
    run: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    archive_feed(Path("feeds/archives"), "town-metro", metro_feed(), url="https://example.org/metro.zip")
    archive_feed(Path("feeds/archives"), "town-bus", bus_feed(), url=URL)
    found = run("check", "--region", _region(tmp_path, 'catalogue = "town-bus"'), "--json").json
    assert found["class"] == "load clean"


def test_a_feed_that_was_never_fetched_is_one_line_with_the_command_to_run(run: Shell, tmp_path: Path) -> None:
    archive_feed(tmp_path / "kept", "town-metro", metro_feed(), url="https://example.org/metro.zip")
    known = read_registry().feeds[0]
    region = _region(tmp_path, f'catalogue = "{known.id}"')
    ran = run("ingest", "--region", region, "--archive", tmp_path / "kept", "--out", tmp_path / "out", "--json")
    assert ran.status == BAD_INPUT
    assert f"region.toml: feed bus: catalogue = '{known.id}': is not in" in ran.complaint
    assert f"`timbang feeds fetch {known.id} --into {tmp_path / 'kept'}`" in ran.complaint
    assert not (tmp_path / "out").exists()
