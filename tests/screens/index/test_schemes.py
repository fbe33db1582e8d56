"""The screen of schemes: the tree and the source and standing of every value, in both languages."""

from itertools import pairwise

import pytest

from analysis.rulebook.scheme import load_scheme, scheme_ids
from analysis.standing import MARKS
from screens.index import tree
from tests.screens.seen import look, said

pytestmark = pytest.mark.usefixtures("engine")  # else the screens would open the database in data/


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", scheme_ids())
def test_every_value_has_its_source_and_standing(
    monkeypatch: pytest.MonkeyPatch, scheme: str, language: str
) -> None:
    app = look(monkeypatch, "schemes", None, skema=scheme, lang=language)
    rules = load_scheme(scheme)
    assert app.selectbox(key="schemes_scheme").value == scheme
    values = app.table[-1].value
    sources = {one.cited(language) for one in rules.sources.values()}
    column = values.iloc[:, -1].str.replace("\\", "")
    assert set(column) <= sources
    assert language == "en" or not any("own choice" in one for one in column)
    told = set(values.iloc[:, -2])
    assert {MARKS[one] for one in rules.standings} - {""} == {
        mark for mark in ("†", "‡") if any(mark in one for one in told)
    }


def test_a_strange_scheme_in_the_address_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "schemes", None, skema="../secret")
    assert app.selectbox(key="schemes_scheme").value == "ombudsman-2022"


def test_what_is_assumed_is_said_beside_the_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    app = look(monkeypatch, "schemes", None, skema="opini-2025")
    assert "Batas rentang nilai: disimpulkan †" in said(app)
    assert "Tanpa Maladministrasi" in app.table[-1].value.to_string()


@pytest.mark.parametrize("scheme", scheme_ids())
def test_the_picture_holds_the_whole(scheme: str) -> None:
    """On every level whose nodes all have parts, the shares add up; leaves do in any case."""
    rules = load_scheme(scheme)
    leaves = [one for one in tree.places(rules) if not one.node.children]
    assert sum(one.share for one in leaves) == pytest.approx(1)
    ordered = sorted(leaves, key=lambda one: one.top)
    for above, below in pairwise(ordered):
        assert above.bottom == pytest.approx(below.top)
