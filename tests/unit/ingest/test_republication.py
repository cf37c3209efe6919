"""Which feeds keep a snapshot from being replaced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from ingest.publication import FeedFacts
from ingest.republication import PublishedFeed, ReadFeed, judge_feeds, published_feed

TODAY = date(2026, 3, 2)
WHOLE = FeedFacts(100, 50, ((date(2026, 1, 1), date(2026, 12, 31)),))
OVER = replace(WHOLE, service=((date(2026, 1, 1), TODAY - timedelta(days=1)),))
REFUSED = FeedFacts(0, 0, (), "stops.txt is missing")
BEFORE = {"bus": PublishedFeed("old", 100, 50)}


def _held(facts: FeedFacts, sha256: str = "new", before: dict[str, PublishedFeed] = BEFORE) -> tuple[str, ...]:
    return judge_feeds({"bus": ReadFeed(sha256, facts)}, before, TODAY).held.get("bus", ())


def test_a_new_version_that_is_as_large_and_runs_is_let_through() -> None:
    assert _held(WHOLE) == ()
    assert _held(replace(WHOLE, n_trips=50, n_stops=25)) == ()


def test_a_new_version_that_lost_trips_stops_or_its_days_is_held() -> None:
    assert _held(replace(WHOLE, n_trips=49)) == ("49 trips, 100 before: less than 50%",)
    assert _held(replace(WHOLE, n_stops=24)) == ("24 stops, 50 before: less than 50%",)
    (reason,) = _held(OVER)
    assert reason.startswith("no service from 2026-03-02 to 2026-03-08")


def test_a_feed_that_cannot_be_read_any_more_is_held_whatever_its_bytes() -> None:
    assert _held(REFUSED) == ("stops.txt is missing",)
    assert _held(REFUSED, "old") == ("stops.txt is missing",)


def test_nothing_is_held_of_a_feed_that_was_not_there_before() -> None:
    for facts in (WHOLE, OVER, REFUSED):
        assert _held(facts, before={}) == ()
        assert _held(facts, before={"tram": BEFORE["bus"]}) == ()


def test_days_without_service_are_told_of_new_feeds_and_of_equal_bytes() -> None:
    new = judge_feeds({"bus": ReadFeed("new", OVER)}, {}, TODAY)
    same = judge_feeds({"bus": ReadFeed("old", OVER)}, BEFORE, TODAY)
    assert new == same
    assert new.held == {}
    assert new.warned["bus"][0].startswith("no service from 2026-03-02")
    assert judge_feeds({"bus": ReadFeed("", REFUSED)}, {}, TODAY).warned == {}, "its notices say that already"


def test_what_is_kept_of_a_feed_comes_back() -> None:
    assert published_feed(ReadFeed("old", WHOLE).to_dict()) == BEFORE["bus"]
