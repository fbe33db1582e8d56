"""Addresses of people: streets, blocks, house numbers, RT and RW, and what belongs to them."""

import re
from collections.abc import Iterator

from analysis.redaction.lexicon import Sense
from analysis.redaction.marks import Kind, Span
from analysis.redaction.words import Words

STREETS = {"jl", "jln", "jalan", "jlan", "jln2", "jend", "gg", "gang", "lorong", "lrg", "lr"}
ESTATES = {
    "komplek",
    "kompleks",
    "komp",
    "perum",
    "perumahan",
    "perumnas",
    "blok",
    "blk",
    "dusun",
    "dsn",
    "dukuh",
    "kp",
    "kampung",
    "lingkungan",
    "lingk",
    "apartemen",
    "rusun",
    "cluster",
    "griya",
    "kost",
    "kos",
    "asrama",
    "banjar",
}
AREAS = {
    "kel",
    "kelurahan",
    "kec",
    "kecamatan",
    "desa",
    "ds",
    "kab",
    "kabupaten",
    "kota",
    "nagari",
    "prov",
    "provinsi",
    "jorong",
    "dusun",
    "dsn",
    "kp",
    "kampung",
}
NUMBERS = {
    "no",
    "nomor",
    "nomer",
    "nmr",
    "nmor",
    "kav",
    "kavling",
    "km",
    "lt",
    "lantai",
    "unit",
    "blok",
    "blk",
    "kode",
}
_RT = re.compile(
    r"\br\.?\s?[tw]\.?\s?(?:[/\\]\s?r\.?\s?w\.?)?\s?(?::|no\.?|nomor)?\s?\d{1,3}"
    r"(?:\s?[/\\,.\-]?\s?(?:dan\s)?(?:r\.?\s?[tw]\.?\s?(?::|no\.?)?\s?)?\d{1,3}\b)?",
    re.IGNORECASE,
)
_JOINS = re.compile(r"[\s.,/\-:]{1,4}$")
_BEHIND = re.compile(r"\d\w{0,4}|r[tw]\d{1,3}|[a-z]\d{1,3}")
_HOUSE = re.compile(r"\d{1,4}[a-zA-Z]?|[A-Za-z]{1,2}\d{0,3}|[IVX]{1,4}")


def find_addresses(words: Words) -> Iterator[Span]:
    """Each address, from its street to its town."""
    for found in _RT.finditer(words.text):
        yield Span(found.start(), found.end(), Kind.ADDRESS)
    at = 0
    while at < len(words):
        head = words.lower[at]
        end = at
        if head in STREETS or head in ESTATES:
            end = _named(words, at)
        elif head == "rumah" and at + 2 < len(words) and words.lower[at + 1] in NUMBERS:
            end = _numbered(words, at + 1)
        if end > at:
            end = _rest(words, end)
            yield Span(words.spans[at][0], words.spans[end - 1][1], Kind.ADDRESS)
        at = max(end, at + 1)


def _named(words: Words, at: int) -> int:
    """Behind the name that begins after the head, or ``at`` when there is none."""
    head = words.lower[at]
    strict = head not in {
        "jl",
        "jln",
        "gg",
        "perum",
        "blok",
        "blk",
        "dsn",
        "kp",
        "komp",
        "dusun",
        "komplek",
    }
    end = at + 1
    while end < len(words) and end - at <= 5 and _JOINS.match(words.gap(end)):
        numbered = end > at + 1 and words.lower[end - 1][-1].isdigit()
        if numbered or "," in words.gap(end) or not _name_part(words, at, end, strict):
            break
        end += 1
    return end if end > at + 1 else at


def _name_part(words: Words, head: int, at: int, strict: bool) -> bool:
    sense, lower, first = words.senses[at], words.lower[at], at == head + 1
    if lower in NUMBERS or lower in {"rt", "rw"} or lower in AREAS:
        return False
    if _HOUSE.fullmatch(words.written[at]) and any(map(str.isdigit, lower)):
        return not first or words.lower[head] in {
            "blok",
            "blk",
            "gg",
            "gang",
            "lorong",
            "lrg",
            "lr",
        }
    capital = words.written[at][0].isupper() and not words.shouted
    if first and words.lower[head] in {"blok", "blk"}:
        return len(lower) <= 2
    if words.lower[head] in {
        "kost",
        "kos",
        "lingkungan",
        "asrama",
        "banjar",
        "cluster",
        "griya",
        "unit",
    }:
        return capital and not sense & Sense.ORDINARY
    if sense & Sense.NOT_STREETS and not (capital and sense & Sense.STREET_WORDS):
        return False
    if sense & Sense.STREET_WORDS:
        return (
            not (
                strict
                and first
                and lower in {"raya", "baru", "lama", "besar", "kecil", "kota", "rs"}
            )
            or capital
        )
    if sense & (Sense.GIVEN | Sense.MAYBE | Sense.PLACES):
        return True
    if sense & (
        Sense.TITLES | Sense.ROLES | Sense.ORDINARY | Sense.INSTITUTIONS | Sense.BEFORE_PERSONS
    ):
        return capital and words.written[head][0].isupper() and not first
    return (
        capital
        or (not strict and len(lower) > 3)
        or (
            words.lower[head] == "jalan"
            and len(lower) > 4
            and first
            and _leads_to_number(words, at)
        )
    )


def _leads_to_number(words: Words, at: int) -> bool:
    return any(word in NUMBERS or word in {"rt", "rw"} for word in words.lower[at + 1 : at + 5])


def _numbered(words: Words, at: int) -> int:
    """Behind a house number that begins with "no" or the like, or ``at``."""
    if (
        at + 1 < len(words)
        and _HOUSE.fullmatch(words.written[at + 1])
        and _JOINS.match(words.gap(at + 1))
    ):
        return at + 2
    return at


def _rest(words: Words, end: int) -> int:
    """Behind the house numbers, blocks, RT, RW, villages and towns that follow."""
    while end < len(words) and _JOINS.match(words.gap(end)):
        lower, then = words.lower[end], end
        if lower in NUMBERS or lower in {"rt", "rw"}:
            then = _numbered(words, end)
        elif lower in AREAS or lower in STREETS or lower in ESTATES:
            then = _named(words, end)
        elif _BEHIND.fullmatch(lower):
            then = end + 1
        elif "," in words.gap(end):
            then = _town(words, end)
        if then == end:
            return end
        end = then
    return end


def _town(words: Words, at: int) -> int:
    """Behind the name of a quarter or town after a comma, or ``at``."""
    end = at
    while end < len(words) and end - at < 3 and words.written[end][0].isupper():
        sense = words.senses[end]
        known = sense & (Sense.PLACES | Sense.STREET_WORDS)
        if (sense and not known) or (end > at and words.gap(end) != " "):
            break
        end += 1
    return end
