"""Which characters the fonts draw that the program brings along; the others are written by number.

``fonts/drawn.yaml``: of each family, in the order in which typst asks them, what it draws. typst
brings along Libertinus Serif and DejaVu Sans Mono; the others are unchanged files of
@expo-google-fonts: noto-naskh-arabic 0.4.5, noto-sans-javanese 0.4.2, noto-emoji 0.4.7.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from unicodedata import bidirectional, category, decomposition

import yaml

from analysis.characters import readable

FONTS = Path(__file__).parent / "fonts"
# Spaces and joiners: asked of no font.
WITH_ANY = frozenset("\n \u200c\u200d")
# A choice between two shapes of a sign, of which the fonts have one.
ONE_SHAPE = str.maketrans("\t", " ", "\ufe0e\ufe0f")
NO_JOINERS = str.maketrans("\t", " ", "\ufe0e\ufe0f\u200c\u200d")
CROSSED = "0338"
# A mark that stands on nothing is put on it, as type specimens do.
CIRCLE = "\u25cc"


def legible(text: str, in_picture: bool = False) -> str:
    """The text, readable, with the numbers of those characters that no family draws.

    ``in_picture``: as a part of an SVG picture, where the first family alone is asked.

    >>> legible("Loket ✅ 漢字")
    'Loket ✅ [U+6F22 U+5B57]'
    """
    known = [drawn_in_pictures()] if in_picture else [*drawn_by().values()]
    text = readable(text).translate(NO_JOINERS if in_picture else ONE_SHAPE)
    drawn = ((sign, _is_drawn(sign, known)) for sign in _signs(text))
    stretches = groupby(_apart(drawn), key=lambda one: one[1])
    return "".join(
        "".join(text for text, _ in stretch)
        if fine
        else f"[{' '.join(f'U+{ord(one):04X}' for one, _ in stretch)}]"
        for fine, stretch in stretches
    )


def legible_all(value: Any) -> Any:
    """A value of JSON with all its texts legible."""
    match value:
        case str():
            return legible(value)
        case list() | tuple():
            return [legible_all(one) for one in value]
        case dict():
            return {key: legible_all(one) for key, one in value.items()}
    return value


def families_drawn() -> list[str]:
    """The families of fonts, in the order in which they are asked."""
    return list(drawn_by())


@cache
def drawn_by() -> dict[str, frozenset[str]]:
    """By family the characters that it draws."""
    table = yaml.safe_load((FONTS / "drawn.yaml").read_text(encoding="utf-8"))
    return {
        family: frozenset(one for stretch in stretches.split() for one in _stretch(stretch))
        for family, stretches in table.items()
    }


@cache
def drawn_in_pictures() -> frozenset[str]:
    """What the first family draws in an SVG picture of a PDF that may be archived.

    There typst 0.15 asks no second family, and loses what it joins or takes apart: marks,
    letters from right to left, crossed signs.
    """
    return frozenset(
        one
        for one in drawn_by()[families_drawn()[0]]
        if one <= "\uffff"
        and category(one)[0] not in "MC"
        and bidirectional(one) not in ("R", "AL")
        and CROSSED not in decomposition(one)
    )


def _stretch(written: str) -> Iterator[str]:
    """The characters of a stretch, such as "20-7E" in the table."""
    first, _, last = written.partition("-")
    return map(chr, range(int(first, 16), int(last or first, 16) + 1))


def _signs(text: str) -> list[str]:
    """The characters of the text, marks together with what they stand on."""
    signs: list[str] = []
    bare = True
    for one in text:
        mark = category(one)[0] == "M" and one not in WITH_ANY
        if mark and bare:
            signs.append(CIRCLE)
        if mark:
            signs[-1] += one
        else:
            signs.append(one)
        bare = one.isspace() or (bare and one in WITH_ANY)
    return signs


def _is_drawn(sign: str, known: Sequence[Collection[str]]) -> bool:
    """Whether one family draws all of it."""
    return sign in WITH_ANY or any(all(one in family for one in sign) for family in known)


def _apart(signs: Iterator[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
    """What is not drawn as a whole, character by character."""
    for sign, drawn in signs:
        if drawn:
            yield sign, True
        else:
            yield from ((one, False) for one in sign)
