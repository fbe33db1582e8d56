"""How a refusal is told: the sentences of its code, filled in with its values.

``id.yaml`` and ``en.yaml`` beside this file hold, in their section ``refused``, one sentence a
code, or what was found and what is expected, with the place where that is always the same; in
their section ``places`` the parts of a place in a file.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from numbers import Integral, Number
from typing import Any, Protocol, runtime_checkable

from locales import MINUS, say, show_date, show_quantity, texts


@runtime_checkable
class Refusal(Protocol):
    """A code with its values: ``analysis.errors.Problem``."""

    @property
    def code(self) -> str: ...
    @property
    def place(self) -> object: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


class Refused(Protocol):
    """Several of them: ``analysis.errors.BadInput``."""

    @property
    def problems(self) -> Sequence[Refusal]: ...
    @property
    def more(self) -> int: ...


def sentences(language: str, refused: Refused) -> list[str]:
    """Every refusal in a sentence, and how many more there are."""
    more = [say(language, "problems.more", number=refused.more)] if refused.more else []
    return [*(sentence(language, one) for one in refused.problems), *more]


def sentence(language: str, refusal: Refusal, written: Callable[[str], str] = str) -> str:
    """The refusal in one sentence; ``written``: how a door writes what it did not word."""
    if f"refused.{refusal.code}" in texts("id"):
        return _said(language, refusal, "", written)
    place, found, expected = parts(language, refusal)
    return say(language, "problems.line", place=place, found=found, expected=expected)


def parts(language: str, refusal: Refusal) -> tuple[str, str, str]:
    """Where it is, what was found there and what is expected, of a code with these parts."""
    found, expected = (_said(language, refusal, part) for part in (".found", ".expected"))
    return _place(language, refusal), found, expected


def has_parts(refusal: Refusal) -> bool:
    """Whether the code has ``parts``, not a sentence alone."""
    return f"refused.{refusal.code}.found" in texts("id")


def show_value(language: str, value: Any) -> str:
    """A value as a reader of the language expects it; bare names stay as they are.

    >>> show_value("id", ["U1", 0.5, date(2026, 5, 1), {"id": "baik", "en": "good"}])
    'U1, 0,5, 1 Mei 2026, baik'
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Number):
        return show_quantity(language, value).replace(MINUS, "-")  # as a keyboard writes it
    if isinstance(value, date):
        return show_date(language, value)
    if isinstance(value, Sequence):
        return ", ".join(show_value(language, one) for one in value) or "–"
    if isinstance(value, Refusal):
        return sentence(language, value)
    return str(value[language])


def _place(language: str, refusal: Refusal) -> str:
    steps = [
        say(language, f"places.{part}", value=_plain(language, value))
        for part, value in vars(refusal.place).items()
        if value
    ]
    if f"refused.{refusal.code}.place" in texts("id"):
        steps.append(_said(language, refusal, ".place"))
    return ": ".join(filter(None, [*steps[:1], ", ".join(steps[1:])]))


def _said(language: str, refusal: Refusal, part: str, written: Callable[[str], str] = str) -> str:
    values = {name: written(show_value(language, value)) for name, value in refusal.values.items()}
    return say(language, f"refused.{refusal.code}{part}", **values)


def _plain(language: str, value: Any) -> str:
    """A value, but for the number of a row or line, which stands in the margin without marks."""
    return str(value) if isinstance(value, Integral) else show_value(language, value)
