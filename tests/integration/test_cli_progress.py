"""The progress bar of `timbang ingest` and `timbang check` in a pseudo terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import QUERY, ROOT, command_line, feed_options, write_queries, write_region
from tests.unit.api.small_city import write_feeds

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BAR = re.compile(r"([a-z][^━╸╺\r\n]*?) +[━╸╺ ]+ +(\d+)%")


@dataclass(frozen=True)
class Seen:
    """What a command showed on the terminal that its standard error was, and what it wrote to standard output."""

    terminal: str
    out: str

    @property
    def bar(self) -> list[tuple[str, int]]:
        """(stage, percent), as often as it was drawn."""
        return [(match[1].partition(":")[0], int(match[2])) for match in BAR.finditer(ESCAPE.sub("", self.terminal))]


def _watch(*words: object) -> Seen:
    master, slave = pty.openpty()
    environment = {**os.environ, "COLUMNS": "150", "TERM": "xterm"}
    with subprocess.Popen(
        command_line(*words), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=slave, text=True
    ) as process:
        os.close(slave)
        shown = bytearray()
        try:
            while piece := os.read(master, 1 << 16):
                shown += piece
        except OSError:
            pass  # how Linux says that nobody has the terminal open any more
        finally:
            os.close(master)
        assert process.stdout is not None
        out = process.stdout.read()
    assert process.returncode == 0, shown.decode()
    return Seen(shown.decode(), out)


@pytest.fixture
def region(tmp_path: Path) -> Path:
    write_feeds(tmp_path)
    return write_region(tmp_path)


def test_a_terminal_sees_a_bar_that_only_grows_and_standard_output_stays_clean(region: Path) -> None:
    seen = _watch("ingest", "--region", region, "--out", region.parent / "out", "--json")
    found: dict[str, Any] = json.loads(seen.out)
    assert found["trips"] == 85
    percents = [percent for _, percent in seen.bar]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert percents[-1] > 60
    assert seen.bar[0][0] == "starting"
    assert {"merging feeds"} <= {stage for stage, _ in seen.bar}


def test_without_json_the_summary_follows_the_bar(region: Path) -> None:
    seen = _watch("ingest", "--region", region, "--out", region.parent / "out")
    assert seen.out == ""
    assert seen.bar
    assert "metro: load clean: 4 stops, 84 trips" in seen.terminal


def test_answering_and_validating_are_stages_of_their_own(region: Path) -> None:
    queries = write_queries(region.parent / "q.json", *({**QUERY, "id": str(number)} for number in range(50)))
    seen = _watch("check", *feed_options(region.parent), "--queries", queries, "--validate", "--json")
    assert len(json.loads(seen.out)["answers"]) == 50
    assert {"validating feeds", "answering queries"} <= {stage for stage, _ in seen.bar}
