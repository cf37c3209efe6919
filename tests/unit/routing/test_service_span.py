"""When feeds run at all."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from ingest.model import Network
from routing.service_span import outside_service, service_span_s
from tests.scenarios.drawn import network_of, router_of
from tests.support.timetable_text import feeds_of

JAKARTA = ZoneInfo("Asia/Jakarta")
TEXT = """
    days MARCH 1111111 2026-03-02 2026-03-31
    A 08:00 > B 08:10 / x, service MARCH
    A 08:00 > B 08:10 / y
"""


def _network() -> Network:
    """The network of TEXT, less the services that no trip uses."""
    feeds = feeds_of(TEXT)
    for feed in feeds.values():
        used = {row["service_id"] for row in feed.rows("trips")}
        feed.tables["calendar"] = [row for row in feed.rows("calendar") if row["service_id"] in used]
    return network_of(feeds)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


def test_the_span_is_from_the_first_days_start_to_the_last_ones_end() -> None:
    network = _network()
    first, end = service_span_s(network, {0}) or (0, 0)
    assert datetime.fromtimestamp(first, JAKARTA) == _at("2026-03-02T00:00")
    assert datetime.fromtimestamp(end, JAKARTA) == _at("2026-04-01T00:00")
    first, end = service_span_s(network) or (0, 0)
    assert datetime.fromtimestamp(first, JAKARTA) == _at("2026-01-01T00:00")


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("2026-03-01T23:59:59", "before_service"),
        ("2026-03-02T00:00:00", None),
        ("2026-03-31T23:59:59", None),
        ("2026-04-01T00:00:00", "after_service"),
    ],
)
def test_outside_of_it_there_is_a_word_for_why(time: str, reason: str | None) -> None:
    assert outside_service(_network(), _at(time), {0}) == reason


def test_a_feed_of_no_services_is_over() -> None:
    network = router_of(TEXT).network
    assert service_span_s(network, set()) is None
    assert outside_service(network, _at("2026-03-10T12:00"), set()) == "after_service"
