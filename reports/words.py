"""How a paper's chapters speak: the contents' figures and names in one language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from analysis.disclosure import SMALLEST_GROUP, DisclosedGroup
from analysis.index.disclosed import DisclosedIndex
from analysis.index.satisfaction import restrict
from analysis.rulebook.instrument import Item, RespondentField
from analysis.rulebook.scheme import Band, Node, Scheme
from locales import Language, say, show_date, show_number, show_percent, show_signed
from reports.contents import NOT_ASKED, Characteristic
from reports.disclosed import DisclosedContents

NOTHING = "–"
MEAN_DECIMALS = 3


@dataclass(frozen=True)
class PaperWords:
    """A report's disclosed contents as sentences and numbers of one language."""

    contents: DisclosedContents
    language: Language

    def say(self, key: str, **values: object) -> str:
        """The text under ``key`` with ``values``, and what the index is called, filled in."""
        return say(self.language, key, short=self.scheme.short, **values)

    def number(self, value: Any, decimals: int = 0) -> str:
        """The number; a dash where there is none."""
        return NOTHING if value is None else show_number(self.language, value, decimals)

    def mean(self, value: Fraction | None) -> str:
        """The mean of an element."""
        return self.number(value, MEAN_DECIMALS)

    def signed_mean(self, value: Fraction | float) -> str:
        """A difference of means, with its sign."""
        return show_signed(self.language, value, MEAN_DECIMALS)

    def index(self, value: Fraction | float | None) -> str:
        """An index, rounded as its scheme says."""
        return self.number(value, self.scheme.decimals.value)

    def percent(self, part: int, whole: int) -> str:
        """The share, with the sign."""
        return show_percent(self.language, Fraction(part, whole), 1)

    def day(self, value: date) -> str:
        """The date in words."""
        return show_date(self.language, value)

    def element(self, key: str) -> str:
        """Code and name of an element; another text stays as it is."""
        node = next((node for node in self.scheme.nodes() if node.key == key), None)
        return f"{code(node)} {node.name[self.language]}" if node else key

    def graded(self, one: DisclosedIndex) -> str:
        """The index with its grade: "78,74 (B)"."""
        grade = one.band.grade if one.band else None
        return f"{self.index(one.index)} ({grade})" if grade else self.index(one.index)

    def asked(self, name: str) -> RespondentField:
        """The question about the respondent that has this name."""
        fields = self.contents.instrument.respondent.fields
        return next(field for field in fields if field.key == name)

    def groups(self, one: Characteristic) -> list[DisclosedGroup[str]]:
        """The respondents' groups by name."""
        options = self.asked(one.name).options.items()
        named = {option: text[self.language] for option, text in options}
        named |= {"": self.say("report.not_told"), NOT_ASKED: self.say("report.not_asked")}
        return [(tuple(named[option] for option in group), n) for group, n in one.groups]

    @property
    def items(self) -> Sequence[Item]:
        """The questions about elements that were really asked, in the order asked."""
        return [one for one in self.contents.instrument.items if self.contents.was_asked(one.key)]

    @property
    def survey(self) -> str:
        """What the survey is called."""
        return self.contents.instrument.name(self.language)

    @property
    def bands(self) -> Sequence[Band]:
        """The bands of the index, none where its scheme has none."""
        return self.scheme.bands.value if self.scheme.bands else []

    @property
    def scheme(self) -> Scheme:
        """The rules of the index."""
        return self.contents.index.scheme

    @property
    def elements(self) -> Sequence[Node]:
        """The elements in use, in the regulation's order."""
        return restrict(self.scheme, list(self.contents.instrument.items_of)).children

    @property
    def too_few(self) -> bool:
        """Whether nothing may be shown at all."""
        return self.contents.index.too_few

    @property
    def said_too_few(self) -> str:
        """Why nothing is shown."""
        return self.say("report.too_few", smallest=SMALLEST_GROUP)

    @property
    def span(self) -> dict[str, str]:
        """The ends of the index's scale."""
        low, high = self.scheme.span
        return {"low": self.number(low), "high": self.number(high)}

    @property
    def mean_span(self) -> tuple[Fraction, Fraction]:
        """The ends of an element's scale by its rules."""
        return self.elements[0].normalise.value.between


def code(node: Node) -> str:
    """The number of an element in the regulation's list: "U1"."""
    return f"U{node.number.list}" if node.number else node.key
