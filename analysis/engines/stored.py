"""What the service stored, as anybody's table of answers would have it.

Column names as in archives of closed periods, so that the same is asked of both.
"""

from typing import Any

from sqlalchemy import Select, Subquery, cast, column, func, select, table, types

from analysis.rulebook.instrument import Instrument

COUNTED, ANSWERS, THINNED = "counted_responses", "answers_{}", "thinned_units"


def stored_answers(instrument: Instrument, answers: str) -> Subquery:
    """A row each response that counts, of closed periods alone: those still open may change."""
    rows = table(COUNTED, *map(column, ("id", "unit_id", "period_id", "channel", "provenance")))
    units = table("units", *map(column, ("id", "institution_id", "code")))
    institutions = table("institutions", *map(column, ("id", "code")))
    periods = table("periods", *map(column, ("id", "code", "ends", "closed_at")))
    items = (column(item, types.SmallInteger) for item in instrument.allowed)
    given = table(answers, column("response_id"), *items)
    joined = (
        rows.join(units, units.c.id == rows.c.unit_id)
        .join(institutions, institutions.c.id == units.c.institution_id)
        .join(periods, periods.c.id == rows.c.period_id)
        .join(given, given.c.response_id == rows.c.id)
    )
    text = types.Text
    return (
        select(
            cast(units.c.code, text).label("unit"),
            cast(institutions.c.code, text).label("institution"),
            cast(periods.c.code, text).label("period"),
            func.substr(cast(periods.c.ends, text), 1, 4, type_=text).label("year"),
            cast(rows.c.channel, text).label("channel"),
            cast(rows.c.provenance, text).label("provenance"),
            *(given.c[item] for item in instrument.allowed),
        )
        .select_from(joined)
        .where(periods.c.closed_at.is_not(None))
        .subquery("stored")
    )


def moved_periods() -> Select[Any]:
    """The codes and years of the periods whose answers are in an archive alone."""
    periods = table("periods", *map(column, ("id", "code", "ends")))
    moved = table(THINNED, column("period_id"))
    year = func.substr(cast(periods.c.ends, types.Text), 1, 4).label("year")
    return (
        select(cast(periods.c.code, types.Text).label("period"), year)
        .join_from(periods, moved, moved.c.period_id == periods.c.id)
        .distinct()
    )
