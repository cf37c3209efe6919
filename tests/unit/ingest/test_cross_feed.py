"""What feeds say against each other, and when their providers can be compared."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.cross_feed import CROSS_FEED_CODES, ComparisonWindow, cross_feed_notices
from ingest.notices import LOAD_CLEAN, Notice, NoticeLog
from ingest.pipeline import ingest_feeds
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import feeds_of

DOCS = Path(__file__).parents[3] / "docs" / "cross-feed.md"


def _told(feeds: Mapping[str, GtfsFeed]) -> tuple[list[Notice], ComparisonWindow]:
    with tempfile.TemporaryDirectory() as folder:
        paths = {feed_id: feed.write_folder(Path(folder) / feed_id) for feed_id, feed in feeds.items()}
        result = ingest_feeds(paths)
    assert result.network is not None
    log = NoticeLog()
    window = cross_feed_notices(result.network, result.tables, log)
    assert {log.feed_class(feed) for feed in feeds} == {LOAD_CLEAN}
    return list(log), window


def _codes(feeds: Mapping[str, GtfsFeed]) -> dict[str, list[str]]:
    """Feeds by code."""
    found: dict[str, list[str]] = {}
    for notice in _told(feeds)[0]:
        found.setdefault(notice.code, []).append(notice.feed)
    return found


def _drawn(text: str) -> dict[str, GtfsFeed]:
    return feeds_of(text)


TWO_STOPS = "stop A 0 0\nstop B 0 9000\nstop C {metres} 0\nA 8:00 > B 8:30 / x\nC 8:07 > D 8:50 / y"


def _two(metres: float, name: str = "A") -> dict[str, GtfsFeed]:
    """Feeds x and y, their first stops so far apart and, by `name`, the same."""
    feeds = _drawn(TWO_STOPS.format(metres=metres))
    feeds["y"].rows("stops")[0]["stop_name"] = name
    return feeds


def test_feeds_that_agree_are_not_reported() -> None:
    assert _told(_two(50))[0] == []


@pytest.mark.parametrize(("metres", "told"), [(150, False), (250, True), (1900, True), (2100, False)])
def test_a_stop_placed_apart_is_reported_at_both_feeds(metres: float, told: bool) -> None:
    notices, _ = _told(_two(metres, "Stasiun A"))
    assert [notice.feed for notice in notices] == (["x", "y"] if told else [])
    if told:
        notice = notices[0]
        assert (notice.code, notice.file, notice.count) == ("cross_feed_stop_apart", "stops.txt", 1)
        assert notice.value == f"x_A and y_C: {metres} m apart"


def test_a_name_that_a_feed_has_at_two_spots_names_no_stop() -> None:
    feeds = _two(600)
    feeds["x"].rows("stops")[1]["stop_name"] = "A"
    assert _codes(feeds) == {}


def test_one_stop_code_needs_a_name_like_it() -> None:
    for name, told in (("Alpha Raya Timur", True), ("Zoo", False)):
        feeds = _two(600, name)
        feeds["x"].rows("stops")[0].update(stop_name="Alpha Raya", stop_code="17")
        feeds["y"].rows("stops")[0]["stop_code"] = "17"
        assert _codes(feeds) == ({"cross_feed_stop_apart": ["x", "y"]} if told else {})


def test_agencies_with_other_clocks_are_reported_where_their_stops_are_linked() -> None:
    feeds = _drawn("zone y Asia/Makassar\n" + TWO_STOPS.format(metres=50))
    notices, _ = _told(feeds)
    assert [(n.code, n.feed, n.count) for n in notices] == [
        ("cross_feed_time_zone_mismatch", "x", 1),
        ("cross_feed_time_zone_mismatch", "y", 1),
    ]
    assert notices[0].value == "x_A Asia/Jakarta and y_C Asia/Makassar"


def test_zones_that_show_one_time_are_no_mismatch() -> None:
    assert _codes(_drawn("zone y Asia/Bangkok\n" + TWO_STOPS.format(metres=50))) == {}


def test_other_clocks_far_away_are_no_mismatch() -> None:
    assert _codes(_drawn("zone y Asia/Makassar\n" + TWO_STOPS.format(metres=5000))) == {}


def test_prices_in_other_currencies_are_reported_by_file() -> None:
    feeds = _two(50)
    feeds["x"].add("fare_attributes", fare_id="F", price=3500, currency_type="IDR", payment_method=0, transfers=0)
    feeds["y"].add("fare_products", fare_product_id="P", amount="2.00", currency="MYR")
    notices, _ = _told(feeds)
    assert [(n.code, n.feed, n.file) for n in notices] == [
        ("cross_feed_currency_mismatch", "x", "fare_attributes.txt"),
        ("cross_feed_currency_mismatch", "y", "fare_products.txt"),
    ]
    assert notices[0].value == "x: IDR; y: MYR"
    feeds["y"].add("fare_products", fare_product_id="Q", amount="3500", currency="IDR")
    assert _codes(feeds) == {}


SAME_LINE = """
    stop A 0 0
    stop B 9000 0
    stop C 18000 0
    stop D 27000 0
    A 8:00 > B 8:10 > C 8:20 > D 8:30 / x, trip 7
    {calls} / y, trip {trip}
