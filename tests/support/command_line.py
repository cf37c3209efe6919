"""The command line run in this process, and what its tests give it: feeds, a region file, query files."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli import DONE, main
from tests.unit.api.small_city import MONDAY

ROOT = Path(__file__).parents[2]
QUERY = {"id": "trip", "from": "metro_A", "to": "metro_C", "time": f"{MONDAY}T07:31:00+07:00", "mode": "depart"}


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON object on one line."""
        assert self.status == DONE, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line of an error; nothing else may have been printed."""
        assert self.out == ""
        assert self.err.startswith("timbang: ")
        assert self.err.count("\n") == 1, self.err
        return self.err


class Shell:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Ran:
        self._capsys.readouterr()
        status = main([str(word) for word in words])
        out, err = self._capsys.readouterr()
        return Ran(status, out, err)


def command_line(*words: object) -> list[str]:
    """The words that run a command in a process of its own, from ROOT."""
    return [sys.executable, "-m", "api", *map(str, words)]


def feed_options(folder: Path) -> list[str]:
    """The options that name both feeds of the small city under `folder`."""
    return ["--feed", f"metro={folder / 'metro.zip'}", "--feed", f"bus={folder / 'bus.zip'}"]


def write_queries(path: Path, *queries: dict[str, Any]) -> Path:
    """A query file."""
    path.write_text(json.dumps(queries), encoding="utf-8")
    return path


def files_under(folder: Path) -> set[Path]:
    """All that is there, folders too."""
    return set(folder.rglob("*"))


def write_region(folder: Path) -> Path:
    """The region file of the small city, and the trips it names."""
    (folder / "region.toml").write_text(
        'id = "city"\nname = { en = "City", id = "Kota" }\ntimezone = "Asia/Jakarta"\ncenter = [-6.2, 106.82]\n'
        'trips = "trips.toml"\n'
        '[[provider]]\nid = "rail"\nname = "Rail"\ncolor = "0072B2"\nfeeds = ["metro"]\n'
        '[[provider]]\nid = "road"\nname = "Road"\ncolor = "D55E00"\nfeeds = ["bus"]\n'
        '[[feed]]\nid = "metro"\npath = "metro.zip"\n[[feed]]\nid = "bus"\npath = "bus.zip"\n'
    )
    (folder / "trips.toml").write_text(
        '[[trip]]\nname = { en = "Across", id = "Lintas" }\nfrom = "metro_A"\nto = "-6.2,106.84"\n'
    )
    return folder / "region.toml"
