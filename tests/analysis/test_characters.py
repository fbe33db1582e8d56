"""What a person types or pastes is readable, once and for all, or is replaced where it is seen."""

import unicodedata

import pytest
from hypothesis import given

from analysis.characters import entered, readable
from tests.nasty import texts


@given(texts)
def test_what_is_kept_can_be_stored_and_written_into_every_file(text: str) -> None:
    kept = readable(text)
    assert kept.encode().decode() == kept
    # "Cc" controls, "Cs" halves of pairs: of them only the end of a line and the tab.
    assert {one for one in kept if unicodedata.category(one) in ("Cc", "Cs")} <= {"\n", "\t"}
    assert not {"\ufffe", "\uffff", "\u202e", "\ufeff", "\u200b"} & set(kept)


@given(texts)
def test_the_rule_holds_again_of_what_it_kept(text: str) -> None:
    assert readable(readable(text)) == readable(text)
    assert entered(entered(text)) == entered(text) == readable(entered(text))


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("Satu\vDua\r\nTiga\rEmpat\u2028Lima", "Satu\nDua\nTiga\nEmpat\nLima"),
        ("\uf0b7 Loket\n\uf0a7 Antrean", "• Loket\n▪ Antrean"),
        ("se\u00adratus \u200b\ufeffpersen", "seratus persen"),
        ("bel\x07 dan \ud83d", "bel\ufffd dan \ufffd"),
        ("Cafe\u0301", "Café"),
        ("\u200d \u200b \u200c", ""),
        ("ꦏ\u200cꦱ", "ꦏ\u200cꦱ"),
    ],
)
def test_what_becomes_of_what_is_pasted(pasted: str, kept: str) -> None:
    assert entered(pasted) == kept
