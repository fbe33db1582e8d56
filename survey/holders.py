"""Who may hold which of a unit's stored answers besides us, and what is left beside them.

A file is held by whoever imported it, a pile of paper by whoever keeps the forms, what helpers or
interviewers saw being answered by them. Of a pile, each person and each day also knows the sheets
then keyed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from zoneinfo import ZoneInfo

from sqlalchemy import column as named
from sqlalchemy import func, select, table
from sqlalchemy.orm import Session

from analysis.disclosure import HeldSource
from models import Exclusion, Institution, KeyedSheet, Keying, Response
from survey.counts import held_by


def sources_of(
    session: Session, period_id: int, units: Collection[int]
) -> dict[int, dict[str, HeldSource]]:
    """By unit, its sources by who may hold them: files and piles by the number of their batch."""
    counted = table(
        "counted_responses", *map(named, ("unit_id", "period_id", "batch_id", "provenance"))
    ).c
    rows = session.execute(
        select(counted.unit_id, counted.batch_id, counted.provenance, func.count())
        .where(counted.period_id == period_id, counted.unit_id.in_(units))
        .group_by(counted.unit_id, counted.batch_id, counted.provenance)
    )
    sizes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for unit, batch, provenance, number in rows:
        sizes[unit][held_by(batch, provenance)] += number
    keyed = _keyed(session, period_id, units)
    return {
        unit: {source: keyed.get(source, HeldSource(size)) for source, size in sources.items()}
        for unit, sources in sizes.items()
    }


def _keyed(session: Session, period_id: int, units: Collection[int]) -> dict[str, HeldSource]:
    """The piles stored, with what is beside each person's and each day's sheets.

    Which sheets were excluded since is not known.
    """
    piles = session.scalars(
        select(Keying).where(
            Keying.period_id == period_id, Keying.unit_id.in_(units), Keying.batch_id.is_not(None)
        )
    ).all()
    excluded = dict(
        session.execute(
            select(Response.batch_id, func.count())
            .join(Exclusion, Exclusion.response_id == Response.id)
            .where(Response.batch_id.in_([pile.batch_id for pile in piles]))
            .group_by(Response.batch_id)
        ).all()
    )
    return {
        str(pile.batch_id): HeldSource(
            pile.sheets, tuple(pile.sheets - len(known) for known in _known_of(session, pile))
        ).less(excluded.get(pile.batch_id, 0))
        for pile in piles
    }


def _known_of(session: Session, pile: Keying) -> Collection[set[int]]:
    """The sheets that each person keyed, and those that were keyed on each day."""
    zone = ZoneInfo(session.get_one(Institution, pile.institution_id).timezone)
    rows = session.execute(
        select(KeyedSheet.serial, KeyedSheet.user_id, KeyedSheet.keyed_at).where(
            KeyedSheet.keying_id == pile.id
        )
    )
    known: defaultdict[object, set[int]] = defaultdict(set)
    for serial, user, moment in rows:
        known[user].add(serial)
        known[moment.astimezone(zone).date()].add(serial)
    return known.values()
