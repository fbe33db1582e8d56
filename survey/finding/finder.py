"""The units that take answers now and fit what a citizen typed, best first.

The database's own index of trigrams finds them: FTS5 on SQLite, pg_trgm on PostgreSQL. Each word
must be like something in the unit's name, a service of it, its institution's or its province's
name, or a former name of the unit or institution; or all that was typed like the unit's name.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Date, Float, Integer, Subquery, bindparam, case, func, select, text
from sqlalchemy.orm import Session, contains_eager

from models import Unit
from survey.finding.abbreviations import read_words
from survey.finding.likeness import LIKENESS, long_terms, short_terms
from survey.periods import takes_answers

LONGEST_SEARCH, MOST_WORDS = 100, 8
ALL_TYPED = -1  # its number among the words
UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def find_units(session: Session, moment: datetime, typed: str, most: int) -> list[Unit]:
    """The units that fit, ``most`` at most, with their institutions; none where nothing is typed.

    First whose code it is, then whose name, then those that have each word as it was typed or
    by an abbreviation, then by how alike they are.
    """
    wanted = readable(typed).lower()
    words = read_words(wanted)[:MOST_WORDS]
    if not words:
        return []
    found = _scored(session, moment, wanted, words)
    exact = case(
        (func.lower(Unit.code) == wanted, 0), (func.lower(Unit.name) == wanted, 1), else_=2
    )
    best_first = (
        select(Unit)
        .join(Unit.institution)
        .join(found, found.c.unit == Unit.id)
        .where(takes_answers(moment))
        .order_by(exact, found.c.score.desc(), Unit.name, Unit.code)
        .options(contains_eager(Unit.institution))
        .limit(most)
    )
    return list(session.scalars(best_first))


def readable(typed: str) -> str:
    """What was typed as one line of a sensible length, without what no database takes.

    >>> readable("  ktp\\0  Langgur ")
    'ktp Langgur'
    """
    return " ".join(UNREADABLE.sub(" ", typed[:LONGEST_SEARCH]).split())


def _scored(
    session: Session, moment: datetime, wanted: str, words: Sequence[Sequence[str]]
) -> Subquery:
    """The units that fit, whether or not they take answers now, each with its score."""
    engine = session.get_bind().dialect.name
    likeness = LIKENESS[engine]
    for name, value in likeness.settings.items():
        session.execute(select(func.set_config(name, value, True)))
    terms = [(number, form) for number, forms in enumerate(words) for form in forms]
    asked = text(likeness.question()).bindparams(
        bindparam("today", moment.date(), Date),
        bindparam("long", long_terms(engine, [*terms, (ALL_TYPED, wanted)])),
        bindparam("short", short_terms(terms)),
        bindparam("typed", wanted),
        bindparam("words", len(words), Integer),
        bindparam("least", likeness.least, Float),
    )
    return asked.columns(unit=Integer, score=Float).subquery()
