"""The oracle answers every question of a hand-checked feed, whose answers were worked out by other people."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.gtfs_feed import GtfsFeed
from tests.support.oracle import Oracle

FEEDS = Path(__file__).parents[3] / ".." / "shared" / "corpus" / "feeds"
CANARIES: list[dict[str, Any]] = (
    json.loads((FEEDS / "canaries.json").read_text())["canaries"] if (FEEDS / "canaries.json").exists() else []
)


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    feed = GtfsFeed.read(FEEDS / "base.zip")
    return Oracle({"base": feed, "twin": feed})


@pytest.mark.real_feeds
@pytest.mark.skipif(not CANARIES, reason="the corpus of test feeds does not lie beside this checkout")
@pytest.mark.parametrize("feed_id", ["base", "twin"])
@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary["id"])
def test_the_oracle_answers_the_canary(oracle: Oracle, canary: dict[str, Any], feed_id: str) -> None:
    is_arrival = canary["mode"] == "arrive"
    found = oracle.journeys(
        f"{feed_id}_{canary['from']}",
        f"{feed_id}_{canary['to']}",
        dt.datetime.fromisoformat(canary["time"]),
        arrive_by=is_arrival,
        max_walk_s=334,
    )
    if is_arrival:
        assert max(journey[0] for journey in found) == _instant(canary["latest_departure"])
    elif "range" in canary:
        first, last = (_instant(bound) for bound in canary["range"])
        assert first <= found[0][1] <= last
    elif canary["arrive"] is None:
        assert found == []
    else:
        assert found[0][1] == _instant(canary["arrive"])


def _instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)
