"""Travel times from many places to many stops at several times, by searches from one to all in several threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from ingest.model import Int32s
from routing.kernels.layout import UNREACHED
from routing.places import PlaceFinder
from routing.query import Place, Query

if TYPE_CHECKING:
    from routing.router import Router


def travel_matrix(
    router: Router,
    finder: PlaceFinder,
    origins: Sequence[Place],
    destinations: Sequence[str],
    times: Sequence[datetime],
    threads: int | None,
) -> Int32s:
    """As of Router.matrix, by `router` itself. `finder` knows its stops."""
    rows = [finder.resolve(destination).stops for destination in destinations]
    members = np.array([stop for stops in rows for stop in stops], np.int64)
    starts = np.cumsum([0, *map(len, rows)])[:-1]
    is_stop = np.array([len(stops) > 0 for stops in rows], bool)
    seconds = np.full((len(origins), len(destinations), len(times)), UNREACHED, np.int32)

    def fill(task: tuple[int, int]) -> None:
        origin, time = task
        reached = router.reach(Query(origins[origin], origins[origin], times[time]))
        if len(members):
            nearest = np.minimum.reduceat(reached[members], starts[is_stop])
            seconds[origin, is_stop, time] = nearest

    tasks = product(range(len(origins)), range(len(times)))
    context = copy_context()  # a thread takes over nothing by itself: neither when to give up
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        for _ in pool.map(lambda task: context.copy().run(fill, task), tasks):
            pass
    return seconds
