"""What each provider runs and where it calls, looked up once for a network: what does not depend on a question."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.model import Bits, Int32s, Network
from routing.kept import Kept
from routing.service_span import service_span_s

MOST_PROVIDERS = 256
"""So many are kept: a byte for each stop."""


@dataclass(frozen=True, slots=True)
class ProviderService:
    """Of one provider.

    span_s    UTC seconds between which its feeds run, as service_span_s tells them
    calls_at  1 for the stops at which one of its trips calls, shape (stops,)
    """

    has_trips: bool
    span_s: tuple[int, int] | None
    calls_at: Bits

    def serves(self, stops: Int32s) -> bool:
        """Whether one of its trips calls at one of the stops."""
        return bool(self.calls_at[stops].any())


class ProviderServices:
    """The services of one network's providers. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._kept: Kept[int, ProviderService] = Kept(MOST_PROVIDERS)

    def of(self, provider: int) -> ProviderService:
        """Of a row of the network's providers."""
        return self._kept.get(provider, lambda: self._find(provider))

    def _find(self, provider: int) -> ProviderService:
        network = self._network
        is_own = network.routes.provider == provider
        trips = np.flatnonzero(is_own[network.trips.route])
        calls_at = np.zeros(len(network.stops.lat), np.uint8)
        ptr = network.sequences.ptr
        for sequence in np.unique(network.trips.sequence[trips]).tolist():
            calls_at[network.sequences.stops[ptr[sequence] : ptr[sequence + 1]]] = 1
        feeds = np.unique(network.routes.feed[is_own]).tolist()
        return ProviderService(len(trips) > 0, service_span_s(network, feeds), calls_at)
