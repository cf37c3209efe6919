"""Which stops each provider serves, and how busy they are: what place search, map and provider list start from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.model import CAN_BOARD, Int32s, Network


@dataclass(frozen=True, slots=True)
class ServedStops:
    """Pairs (stop, provider) joined by at least one trip that runs on some date, sorted by stop, then provider.

    departures  boardable departures of that provider there, on a mean day of those on which its feed runs
    n_routes    routes of each provider that such a trip rides                        shape (providers,)
    """

    stop: Int32s
    provider: Int32s
    departures: NDArray[np.float64]
    n_routes: NDArray[np.int64]


def find_served_stops(network: Network) -> ServedStops:
    """Count over all trips; a headway trip counts the vehicles that its periods promise."""
    vehicles = _vehicles(network)
    runs = np.flatnonzero(vehicles > 0)
    route = network.trips.route[runs]
    provider = network.routes.provider[route].astype(np.int64)
    n_providers = len(network.providers)
    # Trips of one provider along one sequence call at the same stops: add them up before looking at calls.
    keys, which = np.unique(network.trips.sequence[runs].astype(np.int64) * n_providers + provider, return_inverse=True)
    weight = np.bincount(which, vehicles[runs], minlength=len(keys))
    sequence, owner = keys // max(n_providers, 1), keys % max(n_providers, 1)
    begin, end = network.sequences.ptr[sequence], network.sequences.ptr[sequence + 1]
    lengths = end - begin
    rows = np.repeat(begin - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(int(lengths.sum()))
    boarded = (network.sequences.flags[rows] & CAN_BOARD > 0) & (rows != np.repeat(end - 1, lengths))
    pairs = network.sequences.stops[rows].astype(np.int64) * n_providers + np.repeat(owner, lengths)
    found, which = np.unique(pairs, return_inverse=True)
    departures = np.bincount(which, np.repeat(weight, lengths) * boarded, minlength=len(found)).astype(np.float64)
    routes = np.unique(route)
    return ServedStops(
        (found // max(n_providers, 1)).astype(np.int32),
        (found % max(n_providers, 1)).astype(np.int32),
        departures,
        np.bincount(network.routes.provider[routes], minlength=n_providers),
    )


def _vehicles(network: Network) -> NDArray[np.float64]:
    """Vehicles of each trip on a mean day: a feed that is valid for longer is not busier."""
    trips, periods = network.trips, network.headways
    if network.services.runs.size == 0:
        return np.zeros(len(trips.route))
    share = _share_of_days(network)
    each = np.where(trips.is_headway == 1, 0.0, 1.0)
    lengths = np.maximum(periods.end - periods.start, 0)
    np.add.at(each, periods.trip, np.ceil(lengths / np.maximum(periods.headway_s, 1)))
    total: NDArray[np.float64] = each * share[trips.service]
    return total


def _share_of_days(network: Network) -> NDArray[np.float64]:
    """Of the days on which anything of its feed runs, the part on which each service does. Shape (services,)."""
    services = network.services
    share = np.zeros(len(services.feed))
    for feed in np.unique(services.feed):
        rows = services.feed == feed
        days = int(services.runs[rows].any(axis=0).sum())
        share[rows] = services.runs[rows].sum(axis=1, dtype=np.int64) / max(days, 1)
    return share
