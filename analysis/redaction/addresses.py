"""Addresses of people: streets, blocks, house numbers, RT and RW, and what belongs to them."""

import re
from collections.abc import Iterator

from analysis.redaction.forms import FORMS
from analysis.redaction.lexicon import Sense
from analysis.redaction.marks import PersonalDataKind, RedactedSpan
from analysis.redaction.words import CommentWords

_FORMS = FORMS.addresses
_LISTED = Sense.TITLES | Sense.ROLES | Sense.ORDINARY | Sense.INSTITUTIONS | Sense.BEFORE_PERSONS
_RT = re.compile(
    r"\br\.?\s?[tw]\.?\s?(?:[/\\]\s?r\.?\s?w\.?)?\s?(?::|no\.?|nomor)?\s?\d{1,3}"
    r"(?:\s?[/\\,.\-]?\s?(?:dan\s)?(?:r\.?\s?[tw]\.?\s?(?::|no\.?)?\s?)?\d{1,3}\b)?",
    re.IGNORECASE,
)
_JOINS = re.compile(r"[\s.,/\-:]{1,4}$")
_BEHIND = re.compile(r"\d\w{0,4}|r[tw]\d{1,3}|[a-z]\d{1,3}")
_HOUSE = re.compile(r"\d{1,4}[a-zA-Z]?|[A-Za-z]{1,2}\d{0,3}|[IVX]{1,4}")
_ROMAN = re.compile(r"[IVX]+")
_NUMBERED = _FORMS.numbers - {"km"} | _FORMS.hamlets
# Within so many letters of a road its being broken is told; within so many words before it, or on
# either side, whose home it is.
NEAR, NEAR_HOME, NEAR_OWNER = 80, 5, 3
# What an earlier redaction left is no word.
_WORD = re.compile(r"\b(?<!\[)[^\W_]+")
_LIVING = re.compile(
    r"\b(?:alamat(?:nya)?|beralamat|domisili|(?:ber)?tinggal"
    r"|(?:rumah|kontrakan)(?: saya| kami)?(?= di))"
    r"(?: saya| kami| lengkap)?\s*:?\s*(?:di\s)?\s*"
    r"((?:[^\W\d_]+\s){1,4}(?:\d{1,3}\s?[a-z]?\s)?(?:no\.?|nomor|blok)\s?\d+(?:\s?[a-z])?)\b",
    re.IGNORECASE,
)


def find_addresses(words: CommentWords) -> Iterator[RedactedSpan]:
    """Each address, from its street to its town."""
    for found in _RT.finditer(words.text):
        start = _quarter(words, found.start())
        if start is not None:
            yield RedactedSpan(start, found.end(), PersonalDataKind.ADDRESS)
    yield from _after_living(words)
    for at, end in _told(words):
        numbers = list(_numbers(words, at, end))
        if _is_place(words, at, end, bool(numbers)):
            yield from (_span(words, *number) for number in numbers)
        else:
            yield _span(words, at, end)


def find_roads(words: CommentWords) -> Iterator[RedactedSpan]:
    """The roads that stay readable, since they are told because something there is broken."""
    for at, end in _told(words):
        if _is_place(words, at, end, any(_numbers(words, at, end))):
            yield _span(words, at, end)


def _span(words: CommentWords, at: int, end: int) -> RedactedSpan:
    return RedactedSpan(words.spans[at][0], words.spans[end - 1][1], PersonalDataKind.ADDRESS)


def _told(words: CommentWords) -> Iterator[tuple[int, int]]:
    """Each address as words: where it begins and ends."""
    at = 0
    while at < len(words):
        head = words.lower[at]
        end = at
        if head in _FORMS.streets or head in _FORMS.estates:
            end = _named(words, at)
        if end == at and head in _FORMS.houses:
            end = _house(words, at)
        if end > at:
            end = _rest(words, end)
            if _tells_a_home(words, at, end):
                yield at, end
        at = max(end, at + 1)


def _house(words: CommentWords, at: int) -> int:
    """Behind the number of a house that has no name, or ``at``: "rumah no 4"."""
    numbered = at + 2 < len(words) and words.lower[at + 1] in _FORMS.numbers
    end = _numbered(words, at + 1) if numbered else at
    return end if end > at + 1 else at


