"""`timbang duel` and GET /api/v1/duel: the same answer, a picture, and clear errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.duel import Duel
from api.settings import Settings
from tests.support.command_line import Shell
from tests.unit.api.small_city import MONDAY

ENDS = ("metro_STA", "metro_C")


def test_command_line_and_service_give_the_object_that_is_described(run: Shell, folder: Path) -> None:
    told = run("duel", folder / "city", *ENDS, "--date", MONDAY, "--from", "07:00", "--until", "09:00", "--json").json
    assert Duel.model_validate(told).model_dump(mode="json", by_alias=True) == told
    assert told["window"]["seconds"] == 7200
    shares = sum(row["share"] for row in told["sets"]) + told["nobody_share"]
    assert shares == pytest.approx(1.0)
    with TestClient(create_app(Settings(snapshot=folder / "city"))) as client:
        asked = {"from": ENDS[0], "to": ENDS[1], "date": MONDAY, "begin": "07:00", "until": "09:00"}
        assert client.get("/api/v1/duel", params=asked).json() == told


def test_the_table_tells_who_is_first_and_every_provider(run: Shell, folder: Path) -> None:
    told = run("duel", folder / "city", *ENDS, "--date", MONDAY)
    assert told.status == 0
    assert "Earliest there" in told.out
    assert "all together" in told.out


@pytest.mark.parametrize(("name", "begins"), [("duel.png", b"\x89PNG"), ("duel.svg", b"<?xml")])
def test_a_picture_is_drawn(run: Shell, folder: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    plot = tmp_path / name
    assert run("duel", folder / "city", *ENDS, "--date", MONDAY, "--plot", plot).status == 0
    first = plot.read_bytes()
    assert first.startswith(begins)
    run("duel", folder / "city", *ENDS, "--date", MONDAY, "--plot", plot)
    assert plot.read_bytes() == first or name.endswith("svg")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--date", "tomorrow"), "--date 'tomorrow'"),
        (("--date", MONDAY, "--from", "25:00"), "--from '25:00': must be HH:MM"),
        (("--date", MONDAY, "--from", "09:00", "--until", "08:00"), "until must be later than from"),
        (("--date", MONDAY, "--plot", "duel.pdf"), "must end with .png or .svg"),
        (("--date", MONDAY, "--plot", "no/such/folder/duel.png"), "--plot no/such/folder/duel.png"),
        (("--date", MONDAY, "--rider", "pupil"), "no category of riders 'pupil'"),
        (("--date", MONDAY, "--providers", "nobody"), "no provider 'nobody'"),
    ],
)
def test_bad_input_is_told_in_one_line(run: Shell, folder: Path, words: tuple[str, ...], said: str) -> None:
    told = run("duel", folder / "city", *ENDS, *words)
    assert told.status == 2
    assert said in told.err