"""


@pytest.mark.parametrize(
    ("calls", "trip", "told"),
    [
        ("A 9:00 > B 9:10 > C 9:20 > D 9:30", "7", True),
        ("A 9:00 > B 9:10 > C 9:20", "7", True),
        ("A 9:00 > B 9:10 > C 9:20 > D 9:30", "8", False),
        ("D 9:00 > C 9:10 > B 9:20 > A 9:30", "7", False),
        ("A 9:00 > X 9:10 > Y 9:20 > D 9:30", "7", False),
    ],
)
def test_one_line_in_two_feeds_has_one_name_and_mostly_the_same_calls(calls: str, trip: str, told: bool) -> None:
    feeds = _drawn(SAME_LINE.format(calls=calls, trip=trip))
    assert _codes(feeds) == ({"cross_feed_same_line": ["x", "y"]} if told else {})


def test_the_same_operator_makes_it_one_line_whatever_the_route_is_called() -> None:
    feeds = _drawn(SAME_LINE.format(calls="A 9:00 > B 9:10 > C 9:20 > D 9:30", trip="8"))
    feeds["y"].rows("agency")[0]["agency_url"] = "http://www.x.example.com/"
    notices, _ = _told(feeds)
    assert {notice.code for notice in notices} == {"cross_feed_same_line"}
    assert notices[0].value == "x_R-7 and y_R-8: 4 of 4 calls"


DUPLICATE = """
    stop A 0 0
    stop B 9000 0
    days EARLY 1111111 2026-01-01 2026-01-31
    days LATE 1111111 2026-03-01 2026-03-31
    A 8:00 > B 8:10 / x, trip 1{x}
    A {time} > B 8:10 / y, trip 2{y}
"""


@pytest.mark.parametrize(
    ("x", "y", "time", "told"),
    [
        ("", "", "8:00", True),
        ("", "", "8:01", False),
        (", service EARLY", ", service LATE", "8:00", False),
        (", service EARLY", "", "8:00", True),
        (", every 600 from 6:00 to 9:00", ", every 600 from 6:00 to 9:00", "8:00", True),
        (", every 600 from 6:00 to 9:00", ", every 300 from 6:00 to 9:00", "8:00", False),
    ],
)
def test_a_trip_that_two_feeds_have_on_one_date_is_reported(x: str, y: str, time: str, told: bool) -> None:
    found = _codes(_drawn(DUPLICATE.format(x=x, y=y, time=time)))
    assert found.pop("cross_feed_duplicate_trips", []) == (["x", "y"] if told else [])


def test_duplicates_are_counted_once_each() -> None:
    feeds = _drawn(DUPLICATE.format(x="", y="", time="8:00") + "\n    A 8:30 > B 8:40 / x\n    A 8:30 > B 8:40 / y")
    counts = {n.feed: n.count for n in _told(feeds)[0] if n.code == "cross_feed_duplicate_trips"}
    assert counts == {"x": 2, "y": 2}


WINDOW = """
    days X 1111111 2026-01-01 2026-02-28
    days Y 1111111 2026-02-01 2026-04-30 -2026-02-10
    days Z 1111111 2026-{z}-15 2026-12-31
    A 8:00 > B 8:10 / x, service X
    C 8:00 > D 8:10 / y, service Y
    E 8:00 > F 8:10 / z, service Z
"""


def test_the_window_holds_the_dates_on_which_all_run() -> None:
    notices, window = _told(_drawn(WINDOW.format(z="01")))
    assert notices == []
    assert window.all_run.to_dict() == {"first": "2026-02-01", "last": "2026-02-28", "days": 27}
    assert window.two_run.to_dict() == {"first": "2026-01-15", "last": "2026-04-30", "days": 106}
    assert window.providers["x"].last == dt.date(2026, 2, 28)
    assert set(window.to_dict()) == {"all_run", "two_run", "providers"}


def test_providers_that_never_run_together_are_reported() -> None:
    notices, window = _told(_drawn(WINDOW.format(z="03")))
    assert [(n.code, n.feed, n.file) for n in notices] == [
        ("cross_feed_no_common_date", "x", "calendar.txt"),
        ("cross_feed_no_common_date", "z", "calendar.txt"),
    ]
    assert notices[0].value == "x 2026-01-01 to 2026-02-28; z 2026-03-15 to 2026-12-31"
    assert window.all_run.to_dict() == {"first": None, "last": None, "days": 0}
    assert window.two_run.first == dt.date(2026, 2, 1)


def test_one_feed_alone_has_no_rival_and_no_notice() -> None:
    notices, window = _told(_drawn("A 8:00 > B 8:10 / x"))
    assert notices == []
    assert window.all_run.n_days == window.two_run.n_days == 0
    assert window.providers["x"].n_days == 365


def test_every_code_is_documented_with_its_severity() -> None:
    text = DOCS.read_text("utf-8")
    for code, known in CROSS_FEED_CODES.items():
        assert f"| `{code}` | {known.severity} |" in text
        assert not known.canonical