def _tells_a_home(words: CommentWords, at: int, end: int) -> bool:
    """Whether a block or a hamlet is a home: it has a number, or somebody lives in it."""
    if words.lower[at] not in _FORMS.quarters | _FORMS.blocks:
        return True
    numbered = any(word[-1].isdigit() or _ROMAN.fullmatch(word) for word in words.written[at:end])
    return numbered or bool({*words.lower[max(0, at - NEAR_HOME) : at]} & _FORMS.living)


def _is_place(words: CommentWords, at: int, end: int, numbered: bool) -> bool:
    """Whether an address is only where something is broken, and nobody's home.

    A house number beside the writer makes it the writer's home, a name before it somebody's.
    """
    if words.lower[at] not in _FORMS.streets:
        return False
    start, stop = words.spans[at][0], words.spans[end - 1][1]
    near = words.text[max(0, start - NEAR) : stop + NEAR].lower()
    if not _FORMS.road_works & set(_WORD.findall(near)):
        return False
    before = [
        words.lower[one]
        for one in range(max(0, at - NEAR_HOME), at)
        if not words.text.startswith("[", max(0, words.spans[one][0] - 1))
    ]
    behind = _WORD.findall(words.text[stop : stop + NEAR].lower())[:NEAR_OWNER]
    beside = {*before[-NEAR_OWNER:], *behind}
    owned = numbered and (
        beside & _FORMS.owners or any(_owner(words, one, at) for one in range(at)[-NEAR_HOME:])
    )
    return not (owned or {*before, *behind} & _FORMS.living)


def _owner(words: CommentWords, at: int, head: int) -> bool:
    """Whether the word is of a name or of a telephone number that stands before an address."""
    sense, lower = words.senses[at], words.lower[at]
    if sense & Sense.GIVEN or (lower.isdigit() and (len(lower) > 5 or lower.startswith("08"))):
        return True
    if not (sense & Sense.TITLES and at + 1 < head and words.gap(at + 1) in (" ", ". ")):
        return False
    return not words.senses[at + 1] or bool(words.senses[at + 1] & Sense.MAYBE)


def _numbers(words: CommentWords, at: int, end: int) -> Iterator[tuple[int, int]]:
    """The house numbers, RT and RW within an address; not those of alleys and of kilometres."""
    start = None
    for one in range(at + 1, end + 1):
        number = one < end and _of_number(words, one)
        if number and start is None:
            start = one
        elif not number and start is not None:
            yield start, one
            start = None


def _of_number(words: CommentWords, at: int) -> bool:
    lower, previous = words.lower[at], words.lower[at - 1]
    if lower in _NUMBERED or _letter(words, at):
        return True
    named = previous == "km" or previous in _FORMS.numbered_heads - _NUMBERED
    return not named and bool(_BEHIND.fullmatch(lower))


def _letter(words: CommentWords, at: int) -> bool:
    """Whether a word is the letter of a house number: the "a" of "14 a"."""
    return (
        len(words.lower[at]) == 1
        and words.lower[at].isalpha()
        and words.lower[at - 1].isdigit()
        and words.gap(at) == " "
    )


def _quarter(words: CommentWords, start: int) -> int | None:
    """Where the name of a quarter begins that stands before its RT; None: it's of an officer."""
    at = next((at for at, span in enumerate(words.spans) if span[0] >= start), 0)
    if at and not words.opens(at) and words.lower[at - 1] in _FORMS.wards_of:
        return None
    first = at
    while first and at - first < 4 and words.capital[first - 1] and words.gap(first) in (" ", ". "):
        first -= 1
    estate = next((one for one in range(first, at) if words.lower[one] in _FORMS.estates), None)
    if estate is not None:
        return words.spans[estate][0]
    known = Sense.ORDINARY | Sense.ROLES | Sense.TITLES
    named = first < at and not words.senses[first] & known
    return words.spans[first][0] if named else start


def _after_living(words: CommentWords) -> Iterator[RedactedSpan]:
    """A number with the name before it, where somebody says to live there."""
    for found in _LIVING.finditer(words.text):
        yield RedactedSpan(*found.span(1), PersonalDataKind.ADDRESS)


def _named(words: CommentWords, at: int) -> int:
    """Behind the name that begins after the head, or ``at`` when there is none."""
    end = at + 1
    if end < len(words) and words.lower[at] in _FORMS.opening_heads and "." in words.gap(end):
        return at
    most = 1 if words.lower[at] in _FORMS.blocks else 5
    while end < len(words) and end - at <= most and _JOINS.match(words.gap(end)):
        numbered = end > at + 1 and words.lower[end - 1][-1].isdigit()
        if numbered or "," in words.gap(end) or not _name_part(words, at, end):
            break
        end += 1
    return end if end > at + 1 else at


