"""Names of people: after titles and introductions, in company, and standing alone."""

import re
from collections.abc import Iterator

from analysis.redaction.forms import FORMS, either
from analysis.redaction.lexicon import Sense
from analysis.redaction.marks import PersonalDataKind, RedactedSpan
from analysis.redaction.words import CommentWords

_LISTS = FORMS.people
_NAME = Sense.GIVEN | Sense.MAYBE
_TOGETHER = re.compile(r"[ \t]{1,2}|[-'’`]")
_APOSTROPHE = re.compile(r"['’`]")
_ABBREVIATED = re.compile(r"\. ?")
_AFTER_TITLE = re.compile(r"[\s.:/\-]{0,3}$")
_AFTER_INTRODUCTION = re.compile(r"[\s.:,\"'“(=]{0,4}$")
_AGED = re.compile(r"\s?(?:,\s?\d\d\s?(?:,|th|tahun)|\(\d\d\s?(?:th|tahun)?\))")
_PROPER = Sense.AREAS | Sense.INSTITUTIONS
_ACTS = re.compile(rf"{either(_LISTS.act_beginnings)}\w{{3,}}")
_DEGREES = re.compile(
    rf"(?:\s*,\s*|\s+)"
    rf"(?:{either(_LISTS.degree_letters)}\.\s?[A-Z][A-Za-z]{{0,5}}(?:\.[A-Z][A-Za-z]{{0,4}})*\.?"
    rf"|{either(_LISTS.degrees)}\b\.?)"
)
_LIKE_A_NAME = re.compile(
    rf"\w{{2,}}{either(_LISTS.name_endings)}"
    rf"|{either(_LISTS.framed_names)}"
    rf"|{either(_LISTS.name_beginnings)}\w{{4,}}"
)
# An unknown word in lower case that is built like these is no name.
_LIKE_A_WORD = re.compile(
    rf"{either(_LISTS.word_beginnings)}\w{{3,}}"
    rf"|ke\w{{3,}}an|\w{{3,}}{either(_LISTS.word_endings)}|\w*\d\w*|(\w)\1*|[^aeiou]+"
)
_LIKE_A_PLACE = re.compile(
    rf"{either(_LISTS.place_beginnings)}\w{{3,}}|\w{{3,}}{either(_LISTS.place_endings)}"
)


def find_people(words: CommentWords, taken: list[bool]) -> Iterator[RedactedSpan]:
    """Each name; ``taken`` marks the words that stand in other personal data."""
    at, protected, behind = 0, -1, -1
    senses = words.senses
    while at < len(words):
        sense = senses[at]
        if taken[at] or (sense == Sense.ORDINARY and words.lower[at] != "sakit"):
            at += 1
            continue
        start = at
        if sense & Sense.INSTITUTIONS or (
            words.lower[at] == "sakit" and words.previous(at) == "rumah"
        ):
            protected = _institution(words, at)
        elif sense & (Sense.TITLES | Sense.INTRODUCTIONS) and at > protected:
            start = _after_title(words, at, taken)
        listed = behind >= 0 and _listed(words, behind, at)
        if start == at and not (at > protected and (listed or _alone(words, at))):
            at += 1
            continue
        end = _extend(words, start, taken)
        start = _honoured(words, start, taken)
        yield RedactedSpan(words.spans[start][0], _behind(words, end), PersonalDataKind.NAME)
        at = behind = end


def find_again(
    words: CommentWords, taken: list[bool], people: list[RedactedSpan]
) -> Iterator[RedactedSpan]:
    """The words of names that were found, wherever else they stand in the text."""
    inside = [any(one.start <= start < one.end for one in people) for start, _ in words.spans]
    known = {
        words.lower[at] if len(words.lower[at]) > 3 else words.written[at]
        for at, named in enumerate(inside)
        if named and not words.senses[at] & ~_NAME and _tells(words, at)
    }
    for at, word in enumerate(words.lower):
        again = word in known or words.written[at] in known
        if again and not taken[at] and not inside[at]:
            yield RedactedSpan(*words.spans[at], PersonalDataKind.NAME)


def _tells(words: CommentWords, at: int) -> bool:
    """Whether the word of a name tells who it is elsewhere too: long, or a person's initials."""
    initials = words.written[at].isupper() and not words.shouted
    return len(words.lower[at]) > 3 or (initials and len(words.lower[at]) > 1)


def _after_title(words: CommentWords, at: int, taken: list[bool]) -> int:
    """Where the name begins that follows a title or an introduction, or ``at``."""
    then, weak, introduced = at, True, False
    if words.lower[at] in _LISTS.initials and at + 1 < len(words) and not taken[at + 1]:
        return at + 1
    while then < len(words) and words.senses[then] & (Sense.TITLES | Sense.INTRODUCTIONS):
        weak = weak and bool(words.senses[then] & Sense.WEAK_TITLES)
        introduced = bool(words.senses[then] & Sense.INTRODUCTIONS)
        then += 1
        gaps = _AFTER_INTRODUCTION if introduced else _AFTER_TITLE
        while then < len(words) - 1 and words.lower[then] in _LISTS.specialities:
            then += 1
        if then == len(words) or taken[then] or not gaps.match(words.gap(then)):
            return at
    return then if _called(words, then, weak, introduced) else at


