"""Updates of trips that follow the schedule: collected from a message, then carried along all calls at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from google.transit import gtfs_realtime_pb2 as gtfs_rt
from numpy.typing import NDArray

from ingest.realtime import kernels
from ingest.realtime.descriptors import Ignored, Run
from ingest.realtime.feed_index import FeedIndex
from ingest.realtime.kernels import DELAY, NOTHING, NOWHERE, TIME, UNKNOWN, Followed, TripUpdates, follow_updates
from ingest.realtime.outcome import Reason
from ingest.realtime.patch import ChangeKind, TripChanges
from ingest.realtime.plain_updates import PlainBlock

REASONS = {
    kernels.TOO_MANY: Reason.TOO_MANY_UPDATES,
    kernels.UNKNOWN_STOP: Reason.UNKNOWN_STOP,
    kernels.UNKNOWN_SEQUENCE: Reason.UNKNOWN_STOP_SEQUENCE,
    kernels.MISMATCH: Reason.STOP_MISMATCH,
    kernels.MISSING: Reason.STOP_MISSING,
    kernels.AMBIGUOUS: Reason.AMBIGUOUS_STOP,
    kernels.DUPLICATE: Reason.DUPLICATE_STOP,
    kernels.DISORDER: Reason.OUT_OF_ORDER,
    kernels.OUT_OF_RANGE: Reason.TIME_OUT_OF_RANGE,
    kernels.DECREASING: Reason.TIMES_DECREASE,
    kernels.UNSAID: Reason.NOTHING_SAID,
}

Call = tuple[int, int, int, int, int, int, int, int]
"""As the columns of calls of TripUpdates."""


class UpdateCollector:
    """Gathers trips and their updates in plain lists: a message may hold a million calls."""

    def __init__(self, index: FeedIndex) -> None:
        self._index = index
        self._rows: list[tuple[int, int, int, int, bool]] = []
        self._ends: list[int] = []
        self._calls: list[Call] = []
        self._named: list[tuple[int, int, int, int, str, str]] = []
        self._block: PlainBlock | None = None
        self._entities: list[int] = []

    def add(self, entity: int, kind: ChangeKind, run: Run, said: gtfs_rt.TripUpdate, names: tuple[str, str]) -> None:
        """A trip; `names` are its own id and headsign, "" for those of the schedule. Raises Ignored."""
        index = self._index
        ptr = index.schedule.times_ptr
        if len(said.stop_time_update) > ptr[run.trip + 1] - ptr[run.trip]:
            raise Ignored(Reason.TOO_MANY_UPDATES)
        zone = index.zone_of(int(index.network.trips.route[run.trip]))
        self._calls.extend(read_calls(index, said.stop_time_update))
        self._ends.append(len(self._calls))
        self._rows.append(
            (run.trip, index.day_start(run.day, zone), run.shift_s, said.delay, said.HasField("delay"))
        )  # fmt: skip
        self._named.append((int(kind), run.day, run.start_s, run.shift_s, *names))
        self._entities.append(entity)

    def add_block(self, block: PlainBlock) -> None:
        """Many at once; once a message."""
        self._block = block

    @property
    def entities(self) -> list[int]:
        """Number of the entity that each trip comes from, in the order of `finish`."""
        return [*self._entities, *([] if self._block is None else self._block.entities.tolist())]

    def finish(self) -> tuple[TripChanges, list[Reason | None]]:
        """The trips as changes, row by row as they were added; and why a row is of no use, None where it is good."""
        index = self._index
        rows, calls = np.array(self._rows, np.int64).reshape(-1, 5), np.array(self._calls, np.int64).reshape(-1, 8)
        ptr = np.array([0, *self._ends], np.int64)
        named = np.array([row[:4] for row in self._named], np.int64).reshape(-1, 4)
        if (block := self._block) is not None:
            none = np.zeros(len(block.trip), np.int64)
            columns = block.trip, block.day_start_s, none, block.delay_s, block.has_delay
            rows = np.concatenate([rows, np.stack(columns, axis=1)])
            calls = np.concatenate([calls, block.calls])
            ptr = np.concatenate([ptr, ptr[-1] + block.ptr[1:]])
            named = np.concatenate([named, np.stack([none + ChangeKind.UPDATED, block.day, none - 1, none], axis=1)])
        calls = np.ascontiguousarray(calls.T)
        updates = TripUpdates(
            trip=rows[:, 0].astype(np.int32),
            day_start_s=rows[:, 1].copy(),
            shift_s=rows[:, 2].copy(),
            delay_s=rows[:, 3].copy(),
            has_delay=rows[:, 4] == 1,
            ptr=ptr,
            at_sequence=calls[0],
            stop=calls[1].astype(np.int32),
            assigned=calls[2].astype(np.int32),
            relation=calls[3].astype(np.int8),
            arrival_is=calls[4].astype(np.int8),
            arrival=calls[5],
            departure_is=calls[6].astype(np.int8),
            departure=calls[7],
        )
        found = follow_updates(index.schedule, updates)
        # A trip that runs once more need not be late.
        is_good = (found.status == kernels.GOOD) | (found.status == kernels.UNSAID) & (
            named[:, 0] == ChangeKind.DUPLICATED
        )
        reasons: list[Reason | None] = [None] * len(is_good)
        for row in np.flatnonzero(~is_good).tolist():
            reasons[row] = REASONS[int(found.status[row])]
        return self._changes(updates, found, named), reasons

    def _changes(self, updates: TripUpdates, found: Followed, named: NDArray[np.int64]) -> TripChanges:
        n_plain = len(named) - len(self._named)
        trips, times = self._index.network.trips, self._index.schedule.times_ptr
        lengths = np.diff(found.ptr)
        rows = np.repeat(times[updates.trip] - found.ptr[:-1], lengths) + np.arange(int(found.ptr[-1]))
        served = np.concatenate([[0], np.cumsum(found.flags != 0)])
        is_empty = served[found.ptr[1:]] - served[found.ptr[:-1]] < 2
        kind = np.where(is_empty & (named[:, 0] == ChangeKind.UPDATED), ChangeKind.CANCELLED, named[:, 0])
        return TripChanges(
            kind=kind.astype(np.int8),
            trip=updates.trip,
            day=named[:, 1].astype(np.int32),
            start_s=named[:, 2].astype(np.int32),
            shift_s=named[:, 3].astype(np.int32),
            route=np.asarray(trips.route)[updates.trip],
            id=(*(row[4] for row in self._named), *[""] * n_plain),
            headsign=(*(row[5] for row in self._named), *[""] * n_plain),
            ptr=found.ptr,
            stop=found.stop,
            flags=found.flags,
            arrival=found.arrival,
            departure=found.departure,
            sequence=self._index.schedule.stop_sequence[rows],
            is_known=found.is_known,
        )


def read_calls(index: FeedIndex, said: Sequence[gtfs_rt.TripUpdate.StopTimeUpdate]) -> list[Call]:
    """The updates of a trip's calls as numbers."""
    stops = index.stops
    calls: list[Call] = []
    for update in said:
        stop_id, assigned = update.stop_id, NOWHERE
        if update.HasField("stop_time_properties"):
            named = update.stop_time_properties.assigned_stop_id
            assigned = stops.get(named, UNKNOWN) if named else NOWHERE
        calls.append(
            (
                update.stop_sequence if update.HasField("stop_sequence") else -1,
                stops.get(stop_id, UNKNOWN) if stop_id else NOWHERE,
                assigned,
                update.schedule_relationship,
                *(_event(update.arrival) if update.HasField("arrival") else _NO_EVENT),
                *(_event(update.departure) if update.HasField("departure") else _NO_EVENT),
            )
        )
    return calls


_NO_EVENT = (NOTHING, 0)


def _event(event: gtfs_rt.TripUpdate.StopTimeEvent) -> tuple[int, int]:
    """(what it gives, seconds): of both, the time counts."""
    if event.HasField("time"):
        return TIME, event.time
    return (DELAY, event.delay) if event.HasField("delay") else _NO_EVENT
