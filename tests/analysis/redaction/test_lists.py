"""The word lists of redaction are dated rules, checked when they are read."""

from collections.abc import Callable
from pathlib import Path

import pytest

import analysis.redaction
from analysis.redaction.forms import parse_forms
from analysis.redaction.lexicon import parse_names, parse_words
from tests.refusing import refusing

FOLDER = Path(analysis.redaction.__file__).parent
LISTS: dict[str, Callable[[str, str], object]] = {
    "names": parse_names,
    "words": parse_words,
    "forms": parse_forms,
}


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", LISTS)
def test_each_says_since_when_and_on_what_it_rests(name: str) -> None:
    read, text = LISTS[name], text_of(name)
    assert read(text, name)
    for key in ("id", "valid", "standing", "source"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"{key}:")]
        with refusing(f"{key}: found nothing"):
            read(text.replace(f"{line}\n", ""), name)


@pytest.mark.parametrize("name", LISTS)
def test_an_unknown_list_is_refused(name: str) -> None:
    with refusing("unknown"):
        LISTS[name](f"{text_of(name)}\nunknown: a b\n", name)


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("words", "ustad ustadz", "Ustad ustadz", "lower case"),
        ("words", "weak_titles: >-\n", "weak_titles: ''\nspare: >-\n", "words with spaces"),
        ("forms", "me[lr] ber", "me[lr ber", "a regular expression"),
        ("forms", "rt rw\n", "RT rw\n", "lower case"),
    ],
)
def test_a_word_that_could_not_be_found_is_refused(
    name: str, old: str, new: str, told: str
) -> None:
    assert old in text_of(name)
    with refusing(told):
        LISTS[name](text_of(name).replace(old, new), name)
