"""Whose counts a unit could subtract its own files from, and be left with one to four people."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.rulebook.instrument import Instrument
from desk.index.perception import ScoredRound
from desk.index.surveyed import left_out_sources, units_of_few
from models import Period
from survey.counts import Selection, count_answers
from survey.periods import asked_instrument


def latest_periods(
    session: Session, scored: ScoredRound, published: Sequence[int]
) -> dict[int, Period]:
    """The last period of each of the units that were surveyed, by their place in the round."""
    keys = {at: key for at in published if (key := scored.surveyed[at].latest)}
    wanted = select(Period).where(Period.id.in_(set(keys.values())))
    periods = {one.id: one for one in session.scalars(wanted)}
    return {at: periods[key] for at, key in keys.items()}


def betrayed_units(session: Session, scored: ScoredRound, published: Sequence[int]) -> set[int]:
    """The places of those of the units of which one to four answered an item in one source.

    Of those that came as a district's bundle, the district said so; it is known of those whose
    squares were counted.
    """
    alike: defaultdict[str, list[tuple[Period, int]]] = defaultdict(list)
    found = {at for at in published if scored.surveyed[at].few_in_source}
    told_by_rows = [at for at in published if scored.surveyed[at].few_in_source is None]
    for at, latest in latest_periods(session, scored, told_by_rows).items():
        alike[latest.instrument_hash].append((latest, at))
    for group in alike.values():
        places = {scored.units[at].id: at for _, at in group}
        periods = {key for at in places.values() for key in scored.surveyed[at].responses}
        without = left_out_sources(session, scored.without, periods)
        selection = Selection(periods, list(places), without)
        few = few_in_source(session, asked_instrument(group[0][0]), selection)
        found |= {places[unit] for unit in few}
    return found


def few_in_source(session: Session, instrument: Instrument, selection: Selection) -> set[int]:
    """The ids of the units of which one to four answered an item in one source."""
    tally = count_answers(session, instrument, ["unit_id", "source"], selection)
    return units_of_few(tally)
