"""The calls of a network's trips as kernels read them."""

from __future__ import annotations

from ingest.model import Network
from routing.kernels.calls import TripCalls
from routing.read_only import read_only


def trip_calls(network: Network) -> TripCalls:
    """The calls of all trips of a network."""
    trips, times, sequences = network.trips, network.stop_times, network.sequences
    return TripCalls(
        times_ptr=read_only(trips.times_ptr),
        arrival=read_only(times.arrival),
        departure=read_only(times.departure),
        sequence=read_only(trips.sequence),
        sequence_ptr=read_only(sequences.ptr),
        stops=read_only(sequences.stops),
        flags=read_only(sequences.flags),
    )
