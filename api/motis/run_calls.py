"""The calls of one vehicle, read from the tables at once, as answers tell them."""

from __future__ import annotations

from api.motis.asked import utc_text
from routing.realtime.live import LiveNetwork, is_as_scheduled
from routing.trip_runs import TripRun


class RunCalls:
    """Of one run. `stops` and `flags` by the number of the call, as TripRun has them."""

    def __init__(self, run: TripRun) -> None:
        network, trip = run.network, run.trip
        trips, sequences, times = network.trips, network.sequences, network.stop_times
        # Not by the properties of TripRun, each of which looks up the same bounds: an answer has dozens of runs.
        begin, end = trips.times_ptr[trip : trip + 2].tolist()
        sequence = int(trips.sequence[trip])
        first, behind = sequences.ptr[sequence : sequence + 2].tolist()
        self.run = run
        self.stops: list[int] = sequences.stops[first:behind].tolist()
        self.flags: list[int] = sequences.flags[first:behind].tolist()
        self.begin = begin
        """Row of its first call in stop_times."""
        self.last = behind - first - 1
        self.has_alerts = isinstance(network, LiveNetwork) and bool(network.live.alerts.alerts)
        self.is_as_scheduled = is_as_scheduled(network, trip)
        self._base_s = run.base_s
        self._arrivals: list[int] = times.arrival[begin:end].tolist()
        self._departures: list[int] = times.departure[begin:end].tolist()

    def times(self, position: int, *, arrives: bool = True, leaves: bool = True) -> str:
        """Of call number `position`: when it happens and when by the schedule, as members of a JSON object, each
        after a comma. The first call has no arrival, the last no departure; both may be left out elsewhere, too."""
        arrives, leaves = arrives and position > 0, leaves and position < self.last
        came_s, left_s = self._arrivals[position], self._departures[position]
        came = utc_text(self._base_s + came_s)
        left = came if left_s == came_s else utc_text(self._base_s + left_s)
        if self.is_as_scheduled:
            due, to_leave = came, left
        else:
            due, to_leave = self._planned(position, "arrival", came), self._planned(position, "departure", left)
        if arrives and leaves:
            return (
                f',"arrival":"{came}","scheduledArrival":"{due}","departure":"{left}","scheduledDeparture":"{to_leave}"'
            )
        if arrives:
            return f',"arrival":"{came}","scheduledArrival":"{due}"'
        return f',"departure":"{left}","scheduledDeparture":"{to_leave}"' if leaves else ""

    def is_skipped(self, position: int) -> bool:
        """As TripRun.is_skipped."""
        return not self.is_as_scheduled and self.run.is_skipped(position)

    def _planned(self, position: int, event: str, live: str) -> str:
        """Clients take a vehicle that the schedule does not have for one that is on time."""
        planned_s = self.run.scheduled_s(position, event)
        return live if planned_s is None else utc_text(planned_s)
