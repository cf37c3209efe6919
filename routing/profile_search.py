"""Every departure of a window that is worth leaving at: journeys of which none beats another on departure, arrival and
transfers (arrive-by: every arrival worth aiming at)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ingest.model import Int64s
from routing.instants import instant_s
from routing.journeys import Journey
from routing.kernels.layout import UNREACHED
from routing.query import Query, QueryError
from routing.reconstruct import Ends, replay
from routing.runs import DAY_S
from routing.search import HORIZON_S, RideStep, Skeleton, Wanted
from routing.timetable import Timetable

if TYPE_CHECKING:
    from routing.rivals import Rivals
    from routing.router import Router

MAX_WINDOW_S = 86_400
SHORTEST_STEP_S = 60


def check_window(window_s: int) -> None:
    """Raises QueryError for a window that is empty or longer than a day."""
    if not 0 < window_s <= MAX_WINDOW_S:
        bound = MAX_WINDOW_S if window_s > 0 else 1
        raise QueryError(f"window_s is {window_s}; it must lie between 1 and {MAX_WINDOW_S}", "window_s", bound)


@dataclass(slots=True)
class Told:
    """A journey of a profile, and for how many seconds after its departure (arrive-by: before its arrival) it could be
    started as well: 0 but where it is by headway services alone."""

    skeleton: Skeleton
    elastic_s: int = 0


def ride_profile(router: Router, query: Query, ends: Ends, window_s: int) -> Iterator[Journey]:
    """Journeys in vehicles that leave in [time, time + window_s), or arrive in (time - window_s, time].

    `router`: the one of one moment (Router.pinned).
    """
    from routing.own_bounds import SamePlaces  # it is built on the router, which is built on this

    for part, told in ride_skeletons(SamePlaces(router, window_s), query, ends, window_s):
        yield router.journey(part, ends, told.skeleton)


def ride_skeletons(
    router: Router, query: Query, ends: Ends, window_s: int, *, is_first_enough: bool = False
) -> Iterator[tuple[Query, Told]]:
    """The rides of `ride_profile` before they are written out, each with the query whose timetable it is in.

    For how long one could be started is known when the next is asked for that has other vehicles; of all, at the end.
    is_first_enough: at each instant only who is there first is of interest. A journey by headway services alone is then
    told once for as long as it is he who takes it.
    """
    for part, part_s in day_parts(query, window_s):
        found = router.profile_skeletons(part, ends, part_s)
        steps = _Steps(router, part, ends, part_s, router.timetable(part), is_first_enough)
        for told in steps.told() if found is None else map(Told, found):
            yield part, told


def day_parts(query: Query, window_s: int) -> Iterator[tuple[Query, int]]:
    """(query, seconds) for each timetable that a window lies in: those begin at midnight, UTC."""
    begin = instant_s(query.time)
    while window_s > 0:
        into_day = begin % DAY_S
        part_s = min(window_s, into_day + 1 if query.arrive_by else DAY_S - into_day)
        yield query.at(begin), part_s
        window_s -= part_s
        begin += -part_s if query.arrive_by else part_s


class _Elastic(NamedTuple):
    """A journey by headway services alone, at the steps at which it is an answer. Seconds of the search."""

    told_at: int
    until: int
    """The last second at which it can be started: then one of its services ends."""
    told: Told


@dataclass(slots=True)
class _Steps:
    """Asks at the start of a window, and again when the answers may have changed, until the end.

    That is just after the first of them has left. A journey by headway services alone never leaves: it can start at any
    second for as long as it is an answer. It is told when it becomes one, and then once a headway of its first vehicle,
    and not more often than once a minute. In between, vehicles with a timetable may be quicker for a while: it is asked
    when such a journey may leave (routing.rivals).
    """

    router: Router
    query: Query
    ends: Ends
    window_s: int
    timetable: Timetable
    is_first_enough: bool
    latest: dict[tuple[tuple[RideStep, ...], int], _Elastic] = field(default_factory=dict)
    """The journeys by headway services that were answers at the last step, by vehicles and how long they take."""

    def told(self) -> Iterator[Told]:
        """In the order of the search."""
        sign = -1 if self.query.arrive_by else 1
        at = sign * instant_s(self.query.time)
        end = at + self.window_s
        zero, seen = sign * self.timetable.epoch_s, set()
        rivals: Rivals | None = None  # it takes a search to know them, and most windows ask for none
        while at < end:
            asked = self.query.at(sign * at)
            step, answers, starts = end, {}, []
            wanted = Wanted(HORIZON_S + end - at, 0, self._within_s(at), self.is_first_enough)
            found = self.router.skeletons(asked, self.ends, wanted)
            for skeleton in found:
                near = zero + sign * (skeleton.arrival if sign < 0 else skeleton.departure)
                duration_s = skeleton.arrival - skeleton.departure
                is_told = near < end and duration_s <= HORIZON_S
                headway_s = retold_s(self.timetable, skeleton, arrive_by=self.query.arrive_by)
                if headway_s and self.is_first_enough:
                    headway_s = self.window_s
                if headway_s == 0:
                    step = min(step, near + 1)
                    times = skeleton.departure, skeleton.arrival, skeleton.transfers
                    if is_told and times not in seen:
                        seen.add(times)
                        yield Told(skeleton)
                    continue
                elastic = self.latest.get((skeleton.steps, duration_s))
                if elastic is None or near >= elastic.told_at + headway_s or near > elastic.until:
                    elastic = _Elastic(near, near + self._left_s(skeleton), Told(skeleton))
                    if is_told:
                        yield elastic.told
                answers[skeleton.steps, duration_s] = elastic
                starts.append((near - zero, duration_s))
                step = min(step, elastic.told_at + headway_s, elastic.until + 1)
            if answers:
                rivals = rivals or self.router.rivals(
                    self.query, self.ends, self.window_s, is_first_enough=self.is_first_enough
                )
                rival = rivals.next_s(at - zero, self._soonest(found), starts, step - zero)
                if rival is not None:
                    step = min(step, zero + rival)
            for elastic in answers.values():
                elastic.told.elastic_s = max(min(step - 1, end - 1, elastic.until) - elastic.told_at, 0)
            self.latest = answers
            at = max(step, at + 1)

    def _soonest(self, found: Sequence[Skeleton]) -> Int64s:
        """When the first is at the far end with so many vehicles or fewer (seconds of a side), for routing.rivals."""
        soonest = np.full(1 if self.is_first_enough else self.query.max_transfers + 2, UNREACHED, np.int64)
        for skeleton in found:
            rides = slice(min(len(skeleton.steps), len(soonest) - 1), None)
            there = -skeleton.departure if self.query.arrive_by else skeleton.arrival
            soonest[rides] = np.minimum(soonest[rides], there)
        return soonest

    def _within_s(self, at: int) -> int:
        """How long whoever starts at a step takes at most, if he can start as those before him did."""
        return min((duration_s for (_, duration_s), one in self.latest.items() if at <= one.until), default=UNREACHED)

    def _left_s(self, skeleton: Skeleton) -> int:
        """For how many seconds all services of a journey run on (arrive-by: have run): so much later it can start."""
        side, walks = self.timetable.forward, self.router.walks(self.query)
        left = []
        for ride in replay(self.timetable, walks, skeleton, self.ends.access, self.query.transfer_slack_s):
            profile = int(side.trips[side.trips_ptr[ride.step.pattern], 1])
            start = ride.departure - int(side.offsets[profile + ride.step.board, 1])
            first = int(side.run_lo[ride.run] + side.run_board_wait[ride.run])
            left.append(start - first if self.query.arrive_by else int(side.run_hi[ride.run]) - start)
        return min(left)


def retold_s(timetable: Timetable, skeleton: Skeleton, *, arrive_by: bool) -> int:
    """How often a journey by headway services alone, which can start at any second, is told; 0 for other journeys."""
    ptr, trips = timetable.forward.runs_ptr, timetable.trips
    if any(ptr[step.pattern] == ptr[step.pattern + 1] for step in skeleton.steps):
        return 0
    pattern = skeleton.steps[-1 if arrive_by else 0].pattern
    return max(SHORTEST_STEP_S, int(trips.run_headway_s[ptr[pattern] : ptr[pattern + 1]].min()))
