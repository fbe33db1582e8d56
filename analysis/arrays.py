"""Arrays by what they hold, the one place for the names of their types; and their product."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]  # where draws are many and two digits are enough
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
NarrowPlaces = npt.NDArray[np.integer]  # of as few bytes as hold them

# Rows, and values of the other table, of a product that OpenBLAS does not share among threads.
PIECE_ROWS, PIECE_VALUES = 32, 2**13


def product(left: Floats | NarrowPlaces, right: Floats) -> Floats:
    """(n, m) the matrix product of (n, k) and (k, m), in pieces.

    The library would share a larger product among threads of its own, which wait for each other
    by turning round: on a busy machine ten times as long as they compute.

    >>> product(np.eye(2), np.array([[1.0, 2.0], [3.0, 4.0]])).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    found = np.empty((left.shape[0], right.shape[1]))
    width = max(1, PIECE_VALUES // max(1, right.shape[0]))
    for row in range(0, found.shape[0], PIECE_ROWS):
        rows = slice(row, row + PIECE_ROWS)
        for column in range(0, found.shape[1], width):
            columns = slice(column, column + width)
            np.matmul(left[rows], right[:, columns], out=found[rows, columns])
    return found
