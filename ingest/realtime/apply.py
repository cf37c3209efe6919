"""`apply_message`: the bytes of a message to a patch of its feed and a report, whatever they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from google.transit import gtfs_realtime_pb2 as gtfs_rt

from ingest.realtime.alerts import read_alert
from ingest.realtime.descriptors import Ignored, Run, RunFinder, parse_time, text_of
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.message import Message, RejectedMessage, read_message
from ingest.realtime.new_trips import LONGEST_ID, read_added, read_replaced
from ingest.realtime.outcome import Outcome, RealtimeReport, Reason, Rejection, outcome_of
from ingest.realtime.patch import (
    Alert,
    ChangeKind,
    FeedPatch,
    TripChanges,
    VehiclePosition,
    chosen_changes,
    first_of_each,
    joined_changes,
)
from ingest.realtime.plain_updates import bind_plain
from ingest.realtime.updates import UpdateCollector
from ingest.realtime.vehicles import read_vehicle

Relation = gtfs_rt.TripDescriptor
_TAKEN_OUT = {Relation.CANCELED: ChangeKind.CANCELLED, Relation.DELETED: ChangeKind.DELETED}


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old a message may be, in seconds."""

    stale_after_s: int = 300
    """Older ones are not used, and what is known is used for no longer."""
    future_s: int = 60
    """How far the clocks of providers may be ahead."""


def apply_message(
    index: FeedIndex, data: bytes, now_s: int, last_s: int | None = None, freshness: Freshness | None = None
) -> tuple[RealtimeReport, FeedPatch | None]:
    """What the feed says now (a full dataset), and what became of its message; no patch where it is rejected.

    now_s is the present, last_s when the message that is in use was made: UTC seconds.
    """
    timestamp_s = None
    try:
        message = read_message(data)
        timestamp_s = message.timestamp_s or now_s
        _check_time(message, timestamp_s, now_s, last_s, freshness or Freshness())
    except RejectedMessage as error:
        return RealtimeReport(index.feed, Outcome.REJECT_MESSAGE, error.reason, 0, {}, timestamp_s), None
    reader = _EntityReader(index, now_s)
    for number, entity in message.entities:
        reader.read(number, entity)
    for number in reader.read_plain(message):
        reader.read(number, message.plain_entity(number))
    trips, alerts, vehicles = reader.finish()
    ignored = reader.ignored
    if message.n_broken:
        ignored[Reason.UNREADABLE] += message.n_broken
    applied, n_ignored = len(trips) + len(alerts) + len(vehicles), ignored.total()
    report = RealtimeReport(
        index.feed, outcome_of(applied, n_ignored), None, applied, dict(ignored), timestamp_s
    )  # fmt: skip
    return report, FeedPatch(index.feed, timestamp_s, trips, alerts, vehicles)


def _check_time(message: Message, timestamp_s: int, now_s: int, last_s: int | None, freshness: Freshness) -> None:
    if message.is_differential:
        raise RejectedMessage(Rejection.DIFFERENTIAL)
    if timestamp_s > now_s + freshness.future_s:
        raise RejectedMessage(Rejection.IN_THE_FUTURE)
    if last_s is not None and timestamp_s < last_s:
        raise RejectedMessage(Rejection.OLDER_THAN_LAST)
    if now_s - timestamp_s > freshness.stale_after_s:
        raise RejectedMessage(Rejection.STALE)


