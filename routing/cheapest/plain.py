"""The search for cheap journeys that knows nothing of any kind of fare: whatever schemes sell tickets, it is exact.

It tries every ride of every rider who is ready somewhere. A rider is left aside only if another one at the same stop
is there no later, has ridden no more vehicles and providers, left no earlier, and has a purse that is never dearer
(routing.cheapest.purse). Where a ticket may be interrupted, or the search runs against the direction of travel, that
cannot be said, and nobody is left aside. It is for fares that routing.cheapest.layout cannot lay out for the kernel,
and for judging the kernel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from routing.cancel import check_cancelled
from routing.cheapest.purse import Purse, Purses
from routing.cheapest.task import CheapTask, Found, Step, beats
from routing.cheapest.vehicles import Boarded, FareRides, board, ridden_of
from routing.fares import Fare
from routing.fares.rides import Ride
from routing.kernels.layout import CAN_ALIGHT, UNREACHED
from routing.kernels.raptor import first_vehicle
from routing.timetable import trip_times

MOST_RIDERS = 200_000
"""After so many the question is given up: it is too much for this search."""


class TooMuchError(Exception):
    """The fares are of a kind that only the plain search knows, and the question is too wide for it."""


@dataclass(slots=True)
class _Rider:
    """Somebody under way: at a stop since `time`, seconds of the side. Steps are in the order of the search."""

    stop: int
    time: int
    near: int
    ridden: int
    steps: tuple[Step, ...]
    rides: tuple[Ride, ...]
    purse: Purse | None
    is_left_aside: bool = field(default=False)


def search_plainly(task: CheapTask) -> list[Found]:
    """The journeys that none beats (routing.cheapest.task.beats), one of equals. Raises TooMuchError."""
    return _Plain(task).search()


class _Plain:
    def __init__(self, task: CheapTask) -> None:
        self._task = task
        self._purses = Purses(task.book, task.rider)
        self._fare_rides = FareRides(task.network, task.timetable)
        self._ridden = ridden_of(task.timetable)
        schemes = task.book.every_scheme
        self._has_purses = not task.arrive_by and not any(scheme.interrupted for scheme in schemes)
        self._is_one_currency = len(task.book.currencies) <= 1
        side = task.side
        is_headway = (np.diff(side.runs_ptr) > 0) & (task.allowed == 1)
        # Who is there sooner can wait for the later one's train, but takes a headway service sooner.
        self._same_time = bool(is_headway.any()) and any(scheme.is_timed for scheme in schemes)
        self._egress = dict(zip(task.far.stops.tolist(), task.far.seconds.tolist(), strict=True))
        self._found: list[Found] = []
        self._n_riders = 0

    def search(self) -> list[Found]:
        task = self._task
        ready = [
            _Rider(stop, task.time + seconds, task.time, 0, (), (), None)
            for stop, seconds in zip(task.near.stops.tolist(), task.near.seconds.tolist(), strict=True)
            if task.time + seconds <= task.board_by[stop]
        ]
        arrived: dict[int, list[_Rider]] = defaultdict(list)
        waiting: dict[int, list[_Rider]] = defaultdict(list)
        for vehicles in range(1, task.max_rounds + 1):
            off: list[_Rider] = []
            for rider in ready:
                if not rider.is_left_aside:
                    check_cancelled()
                    off += [one for one in self._rides(rider) if self._keep(one, arrived)]
            off = [rider for rider in off if not rider.is_left_aside]
            for rider in off:
                self._finish(rider)
            if vehicles == task.max_rounds:
                break
            ready = [one for rider in off for one in self._changes(rider) if self._keep(one, waiting)]
        return self._found

    def _keep(self, rider: _Rider, at: dict[int, list[_Rider]]) -> bool:
        """Whether nobody at the stop is as good in everything; who is not as good as this one is left aside."""
        self._n_riders += 1
        if self._n_riders > MOST_RIDERS:
            raise TooMuchError
        others = at[rider.stop]
        if rider.purse is not None:
            if any(self._is_as_good(other, rider) for other in others):
                return False
            for other in others:
                other.is_left_aside = self._is_as_good(rider, other)
            others[:] = [other for other in others if not other.is_left_aside]
        others.append(rider)
        return True

    def _is_as_good(self, one: _Rider, other: _Rider) -> bool:
        if one.time > other.time or (self._same_time and one.time < other.time):
            return False
        if one.near < other.near or one.ridden & ~other.ridden or len(one.steps) > len(other.steps):
            return False
        assert one.purse is not None
        assert other.purse is not None
        return one.purse.is_no_dearer_than(other.purse, is_one_currency=self._is_one_currency)

    def _rides(self, rider: _Rider) -> Iterator[_Rider]:
        """Everything that can be boarded where a rider is ready, to wherever it may be left."""
        side, task = self._task.side, self._task
        rows = side.boardings[side.boardings_ptr[rider.stop] : side.boardings_ptr[rider.stop + 1]]
        for _, pattern, position, _ in rows.tolist():
            if task.allowed[pattern]:
                for trip, start, near in self._vehicles(rider, pattern, position):
                    yield from self._ridden_on(rider, pattern, position, trip, start, near)

    def _vehicles(self, rider: _Rider, pattern: int, position: int) -> Iterator[tuple[int, int, int]]:
        """(trip, start of a headway vehicle or 0, when the rider must be at the near end)."""
        side, task = self._task.side, self._task
        low, high = int(side.runs_ptr[pattern]), int(side.runs_ptr[pattern + 1])
        if low < high:
            _, departures = trip_times(side, pattern, 0)
            passing = rider.time - int(departures[position])
            start = int(first_vehicle(side.run_lo, side.run_hi, side.run_board_wait, side.run_alight_wait, low, high,
                                      passing))  # fmt: skip
            if start < UNREACHED:
                yield -1, start, rider.near
            return
        for trip in range(int(side.trips_ptr[pattern + 1] - side.trips_ptr[pattern])):
            departure = int(trip_times(side, pattern, trip)[1][position])
            if rider.time <= departure <= task.limit:
                yield trip, 0, rider.near if rider.steps else rider.near + departure - rider.time

    def _ridden_on(
        self, rider: _Rider, pattern: int, position: int, trip: int, start: int, near: int
    ) -> Iterator[_Rider]:
        side, task = self._task.side, self._task
        first, n_calls = int(side.calls_ptr[pattern]), int(side.calls_ptr[pattern + 1] - side.calls_ptr[pattern])
        n_trips = int(side.trips_ptr[pattern + 1] - side.trips_ptr[pattern])
        arrivals, departures = trip_times(side, pattern, max(trip, 0))
        for off in range(position + 1, n_calls):
            stop, arrival = int(side.call_stops[first + off]), start + int(arrivals[off])
            if not side.call_flags[first + off] & CAN_ALIGHT or arrival > task.alight_by[stop]:
                continue
            if task.arrive_by:
                step = Step(
                    pattern, n_calls - 1 - off, n_calls - 1 - position, trip if trip < 0 else n_trips - 1 - trip
                )
            else:
                step = Step(pattern, position, off, trip)
            ridden = rider.ridden | self._ridden[pattern]
            found = _Rider(stop, arrival, near, ridden, (*rider.steps, step), rider.rides, None)
            if not task.arrive_by:
                departure = start + int(departures[position])
                found.rides += tuple(
                    self._fare_rides.of(Boarded(step, start, 0, departure, arrival, 0, 0), len(rider.rides))
                )
                if self._has_purses:
                    found.purse = self._purses.pay(rider.purse, found.rides[len(rider.rides) :])
                    if found.purse is None:
                        continue
            yield found

    def _changes(self, rider: _Rider) -> Iterator[_Rider]:
        """Where a rider who has got off can board next, and from when on."""
        paths, task = self._task.walks, self._task
        leave = rider.time + task.slack_s
        ends = []
        if paths.change_s[rider.stop] < UNREACHED:
            ends.append((rider.stop, leave + int(paths.change_s[rider.stop])))
        rows = range(int(paths.ptr[rider.stop]), int(paths.ptr[rider.stop + 1]))
        near = (row for row in rows if paths.walk_s[row] <= task.max_walk_s)
        ends += [(int(paths.stops[row]), leave + int(paths.change_by_foot_s[row])) for row in near]
        for stop, time in ends:
            if time <= task.board_by[stop]:
                yield _Rider(stop, time, rider.near, rider.ridden, rider.steps, rider.rides, rider.purse)

    def _finish(self, rider: _Rider) -> None:
        seconds = self._egress.get(rider.stop)
        if seconds is None or rider.time + seconds > self._task.limit:
            return
        far = rider.time + seconds
        steps = rider.steps[::-1] if self._task.arrive_by else rider.steps
        fare = self._fare(rider, far, steps)
        if fare is None:
            return
        found = Found(rider.near, far, rider.ridden, *fare, steps)
        if not any(beats(other, found) for other in self._found):
            self._found[:] = [other for other in self._found if not beats(found, other)]
            self._found.append(found)

    def _fare(self, rider: _Rider, far: int, steps: Sequence[Step]) -> tuple[Decimal, str] | None:
        task = self._task
        if rider.purse is not None:
            sums = rider.purse.sums()
            return (sums[min(sums)], min(sums)) if sums else None
        rides: Sequence[Ride] = rider.rides
        if task.arrive_by:
            boarded = board(task.timetable, task.walk_table, steps, -far, task.access, task.slack_s)
            if boarded is None:
                return None
            rides = []
            for one in boarded:
                rides += self._fare_rides.of(one, len(rides))
        fare = task.book.price_rides(rides, task.rider)
        return (fare.amount, fare.currency) if isinstance(fare, Fare) else None
