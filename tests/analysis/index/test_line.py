"""What a straight line gives is what the tree gives, to the last fraction."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.index.composite import score
from analysis.index.line import IndexLine, straight
from analysis.rulebook.instrument import instrument_ids, load_instrument
from analysis.rulebook.scheme import Scheme, load_scheme

SCHEMES = sorted({load_instrument(one).scheme for one in instrument_ids()})


@pytest.mark.parametrize("name", SCHEMES)
@given(data=st.data())
def test_the_line_is_the_tree(name: str, data: st.DataObject) -> None:
    scheme = load_scheme(name)
    spans = [node.span or (Fraction(0), Fraction(100)) for node in scheme.children]
    means = [data.draw(st.fractions(*span, max_denominator=10**4)) for span in spans]
    columns = {node.key: [mean] for node, mean in zip(scheme.children, means, strict=True)}
    assert straight(scheme)
    assert score(scheme, columns).total == [IndexLine.of(scheme).at(means)]


def changed(scheme: Scheme, **values: object) -> Scheme:
    return scheme.model_copy(update=values)


def test_other_means_deeper_trees_and_relative_scales_are_no_lines() -> None:
    scheme = load_scheme("skm-2017")
    (first, *others) = scheme.children
    relative = first.normalise.value.model_copy(update={"kind": "min_max"})
    sourced = first.normalise.model_copy(update={"value": relative})
    geometric = scheme.mean.model_copy(update={"value": "geometric"})
    assert not straight(changed(scheme, mean=geometric))
    assert not straight(changed(scheme, children=[first.model_copy(update={"children": others})]))
    assert not straight(
        changed(scheme, children=[first.model_copy(update={"normalise": sourced}), *others])
    )
