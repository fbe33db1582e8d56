"""The quick form of a document is, byte for byte, the one that anybody else makes of it."""

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from analysis.canonical import canonical

leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
names = st.text(max_size=3) | st.sampled_from(["\ud7ff", "\U0001f600", "\uffff", "a", "B"])
documents = st.recursive(
    leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner), max_leaves=20
)


@given(documents)
def test_as_anybody_else_writes_it(document: object) -> None:
    try:
        expected = rfc8785.dumps(document)  # type: ignore[arg-type]
    except rfc8785.CanonicalizationError:
        with pytest.raises(rfc8785.CanonicalizationError):
            canonical(document)
    else:
        assert canonical(document) == expected


@pytest.mark.parametrize("strange", ["\ud800", 2**53, float("nan"), {1: "a"}, {"a": {1, 2}}])
def test_what_has_no_such_form_is_refused(strange: object) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical([strange])
