"""What a heading means: an item, something about the respondent or the visit, or nothing kept."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.command.answers import Order, names_of_items
from analysis.rulebook.instrument import Instrument
from analysis.rulebook.scheme import Scheme
from survey.reading.rules import ColumnRules, Phrases, column_rules, in_words, phrase_pattern

# What is known and not kept: the row's number, the unit's name, who the person is.
NUMBER, UNIT, PERSONAL = "number", "unit", "personal"
NOT_KEPT = (NUMBER, UNIT, PERSONAL)
# A question of a form's grid: "Penilaian Anda [Persyaratan]".
IN_BRACKETS = re.compile(r"\[([^\]]+)\]\s*$")
ASIDE = re.compile(r"\([^)]*\)")
LONGEST_HEADING = 2000  # characters, of which what looks for brackets takes the square
LEADING_NUMBER = re.compile(r"^\(?(\d{1,2})\)?[\s.):\-–]+(?=\D)")


@dataclass(frozen=True)
class Meaning:
    """What a column holds; ``sure`` where it is called so, not where a phrase only speaks of it.

    ``numbered``: it is known by its number alone, which the order of numbers decides.
    """

    key: str
    sure: bool = True
    numbered: bool = False


@dataclass(frozen=True)
class Reader:
    """Knows the headings of one questionnaire.

    ``order``: of the numbers U1..U9; ``by_hand``: what a person said of headings, by their words.
    """

    instrument: Instrument
    scheme: Scheme
    order: Order
    by_hand: Mapping[str, str] = field(default_factory=dict)
    _seen: dict[str, Meaning | None] = field(default_factory=dict, init=False, repr=False)

    def meaning(self, heading: str, above: str = "", alone: bool = True) -> Meaning | None:
        """What the heading means; ``above``: the heading over it, in a table that has two.

        ``alone``: it stands over this column only.
        """
        own = self._meaning(heading)
        if own and not own.numbered:
            return own
        over = self._meaning(above) if alone else None
        if over and not over.numbered and over.key in self.instrument.allowed:
            return over  # "Persyaratan" over "U1", or over "(1-4)"
        return own or self._meaning(f"{above} {heading}".strip())

    def said(self, heading: str) -> bool:
        """Whether a person said what this heading means."""
        return in_words(heading) in self.by_hand

    def _meaning(self, heading: str) -> Meaning | None:
        if heading not in self._seen:
            self._seen[heading] = self._found(heading)
        return self._seen[heading]

    def _found(self, heading: str) -> Meaning | None:
        if len(heading) > LONGEST_HEADING:
            return None
        if inside := IN_BRACKETS.search(heading):
            return self._of_words(inside[1]) or self._of_words(heading)
        return self._of_words(heading) or self._last_of_path(heading)

    def _last_of_path(self, heading: str) -> Meaning | None:
        """KoboToolbox writes the group before the question: "unsur/U1"."""
        _, slash, last = heading.rpartition("/")
        return self._of_words(last) if slash and last.strip() else None

    def _of_words(self, heading: str) -> Meaning | None:
        words = in_words(heading)
        if not words:
            return None
        if said := self.by_hand.get(words):
            return Meaning(said)
        if item := self._names.get(words):
            return Meaning(item)
        if numbered := self._by_number(words):
            return numbered
        bare = LEADING_NUMBER.sub("", heading.strip())
        return self._by_rule(in_words(bare)) or self._by_rule(in_words(ASIDE.sub(" ", bare)))

    def _by_number(self, words: str) -> Meaning | None:
        found = self._number.match(words)
        item = self._items_by_number.get(int(found[1])) if found else None
        if not found or item is None:
            return None
        if rest := found[2]:
            told = self._names.get(rest)
            meant = Meaning(told) if told else self._by_rule(rest)
            if meant and meant.key in self.instrument.allowed:
                return Meaning(meant.key)
        return Meaning(item, numbered=True)

    def _by_rule(self, words: str) -> Meaning | None:
        named = next((key for key, one in self._whole.items() if words in one), None)
        if named:
            return Meaning(named)
        if self._is(words, self._rules.kept["comment"]):
            return Meaning("comment", sure=False)
        if item := self._item_spoken_of(words):
            return Meaning(item, sure=False)
        for key, phrases in self._others.items():
            if self._is(words, phrases):
                return Meaning(key, sure=False)
        return None

    def _item_spoken_of(self, words: str) -> str | None:
        """The item whose phrase comes first in the heading."""
        if self.instrument.overall and self._is(words, self._rules.overall):
            return self.instrument.overall.key
        spoken = {
            element: found.start()
            for element, pattern in self._elements.items()
            if (found := pattern.search(words))
        }
        first = [element for element in self._rules.first if element in spoken]
        element = min(first or spoken, key=spoken.__getitem__, default=None)
        return self.instrument.items_of[element][0] if element else None

    def _is(self, words: str, phrases: Phrases) -> bool:
        return bool(
            phrase_pattern(phrases.phrases).search(words)
            and not phrase_pattern(phrases.unless).search(words)
        )

    @cached_property
    def _rules(self) -> ColumnRules:
        return column_rules()

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """Item or field by its key, its question, and its element's name, in words."""
        names = names_of_items(self.instrument, self.scheme, self.order)
        by_number = re.compile(r"u\d+")
        named = {in_words(name): item for name, item in names.items() if not by_number.match(name)}
        for about in self.instrument.respondent.fields:
            for text in (about.text.id, about.text.en):
                named[in_words(text)] = about.key
        for question in self.instrument.questions:
            for text in (question.key, question.text.id, question.text.en):
                named[in_words(text)] = question.key
        return named

    @cached_property
    def _items_by_number(self) -> Mapping[int, str]:
        """Item by number: of its element in the scheme, or of the question as it is asked."""
        asked = dict(enumerate((item.key for item in self.instrument.items), start=1))
        return {
            getattr(node.number, self.order): items[0]
            for node in self.scheme.children
            if node.number and len(items := self.instrument.items_of.get(node.key, [])) == 1
        } or asked

    @cached_property
    def _number(self) -> re.Pattern[str]:
        before, words, after = map(
            "|".join, (self._rules.before_number, self._rules.numbered, self._rules.after_numbered)
        )
        return re.compile(
            rf"^(?:(?:{before}|{words}) )*(?:{words}) ?(?:(?:{after}) )*0?(\d{{1,2}})(?: (.*))?$"
        )

    @cached_property
    def _elements(self) -> Mapping[str, re.Pattern[str]]:
        """How headings speak of the elements that one item stands for."""
        items_of = self.instrument.items_of
        return {
            element: phrase_pattern(phrases.phrases)
            for element, phrases in self._rules.elements.items()
            if len(items_of.get(element, [])) == 1
        }

    @cached_property
    def _whole(self) -> Mapping[str, frozenset[str]]:
        rules = self._rules
        fields = {one.key for one in self.instrument.respondent.fields}
        kept = {key: one for key, one in rules.kept.items() if key in {*OF_VISIT, *fields}}
        every = {**kept, NUMBER: rules.number, UNIT: rules.unit, PERSONAL: rules.personal}
        return {key: frozenset(map(in_words, one.names)) for key, one in every.items()}

    @cached_property
    def _others(self) -> Mapping[str, Phrases]:
        """Personal first: "nomor HP untuk keperluan konfirmasi" is no service."""
        kept = {key: one for key, one in self._rules.kept.items() if key in self._whole}
        return {PERSONAL: self._rules.personal, **kept}


# What is kept of a visit beside its answers and its respondent.
OF_VISIT = ("comment", "readers", "date", "channel", "service")
