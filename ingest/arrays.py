"""Names for the types of arrays that the model is made of."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int8s = NDArray[np.int8]
Int16s = NDArray[np.int16]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint8]
Bools = NDArray[np.bool_]
