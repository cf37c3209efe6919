"""A router in whose timetables one headway trip comes more or less often: for asking what would be if."""

from __future__ import annotations

import dataclasses

import numpy as np

from ingest.model import Bits
from routing.headways.lines import LinesBetween, Ride, is_headway, lines_between
from routing.headways.waits import waits_s, with_waits
from routing.query import Query
from routing.router import Router
from routing.timetable import Timetable


class OtherHeadway(Router):
    """`router` as it would be if every row of one trip of frequencies.txt had this headway. Shares all else with it."""

    def __init__(self, router: Router, trip_id: str, headway_s: int) -> None:
        _ = router.fares  # laid out once, for both
        self.__dict__.update(router.__dict__)
        self._router, self._headway_s = router, headway_s
        self._trip = self.network.trips.id.find(trip_id)

    def _timetable(self, query: Query) -> Timetable:
        """As of Router; not kept."""
        known = self._router._timetable(dataclasses.replace(query, headway_wait="expected"))
        headway_s = known.trips.run_headway_s.copy()
        for pattern in self._patterns(known):
            headway_s[known.forward.runs_ptr[pattern] : known.forward.runs_ptr[pattern + 1]] = self._headway_s
        headway_s.flags.writeable = False
        changed = known._replace(trips=known.trips._replace(run_headway_s=headway_s))
        return with_waits(changed, waits_s(changed, query.headway_wait))

    def headway_lines(self, query: Query, timetable: Timetable, allowed: Bits, ride: Ride) -> LinesBetween:
        """As of Router; not kept: the lines of `router` come as often as they do."""
        return lines_between(timetable, allowed, ride)

    @property
    def _waits_hold(self) -> bool:
        """The bounds of the snapshot know the headway that it has there."""
        return False

    def _patterns(self, timetable: Timetable) -> list[int]:
        trips = timetable.trips
        rows = np.searchsorted(trips.parts_ptr, np.flatnonzero(trips.parts == self._trip), "right") - 1
        patterns = np.unique(np.searchsorted(trips.pattern_first, rows, "right") - 1).tolist()
        return [pattern for pattern in patterns if is_headway(timetable, pattern)]