class _EntityReader:
    """Reads entities one by one; each that cannot be used is counted, and costs nobody else."""

    def __init__(self, index: FeedIndex, now_s: int) -> None:
        self._index, self._finder = index, RunFinder(index, now_s)
        self._updates = UpdateCollector(index)
        self._others: list[tuple[int, TripChanges]] = []
        self._taken_out: list[tuple[int, ChangeKind, Run]] = []
        self._alerts: list[Alert] = []
        self._vehicles: list[VehiclePosition] = []
        self.ignored: Counter[Reason] = Counter()

    def read(self, number: int, entity: gtfs_rt.FeedEntity) -> None:
        """All that an entity holds."""
        is_known = False
        for name, read in (("trip_update", self._trip), ("vehicle", self._vehicle), ("alert", self._alert)):
            if entity.HasField(name):
                is_known = True
                try:
                    if entity.is_deleted:
                        raise Ignored(Reason.EMPTY_ENTITY)
                    read(number, entity)
                except Ignored as error:
                    self.ignored[error.reason] += 1
        if not is_known:
            others = any(entity.HasField(name) for name in ("shape", "stop", "trip_modifications"))
            self.ignored[Reason.UNSUPPORTED_ENTITY if others else Reason.EMPTY_ENTITY] += 1

    def read_plain(self, message: Message) -> list[int]:
        """Take plain trip updates; the numbers of those that need a closer look."""
        if message.plain is None:
            return []
        block, others = bind_plain(self._index, self._finder, message.data, message.plain)
        self._updates.add_block(block)
        return others

    def _alert(self, _number: int, entity: gtfs_rt.FeedEntity) -> None:
        self._alerts.append(read_alert(self._index, self._finder, entity))

    def _vehicle(self, _number: int, entity: gtfs_rt.FeedEntity) -> None:
        self._vehicles.append(read_vehicle(self._index, self._finder, entity))

    def _trip(self, number: int, entity: gtfs_rt.FeedEntity) -> None:
        said = entity.trip_update
        relation = said.trip.schedule_relationship
        if relation in (Relation.SCHEDULED, Relation.UNSCHEDULED):
            run = self._finder.find(said.trip, _first_time(said) if not said.trip.start_date else None)
            is_extra = run.start_s >= 0 and not self._finder.is_exact(run)
            kind = ChangeKind.EXTRA if is_extra else ChangeKind.UPDATED
            self._updates.add(number, kind, run, said, ("", ""))
        elif relation in _TAKEN_OUT:
            run = self._finder.find(said.trip, whole_trip=True)
            if run.start_s >= 0 and not self._finder.is_exact(run):
                raise Ignored(Reason.HEADWAY_VEHICLE)
            self._taken_out.append((number, _TAKEN_OUT[relation], run))
        elif relation == Relation.DUPLICATED:
            self._duplicate(number, said)
        elif relation in (Relation.ADDED, Relation.NEW):
            self._others.append((number, read_added(self._index, self._finder, entity)))
        elif relation == Relation.REPLACEMENT:
            self._others.append((number, read_replaced(self._index, self._finder, entity)))
        else:
            raise Ignored(Reason.UNKNOWN_RELATIONSHIP)

    def _duplicate(self, number: int, said: gtfs_rt.TripUpdate) -> None:
        """A trip once more, at the start that trip_properties give."""
        given, index = said.trip_properties, self._index
        trip = self._finder.trip(said.trip)
        trip_id, start_date = text_of(given.trip_id)[:LONGEST_ID], text_of(given.start_date or said.trip.start_date)
        if not trip_id:
            raise Ignored(Reason.TRIP_NOT_IDENTIFIED)
        day, start_s = self._finder.date(start_date), parse_time(text_of(given.start_time))
        if index.days.column(day) < 0:
            raise Ignored(Reason.NOT_RUNNING)
        run = Run(trip, day, -1, start_s - int(index.first_departure[trip]))
        names = f"{index.feed}_{trip_id}", text_of(given.trip_headsign)
        self._updates.add(number, ChangeKind.DUPLICATED, run, said, names)

    def finish(self) -> tuple[TripChanges, tuple[Alert, ...], tuple[VehiclePosition, ...]]:
        """All that is good; of several entities for one vehicle the first."""
        updated, reasons = self._updates.finish()
        numbers = [*self._updates.entities, *(row[0] for row in self._taken_out), *(row[0] for row in self._others)]
        pieces = [updated, _taken_out(self._index, self._taken_out), *(piece for _, piece in self._others)]
        changes = joined_changes(pieces)
        for reason in reasons:
            if reason is not None:
                self.ignored[reason] += 1
        is_good = np.ones(len(numbers), bool)
        is_good[[row for row, reason in enumerate(reasons) if reason is not None]] = False
        order = np.argsort(np.array(numbers, np.int64), kind="stable")
        order = order[is_good[order]]
        kept = first_of_each(changes, order)
        if len(kept) < len(order):
            self.ignored[Reason.DUPLICATE_TRIP] += len(order) - len(kept)
        return chosen_changes(changes, kept), tuple(self._alerts), tuple(self._vehicles)


def _first_time(said: gtfs_rt.TripUpdate) -> int | None:
    """The first instant that a trip's updates name."""
    for update in said.stop_time_update:
        for name in ("arrival", "departure"):
            event = update.arrival if name == "arrival" else update.departure
            if update.HasField(name) and event.HasField("time"):
                return int(event.time)
    return None


def _taken_out(index: FeedIndex, rows: list[tuple[int, ChangeKind, Run]]) -> TripChanges:
    """Vehicles of the schedule that do not run, with the calls that it has them at."""
    schedule = index.schedule
    trip = np.array([run.trip for _, _, run in rows], np.int32)
    shift = np.array([run.shift_s for _, _, run in rows], np.int32)
    lengths = np.diff(schedule.times_ptr)[trip]
    ptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    place = np.arange(int(ptr[-1]))
    times = np.repeat(schedule.times_ptr[:-1][trip] - ptr[:-1], lengths) + place
    calls = np.repeat(schedule.sequence_ptr[:-1][schedule.sequence[trip]] - ptr[:-1], lengths) + place
    late = np.repeat(shift, lengths)
    return TripChanges(
        kind=np.array([int(kind) for _, kind, _ in rows], np.int8),
        trip=trip,
        day=np.array([run.day for _, _, run in rows], np.int32),
        start_s=np.array([run.start_s for _, _, run in rows], np.int32),
        shift_s=shift,
        route=np.asarray(index.network.trips.route)[trip],
        id=("",) * len(rows),
        headsign=("",) * len(rows),
        ptr=ptr,
        stop=schedule.sequence_stops[calls],
        flags=schedule.sequence_flags[calls],
        arrival=(schedule.arrival[times] + late).astype(np.int32),
        departure=(schedule.departure[times] + late).astype(np.int32),
        sequence=schedule.stop_sequence[times],
        is_known=np.zeros(len(times), np.uint8),
    )