def _called(words: CommentWords, at: int, weak: bool, introduced: bool) -> bool:
    """Whether the word after a title is a name."""
    sense, lower, capital = words.senses[at], words.lower[at], words.capital[at]
    if sense & Sense.GIVEN:
        return True
    if (
        sense & Sense.ORDINARY
        and "." in words.gap(at)
        and words.previous(at) in _LISTS.whole_titles
    ):
        return False
    if sense & Sense.MAYBE:
        common = sense & Sense.ROLES or (sense & Sense.ORDINARY and (weak or introduced))
        return capital or not common or words.previous(at) in _LISTS.naming
    if len(lower) == 1:
        return words.written[at].isupper() and not weak
    if sense & Sense.PLACES and capital and not weak:
        return not sense & (Sense.ORDINARY | Sense.ROLES)
    if sense & Sense.PLACES and capital and introduced:
        return _goes_on(words, at)
    if sense or lower[0].isdigit():
        return False
    own = _APOSTROPHE.search(lower) is not None
    return capital or own or not (weak or _LIKE_A_WORD.fullmatch(lower))


def _alone(words: CommentWords, at: int) -> bool:
    """Whether a word without a title is a name."""
    sense = words.senses[at]
    if sense & Sense.GIVEN:
        return True
    if sense & Sense.PLACES and words.previous(at) == "saya":
        return words.capital[at] and _goes_on(words, at)
    if sense & Sense.MAYBE:
        return _maybe_alone(words, at)
    lower = words.lower[at]
    if len(lower) == 1:
        return _abbreviated(words, at)
    if sense or len(lower) < 3 or not _letters(lower).isalpha() or words.before(at) & _PROPER:
        return False
    if _LIKE_A_NAME.fullmatch(lower):
        return True
    small = _letters(words.written[at][1:]).islower()
    own = _APOSTROPHE.search(lower) is not None
    return words.capital[at] and small and (own or _unknown_alone(words, at))


def _letters(lower: str) -> str:
    """A word without the apostrophes within it, as in "sa'diyah"."""
    return _APOSTROPHE.sub("", lower)


def _abbreviated(words: CommentWords, at: int) -> bool:
    """Whether a capital with a point begins a name: "Y. Wospakrik"."""
    follows = at + 1 < len(words) and words.gap(at + 1) in (".", ". ")
    if not (follows and _initial(words, at)) or words.shouted:
        return False
    lower, sense = words.lower[at + 1], words.senses[at + 1]
    known = sense & _NAME and not sense & Sense.ORDINARY
    return bool(known) or (len(lower) > 3 and not sense and words.written[at + 1][0].isupper())


def _maybe_alone(words: CommentWords, at: int) -> bool:
    """Whether a word that may be a name is one, by its company."""
    sense, capital, opens = words.senses[at], words.capital[at], words.opens(at)
    before, after = words.before(at), words.after(at)
    person = before & (Sense.BEFORE_PERSONS | Sense.ROLES)
    if words.previous(at) in _LISTS.specialities and _is_doctor(words, at - 2):
        return not sense & Sense.ROLES
    if _honours(words, at):
        return True
    if _names_an_area(words, at) or words.previous(at) in _LISTS.before_times:
        return False
    if sense & Sense.PLACES and not after & _NAME:
        return capital and bool(after & Sense.AFTER_PERSONS and person)
    if sense & Sense.ORDINARY:
        return capital and not opens and bool(person or after & _NAME)
    if person or after & Sense.GIVEN:
        return True
    named = not opens and not words.follows_capital(at)
    if capital and (named or after & (_NAME | Sense.AFTER_PERSONS)):
        return True
    return _goes_on(words, at)


def _honours(words: CommentWords, at: int) -> bool:
    """Whether "H." or the like stands before the word."""
    return words.previous(at) in _LISTS.honours and words.gap(at).startswith(".")


def _names_an_area(words: CommentWords, at: int) -> bool:
    """Whether the word is what a village or district is called, and not who heads it."""
    heads = Sense.ROLES | Sense.TITLES | Sense.BEFORE_PERSONS
    led = at > 1 and words.senses[at - 2] & heads and not words.opens(at - 1)
    return bool(words.before(at) & Sense.AREAS and not led)


def _is_doctor(words: CommentWords, at: int) -> bool:
    return at >= 0 and words.lower[at] in _LISTS.doctors


