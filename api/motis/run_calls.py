"""The calls of one vehicle, read from the tables at once, as answers tell them."""

from __future__ import annotations

from api.motis.asked import utc_text
from routing.realtime.live import LiveNetwork, is_as_scheduled
from routing.trip_runs import TripRun

Times = tuple[str, str]
"""UTC texts: when it happens, and when by the schedule."""


class RunCalls:
    """Of one run. `stops` and `flags` by the number of the call, as TripRun has them."""

    def __init__(self, run: TripRun) -> None:
        network, rows = run.network, run.rows
        self.run = run
        self.stops: list[int] = run.stops.tolist()
        self.flags: list[int] = run.flags.tolist()
        self.last = len(self.stops) - 1
        self.has_alerts = isinstance(network, LiveNetwork) and bool(network.live.alerts.alerts)
        self._base_s = run.base_s
        self._arrivals: list[int] = network.stop_times.arrival[rows].tolist()
        self._departures: list[int] = network.stop_times.departure[rows].tolist()
        self.is_as_scheduled = is_as_scheduled(network, run.trip)

    def arrival(self, position: int) -> Times:
        """Of call number `position`."""
        live = utc_text(self._base_s + self._arrivals[position])
        return (live, live) if self.is_as_scheduled else (live, self._planned(position, "arrival", live))

    def departure(self, position: int) -> Times:
        """Of call number `position`."""
        live = utc_text(self._base_s + self._departures[position])
        return (live, live) if self.is_as_scheduled else (live, self._planned(position, "departure", live))

    def is_skipped(self, position: int) -> bool:
        """As TripRun.is_skipped."""
        return not self.is_as_scheduled and self.run.is_skipped(position)

    def _planned(self, position: int, event: str, live: str) -> str:
        """Clients take a vehicle that the schedule does not have for one that is on time."""
        planned_s = self.run.scheduled_s(position, event)
        return live if planned_s is None else utc_text(planned_s)
