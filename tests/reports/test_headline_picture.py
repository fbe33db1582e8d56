"""The headline's picture: what it shows stands where the scale says, and is told in words too."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.characters import readable
from analysis.rulebook.scheme import load_scheme
from locales import LANGUAGES, Language
from reports.headline_picture import (
    LENGTH,
    START,
    EarlierIndex,
    HeadlinePicture,
    SampleSize,
    headline_svg,
    row_svg,
)

SKM = load_scheme("skm-2017")
SVG = "{http://www.w3.org/2000/svg}"
INDEX = st.floats(25, 100)


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def percents(root: ElementTree.Element) -> list[float]:
    places = [
        (float(value.rstrip("%")), one)
        for one in root.iter()
        for name, value in one.attrib.items()
        if name in ("x", "x1", "x2", "cx") and value.endswith("%")
    ]
    return [at for at, _ in places]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_all_that_it_draws(language: Language) -> None:
    comma = "." if language == "en" else ","
    picture = HeadlinePicture(
        SKM, 82.154, (77.79, 83.77), 0.95, EarlierIndex(80.1, "Semester I"), SampleSize(86, 143)
    )
    root = drawn(headline_svg(picture, language))
    words = " ".join(text for one in root.iter() for text in [one.text, one.tail] if text)
    for told in (f"82{comma}15", f"77{comma}79–83{comma}77", f"80{comma}10", "86", "143", "A", "D"):
        assert told in words
    for told in (f"82{comma}15", f"77{comma}79", f"83{comma}77", "95%", "Semester I", "86", "143"):
        assert told in root.attrib["aria-label"]
    for edge in (f"65{comma}00", f"76{comma}61", f"88{comma}31"):
        assert edge in words


def test_the_point_stands_on_its_scale() -> None:
    root = drawn(row_svg(HeadlinePicture(SKM, 62.5, (25, 100)), "id"))
    (point,) = root.iter(f"{SVG}circle")
    assert point.attrib["cx"] == f"{START + LENGTH / 2:.2f}%"
    ends = [one.attrib["x1"] for one in root.iter(f"{SVG}line")]
    assert {f"{START:.2f}%", f"{START + LENGTH:.2f}%"} <= set(ends)


def test_half_the_minimum_is_half_the_bar() -> None:
    root = drawn(headline_svg(HeadlinePicture(SKM, 80, sample=SampleSize(50, 100)), "id"))
    whole, part = [float(bar.attrib["width"][:-1]) for bar in root.iter(f"{SVG}rect")][-2:]
    assert part == whole / 2
    full = drawn(headline_svg(HeadlinePicture(SKM, 80, sample=SampleSize(500, 100)), "id"))
    whole, part = [float(bar.attrib["width"][:-1]) for bar in full.iter(f"{SVG}rect")][-2:]
    assert part == whole


def test_without_an_index_there_is_only_the_scale() -> None:
    root = drawn(headline_svg(HeadlinePicture(SKM, None), "id"))
    assert not list(root.iter(f"{SVG}circle"))
    assert "Belum ada" in root.attrib["aria-label"]


@given(INDEX, INDEX, INDEX, st.text())
def test_nothing_leaves_the_picture_and_names_stay_text(
    low: float, index: float, high: float, name: str
) -> None:
    low, index, high = sorted((low, index, high))
    picture = HeadlinePicture(SKM, index, (low, high), earlier=EarlierIndex(low, f'<&"{name}'))
    root = drawn(headline_svg(picture, "id"))
    assert all(START <= at <= START + LENGTH for at in percents(root))
    told = root.attrib["aria-label"].split()  # a parser takes the end of a line for a space
    assert readable(f'<&"{name}').split()[0] in " ".join(told)
    assert not list(root.iter(f"{SVG}script"))
