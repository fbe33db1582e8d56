"""Words, and beginnings and endings of words, by which people, addresses and numbers are told."""

import re
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from analysis.errors import Written
from analysis.redaction.lexicon import WordList
from analysis.rules import Rule, Source, Validity, broken, check, parse_yaml, read_rules
from analysis.standing import Standing

FILE = Path(__file__).resolve().parent / "forms.yaml"


def _parts(value: object) -> tuple[str, ...]:
    if not (isinstance(value, str) and value.split()):
        raise broken("no_words", found=Written(str(value)))
    return tuple(value.split())


def _compile(parts: tuple[str, ...]) -> tuple[str, ...]:
    for part in parts:
        try:
            re.compile(part)
        except re.error as error:
            raise broken("no_expression", found=Written(part)) from error
    return parts


Parts: TypeAlias = Annotated[tuple[str, ...], AfterValidator(_compile), BeforeValidator(_parts)]


class OfPeople(Rule):
    """What stands in names and around them."""

    connectors: WordList
    particles: WordList
    honours: WordList
    initials: WordList
    whole_titles: WordList
    naming: WordList
    doctors: WordList
    specialities: WordList
    conjunctions: WordList
    before_things: WordList
    before_times: WordList
    within_institutions: WordList
    degrees: Parts
    degree_letters: Parts
    name_endings: Parts
    name_beginnings: Parts
    framed_names: Parts
    word_beginnings: Parts
    word_endings: Parts
    act_beginnings: Parts
    place_beginnings: Parts
    place_endings: Parts


class OfAddresses(Rule):
    """What addresses begin with and go on with."""

    streets: WordList
    estates: WordList
    areas: WordList
    numbers: WordList
    hamlets: WordList
    sure_heads: WordList
    houses: WordList
    blocks: WordList
    quarters: WordList
    opening_heads: WordList
    numbered_heads: WordList
    weak_heads: WordList
    describing: WordList
    living: WordList
    owners: WordList
    road_works: WordList
    wards_of: WordList


class OfNumbers(Rule):
    """What stands around one person's numbers, and around those that are nobody's own."""

    mail_hosts: Parts
    link_endings: Parts
    digits: Parts
    phone_digits: WordList
    births: Parts
    months: Parts
    counted: Parts
    networks: Parts
    telephones: Parts
    identities: Parts
    passports: Parts
    frames: Parts
    banks: Parts
    files: Parts
    money: Parts
    regions: Parts
    vehicles: Parts
    no_plates: Parts
    no_plates_after: Parts


class Forms(Rule):
    """The lists of the three."""

    id: str
    valid: Validity
    standing: Standing
    source: Source
    people: OfPeople
    addresses: OfAddresses
    numbers: OfNumbers


def either(parts: tuple[str, ...]) -> str:
    """A regular expression for any of the parts, the first that fits.

    >>> either(("rt", "rw"))
    '(?:rt|rw)'
    """
    return f"(?:{'|'.join(parts)})"


def parse_forms(text: str, name: str) -> Forms:
    """The lists written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Forms, parse_yaml(text, name), name)


FORMS = parse_forms(read_rules(FILE), FILE.name)
