"""Codes: how a place is named in addresses and files, for good."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

from analysis.characters import entered
from analysis.errors import Place, Problem, Written

LONGEST_CODE, LONGEST_NAME = 60, 200
LONGEST_PROPOSED = 32  # so that it can be typed from a poster
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def propose_code(name: str, taken: Container[str] = ()) -> str:
    """A code for a name: its first words, numbered where others have it.

    >>> propose_code("Puskesmas Kec. Gambir (Rawat Jalan)")
    'puskesmas-kec-gambir-rawat-jalan'
    >>> propose_code("Dinas Kependudukan dan Pencatatan Sipil"), propose_code("Samsat", {"samsat"})
    ('dinas-kependudukan-dan', 'samsat-2')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    code = ""
    for word in re.findall("[a-z0-9]+", plain):
        longer = f"{code}-{word}" if code else word[:LONGEST_PROPOSED]
        if len(longer) > LONGEST_PROPOSED:
            break
        code = longer
    code = code or "unit"
    numbered = (f"{code}-{number}" for number in count(2))
    return code if code not in taken else next(one for one in numbered if one not in taken)


def code_problem(code: str, place: Place) -> Problem | None:
    """What is wrong with the code of a new place, if anything; ``place``: where it stands."""
    fits = len(code) <= LONGEST_CODE and CODE.fullmatch(code)
    return None if fits else Problem("register_code", place, found=Written(code), most=LONGEST_CODE)


def tidy(name: str) -> str:
    """The name without space around it or doubled in it.

    >>> tidy("  Dinas   Sosial ")
    'Dinas Sosial'
    """
    return " ".join(name.split())


def name_problem(name: str, place: Place) -> Problem | None:
    """What is wrong with a name, if anything; ``place``: where it stands."""
    fits = len(name) <= LONGEST_NAME and name.isprintable() and bool(entered(name))
    return None if fits else Problem("register_name", place, found=Written(name), most=LONGEST_NAME)
