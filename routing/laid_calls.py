"""The calls of a network's trips as kernels read them."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.model import Network
from routing.kernels.calls import TripCalls

Scalar = TypeVar("Scalar", bound=np.generic)


def trip_calls(network: Network) -> TripCalls:
    """The calls of all trips of a network."""
    trips, times, sequences = network.trips, network.stop_times, network.sequences
    return TripCalls(
        times_ptr=_read_only(trips.times_ptr),
        arrival=_read_only(times.arrival),
        departure=_read_only(times.departure),
        sequence=_read_only(trips.sequence),
        sequence_ptr=_read_only(sequences.ptr),
        stops=_read_only(sequences.stops),
        flags=_read_only(sequences.flags),
    )


def _read_only(column: NDArray[Scalar]) -> NDArray[Scalar]:
    """Of a snapshot or laid over it: one type, for which a kernel is compiled once."""
    view = np.asarray(column)[:]
    view.flags.writeable = False
    return view
