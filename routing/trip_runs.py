"""Single vehicles: one run of one trip on one service date, with its calls as instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from ingest.model import Bits, Int32s, Network
from ingest.realtime.patch import Alert, ChangeKind
from routing.along import AlongTrip, known
from routing.instants import clock_at
from routing.journeys import PlaceName, RideLeg
from routing.names import headsign, route_name
from routing.realtime.live import (
    LiveNetwork,
    alerts_of,
    is_as_scheduled,
    kind_of,
    live_row,
    scheduled_call,
    scheduled_shift,
    scheduled_trip,
)
from routing.runs import DAY_S, day_start_s

MOST_DAYS_AHEAD = 366
"""How far ahead a trip that is asked for without a date is looked for."""


@dataclass(frozen=True, slots=True)
class TripRun:
    """A vehicle. Its trip's times in stop_times are counted from `base_s` (UTC seconds).

    headway_s is set where frequencies.txt gives no timetable (exact_times=0): the run is then one of many that the
    feed promises, one in each headway, and its times are nominal.
    """

    network: Network
    trip: int
    service_date: date
    base_s: int
    headway_s: int | None

    @property
    def rows(self) -> slice:
        """Its calls in stop_times."""
        ptr = self.network.trips.times_ptr
        return slice(int(ptr[self.trip]), int(ptr[self.trip + 1]))

    @property
    def stops(self) -> Int32s:
        """Rows of Stops, in order."""
        sequence = int(self.network.trips.sequence[self.trip])
        ptr = self.network.sequences.ptr
        return self.network.sequences.stops[int(ptr[sequence]) : int(ptr[sequence + 1])]

    @property
    def flags(self) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        """CAN_BOARD | CAN_ALIGHT of each call."""
        sequence = int(self.network.trips.sequence[self.trip])
        ptr = self.network.sequences.ptr
        return self.network.sequences.flags[int(ptr[sequence]) : int(ptr[sequence + 1])]

    def arrival_s(self, position: int) -> int:
        """UTC seconds of the arrival at call number `position`."""
        return self.base_s + int(self.network.stop_times.arrival[self.rows.start + position])

    def departure_s(self, position: int) -> int:
        """UTC seconds of the departure at call number `position`."""
        return self.base_s + int(self.network.stop_times.departure[self.rows.start + position])

    @property
    def scheduled_trip(self) -> int:
        """The row of trips that the schedule has it as, or its own."""
        return scheduled_trip(self.network, self.trip)

    @property
    def follows_schedule(self) -> bool:
        """Whether its calls are those of `scheduled_trip`, one by one."""
        row = self.scheduled_trip
        return kind_of(self.network, self.trip) in (None, ChangeKind.UPDATED) and (
            row != self.trip or kind_of(self.network, self.trip) is None
        )

    def scheduled_s(self, position: int, event: str) -> int | None:
        """UTC seconds of the `arrival` or `departure` at call number `position` by the schedule; None where it has no
        such call."""
        if is_as_scheduled(self.network, self.trip):
            return self.arrival_s(position) if event == "arrival" else self.departure_s(position)
        late_s, _ = scheduled_shift(self.network, self.trip, self.rows.start + position, event)
        at = self.arrival_s(position) if event == "arrival" else self.departure_s(position)
        return None if late_s is None else at - late_s

    def is_known(self, position: int) -> bool:
        """Whether real time says when call number `position` is made."""
        return scheduled_call(self.network, self.trip, position).is_known

    @property
    def is_cancelled(self) -> bool:
        """Whether real time says that it does not run."""
        return kind_of(self.network, self.trip) is ChangeKind.CANCELLED

    def is_skipped(self, position: int) -> bool:
        """Whether it does not make call number `position`, though the schedule says so."""
        return self.is_cancelled or scheduled_call(self.network, self.trip, position).is_skipped

    def alerts(self, *positions: int) -> tuple[Alert, ...]:
        """What riders should know who board or alight at some calls."""
        stops = tuple(int(self.stops[position]) for position in positions)
        times = [self.departure_s(position) for position in positions]
        return alerts_of(self.network, self.trip, self.service_date.toordinal(), stops, min(times), max(times))

    def stop_alerts(self, position: int) -> tuple[Alert, ...]:
        """What everyone should know at the stop of call number `position`."""
        if not isinstance(self.network, LiveNetwork):
            return ()
        at, stop = self.departure_s(position), int(self.stops[position])
        return self.network.live.alerts.of_stops(self.network, (stop,), at, at)

    @property
    def start_s(self) -> int:
        """When it leaves its first stop by the schedule, in seconds of the service day: what tells runs of one trip
        apart, and is the same whether it is late or not."""
        planned = self.scheduled_s(0, "departure")
        leaves = self.departure_s(0) if planned is None else planned
        return leaves - day_start_s(self.service_date, trip_zone(self.network, self.trip))


def trip_zone(network: Network, trip: int) -> str:
    """The time zone that a trip's times are in: its agency's."""
    agency = int(network.routes.agency[network.trips.route[trip]])
    return network.zones[int(network.agencies.zone[agency])]


def runs_on(network: Network, trip: int, day: date) -> bool:
    """Whether the trip's service runs on that date."""
    column = (day - network.first_date).days
    runs = network.services.runs
    return 0 <= column < runs.shape[1] and bool(runs[int(network.trips.service[trip]), column])


