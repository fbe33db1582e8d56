"""Informal Indonesian made plain: abbreviations, repeated letters, digits, regional words."""

import re
from functools import cache
from pathlib import Path
from typing import cast
from unicodedata import normalize

import yaml

FOLDER = Path(__file__).parent
# Stands for each end of a clause; a question keeps its own sign.
END = "."
QUESTION = "?"

_PIECE = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*|[?!.;,:\n]|[\u2600-\u27bf\U0001f300-\U0001faff]")
# A word written apart, letter by letter: "p.u.n.g.l.i".
_APART = re.compile(r"(?<![a-z0-9])[a-z]([ .*_-]+)[a-z](?:\1[a-z]){2,}(?![a-z0-9])")
_BETWEEN = re.compile(r"[ .*_-]+")
# What redaction leaves in place of a name or a number says nothing of the matter.
_MARK = re.compile(r"\[[a-zA-Z_ ]+\]")
_NUMBER_AND_UNIT = re.compile(r"(\d+)(rb|ribu|jt|juta|k|x|hari|hr|jam|bln|bulan|thn|tahun|menit)")
_THRICE = re.compile(r"(.)\1{2,}")
_TWICE_AT_END = re.compile(r"([a-z])\1$")
_DIGIT_IN_WORD = re.compile(r"(?<=[a-z])[01345](?=[a-z])")
_LETTER = str.maketrans("01345", "oieas")


@cache
def plain_words() -> dict[str, str]:
    """The plain word for each informal spelling."""
    groups = yaml.safe_load((FOLDER / "spelling.yaml").read_text(encoding="utf-8"))
    return {
        informal: plain
        for plain, spellings in cast(dict[str, list[str]], groups).items()
        for informal in spellings
    }


def tokens(text: str) -> list[str]:
    """The plain words of a text in their order, with END and QUESTION where a clause ends.

    >>> tokens("Petugasnya jutek bgttt, g dilayani2!")
    ['petugasnya', 'judes', 'banget', '.', 'tidak', 'dilayani-dilayani', '.']
    """
    return [plain for plain, _ in spoken(text)]


def spoken(text: str) -> list[tuple[str, str]]:
    """The plain words of a text, each beside what was written in small letters."""
    joined = _APART.sub(lambda word: _BETWEEN.sub("", word[0]), _MARK.sub(" ", _letters(text)))
    written = _PIECE.findall(joined)
    return [(plain, piece) for piece in written for plain in _plain(piece)]


def _letters(text: str) -> str:
    """The text in small letters; those of other shapes, bold or wide, as plain ones."""
    return (text if text.isascii() else normalize("NFKC", text)).lower()


@cache
def _plain(piece: str) -> tuple[str, ...]:
    if not piece[0].isalnum():
        return _sign(piece)
    number = _NUMBER_AND_UNIT.fullmatch(piece)
    if number:
        return (number[1], *_plain(number[2]))
    if piece.isdigit():
        return (piece,)
    if len(piece) > 2 and piece[-1] == "2" and piece[:-1].isalpha():
        once = _known(piece[:-1])
        return (f"{once}-{once}",)
    return (_known(piece),)


def _sign(piece: str) -> tuple[str, ...]:
    """What a sign says: a clause's end, a question, a picture's word; else nothing."""
    if piece.isascii():
        return (QUESTION,) if piece == "?" else (END,)
    word = plain_words().get(piece)
    return (word,) if word else ()


def _known(word: str) -> str:
    """The plain form of one word, by the gentlest change that makes it a known one."""
    known = plain_words()
    short = _THRICE.sub(r"\1", word)
    spelled = _DIGIT_IN_WORD.sub(lambda digit: digit[0].translate(_LETTER), short)
    for form in (word, short, _TWICE_AT_END.sub(r"\1", short), spelled):
        if form in known:
            return known[form]
    return spelled
