"""Arrays by what they hold: the one place for the names of their types."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]  # where draws are many and two digits are enough
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
NarrowPlaces = npt.NDArray[np.integer]  # of as few bytes as hold them
