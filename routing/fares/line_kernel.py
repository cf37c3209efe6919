"""Where calls lie along a line, in their order: the loop over calls and segments, compiled."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ingest.compiled import kernel_compilers
from ingest.model import Floats

kernel, part = kernel_compilers("fares", [Path(__file__)])


@kernel
def places_in_order(line: Floats, calls: Floats, measure: Floats) -> Floats:
    """How far along a line each call is [calls]: as near to the line as their order allows, all in all.

    line [points, 2] and calls [calls, 2] in metres of a plane, measure [points] metres along the line. Least squares
    over all ways to put the calls on segments in order; of equal ones the first segments.
    """
    n_calls, n_segments = len(calls), len(line) - 1
    place = np.empty((n_calls, n_segments))
    chosen = np.empty((n_calls, n_segments), np.int64)
    best = np.empty(n_segments)
    for call in range(n_calls):
        least, at = np.inf, 0  # of the segments before this one, the first that costs least for the call before
        for segment in range(n_segments):
            offset, here = _to_segment(line, segment, calls[call], measure)
            place[call, segment] = here
            if call == 0:
                best[segment] = offset
                continue
            before = best[segment]
            # On the segment of the call before it must not lie behind that: metres back count as metres aside.
            back = max(place[call - 1, segment] - here, 0.0)
            same = before + back * back
            if least <= same:
                chosen[call, segment] = at
                best[segment] = offset + least
            else:
                chosen[call, segment] = segment
                best[segment] = offset + same
            if before < least:
                least, at = before, segment
    found = np.empty(n_calls)
    segment = int(np.argmin(best))
    for call in range(n_calls - 1, -1, -1):
        found[call] = place[call, segment]
        segment = int(chosen[call, segment]) if call else segment
    for call in range(1, n_calls):
        found[call] = max(found[call], found[call - 1])
    return found


@part
def _to_segment(line: Floats, segment: int, call: Floats, measure: Floats) -> tuple[float, float]:
    """Squared metres from a call to a segment, and how far along the line that nearest point is."""
    step_y, step_x = line[segment + 1, 0] - line[segment, 0], line[segment + 1, 1] - line[segment, 1]
    away_y, away_x = call[0] - line[segment, 0], call[1] - line[segment, 1]
    square = max(step_y * step_y + step_x * step_x, LEAST_SQUARE)
    part = min(max((away_y * step_y + away_x * step_x) / square, 0.0), 1.0)
    gap_y, gap_x = away_y - part * step_y, away_x - part * step_x
    return gap_y * gap_y + gap_x * gap_x, measure[segment] + part * (measure[segment + 1] - measure[segment])


LEAST_SQUARE = 1e-9
"""Points that lie upon each other are no segment to divide by."""