def _unknown_alone(words: CommentWords, at: int) -> bool:
    """Whether a capitalised word that no list knows is a name."""
    lower, before = words.lower[at], words.before(at)
    if _LIKE_A_PLACE.fullmatch(lower):
        return False
    if before & (Sense.BEFORE_PERSONS | Sense.ROLES):
        return True
    if _AGED.match(words.text, words.spans[at][1]):
        return True
    acts = bool(words.after(at) & (Sense.AFTER_PERSONS | Sense.GIVEN)) or _acts(words, at + 1)
    if words.opens(at) or "," in words.gap(at):
        return not _LIKE_A_WORD.fullmatch(lower) and (
            acts or (words.gap(at).strip() in {",", ":"} and _goes_on(words, at))
        )
    if at + 1 < len(words) and len(words.lower[at + 1]) == 1 and _goes_on(words, at):
        return True
    return not (
        words.follows_capital(at)
        or before & Sense.PLACES
        or words.previous(at) in _LISTS.before_things
        or _LIKE_A_WORD.fullmatch(lower)
    )


def _goes_on(words: CommentWords, at: int) -> bool:
    """Whether an unknown capitalised word or an initial follows, as in a person's full name."""
    if at + 1 >= len(words) or words.gap(at + 1) != " " or words.senses[at + 1]:
        return False
    return words.capital[at + 1] or bool(_LIKE_A_NAME.fullmatch(words.lower[at + 1]))


def _acts(words: CommentWords, at: int) -> bool:
    """Whether the word says what somebody does."""
    return at < len(words) and words.gap(at) == " " and bool(_ACTS.fullmatch(words.lower[at]))


def _listed(words: CommentWords, behind: int, at: int) -> bool:
    """Whether the word goes on with a list of people that a name before it began."""
    joined = at == behind and words.gap(at).strip() in {",", "/", "&"}
    joined = joined or (at == behind + 1 and words.lower[behind] in _LISTS.conjunctions)
    sense = words.senses[at]
    return joined and words.capital[at] and (not sense or bool(sense & Sense.MAYBE))


def _extend(words: CommentWords, start: int, taken: list[bool]) -> int:
    """Behind the last word of the name that begins at ``start``."""
    end = start + 1
    while end < len(words) and not taken[end]:
        gap = words.gap(end)
        short = len(words.lower[end - 1]) <= 4
        if not (_TOGETHER.fullmatch(gap) or (short and _ABBREVIATED.fullmatch(gap))):
            break
        if not _continues(words, start, end):
            break
        end += 1
    return end - 1 if words.lower[end - 1] in _LISTS.connectors and end - 1 > start else end


def _continues(words: CommentWords, start: int, at: int) -> bool:
    """Whether the word goes on with the name that begins at ``start``."""
    sense, lower = words.senses[at], words.lower[at]
    if lower in _LISTS.connectors:
        return True
    if len(lower) == 1 and not sense & _NAME:
        return _initial(words, at)
    return _known_continues(words, start, at) if sense else _unknown_continues(words, start, at)


def _initial(words: CommentWords, at: int) -> bool:
    """Whether a single letter is a name's initial and not the beginning of a degree."""
    degree = re.match(r"\.[A-Z]", words.text[words.spans[at][1] :])
    return words.written[at].isupper() and not words.shouted and not degree


def _known_continues(words: CommentWords, start: int, at: int) -> bool:
    """Whether a word that a list knows goes on with the name."""
    sense, both = words.senses[at], words.capital[at] and words.capital[start]
    if sense & Sense.GIVEN:
        return True
    if sense & Sense.MAYBE:
        return both or not sense & Sense.ORDINARY
    if sense & Sense.PLACES and not sense & Sense.ORDINARY:
        return both
    within = at + 1 < len(words) and not words.senses[at + 1]
    return both and within and bool(sense & Sense.TITLES)


def _unknown_continues(words: CommentWords, start: int, at: int) -> bool:
    """Whether a word that no list knows goes on with the name."""
    lower, capitals = words.lower[at], words.capital[start]
    if not _letters(lower).isalpha():
        return False
    if _LIKE_A_NAME.fullmatch(lower):
        return True
    if capitals:
        return words.capital[at] and not words.written[at].isupper()
    return len(lower) > 3 and not _LIKE_A_WORD.fullmatch(lower)


def _honoured(words: CommentWords, start: int, taken: list[bool]) -> int:
    """Where the name begins with what only ever belongs to names, such as "Hj." and "I"."""
    while start and not taken[start - 1] and words.gap(start).strip(" .") == "":
        small = words.lower[start - 1] in _LISTS.particles and words.written[start - 1][0].isupper()
        if not (small or words.lower[start - 1] in _LISTS.honours):
            break
        start -= 1
    return start


def _behind(words: CommentWords, end: int) -> int:
    """Where the name ends in the text, with the degrees that follow it."""
    behind = words.spans[end - 1][1]
    while found := _DEGREES.match(words.text, behind):
        behind = found.end()
    return behind


def _institution(words: CommentWords, at: int) -> int:
    """The last word of an institution's name that begins at ``at``."""
    last = at
    while last + 1 < len(words) and last - at < 4 and words.gap(last + 1).strip(" .") == "":
        sense, lower = words.senses[last + 1], words.lower[last + 1]
        titled = lower in _LISTS.within_institutions
        if not titled and sense & (Sense.TITLES | Sense.ORDINARY) and not sense & _NAME:
            break
        last += 1
    return last
