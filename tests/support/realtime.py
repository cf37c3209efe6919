"""GTFS-Realtime messages, written briefly: what a test says of trips, as the bytes a provider would send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.model import Network
from ingest.realtime.apply import apply_message
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.outcome import RealtimeReport
from ingest.realtime.patch import FeedPatch
from routing import Router
from tests.scenarios.drawn import MONDAY
from tests.support.timetable_text import ZONE

Entity = gtfs_rt.FeedEntity
Trip = gtfs_rt.TripDescriptor
Update = gtfs_rt.TripUpdate.StopTimeUpdate


def instant(clock: str, date: str = MONDAY, zone: str = ZONE) -> int:
    """UTC seconds of a wall clock such as 08:00."""
    return int(dt.datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=ZoneInfo(zone)).timestamp())


NOW = instant("07:00")


def call(
    sequence: int | None = None, stop: str = "", arrival: Any = None, departure: Any = None, **more: Any
) -> Update:
    """An update of a call; a number is a delay in seconds, a text such as 08:00 a time."""
    found = Update(**more)
    if sequence is not None:
        found.stop_sequence = sequence
    if stop:
        found.stop_id = stop
    for event, value in ((found.arrival, arrival), (found.departure, departure)):
        if isinstance(value, str):
            event.time = instant(value)
        elif value is not None:
            event.delay = value
    return found


def trip_update(trip: Mapping[str, Any], *calls: Update, name: str = "e", **more: Any) -> Entity:
    """An entity that says something of a trip; `trip` holds the fields of a TripDescriptor."""
    return Entity(id=name, trip_update=gtfs_rt.TripUpdate(trip=Trip(**trip), stop_time_update=calls, **more))


def message(*entities: Entity, at_s: int = NOW) -> bytes:
    """A full dataset."""
    header = gtfs_rt.FeedHeader(gtfs_realtime_version="2.0", timestamp=at_s)
    return gtfs_rt.FeedMessage(header=header, entity=entities).SerializeToString()


def heard(network: Network, data: bytes, *, feed: str = "x", now_s: int = NOW) -> tuple[RealtimeReport, FeedPatch]:
    """What was made of a message that is taken."""
    report, patch = apply_message(FeedIndex(network, feed), data, now_s)
    assert patch is not None, report
    return report, patch


def live_router(router: Router, entities: Iterable[Entity], *, feed: str = "x", now_s: int = NOW) -> Router:
    """The router of a schedule with what `entities` say laid over it; all of them must be good."""
    report, patch = heard(router.network, message(*entities, at_s=now_s), feed=feed, now_s=now_s)
    assert not report.ignored, report
    return router.live([patch])
