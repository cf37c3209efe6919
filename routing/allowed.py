"""Which patterns of a timetable a query may ride."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.model import Bits
from routing.query import Query
from routing.read_only import read_only
from routing.timetable import Timetable


def allowed_patterns(timetable: Timetable, query: Query, providers: Sequence[int] | None) -> Bits:
    """1 or 0, shape (patterns,), read-only: all trips of the pattern are of these providers (rows of the network; None:
    any), and of the modes and for the wheelchair of the query.
    """
    classes = timetable.classes
    rows = np.ones(len(classes.provider), bool)
    if providers is not None:
        rows &= np.isin(classes.provider, np.array(providers, np.int64))
    if query.modes is not None:
        rows &= np.isin(classes.route_type, list(query.modes))
    if query.wheelchair:
        rows &= classes.wheelchair == 1
    forbidden = np.concatenate([[0], np.cumsum(~rows)])
    return read_only((forbidden[classes.ptr[1:]] == forbidden[classes.ptr[:-1]]).astype(np.uint8))