def find_run(network: Network, trip: int, day: date, start_s: int | None = None) -> TripRun | None:
    """The run of a trip on a date that leaves its first stop `start_s` into the service day, or the first of the day.

    None where the trip does not run then.
    """
    changed = live_row(network, trip, day.toordinal(), start_s)
    if changed is not None:
        return TripRun(network, changed, day, day_start_s(day, trip_zone(network, changed)), None)
    if not runs_on(network, trip, day):
        return None
    first = int(network.stop_times.departure[int(network.trips.times_ptr[trip])])
    begin = day_start_s(day, trip_zone(network, trip))
    if not network.trips.is_headway[trip]:
        # A vehicle that only real time has is known by its row: its start is what it is now.
        return TripRun(network, trip, day, begin, None) if start_s in (None, first) else None
    rows = np.flatnonzero(network.headways.trip == trip)
    for row in rows[np.argsort(network.headways.start[rows], kind="stable")].tolist():
        start, end, headway, exact = _period(network, row)
        leaves = start if start_s is None else start_s
        if start <= leaves < end and (not exact or (leaves - start) % headway == 0):
            return TripRun(network, trip, day, begin + leaves - first, None if exact else headway)
    return None


def may_start_later_s(run: TripRun) -> int:
    """How many seconds later a run of a headway service could leave its first stop in the same period; 0 of others."""
    if run.headway_s is None:
        return 0
    rows = np.flatnonzero(run.network.headways.trip == run.trip).tolist()
    periods = [_period(run.network, row) for row in rows]
    return max((end - 1 - run.start_s for start, end, _, _ in periods if start <= run.start_s < end), default=0)


def next_run(network: Network, trip: int, now: datetime) -> TripRun | None:
    """The trip's run on its first date from today on; else on its last one before. None where it never runs."""
    zone = ZoneInfo(trip_zone(network, trip))
    days = np.flatnonzero(_running(network, trip))
    if len(days) == 0:
        return None
    today = (now.astimezone(zone).date() - network.first_date).days
    ahead = days[days >= today]
    day = network.first_date + timedelta(days=int(ahead[0] if len(ahead) else days[-1]))
    return find_run(network, trip, day)


def _running(network: Network, trip: int) -> Bits:
    """The dates on which the schedule has a trip, whether or not it runs now."""
    services = network.live.scheduled_service if isinstance(network, LiveNetwork) else network.trips.service
    found: Bits = network.services.runs[int(services[trip])]
    return found


def run_of_leg(leg: RideLeg) -> TripRun | None:
    """The vehicle that a leg rides. None where the leg does not come from this snapshot's trips."""
    along = leg.along
    if not isinstance(along, AlongTrip):
        return None
    offset = int(along.network.stop_times.departure[along.board])
    base_s = along.epoch_s + int(along.departures[0]) - offset
    return TripRun(along.network, along.trip, leg.service_date, base_s, leg.headway_s)


def ride_leg(run: TripRun, board: int, alight: int, *, stay_seated: bool = False) -> RideLeg:
    """Riding `run` from its call number `board` to number `alight`, both counted from 0."""
    network, trip = run.network, run.trip
    stops, first = run.stops, run.rows.start
    route = int(network.trips.route[trip])
    sequence = network.stop_times.stop_sequence
    return RideLeg(
        provider=network.providers[int(network.routes.provider[route])].id,
        feed=network.feeds[int(network.routes.feed[route])].id,
        trip_id=network.trips.id[trip],
        route=route_name(network, route),
        headsign=headsign(network, trip),
        service_date=run.service_date,
        from_place=stop_name(network, int(stops[board])),
        to_place=stop_name(network, int(stops[alight])),
        from_stop_sequence=int(sequence[first + board]),
        to_stop_sequence=int(sequence[first + alight]),
        departure=stop_clock(network, int(stops[board]), run.departure_s(board)),
        arrival=stop_clock(network, int(stops[alight]), run.arrival_s(alight)),
        wait_s=0,
        headway_s=run.headway_s,
        stay_seated=stay_seated,
        along=AlongTrip(
            network,
            trip,
            first + board,
            first + alight,
            stops[board : alight + 1],
            network.stop_times.arrival[first + board : first + alight + 1],
            network.stop_times.departure[first + board : first + alight + 1],
            run.base_s,
        ),
    )


def stop_name(network: Network, stop: int) -> PlaceName:
    """A stop as riders know it."""
    stops = network.stops
    return PlaceName(stops.id[stop], stops.name[stop], known(stops.lat[stop]), known(stops.lon[stop]))


def stop_clock(network: Network, stop: int, instant: int) -> datetime:
    """UTC seconds as the time on the stop's clock."""
    at = partial(clock_at, zone=ZoneInfo(network.zones[int(network.stops.zone[stop])]))
    return at(instant)


def utc_date(instant: int) -> date:
    """The date of UTC seconds."""
    return datetime.fromtimestamp(instant // DAY_S * DAY_S, UTC).date()


def _period(network: Network, row: int) -> tuple[int, int, int, bool]:
    headways = network.headways
    return (
        int(headways.start[row]), int(headways.end[row]), int(headways.headway_s[row]), bool(headways.exact[row])
    )  # fmt: skip
