import pytest

from analysis.index.sample import minimum_sample
from tests.analysis.rows import SKM


@pytest.mark.parametrize(
    ("visits", "sample"),
    [(10, 10), (50, 44), (100, 80), (500, 217), (1000, 278), (5000, 357), (1_000_000, 384)],
)
def test_minimum_sample_is_the_published_one(visits: int, sample: int) -> None:
    assert SKM.minimum_sample
    assert minimum_sample(visits, SKM.minimum_sample.value) == sample
