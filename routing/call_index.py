"""Which trips call at a stop: what departure boards and maps of vehicles look up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.model import Bits, Int32s, Int64s, Network


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of trips. Shape (calls,) each; `position` counts the calls of a trip from 0."""

    trip: Int32s
    position: Int32s
    flags: Bits
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]

    def where(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Calls:
        """Some of them."""
        return Calls(self.trip[rows], self.position[rows], self.flags[rows], self.is_first[rows], self.is_last[rows])


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows by key: rows of key k are rows[ptr[k]:ptr[k + 1]], ascending."""

    ptr: Int64s
    rows: Int32s

    @classmethod
    def of(cls, keys: Int32s, n_keys: int) -> Groups:
        """Group the rows of `keys`."""
        counts = np.bincount(keys, minlength=n_keys)
        ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        return cls(ptr, np.argsort(keys, kind="stable").astype(np.int32))

    def of_keys(self, keys: Int32s) -> tuple[NDArray[np.int64], Int32s]:
        """(index into `keys`, row) for every row of every key."""
        begin, end = self.ptr[keys], self.ptr[keys + 1]
        lengths = end - begin
        which = np.repeat(np.arange(len(keys)), lengths)
        starts = np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
        return which, self.rows[starts + np.arange(int(lengths.sum()))]


class CallIndex:
    """The calls of one network by stop. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        sequences = network.sequences
        self.network = network
        self.by_stop = Groups.of(sequences.stops, len(network.stops.lat))
        self.trips_by_sequence = Groups.of(network.trips.sequence, len(sequences.ptr) - 1)
        self.headways_by_trip = Groups.of(network.headways.trip, len(network.trips.route))
        self._sequence_of_call = np.repeat(
            np.arange(len(sequences.ptr) - 1, dtype=np.int32), np.diff(sequences.ptr)
        )  # fmt: skip

    def at(self, stops: Int32s) -> Calls:
        """Every call of every trip at any of `stops`, whether or not the trip ever runs."""
        sequences = self.network.sequences
        _, calls = self.by_stop.of_keys(stops)
        sequence = self._sequence_of_call[calls]
        which, trips = self.trips_by_sequence.of_keys(sequence)
        calls, sequence = calls[which], sequence[which]
        position = (calls - sequences.ptr[sequence]).astype(np.int32)
        last = sequences.ptr[sequence + 1] - 1
        return Calls(trips, position, sequences.flags[calls], position == 0, calls == last)

    def route_types_at_stops(self) -> tuple[Int32s, Int32s]:
        """Pairs (stop, route_type), each once, of trips that call there; sorted."""
        network = self.network
        route_type = network.routes.type[network.trips.route].astype(np.int64)
        pairs = np.unique(network.trips.sequence.astype(np.int64) << 16 | route_type)
        which, calls = _calls_of(network, (pairs >> 16).astype(np.int64))
        both = np.unique(network.sequences.stops[calls].astype(np.int64) << 16 | (pairs & 0xFFFF)[which])
        return (both >> 16).astype(np.int32), (both & 0xFFFF).astype(np.int32)


def _calls_of(network: Network, sequences: Int64s) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    ptr = network.sequences.ptr
    lengths = ptr[sequences + 1] - ptr[sequences]
    which = np.repeat(np.arange(len(sequences)), lengths)
    starts = np.repeat(ptr[sequences] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    return which, starts + np.arange(int(lengths.sum()))
