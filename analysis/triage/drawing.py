"""How frames become comments: choices and slots drawn, wrapped, said in a register, mistyped."""

import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import cast

import yaml

from analysis.triage.spelling import FOLDER, plain_words

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"[a-z]{3,}")


@cache
def words_of(name: str) -> dict[str, list[str]]:
    """The lists of a file of the corpus: slots, or wrapping."""
    return cast(
        dict[str, list[str]],
        yaml.safe_load((FOLDER / "corpus" / f"{name}.yaml").read_text("utf-8")),
    )


def drawn(draw: random.Random, kind: str) -> str:
    """One of the wrappings of a kind, filled."""
    return filled(draw, draw.choice(words_of("wrapping")[kind]))


def filled(draw: random.Random, line: str) -> str:
    """A frame with its choices and slots drawn."""

    def choose(match: re.Match[str]) -> str:
        return draw.choice(str(match[1]).split("|"))

    while _CHOICE.search(line):
        line = _CHOICE.sub(choose, line)
    while _SLOT.search(line):
        line = _SLOT.sub(lambda slot: draw.choice(words_of("slots")[slot[1]]), line)
    return re.sub(r"\s+([,.?])", r"\1", re.sub(r"\s{2,}", " ", line)).strip(" ,")


@cache
def _informal() -> dict[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for informal, plain in plain_words().items():
        turned.setdefault(plain, []).append(informal)
    return turned


def said(draw: random.Random, text: str) -> str:
    """The text in one of the registers in which people write."""
    register: Callable[[random.Random, str], str] = draw.choices(
        [_careful, _hasty, _chat], weights=[5, 3, 3]
    )[0]
    return register(draw, text)


def _careful(draw: random.Random, text: str) -> str:
    return text[0].upper() + text[1:] + draw.choice(["", ".", "."])


def _hasty(draw: random.Random, text: str) -> str:
    text = text.lower() if draw.random() < 0.7 else text.upper()
    if draw.random() < 0.5:
        text = text.replace(",", "").replace(".", "")
    return _each_word(draw, text, 0.12, _mistyped)


def _chat(draw: random.Random, text: str) -> str:
    return _each_word(draw, text.lower(), 0.45, _shortened)


def _each_word(
    draw: random.Random, text: str, share: float, change: Callable[[random.Random, str], str]
) -> str:
    return _WORD.sub(lambda word: change(draw, word[0]) if draw.random() < share else word[0], text)


def _shortened(draw: random.Random, word: str) -> str:
    spellings: Sequence[str] = _informal().get(word, ())
    if spellings:
        return draw.choice(spellings)
    if len(word) > 5 and draw.random() < 0.25:
        return word[0] + re.sub("[aiueo]", "", word[1:-1]) + word[-1]
    return word


def _mistyped(draw: random.Random, word: str) -> str:
    at = draw.randrange(1, len(word) - 1)
    return draw.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
        ]
    )
