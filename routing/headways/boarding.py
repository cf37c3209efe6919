"""Who waits for vehicles that come at unknown times: when which line is boarded, and with what chance.

Of each row of frequencies.txt the first vehicle counts; it comes after a wait that is uniform over the whole seconds of
the headway, independent of the others. A line that rides no longer than the planned one is boarded when it comes.
A slower one is boarded if the rider is expected to be there no later than those are, on average, who wait on for faster
ones: so no line makes the mean arrival later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.headways.lines import Line, LinesBetween, laid_out
from routing.kernels.rows import Rows


def rows_of(lines: Sequence[Line], limit: int) -> Rows:
    """The rows of lines of which lines[0] is the planned one, for riders who do not arrive after `limit`."""
    rows = unlimited_rows_of(lines)
    return rows._replace(end=np.minimum(rows.end, limit - rows.ride_s + 1), limit=limit)


def unlimited_rows_of(lines: Sequence[Line]) -> Rows:
    """The same, for riders of whom none is too late."""
    return lines.rows if isinstance(lines, LinesBetween) else laid_out(lines)
