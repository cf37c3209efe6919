"""Commands that ask one thing of a small network: answered at once where nothing is compiled, and as ever."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import QUERY, ROOT, Shell, command_line, feed_options, write_queries
from tests.unit.api.small_city import MONDAY, write_feeds

ONE = f"{MONDAY}T07:31"


def _first_run(cache: Path, *words: object) -> Any:
    """What a command prints in a process of its own that finds no compiled kernels; it compiles none."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIMBANG_", "NUMBA_"))}
    ran = subprocess.run(
        command_line(*words),
        cwd=ROOT,
        env=environment | {"TIMBANG_KERNEL_CACHE": str(cache)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert not cache.exists(), "something was compiled"
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "metro_STA", "metro_C", "--at", ONE),
        ("compare", "metro_STA", "metro_C", "--at", ONE, "--window", "60", "--cheapest-within", "20"),
        ("duel", "metro_STA", "metro_C", "--date", MONDAY),
    ],
)
def test_a_question_to_a_small_city(run: Shell, folder: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    asked = (words[0], folder / "city", *words[1:], "--json")
    assert _first_run(tmp_path / "cache", *asked) == run(*asked).json


def test_a_check_of_small_feeds(run: Shell, tmp_path: Path) -> None:
    write_feeds(tmp_path)
    asked = ("check", *feed_options(tmp_path), "--queries", write_queries(tmp_path / "q.json", QUERY), "--json")
    assert _first_run(tmp_path / "cache", *asked) == run(*asked).json


def test_a_few_queries(run: Shell, folder: Path, tmp_path: Path) -> None:
    queries = write_queries(tmp_path / "q.json", QUERY)
    out = tmp_path / "answers.jsonl"
    asked = ("batch", folder / "city", "--queries", queries, "--out", out, "--json")
    first = _first_run(tmp_path / "cache", *asked)
    lines = out.read_text("utf-8")
    assert (first, lines) == (run(*asked).json, out.read_text("utf-8"))


def test_areas(folder: Path, tmp_path: Path) -> None:
    asked = ("coverage", folder / "city", "--date", MONDAY, "--out", tmp_path / "areas", "--json")
    assert _first_run(tmp_path / "cache", *asked)["files"]
