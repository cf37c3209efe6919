"""The files of the built page, each by name, and no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.middleware import CONTENT_SECURITY_POLICY
from tests.support.small_service import app_of


def test_the_page_is_served_with_a_strict_policy(client: TestClient) -> None:
    page = client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Page</title>" in page.text
    for response in (page, client.get("/api/v1/feeds"), client.get("/nothing")):
        assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
    script = client.get("/assets/app-1.mjs")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "immutable" in script.headers["cache-control"]
    assert client.head("/").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/secret.env",
        "/link.html",
        "/../outside.html",
        "/%2e%2e/outside.html",
        "/..%2foutside.html",
        "/assets/..%2f..%2foutside.html",
        "/assets/",
        "/%00",
        "/index.html%00.png",
    ],
)
def test_nothing_but_the_page_s_own_files_is_served(path: str, client: TestClient) -> None:
    assert client.get(path).status_code == 404


def test_a_page_that_is_not_built_says_so(folder: Path, tmp_path: Path) -> None:
    with TestClient(app_of(folder, page=tmp_path)) as client:
        page = client.get("/")
    assert page.status_code == 200
    assert "The page is not built" in page.text
    # Nothing that the policy would block.
    assert not re.search(r"<(script|style)| style=| on\w+=", page.text)
