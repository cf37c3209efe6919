"""The notices that only several feeds together can give; none is known to the canonical validator.

They never change the class of a feed: that says what the feed is worth alone, whoever shares its snapshot.
"""

from __future__ import annotations

from ingest.notice_codes import NoticeCode
from ingest.notices import NoticeLog, Severity

STOP_APART = "cross_feed_stop_apart"
ZONE_MISMATCH = "cross_feed_time_zone_mismatch"
CURRENCY_MISMATCH = "cross_feed_currency_mismatch"
NO_COMMON_DATE = "cross_feed_no_common_date"
SAME_LINE = "cross_feed_same_line"
DUPLICATE_TRIPS = "cross_feed_duplicate_trips"


def _between_feeds(severity: str, meaning: str) -> NoticeCode:
    return NoticeCode(severity, affects_riders=False, meaning=meaning, canonical=False)


CROSS_FEED_CODES: dict[str, NoticeCode] = {
    STOP_APART: _between_feeds("WARNING", "Two feeds place what seems one stop 200 m to 2 km apart."),
    ZONE_MISMATCH: _between_feeds("WARNING", "Linked stops of two feeds whose agencies' clocks differ."),
    CURRENCY_MISMATCH: _between_feeds("INFO", "Two feeds with linked stops price in different currencies."),
    NO_COMMON_DATE: _between_feeds("WARNING", "Two providers have no date on which both run."),
    SAME_LINE: _between_feeds("WARNING", "A line of one feed seems to be a line of another feed too."),
    DUPLICATE_TRIPS: _between_feeds("WARNING", "A trip that another feed has too, call by call, on a common date."),
}
"""Every code of this kind, by name."""


def add_to_both(log: NoticeLog, code: str, feeds: tuple[str, str], file: str, *, count: int, value: str) -> None:
    """Record a finding at each of the two feeds: neither is known to be the wrong one."""
    for feed in feeds:
        add_to_one(log, code, feed, file, count=count, value=value)


def add_to_one(log: NoticeLog, code: str, feed: str, file: str, *, count: int, value: str) -> None:
    """Record a finding as CROSS_FEED_CODES has it."""
    known = CROSS_FEED_CODES[code]
    severity = Severity(known.severity)
    log.add(code, feed, file, value=value, count=count, severity=severity, affects_riders=known.affects_riders)
