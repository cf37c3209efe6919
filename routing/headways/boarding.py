"""Who waits for vehicles that come at unknown times: when which line is boarded, and with what chance.

Of each row of frequencies.txt the first vehicle counts; it comes after a wait that is uniform over the whole seconds of
the headway, independent of the others. A line that rides no longer than the planned one is boarded when it comes.
A slower one is boarded if the rider is expected to be there no later than those are, on average, who wait on for faster
ones: so no line makes the mean arrival later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.headways.lines import Line
from routing.kernels.rows import Rows


def rows_of(lines: Sequence[Line], limit: int) -> Rows:
    """The rows of lines of which lines[0] is the planned one, for riders who do not arrive after `limit`."""
    counts = [len(line.first) for line in lines]
    ride_s = np.repeat([line.ride_s for line in lines], counts)
    order = np.argsort(ride_s, kind="stable")
    first, end, headway_s = (np.concatenate([line[column] for line in lines])[order] for column in (2, 3, 4))
    number = np.repeat(np.arange(len(lines)), counts)[order]
    ride_s = ride_s[order]
    return Rows(number, ride_s, first, np.minimum(end, limit - ride_s + 1), headway_s, lines[0].ride_s, limit)
