"""The page of the API in headless Chromium: it is built from this checkout and obeys our own policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from api.app import create_app
from api.settings import Settings
from tests.integration.test_page import CHROMIUM, FLAGS, SPY
from tests.support.page_server import DIST, running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="chromium is not installed"),
    pytest.mark.skipif(not (DIST / "docs.html").exists(), reason="the page is not built: api/web/dist is missing"),
]


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """The address of a service of the small city."""
    with running(create_app(Settings(snapshot=folder / "city"))) as address:
        yield address


def test_the_api_can_be_read_and_tried_out_without_another_host(served: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page()
        problems: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(SPY)
        page.goto(f"{served}/docs")
        page.get_by_text("/health/live").first.click()
        page.get_by_role("button", name="Execute").first.click()
        expect(page.get_by_text('"status": "live"').first).to_be_visible()
        assert page.evaluate("window.__violations") == []
        browser.close()
    assert problems == []
    assert all(url.startswith((served, "data:", "blob:")) for url in asked)
