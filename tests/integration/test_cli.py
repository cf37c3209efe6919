"""What all commands have in common: how they end, what they import, what is no snapshot."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import BAD_INPUT, DONE, OUR_FAULT
from tests.support.command_line import (
    QUERY,
    ROOT,
    Shell,
    command_line,
    files_under,
    write_queries,
)
from tests.unit.api.small_city import MONDAY, write_city


@pytest.mark.parametrize("command", ["compare", "batch", "serve", "coverage"])
def test_what_is_no_snapshot_is_bad_input(command: str, run: Shell, tmp_path: Path) -> None:
    more = {
        "compare": ["a", "b"],
        "batch": ["--queries", write_queries(tmp_path / "q.json", QUERY)],
        "serve": [],
        "coverage": ["--date", MONDAY, "--out", tmp_path / "out"],
    }
    ran = run(command, tmp_path, *more[command])
    assert ran.status == BAD_INPUT
    assert "holds no snapshot" in ran.complaint


def test_a_spoilt_snapshot_is_bad_input_and_named(run: Shell, tmp_path: Path) -> None:
    city = write_city(tmp_path)
    file = next(city.glob("*/stop_times.arrival.npy"))
    spoilt = bytearray(file.read_bytes())
    spoilt[-1] ^= 1
    file.chmod(0o644)
    file.write_bytes(spoilt)
    ran = run("compare", city, "metro_A", "metro_C")
    assert ran.status == BAD_INPUT
    assert "stop_times.arrival.npy" in ran.complaint


def test_our_own_fault_is_one_line_and_the_traceback_on_demand(
    run: Shell, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\nb")

    monkeypatch.setattr("api.comparing.run_comparison", broken)
    trip = ("compare", folder / "city", "metro_A", "metro_C", "--json")
    ran = run(*trip)
    assert ran.status == OUR_FAULT
    assert ran.complaint == "timbang: internal error: ZeroDivisionError: a\\nb; TIMBANG_DEBUG=1 shows where\n"
    monkeypatch.setenv("TIMBANG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(*trip)


def test_no_command_prints_the_help_and_a_wrong_one_is_bad_input(run: Shell) -> None:
    assert "compare" in run("--help").out
    ran = run("weigh")
    assert ran.status == BAD_INPUT
    assert "weigh" in ran.complaint


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from api.cli import main; main(['--help']); main(['compare', '--help']); "
        "heavy = {'numpy', 'numba', 'polars', 'fastapi', 'uvicorn', 'matplotlib', 'gtfs_kit', 'networkx', 'shapely'}; "
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_reader_who_has_enough_is_no_error(folder: Path, tmp_path: Path) -> None:
    queries = write_queries(tmp_path / "q.json", *({**QUERY, "id": str(number)} for number in range(3000)))
    with subprocess.Popen(
        command_line("batch", folder / "city", "--queries", queries),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (DONE, "")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_ingest_leaves_the_old_snapshot_and_nothing_else(
    number: signal.Signals, status: int, tmp_path: Path
) -> None:
    city = write_city(tmp_path)
    before = files_under(city)
    # The signal comes in the middle of writing: when the first file is synced.
    code = (
        "import os, signal, sys; from api.cli import main; import ingest.snapshot; "
        f"ingest.snapshot.os.fsync = lambda _: os.kill(os.getpid(), {int(number)}); "
        "sys.exit(main(sys.argv[1:]))"
    )
    words = ["ingest", "--feed", f"metro={tmp_path / 'metro.zip'}", "--out", str(city)]
    done = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == status, done.stderr
    assert files_under(city) == before
    fresh = subprocess.run(
        [sys.executable, "-c", code, *words[:-1], str(tmp_path / "fresh")], cwd=ROOT, check=False, timeout=120
    )
    assert fresh.returncode == status
    assert not (tmp_path / "fresh").exists()
