"""Every departure of a window that is worth leaving at: journeys of which none beats another on departure, arrival and
transfers (arrive-by: every arrival worth aiming at)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from routing.instants import instant_s
from routing.journeys import Journey
from routing.query import Query, QueryError
from routing.reconstruct import Ends
from routing.runs import DAY_S
from routing.search import HORIZON_S, Skeleton
from routing.timetable import Timetable

if TYPE_CHECKING:
    from routing.router import Router

MAX_WINDOW_S = 86_400
SHORTEST_STEP_S = 60


def check_window(window_s: int) -> None:
    """Raises QueryError for a window that is empty or longer than a day."""
    if not 0 < window_s <= MAX_WINDOW_S:
        bound = MAX_WINDOW_S if window_s > 0 else 1
        raise QueryError(f"window_s is {window_s}; it must lie between 1 and {MAX_WINDOW_S}", "window_s", bound)


def ride_profile(router: Router, query: Query, ends: Ends, window_s: int) -> Iterator[Journey]:
    """Journeys in vehicles that leave in [time, time + window_s), or arrive in (time - window_s, time]."""
    for part, skeleton in ride_skeletons(router, query, ends, window_s):
        yield router.journey(part, ends, skeleton)


def ride_skeletons(router: Router, query: Query, ends: Ends, window_s: int) -> Iterator[tuple[Query, Skeleton]]:
    """The rides of `ride_profile` before they are written out, each with the query whose timetable it is in."""
    for part, part_s in day_parts(query, window_s):
        found = router.profile_skeletons(part, ends, part_s)
        if found is None:
            found = list(_Steps(router, part, ends, part_s, router.timetable(part)).skeletons())
        for skeleton in found:
            yield part, skeleton


def day_parts(query: Query, window_s: int) -> Iterator[tuple[Query, int]]:
    """(query, seconds) for each timetable that a window lies in: those begin at midnight, UTC."""
    begin = instant_s(query.time)
    while window_s > 0:
        into_day = begin % DAY_S
        part_s = min(window_s, into_day + 1 if query.arrive_by else DAY_S - into_day)
        yield replace(query, time=datetime.fromtimestamp(begin, query.time.tzinfo)), part_s
        window_s -= part_s
        begin += -part_s if query.arrive_by else part_s


@dataclass(slots=True)
class _Steps:
    """Asks at the start of a window, and again just after the first of the answers has left, until the end.

    Until then no answer changes. A journey by headway services alone can start at any second: it is told once
    a headway of its first vehicle, and not more often than once a minute.
    """

    router: Router
    query: Query
    ends: Ends
    window_s: int
    timetable: Timetable
    told: dict[tuple[object, ...], int] = field(default_factory=dict)
    """When a journey by headway services was told last, in seconds of the search."""

    def skeletons(self) -> Iterator[Skeleton]:
        """In the order of the search."""
        sign = -1 if self.query.arrive_by else 1
        at = sign * instant_s(self.query.time)
        end = at + self.window_s
        seen = set()
        while at < end:
            time = datetime.fromtimestamp(sign * at, self.query.time.tzinfo)
            asked = replace(self.query, time=time)
            found = self.router.skeletons(asked, self.ends, HORIZON_S + end - at)
            step = end
            for skeleton in found:
                near = sign * (self.timetable.epoch_s + (skeleton.arrival if sign < 0 else skeleton.departure))
                next_step, is_new = self._next(skeleton, near)
                step = min(step, next_step)
                times = skeleton.departure, skeleton.arrival, skeleton.transfers
                if is_new and times not in seen and near < end and skeleton.arrival - skeleton.departure <= HORIZON_S:
                    seen.add(times)
                    yield skeleton
            at = step

    def _next(self, skeleton: Skeleton, near: int) -> tuple[int, bool]:
        """(when to ask again because of a journey, whether it is to be told)."""
        headway_s = retold_s(self.timetable, skeleton, arrive_by=self.query.arrive_by)
        if headway_s == 0:
            return near + 1, True
        last = self.told.get(skeleton.steps)
        if last is not None and near < last + headway_s:
            return last + headway_s, False
        self.told[skeleton.steps] = near
        return near + headway_s, True


def retold_s(timetable: Timetable, skeleton: Skeleton, *, arrive_by: bool) -> int:
    """How often a journey by headway services alone, which can start at any second, is told; 0 for other journeys."""
    ptr, trips = timetable.forward.runs_ptr, timetable.trips
    if any(ptr[step.pattern] == ptr[step.pattern + 1] for step in skeleton.steps):
        return 0
    pattern = skeleton.steps[-1 if arrive_by else 0].pattern
    return max(SHORTEST_STEP_S, int(trips.run_headway_s[ptr[pattern] : ptr[pattern + 1]].min()))
