"""Products of arrays in pieces."""

import numpy as np
import pytest

from analysis.arrays import PIECE_ROWS, PIECE_VALUES, product


@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (0, 3, 4), (PIECE_ROWS + 1, 14, 4000), (3, 2 * PIECE_VALUES, 5), (4, 0, 2)]
)
def test_a_product_in_pieces_is_the_product(shape: tuple[int, int, int]) -> None:
    n, k, m = shape
    chance = np.random.default_rng(1)
    left, right = chance.integers(0, 9, (n, k)), chance.integers(0, 9, (k, m)).astype(float)
    for one in (left.astype(float), left.astype(np.uint16)):
        assert (product(one, right) == one @ right).all()  # whole numbers: to the last digit
