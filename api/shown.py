"""What boards and maps show: the calls of one moment, of the schedule or with real time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from api.schemas.realtime import FeedAge, RealtimeUse
from ingest.model import Network
from routing.call_index import CallIndex
from routing.moving import MovingVehicles
from routing.realtime.live import LiveNetwork

LATE_AFTER_S = 120


@dataclass(frozen=True)
class Shown:
    """Safe to share between threads: what is made here is made from frozen things. `why_not`: see RealtimeUse."""

    network: Network
    """With cancelled vehicles among those that run."""
    running: Network
    """Without them."""
    why_not: str = "none"
    late_after_s: int = LATE_AFTER_S

    @classmethod
    def of(cls, network: Network, why_not: str = "none", late_after_s: int = LATE_AFTER_S) -> Shown:
        """Of the network that a router answers on."""
        shown = network.shown() if isinstance(network, LiveNetwork) else network
        return cls(shown, network, why_not, late_after_s)

    @cached_property
    def calls(self) -> CallIndex:
        """Which trips call at a stop."""
        return CallIndex(self.network)

    @cached_property
    def moving(self) -> MovingVehicles:
        """Vehicles under way."""
        return MovingVehicles(CallIndex(self.running))

    def realtime(self, now: datetime) -> RealtimeUse:
        """What an answer made of this says of real time."""
        return realtime_use(self.running, self.why_not, self.late_after_s, now)


def realtime_use(network: Network, why_not: str, late_after_s: int, now: datetime) -> RealtimeUse:
    """What an answer on `network` says of real time; `why_not` is its status if there is none in it."""
    if not isinstance(network, LiveNetwork):
        return RealtimeUse.model_validate({"status": why_not, "feeds": []})
    ages = {feed: max(int(now.timestamp()) - at, 0) for feed, at in sorted(network.live.feeds.items())}
    rows = [FeedAge(feed=feed, age_s=age, is_late=age > late_after_s) for feed, age in ages.items()]
    return RealtimeUse(status="live", feeds=rows)
