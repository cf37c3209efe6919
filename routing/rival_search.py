"""The searches of routing.rivals in one timetable, for one question."""

from __future__ import annotations

from dataclasses import replace

from ingest.model import Int32s
from routing.rivals import Ahead, Catches, beginning_early, headways_only
from routing.search import Searcher, SearchTask
from routing.timetable import Timetable
from routing.walks import WalkTable


class RivalSearch:
    """As of routing.rivals.Search. For the thread of `searcher`."""

    def __init__(
        self, searcher: Searcher, timetable: Timetable, walks: WalkTable, task: SearchTask, *, is_first_enough: bool
    ) -> None:
        """is_first_enough: vehicles do not count."""
        self._searcher, self._timetable, self._walks, self._task = searcher, timetable, walks, task
        self._headways = headways_only(timetable.forward, task.allowed)
        self._is_first_enough = is_first_enough

    def caught(self, begin: int, end: int, within_s: int) -> dict[int, Catches]:
        """At best: what is caught by who leaves so early that he still is in time for it."""
        near_s = dict(enumerate(self._near_s(begin, end, within_s)))
        if self._is_first_enough:
            near_s = dict([near_s.popitem()])
        asked = self._asked(begin, within_s)
        return {n: self._searcher.catches(self._timetable, asked, end - begin, some) for n, some in near_s.items()}

    def still_caught(self, caught: Catches, n_before: int, begin: int, end: int, within_s: int) -> Catches:
        """As of routing.rivals.Search. Who misses a vehicle misses it whenever later he leaves."""
        caught = caught.of((caught.leave >= begin) & (caught.leave < end))
        ready_s = _with(self._ready_s(self._timetable, begin, end - begin + within_s), n_before)
        return caught.of(caught.ready - ready_s[caught.stop] >= begin)

    def ahead(self, caught: Catches, within_s: int) -> Ahead:
        """As of Searcher."""
        return self._searcher.ahead(self._timetable, self._walks, self._asked(0, within_s), caught)

    def _near_s(self, begin: int, end: int, within_s: int) -> list[Int32s]:
        """Seconds to each stop for who leaves in [begin, end) when it takes least, by number of vehicles. [S] each"""
        sides = (beginning_early(side, end - begin) for side in (self._timetable.forward, self._timetable.backward))
        forward, backward = sides
        return self._ready_s(self._timetable._replace(forward=forward, backward=backward), begin, within_s)

    def _ready_s(self, timetable: Timetable, at: int, horizon_s: int) -> list[Int32s]:
        """The same for who leaves at an instant."""
        asked = replace(self._asked(at, horizon_s), allowed=self._headways)
        return self._searcher.ready_s(timetable, self._walks, asked)

    def _asked(self, at: int, horizon_s: int) -> SearchTask:
        return replace(self._task, time=-at if self._task.arrive_by else at, horizon_s=horizon_s)


def _with(near_s: list[Int32s], n_before: int) -> Int32s:
    """With up to so many vehicles. More than there is a list for make no difference."""
    return near_s[min(n_before, len(near_s) - 1)]
