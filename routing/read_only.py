"""Views that cannot be written: to kernels they are a type of their own, and one type is compiled once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)


def read_only(column: NDArray[Scalar]) -> NDArray[Scalar]:
    """The same array, whether it is of a snapshot, which is mapped so, or was just made."""
    view = np.asarray(column)[:]
    view.flags.writeable = False
    return view
