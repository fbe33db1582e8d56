"""The provinces with their codes, and a map on which each is a tile of the same size."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from analysis.rules import (
    Rule,
    Source,
    Validity,
    broken,
    check,
    parse_yaml,
    read_rules,
    without_brackets,
)
from analysis.standing import Standing

FILE = Path(__file__).resolve().parent / "provinces.yaml"
TITLE = re.compile(r"^(pemerintah )?(provinsi|prov\.) ", re.IGNORECASE)


class Layout(Rule):
    """Whose the short names and the places of the tiles are."""

    standing: Standing
    source: Source


class Province(Rule):
    """A province: code, two letters, short name, names it also goes by, place on the map."""

    code: Annotated[str, Field(pattern=r"^\d\d$")]
    letters: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    short: str
    name: str
    also: list[str] = []
    column: Annotated[int, Field(ge=0)]
    row: Annotated[int, Field(ge=0)]


class Provinces(Rule):
    """All provinces at a time; no two share a code, letters, a name or a tile."""

    id: str
    valid: Validity
    source: Source
    letters: Source
    layout: Layout
    provinces: list[Province] = Field(min_length=1)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        marks = [
            mark
            for one in self.provinces
            for mark in (one.code, one.letters, *_names(one), f"{one.column}, {one.row}")
        ]
        if doubled := [mark for mark, times in Counter(marks).items() if times > 1]:
            raise broken("province_twice", "provinces", found=doubled)
        return self

    def find(self, code: str, name: str) -> Province | None:
        """The province of a provincial government: at the end of its code, or its name.

        >>> provinces = load_provinces()
        >>> provinces.find("prov-81", "").name, provinces.find("x", "Provinsi Aceh (contoh)").code
        ('Maluku', '11')
        """
        known = {one.code: one for one in self.provinces}
        known |= {own: one for one in self.provinces for own in _names(one)}
        plain = TITLE.sub("", without_brackets(name)).casefold()
        return known.get(code.rpartition("-")[2]) or known.get(plain)


def _names(one: Province) -> list[str]:
    return [name.casefold() for name in (one.name, *one.also)]


def parse_provinces(text: str, name: str) -> Provinces:
    """The provinces written in ``text``; ``name`` is said in errors. Raises BadInput."""
    return check(Provinces, parse_yaml(text, name), name)


@cache
def load_provinces() -> Provinces:
    """The provinces that come with the program."""
    return parse_provinces(read_rules(FILE), FILE.name)
