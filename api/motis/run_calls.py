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
        return self._times(position, self._base_s + self._arrivals[position], "arrival")

    def departure(self, position: int) -> Times:
        """Of call number `position`."""
        return self._times(position, self._base_s + self._departures[position], "departure")

    def is_skipped(self, position: int) -> bool:
        """As TripRun.is_skipped."""
        return not self.is_as_scheduled and self.run.is_skipped(position)

    def _times(self, position: int, live_s: int, event: str) -> Times:
        """Clients take a vehicle that the schedule does not have for one that is on time."""
        live = utc_text(live_s)
        planned_s = None if self.is_as_scheduled else self.run.scheduled_s(position, event)
        return live, live if planned_s is None else utc_text(planned_s)
