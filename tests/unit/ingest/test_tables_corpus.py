"""The corpus of broken feeds: each is refused, loads with a warning or loads clean, within its budget of memory."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from ingest.notices import REJECT, FeedRejected, NoticeLog
from ingest.tables import read_feed

CORPUS = Path(__file__).parents[4] / "shared" / "corpus" / "feeds"
if not CORPUS.exists():
    pytest.skip("the corpus of broken feeds is not beside the checkout", allow_module_level=True)


@lru_cache(maxsize=1)
def cases() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((CORPUS / "manifest.json").read_text())["cases"]
    return found


def class_of(path: Path) -> str:
    log = NoticeLog()
    reason = ""
    try:
        read_feed("base", path, log)
    except FeedRejected as error:
        reason = error.reason
    assert "\n" not in reason
    assert "root:" not in reason  # what a link to /etc/passwd would show
    return REJECT if reason else log.feed_class("base")


@pytest.mark.parametrize("case", cases(), ids=lambda case: str(case["file"]))
def test_a_broken_feed_gets_its_class(case: dict[str, Any]) -> None:
    assert class_of(CORPUS / case["file"]) in (case["expected"], *case["also_ok"])


def test_the_valid_feed_loads_clean() -> None:
    assert class_of(CORPUS / "base.zip") == "load clean"


MEASURE = """
import resource, sys
from pathlib import Path
from ingest.notices import FeedRejected, NoticeLog
from ingest.tables import read_feed
for name in sys.argv[1:]:
    try:
        read_feed("base", Path(name), NoticeLog())
    except FeedRejected:
        pass
# Not ru_maxrss: it remembers the parent's memory from before exec.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024)
"""


def test_the_bombs_and_the_wide_feeds_stay_within_the_least_budget() -> None:
    """All in one child, so that nothing that the tests themselves hold counts: its peak is the worst of them."""
    names = [case["file"] for case in cases() if case["bytes"] > 15_000 or "bomb" in case["file"]]
    least = min(case["budget"]["rss_mb"] for case in cases())
    command = [sys.executable, "-c", MEASURE, *(str(CORPUS / name) for name in names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < least
