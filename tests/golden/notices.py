"""What is found in each real dataset, as counts, and the golden files that keep it.

A golden file holds facts about a dataset and nothing of it: its digest, its class, and how many notices there
are of each code, severity, file and action. The day is fixed, so that no file changes because time passes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from ingest.notices import REJECT, FeedRejected, NoticeLog
from ingest.tables import read_feed

FEEDS = Path(__file__).parents[2] / ".." / "shared" / "feeds"
GOLDEN = Path(__file__).parent / "notices"
TODAY = date(2026, 10, 1)
"""A day on which all feeds of New York run; services of older datasets have ended by then."""
REFRESH = "python -m tests.golden.refresh_notices"


def datasets() -> dict[str, Path]:
    """Every dataset there is, by the name of its golden file: `<city>-<feed>`. Empty where there are none."""
    return {f"{path.parent.name}-{path.stem}": path for path in sorted(FEEDS.glob("*/*.zip"))}


def golden_path(name: str) -> Path:
    """Where the golden file of a dataset is, or is to be."""
    return GOLDEN / f"{name}.json"


def golden_names() -> list[str]:
    """The datasets that have a golden file."""
    return sorted(path.stem for path in GOLDEN.glob("*.json"))


def read_golden(name: str) -> Any:
    """What the golden file of a dataset says."""
    return json.loads(golden_path(name).read_text("utf-8"))


def find_notices(path: Path) -> dict[str, Any]:
    """Reads the dataset at `path` and counts its notices, in the form of a golden file."""
    log = NoticeLog()
    try:
        read_feed("feed", path, log, today=TODAY)
        judgement = log.feed_class("feed")
    except FeedRejected as error:
        judgement = f"{REJECT}: {error.code}"
    with path.open("rb") as archive:
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
    return {
        "dataset": f"{path.parent.name}/{path.name}",
        "sha256": digest,
        "today": TODAY.isoformat(),
        "class": judgement,
        "notices": _counts(log),
    }


def _counts(log: NoticeLog) -> list[dict[str, str | int]]:
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for notice in log:
        counts[notice.code, notice.severity.value, notice.file, notice.action] += notice.count
    return [
        {"code": code, "severity": severity, "file": file, "action": action, "count": count}
        for (code, severity, file, action), count in sorted(counts.items())
    ]
