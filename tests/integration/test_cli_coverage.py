"""`timbang coverage`: its files, and what is refused."""

from __future__ import annotations

from pathlib import Path

from api.cli import BAD_INPUT
from tests.support.command_line import (
    Shell,
)
from tests.unit.api.small_city import MONDAY


def test_coverage_writes_its_files_and_tells_them(run: Shell, folder: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("lat,lon,population\n-6.2,106.8,10\n-6.3,106.8,5\n")
    words = ["--date", MONDAY, "--radius-m", 100, "--population", people, "--out", tmp_path / "out"]
    found = run("coverage", folder / "city", *words, "--json").json
    assert found["files"]
    assert all(Path(file).stat().st_size > 0 for file in found["files"])
    words[words.index(people)] = tmp_path  # a folder that holds one population does as well
    assert run("coverage", folder / "city", *words, "--json").json["files"] == found["files"]


def test_coverage_of_no_date_is_bad_input(run: Shell, folder: Path, tmp_path: Path) -> None:
    ran = run("coverage", folder / "city", "--date", "today", "--out", tmp_path / "out")
    assert ran.status == BAD_INPUT
    assert "--date 'today'" in ran.complaint
