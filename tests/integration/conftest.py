"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Shell
from tests.unit.api.small_city import write_city


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Shell:
    """Runs a command in this process."""
    return Shell(capsys)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both feeds of the small city, and the snapshot `city` of them."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder)
    return folder
