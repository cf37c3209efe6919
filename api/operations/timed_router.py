"""The router with its time told to the request's stopwatch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from api.operations.stopwatch import current
from ingest.model import Network
from routing import Query, Router
from routing.instants import instant_s
from routing.kept import Kept
from routing.laid_out import KEPT_TIMETABLES
from routing.runs import DAY_S
from routing.timetable import Timetable

Given = ParamSpec("Given")
Found = TypeVar("Found")


def _timed(
    method: Callable[Concatenate[Router, Given], Found],
) -> Callable[Concatenate[Router, Given], Found]:
    @wraps(method)
    def timed(self: Router, /, *args: Given.args, **kwargs: Given.kwargs) -> Found:
        watch = current.get()
        if watch is None:
            return method(self, *args, **kwargs)
        with watch.routing():
            return method(self, *args, **kwargs)

    return timed


class TimedRouter(Router):
    """What the service computes with. Journeys are written out when they are first read: that is counted, too."""

    def __init__(self, network: Network, base: Router | None = None, folder: Path | None = None) -> None:
        super().__init__(network, base, folder)
        self._asked: Kept[tuple[int, bool], Query] = Kept(KEPT_TIMETABLES)

    @property
    def lately_asked(self) -> list[Query]:
        """One query for each timetable that was asked for lately: who takes over makes them beforehand."""
        return self._asked.values()

    def timetable(self, query: Query) -> Timetable:
        """As Router.timetable."""
        self._asked.get((instant_s(query.time) // DAY_S, query.arrive_by), lambda: query)
        return self._timed_timetable(query)

    _timed_timetable = _timed(Router.timetable)
    journeys = _timed(Router.journeys)
    profile = _timed(Router.profile)
    compare = _timed(Router.compare)
    reach = _timed(Router.reach)
    matrix = _timed(Router.matrix)
    ends = _timed(Router.ends)
    walk = _timed(Router.walk)
    rides = _timed(Router.rides)
    skeletons = _timed(Router.skeletons)
    profile_skeletons = _timed(Router.profile_skeletons)
    window_rides = _timed(Router.window_rides)
    written = _timed(Router.written)
