"""What walks on a network: where places are, what is in reach of them on foot, and how walks are written out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.model import Bits, Network
from routing.on_foot import OnFoot
from routing.places import PlaceFinder
from routing.reconstruct import Reconstructor
from routing.walks import closed_stops


@dataclass(frozen=True, slots=True)
class Ground:
    """What walks: with stairs, or without them."""

    on_foot: OnFoot
    finder: PlaceFinder
    reconstructor: Reconstructor
    closed: Bits
    """Stops where this rider neither boards nor alights."""

    @classmethod
    def of(cls, network: Network, *, step_free: bool) -> Ground:
        on_foot = OnFoot(network, step_free=step_free)
        finder = PlaceFinder(network, on_foot, step_free=step_free)
        return cls(on_foot, finder, Reconstructor(network, on_foot), closed_stops(network, step_free=step_free))

    def on(self, network: Network) -> Ground:
        """The same for a network that differs in its trips only."""
        return replace(self, reconstructor=Reconstructor(network, self.on_foot))
