"""Long comments that are almost the same in several responses; nobody reads them here."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix, vstack
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import HashingVectorizer

from analysis.screening.responses import Bools

AT_ONCE = 500


def alike(comments: Sequence[str], words: int, cosine: float, least: int) -> Bools:
    """(n,) whether a comment of at least so many ``words`` is one of at least ``least`` alike.

    Alike: the cosine of their counts of four letters in a row is at least ``cosine``.
    """
    result = np.zeros(len(comments), bool)
    long = np.array([at for at, text in enumerate(comments) if len(text.split()) >= words], int)
    if len(long) < least:
        return result
    letters = HashingVectorizer(analyzer="char_wb", ngram_range=(4, 4), alternate_sign=False)
    counted = letters.transform([comments[at] for at in long])
    starts = range(0, len(long), AT_ONCE)
    near = vstack([_near(counted[start : start + AT_ONCE], counted, cosine) for start in starts])
    _, number = connected_components(near, directed=False)
    result[long] = np.bincount(number)[number] >= least
    return result


def _near(some: csr_matrix, counted: csr_matrix, cosine: float) -> csr_matrix:
    products = some @ counted.T
    products.data[products.data < cosine] = 0
    products.eliminate_zeros()
    return products
