"""The distribution of the sum of two independent numbers of seconds."""

from __future__ import annotations

import numpy as np

from ingest.model import Floats
from routing.kernels.parts import fold

NOTHING = 1e-15
"""What is left of a chance of 0 by sums and products."""
AT_LEAST = 400
"""A transform costs as much as so many seconds of one of them, for each of the other."""


def folded(chance: Floats, added: Floats) -> Floats:
    """[n], [m] -> [n + m - 1]. Second by second or by Fourier transforms, whichever is quicker."""
    possible = int(np.count_nonzero(chance))
    if min(possible, len(added)) < AT_LEAST:
        return fold(chance, added) if possible <= len(added) else fold(added, chance)
    n = len(chance) + len(added) - 1
    size = _quick_size(n)
    return np.fft.irfft(np.fft.rfft(chance, size) * np.fft.rfft(added, size), size)[:n]


def _quick_size(n: int) -> int:
    """A length of n or more that transforms are quick at: a power of two, or three quarters of one."""
    size = 1 << (n - 1).bit_length()
    return size * 3 // 4 if size * 3 // 4 >= n else size
