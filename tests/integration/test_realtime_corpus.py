"""The messages beside the checkout, each applied to its feed as `timbang check --realtime` does."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from google.transit.gtfs_realtime_pb2 import FeedMessage

from ingest.pipeline import WalkOptions
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from routing import Query, Router
from tests.scenarios.drawn import network_of
from tests.support.gtfs_feed import GtfsFeed

CORPUS = Path("../shared/corpus")
MANIFEST = CORPUS / "realtime" / "manifest.json"
WINTER = dt.timezone(dt.timedelta(hours=1))
CASES: list[dict[str, Any]] = json.loads(MANIFEST.read_text("utf-8"))["cases"] if MANIFEST.is_file() else []
BY_FILE = {case["file"]: case for case in CASES}
OUT_OF_SEQUENCE = "r55_replay_older.pb"
"""Rejected for what came before it, which nothing in the message itself tells: tested below with what came before."""

OFF = WalkOptions(walk="off")

pytestmark = pytest.mark.skipif(not CASES, reason="needs ../shared/corpus/realtime")


@cache
def router() -> Router:
    return Router(network_of({"base": GtfsFeed.read(CORPUS / "feeds" / "base.zip")}, OFF))


def instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=WINTER)


def earliest(live: Router, query: dict[str, Any]) -> dt.datetime | None:
    scope = "base_"
    asked = Query(scope + query["from"], scope + query["to"], instant(query["time"]))
    arrivals = [journey.arrival for journey in live.journeys(asked)]
    return min(arrivals, default=None)


def applied(*files: str) -> tuple[str, Router]:
    """(the outcome of the last message, the router after it)."""
    base, last, outcome = router(), None, ""
    for file in files:
        now_s = int(instant(BY_FILE[file]["now"]).timestamp())
        data = (CORPUS / "realtime" / file).read_bytes()
        report, patch = apply_message(
            FeedIndex(base.network, "base"), data, now_s, None if last is None else last.timestamp_s
        )  # fmt: skip
        outcome, last = report.outcome, patch or last
    return outcome, base if last is None else base.live([last])


@pytest.mark.parametrize("file", [file for file in BY_FILE if file != OUT_OF_SEQUENCE])
def test_a_message_has_its_outcome_and_its_answers(file: str) -> None:
    case = BY_FILE[file]
    outcome, live = applied(file)
    assert outcome == case["expected"]
    for query in case["check"]:
        found = earliest(live, query)
        if query.get("within") == "same day":
            assert found is None or found.date() > instant(query["time"]).date()
        else:
            wanted = query.get("anyof") or [query["arrive"]]
            assert found in [instant(text) for text in wanted], query


def test_a_message_older_than_the_last_is_rejected_and_changes_nothing() -> None:
    question = BY_FILE["r02_cancel.pb"]["check"][0]
    outcome, live = applied("r56_empty_full_dataset.pb", OUT_OF_SEQUENCE)
    assert outcome == "reject message"
    assert earliest(live, question) == instant("2026-03-02T08:20:00"), "the older message cancels this trip"


def test_nothing_in_the_older_message_itself_tells_that_it_is_one() -> None:
    """The check gives one message a run. This one is 60 s old and cancels a trip; the same cancellation 10 s old is to
    be applied, and so is a message 120 s old: no rule of age alone rejects the one between them."""
    replayed, fresh, older = (
        FeedMessage.FromString((CORPUS / "realtime" / file).read_bytes())
        for file in (OUT_OF_SEQUENCE, "r02_cancel.pb", "r51_stale_120s.pb")
    )
    assert list(replayed.entity) == list(fresh.entity)
    assert BY_FILE[OUT_OF_SEQUENCE]["now"] == BY_FILE["r02_cancel.pb"]["now"] == BY_FILE["r51_stale_120s.pb"]["now"]
    assert older.header.timestamp < replayed.header.timestamp < fresh.header.timestamp
    for header in (older.header, replayed.header):
        header.timestamp = fresh.header.timestamp
        assert header == fresh.header
    assert applied("r02_cancel.pb")[0] == applied("r51_stale_120s.pb")[0] == "apply"


def test_an_empty_full_dataset_takes_a_cancellation_back() -> None:
    question = BY_FILE["r02_cancel.pb"]["check"][0]
    assert earliest(applied("r02_cancel.pb")[1], question) == instant("2026-03-02T08:30:00")
    assert earliest(applied("r02_cancel.pb", "r56_empty_full_dataset.pb")[1], question) == instant(
        "2026-03-02T08:20:00"
    )