def _name_part(words: CommentWords, head: int, at: int) -> bool:
    """Whether the word is part of the name that begins after ``head``."""
    lower, kind, first = words.lower[at], words.lower[head], at == head + 1
    if lower in _FORMS.numbers or lower in _FORMS.hamlets or lower in _FORMS.areas:
        return False
    if not first and lower in _FORMS.streets:
        return False
    if _HOUSE.fullmatch(words.written[at]) and any(map(str.isdigit, lower)):
        return not first or kind in _FORMS.numbered_heads
    if first and kind in _FORMS.streets and _before_house(words, at):
        return True
    if first and kind in _FORMS.blocks:
        return len(lower) <= 2
    if kind in _FORMS.weak_heads:
        return _capitalised(words, at) and not words.senses[at] & Sense.ORDINARY
    return _street_name(words, head, at)


def _before_house(words: CommentWords, at: int) -> bool:
    """Whether a house number stands behind the word: "Gg. Buntu no. 9" is no blind alley."""
    if at + 2 >= len(words) or words.lower[at + 1] not in _FORMS.numbers - {"km"}:
        return False
    return words.gap(at + 1) == " " and _numbered(words, at + 1) > at + 1


def _street_name(words: CommentWords, head: int, at: int) -> bool:
    """Whether the word is part of a street's or an estate's name, by what the lists say of it."""
    sense, capital, first = words.senses[at], _capitalised(words, at), at == head + 1
    if sense & Sense.NOT_STREETS and not (capital and sense & Sense.STREET_WORDS):
        return False
    if sense & Sense.STREET_WORDS:
        sure = words.lower[head] in _FORMS.sure_heads or not first
        return capital or sure or words.lower[at] not in _FORMS.describing
    if sense & (Sense.GIVEN | Sense.MAYBE | Sense.PLACES):
        return True
    if sense & _LISTED:
        return capital and words.written[head][0].isupper() and not first
    return capital or _unknown_name(words, head, at)


def _unknown_name(words: CommentWords, head: int, at: int) -> bool:
    """Whether a word in lower case that no list knows names a street, by the word before it."""
    kind, letters = words.lower[head], len(words.lower[at])
    if kind in _FORMS.sure_heads:
        return letters > 3
    opens = kind in _FORMS.opening_heads and at == head + 1
    return opens and letters > 4 and _leads_to_number(words, at)


def _capitalised(words: CommentWords, at: int) -> bool:
    return words.written[at][0].isupper() and not words.shouted


def _leads_to_number(words: CommentWords, at: int) -> bool:
    return any(
        word in _FORMS.numbers or word in _FORMS.hamlets for word in words.lower[at + 1 : at + 5]
    )


def _numbered(words: CommentWords, at: int) -> int:
    """Behind a house number that begins with "no" or the like, or ``at``."""
    if (
        at + 1 < len(words)
        and _HOUSE.fullmatch(words.written[at + 1])
        and _JOINS.match(words.gap(at + 1))
    ):
        return at + 2
    return at


def _rest(words: CommentWords, end: int) -> int:
    """Behind the house numbers, blocks, RT, RW, villages and towns that follow."""
    while end < len(words) and _JOINS.match(words.gap(end)):
        lower, then = words.lower[end], end
        if lower in _FORMS.numbers or lower in _FORMS.hamlets:
            then = _numbered(words, end)
        elif lower in _FORMS.areas or lower in _FORMS.streets or lower in _FORMS.estates:
            then = _named(words, end)
        elif _BEHIND.fullmatch(lower) or _letter(words, end):
            then = end + 1
        elif "," in words.gap(end):
            then = _town(words, end)
        if then == end:
            return end
        end = then
    return end


def _town(words: CommentWords, at: int) -> int:
    """Behind the name of a quarter or town after a comma, or ``at``."""
    end = at
    while end < len(words) and end - at < 3 and words.written[end][0].isupper():
        sense = words.senses[end]
        known = sense & (Sense.PLACES | Sense.STREET_WORDS)
        if (sense and not known) or (end > at and words.gap(end) != " "):
            break
        end += 1
    return end
