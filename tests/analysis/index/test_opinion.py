"""The opinion: quality and compliance, by what became of the Ombudsman's products."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.institutions import Assessed, score_institutions
from analysis.index.opinion import Compliance, compliance_words, fact_holds
from analysis.rulebook.scheme import Node, load_scheme, parse_scheme

BEFORE = Path(__file__).parents[2] / "data" / "schemes" / "opini-2025-0.3.0.yaml"
OPINION = load_scheme("opini-2025")
CLEAN = "Tanpa Maladministrasi"
OPEN = "Masih ada produk Ombudsman yang belum ditindaklanjuti"
NONE = "Tidak ada produk Ombudsman yang tercatat"


@pytest.mark.parametrize(
    ("declared", "counted", "words"),
    [
        (False, (1, 1), CLEAN),
        (False, (3, 3), CLEAN),
        (True, (3, 3), CLEAN),
        (True, (3, 2), OPEN),  # whatever was stated: the products decide
        (False, (3, 2), OPEN),
        (False, (1, 0), OPEN),
        (True, None, CLEAN),  # stated by an analyst, with a reason
        (False, None, NONE),
        (True, (0, 0), CLEAN),
        (False, (0, 0), NONE),
    ],
)
def test_the_truth_table(declared: bool, counted: tuple[int, int] | None, words: str) -> None:
    compliance = Compliance(*counted) if counted else None
    found = compliance_words(OPINION, declared, compliance)
    assert found is not None
    assert found.id == words
    assert fact_holds(declared, compliance) is (words == CLEAN)


@given(st.booleans(), st.integers(1, 50), st.integers(0, 50))
def test_one_that_is_not_followed_up_is_enough(declared: bool, issued: int, done: int) -> None:
    followed_up = min(done, issued)
    assert fact_holds(declared, Compliance(issued, followed_up)) is (followed_up == issued)


def test_what_is_assumed_says_so() -> None:
    assert OPINION.suffix is not None
    assert OPINION.opinion is not None
    assert (OPINION.suffix.standing, OPINION.opinion.standing) == ("stated", "assumed")


def test_a_text_from_before_is_read_as_it_was() -> None:
    """As version 0.3.0 stored it: no words for units, none of the rest, certificates for all."""
    text = BEFORE.read_text()
    before = parse_scheme(text, "opini-2025")
    assert before.hash == "b3e0dd4299f14653b52dc40f252315bacbf2275253bef60fef7f74a19d343616"
    assert before.yaml == text
    found = score_institutions(before, Assessed(["I"], ["a"], {"score": [Fraction(90)]}))
    assert found.units[0].band is not None
    assert found.units[0].band.label.id == "Kualitas Tertinggi"
    assert compliance_words(before, False, Compliance(2, 1)) is None
    assert compliance_words(load_scheme("ombudsman-2022"), True, None) is None
    assert not before.withholds(2025)


def test_dimensions_as_they_are_described() -> None:
    """70 % of four dimensions weighted as in 2022, 30 % of trust; equal within each of them."""
    assessment, trust = OPINION.children
    for node, weight in ((assessment, 70), (trust, 30)):
        assert node.weight.value == weight
        assert node.weight.standing == "stated"
    shares: dict[str, list[str]] = {}
    for dimension in assessment.children:
        assert dimension.weight.standing == "assumed"
        shares[dimension.key] = [str(one) for one in _shares(dimension)]
    assert shares == {
        "input": [*["1/20"] * 5, *["1/4"] * 3],
        "process": ["1/4"] * 4,
        "output": ["1/4"] * 4,
        "complaints": ["1/4"] * 4,
    }
    assert OPINION.bands is not None
    assert not any(band.zone for band in OPINION.bands.value)
    certificate = OPINION.certificate
    assert certificate is not None
    assert certificate.value.start == 88
    assert certificate.standing == "stated"


def _shares(node: Node) -> list[Fraction]:
    """Of each indicator below the node in it."""
    if not node.children:
        return [Fraction(1)]
    total = sum((one.weight.value for one in node.children), Fraction(0))
    return [one.weight.value / total * share for one in node.children for share in _shares(one)]


@pytest.mark.parametrize(
    ("name", "year", "withheld"),
    [
        ("ombudsman-2022", 2022, False),
        ("ombudsman-2022", 2023, True),
        ("ombudsman-2022", 2024, True),
        ("ombudsman-2022", 2025, False),
        ("opini-2025", 2025, False),
        ("compliance-2021", 2023, False),
    ],
)
def test_in_which_years_certificates_are_withheld(name: str, year: int, withheld: bool) -> None:
    assert load_scheme(name).withholds(year) is withheld
