"""The table of what the fonts draw is true, and papers of any text are drawn."""

from datetime import date

import pytest
from hypothesis import given, settings

from reports.charts import Bar, bars, svg
from reports.document import Block, Document, Figure, Heading, Paragraph
from reports.legible import drawn_by, drawn_in_pictures, families_drawn, legible
from reports.typeset import pdf
from tests.nasty import NASTY, texts

pytestmark = pytest.mark.long


def paper(*blocks: Block) -> bytes:
    """A PDF by the standards for archives, which refuse what no font draws."""
    words = dict.fromkeys(
        ("title", "subtitle", "name", "institution", "period", "year", "contents", "page"), "x"
    )
    return pdf(Document(language="id", made=date(2026, 11, 30), blocks=[*blocks], **words))


@pytest.mark.parametrize("family", families_drawn())
def test_each_family_draws_what_the_table_says(family: str) -> None:
    signs = sorted(drawn_by()[family])
    paper(*(Paragraph(one) for one in signs), *(Heading(1, f"x{one}") for one in signs))


def test_a_chart_draws_what_the_table_says_of_pictures() -> None:
    signs = sorted(drawn_in_pictures())
    names = ["".join(signs[at : at + 40]) for at in range(0, len(signs), 40)]
    chart = bars([Bar(name, 1, name[:10]) for name in names], (0, 1), "x")
    paper(Figure("x", "x", chart))
    assert "[U+6F22]" in svg(bars([Bar("漢", 1, "")], (0, 1), "x"))


@settings(max_examples=40)
@given(texts)
def test_any_text_is_drawn(text: str) -> None:
    paper(Paragraph(text))


@given(texts)
def test_what_is_not_drawn_stands_there_by_its_number(text: str) -> None:
    shown = legible(text)
    drawn = frozenset("\n \u200c\u200d").union(*drawn_by().values())
    assert set(shown) <= drawn


@pytest.mark.parametrize("text", NASTY)
def test_nasty_texts_side_by_side(text: str) -> None:
    paper(Paragraph(text * 2), Figure(text, text, bars([Bar(text, 1, text)], (0, 1), text)))


def test_nothing_is_lost() -> None:
    assert legible("Loket ✅ ꦥꦼ خدمة") == "Loket ✅ ꦥꦼ خدمة"
    assert legible("窗口 \ue000") == "[U+7A97 U+53E3] [U+E000]"
    assert legible("\u0301 awal") == "◌\u0301 awal"
