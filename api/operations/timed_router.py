"""The router with its time told to the request's stopwatch."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from api.operations.stopwatch import current
from routing import Router

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
    written = _timed(Router.written)
