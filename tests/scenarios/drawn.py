"""Routers on drawn networks, and journeys as one line of text each.

    08:00 > 08:20, 0 changes: x_A 08:00 x_T1 x_C 08:20
    08:00 > 08:35, 1 change: walk x_A 08:00 x_B 08:05 (300 m) | x_B 08:10 x_T1 x_C 08:35

A clock of another date than the question's carries the days between: 00:10+1. `seated` marks a leg in the vehicle of
the leg before, `every 600` a headway in seconds.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ingest.model import Network
from ingest.pipeline import WalkOptions, ingest_feeds
from routing import Journey, Query, Router, WalkLeg
from routing.journeys import Leg
from tests.support.gtfs_feed import GtfsFeed
from tests.support.timetable_text import ZONE, feeds_of

MONDAY = "2026-03-02"
STRAIGHT = WalkOptions()

Place = str | tuple[float, float]


def network_of(feeds: Mapping[str, GtfsFeed], options: WalkOptions = STRAIGHT, **more: Any) -> Network:
    """The network of `feeds`, by way of GTFS folders and the whole ingest."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {feed_id: feed.write_folder(Path(folder) / feed_id) for feed_id, feed in feeds.items()}
        result = ingest_feeds(paths, options, **more)
    assert not result.rejected, result.rejected
    assert result.network is not None
    return result.network


@cache
def router_of(text: str, options: WalkOptions = STRAIGHT) -> Router:
    """The router on a network drawn in the language of tests.support.timetable_text."""
    return Router(network_of(feeds_of(text), options))


def query_of(
    origin: Place, destination: Place, time: str, *, date: str = MONDAY, zone: str = ZONE, **more: Any
) -> Query:
    """A query at a wall clock such as 08:00 on `date` in `zone`."""
    at = dt.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=ZoneInfo(zone))
    return Query(origin, destination, at, **more)


def ask(router: Router, origin: Place, destination: Place, time: str, **more: Any) -> list[str]:
    """One line a journey."""
    query = query_of(origin, destination, time, **more)
    return [line_of(journey, query) for journey in router.journeys(query)]


def weigh(router: Router, origin: Place, destination: Place, time: str, **more: Any) -> list[str]:
    """One line an option of the comparison, sorted by text: `{a+b} ` and the journey."""
    query = query_of(origin, destination, time, **more)
    options = router.compare(query).options
    return sorted(f"{{{'+'.join(sorted(o.providers))}}} {line_of(o.journey, query)}" for o in options)


def line_of(journey: Journey, query: Query) -> str:
    """A journey in one line."""
    day = query.time.date()
    changes = "1 change" if journey.transfers == 1 else f"{journey.transfers} changes"
    legs = " | ".join(_leg(leg, day) for leg in journey.legs)
    return f"{_clock(journey.departure, day)} > {_clock(journey.arrival, day)}, {changes}: {legs}"


def _leg(leg: Leg, day: dt.date) -> str:
    start, end = _clock(leg.departure, day), _clock(leg.arrival, day)
    if isinstance(leg, WalkLeg):
        return f"walk {leg.from_place.id} {start} {leg.to_place.id} {end} ({leg.distance_m} m)"
    notes = (", seated" if leg.stay_seated else "") + (f", every {leg.headway_s}" if leg.headway_s else "")
    return f"{leg.from_stop} {start} {leg.trip_id} {leg.to_stop} {end}{notes}"


def _clock(time: dt.datetime, day: dt.date) -> str:
    text = f"{time:%H:%M:%S}" if time.second else f"{time:%H:%M}"
    days = (time.date() - day).days
    return f"{text}{days:+d}" if days else text
