"""Which unit with which period: of all that is counted, these two are asked for."""

from collections.abc import Collection

from sqlalchemy import Select, select, tuple_

from models import Period, Unit

UnitPeriod = tuple[int, int]
PAIR = ("unit_id", "period_id")


def asked_pairs(
    periods: Collection[int], units: Collection[int], but: Collection[UnitPeriod] = ()
) -> Select[int, int]:
    """Each of the units with each of the periods that are its institution's, but for some.

    Made once (MATERIALIZED) and from the units on (+ 0: no index): to look up a nation's units in
    the periods of all others too takes longer than to count.
    """
    found = (
        select(Unit.id.label("unit_id"), Period.id.label("period_id"))
        .join(Period, Period.institution_id == Unit.institution_id)
        .where(Unit.id.in_(units), (Period.id + 0).in_(periods))
    )
    return found.where(tuple_(Unit.id, Period.id).not_in(but)) if but else found
