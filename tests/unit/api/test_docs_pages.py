"""Pages that are made from code are what the code says now."""

from __future__ import annotations

from pathlib import Path

import pytest

from api import docs_pages


@pytest.mark.parametrize("name", docs_pages.PAGES)
def test_a_page_made_from_code_is_up_to_date(name: str) -> None:
    assert name not in docs_pages.old_pages(), "run `make docs`"


def test_an_old_page_is_told_and_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in docs_pages.PAGES:
        (tmp_path / name).write_text((docs_pages.DOCS / name).read_text("utf-8"), "utf-8")
    monkeypatch.setattr(docs_pages, "DOCS", tmp_path)
    (tmp_path / "notices.md").write_text("old", "utf-8")
    assert docs_pages.main(["--check"]) == 1
    assert docs_pages.main([]) == 0
    assert docs_pages.main(["--check"]) == 0


def test_every_command_is_in_the_manual() -> None:
    page = docs_pages.commands_page()
    for command in ("ingest", "check", "batch", "compare", "coverage", "serve"):
        assert f"## timbang {command}" in page
