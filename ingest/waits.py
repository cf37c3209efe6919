"""How long riders wait for a vehicle that comes at no known time."""

from __future__ import annotations

import numpy as np

from ingest.arrays import Int32s


def expected_wait_s(headway_s: Int32s) -> Int32s:
    """Half the headway, rounded down: the mean over riders who come at any second, which searches count with."""
    return (headway_s // 2).astype(np.int32)
