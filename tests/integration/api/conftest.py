"""One service for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.support.small_service import app_of, write_service


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_service(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="package")
def client(folder: Path) -> Iterator[TestClient]:
    with TestClient(app_of(folder)) as client:
        yield client
