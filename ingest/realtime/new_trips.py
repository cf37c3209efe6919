"""Vehicles that bring their own calls: added to the schedule, or in place of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.model import CAN_ALIGHT, CAN_BOARD
from ingest.realtime.descriptors import Ignored, RunFinder, text_of
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.kernels import MOST_LATE_S, SKIPPED
from ingest.realtime.outcome import Reason
from ingest.realtime.patch import ChangeKind, TripChanges

MOST_CALLS = 2000
LATEST_S = 2**40
LONGEST_ID = 500
Event = gtfs_rt.TripUpdate.StopTimeEvent
Update = gtfs_rt.TripUpdate.StopTimeUpdate
_NONE = Update.StopTimeProperties.NONE


def read_added(index: FeedIndex, finder: RunFinder, entity: gtfs_rt.FeedEntity) -> TripChanges:
    """A vehicle that the schedule does not have: one row. Raises Ignored."""
    said = entity.trip_update
    trip_id = text_of(said.trip.trip_id or entity.id)[:LONGEST_ID]
    like = index.trips.get(trip_id, -1)
    if said.trip.route_id:
        route = index.routes.get(text_of(said.trip.route_id), -1)
    else:
        route = int(index.network.trips.route[like]) if like >= 0 else -1
    if route < 0:
        raise Ignored(Reason.UNKNOWN_ROUTE)
    updates = _served(said.stop_time_update)
    day = finder.date(text_of(said.trip.start_date)) if said.trip.start_date else _day(index, route, updates[0])
    if index.days.column(day) < 0:
        raise Ignored(Reason.NOT_RUNNING)
    headsign = text_of(said.trip_properties.trip_headsign)
    return _change(index, updates, ChangeKind.ADDED, -1, day, -1, 0, route, f"{index.feed}_{trip_id}", headsign)


def read_replaced(index: FeedIndex, finder: RunFinder, entity: gtfs_rt.FeedEntity) -> TripChanges:
    """A vehicle of the schedule that runs another way: one row. Raises Ignored."""
    said = entity.trip_update
    updates = _served(said.stop_time_update)
    run = finder.find(said.trip, _time_of(updates[0]))
    route = int(index.network.trips.route[run.trip])
    headsign = text_of(said.trip_properties.trip_headsign)
    return _change(
        index, updates, ChangeKind.REPLACED, run.trip, run.day, run.start_s, run.shift_s, route, "", headsign
    )  # fmt: skip


def _served(updates: Sequence[Update]) -> list[Update]:
    if len(updates) > MOST_CALLS:
        raise Ignored(Reason.TOO_MANY_UPDATES)
    served = [update for update in updates if update.schedule_relationship != SKIPPED]
    if len(served) < 2:
        raise Ignored(Reason.TOO_FEW_STOPS)
    return served


def _time_of(update: Update) -> int:
    event = update.departure if update.HasField("departure") else update.arrival
    if not event.HasField("time"):
        raise Ignored(Reason.TIME_MISSING)
    if not 0 < event.time < LATEST_S:
        raise Ignored(Reason.TIME_OUT_OF_RANGE)
    return event.time


def _day(index: FeedIndex, route: int, first: Update) -> int:
    """The local date of the first time, where no service date is given."""
    try:
        return datetime.fromtimestamp(_time_of(first), ZoneInfo(index.zone_of(route))).date().toordinal()
    except (ValueError, OverflowError):
        raise Ignored(Reason.TIME_OUT_OF_RANGE) from None


def _change(
    index: FeedIndex,
    updates: Sequence[Update],
    kind: ChangeKind,
    trip: int,
    day: int,
    start_s: int,
    shift_s: int,
    route: int,
    trip_id: str,
    headsign: str,
) -> TripChanges:
    begin = index.day_start(day, index.zone_of(route))
    stops, flags, times = [], [], []
    for update in updates:
        assigned = update.stop_time_properties.assigned_stop_id
        stops.append(_stop(index, assigned or update.stop_id))
        flags.append(_flags(update.stop_time_properties))
        times += _times(update, begin)
    if any(later < earlier for earlier, later in pairwise(times)):
        raise Ignored(Reason.TIMES_DECREASE)
    one = np.ones(1, np.int32)
    return TripChanges(
        kind=one.astype(np.int8) * int(kind),
        trip=one * trip,
        day=one * day,
        start_s=one * start_s,
        shift_s=one * shift_s,
        route=one * route,
        id=(trip_id,),
        headsign=(headsign,),
        ptr=np.array([0, len(updates)], np.int64),
        stop=np.array(stops, np.int32),
        flags=np.array(flags, np.uint8),
        arrival=np.array(times[0::2], np.int32),
        departure=np.array(times[1::2], np.int32),
        sequence=_sequence(updates),
        is_known=np.ones(len(updates), np.uint8),
    )


def _stop(index: FeedIndex, stop_id: str) -> int:
    if not stop_id:
        raise Ignored(Reason.STOP_MISSING)
    row = index.stops.get(text_of(stop_id), -1)
    if row < 0:
        raise Ignored(Reason.UNKNOWN_STOP)
    return row


def _flags(said: Update.StopTimeProperties) -> int:
    board = CAN_BOARD if said.pickup_type != _NONE else 0
    return board | (CAN_ALIGHT if said.drop_off_type != _NONE else 0)


def _times(update: Update, begin: int) -> list[int]:
    """Arrival and departure in seconds of the service day; where one is missing, the other."""
    given: list[int | None] = []
    for name, event in (("arrival", update.arrival), ("departure", update.departure)):
        if not update.HasField(name) or not event.HasField("time"):
            given.append(None)
            continue
        if not 0 < event.time < LATEST_S or abs(event.time - begin) > 2 * MOST_LATE_S:
            raise Ignored(Reason.TIME_OUT_OF_RANGE)
        given.append(event.time - begin)
    arrival, departure = given
    either = departure if arrival is None else arrival
    if either is None:
        raise Ignored(Reason.TIME_MISSING)
    return [either, either if departure is None else departure]


def _sequence(updates: Sequence[Update]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """stop_sequence as it is given, or 1 and so on where that is none."""
    given = [update.stop_sequence for update in updates]
    is_sound = all(a < b for a, b in pairwise(given)) and given[-1] < 2**31
    return np.array(given if is_sound else range(1, len(given) + 1), np.int32)
