"""What only shows when feeds lie side by side: one place in two feeds, contradictions, and common service dates.

docs/cross-feed.md gives every rule with its thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.cross_feed_codes import CROSS_FEED_CODES
from ingest.cross_feed_lines import report_duplicate_trips, report_same_lines
from ingest.cross_feed_places import Places, find_places, find_sites
from ingest.cross_feed_stops import linked_stops, report_currencies, report_stops_apart, report_zones
from ingest.cross_feed_window import ComparisonWindow, DateSpan, find_window, report_dates
from ingest.model import Network
from ingest.notices import NoticeLog
from ingest.tables import FeedTables

__all__ = [
    "CROSS_FEED_CODES",
    "ComparisonWindow",
    "DateSpan",
    "Places",
    "cross_feed_notices",
    "find_places",
    "find_window",
]


def cross_feed_notices(network: Network, tables: Sequence[FeedTables], log: NoticeLog) -> ComparisonWindow:
    """Report to `log` what the feeds of a finished network (footpaths included) say against each other.

    `tables` are those of the network's feeds, in any order: prices and stop codes are not in a Network.
    """
    if len(network.feeds) > 1:
        sites = find_sites(network)
        places = find_places(network, sites)
        linked = linked_stops(network, places)
        report_stops_apart(network, tables, sites, places, log)
        report_zones(network, linked, log)
        report_currencies(network, tables, linked, log)
        report_dates(network, log)
        report_same_lines(network, places, log)
        report_duplicate_trips(network, places, log)
    return find_window(network)
