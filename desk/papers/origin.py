"""Where the answers of a paper came from: what was asked, how they came, what was suggested."""

from collections import Counter
from collections.abc import Collection
from itertools import chain
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.disclosure import enough, hidden_groups, merged_groups, told
from desk.comments.reading import units_room
from desk.unit.respondents import IMPORT, asked_by_files, hidden_values, of_large_sources
from models import Batch, KeyedSheet, Keying, Period, Withdrawal
from models.responses import CHANNELS, PROVENANCES, RESPONDENT
from models.unfinished import all_in
from reports.contents import NOT_ASKED, Collected, StoredTogether, Suggestions
from survey.counts import Selection, count_answers, count_experiences
from survey.periods import asked_instrument

EXPERIENCE = "experience"
HOW = {"channel": CHANNELS, "provenance": PROVENANCES}


def really_asked(
    session: Session, period: Period, units: Collection[int], people: pd.DataFrame
) -> frozenset[str] | None:
    """The keys of the questions that anybody was asked; None: the whole questionnaire.

    Files hold what they hold; every other way asks all. ``people``: see ``asked_of_people``.
    """
    channels = set(people.loc[people["field"] == "channel", "value"])
    if channels != {IMPORT}:
        return None
    instrument, selection = asked_instrument(period), Selection([period.id], units)
    counted = count_answers(session, instrument, [], selection).counted.sum(numeric_only=True)
    asked = {
        item
        for item, values in instrument.allowed.items()
        if any(counted[f"{item}_{value}"] for value in values)
    }
    asked |= frozenset().union(*asked_by_files(session, set(people["source"])).values())
    known = people[people["field"].isin(RESPONDENT) & (people["value"] != NOT_ASKED)]
    experienced = count_experiences(session, instrument, selection)
    told_of = {EXPERIENCE} if any(one.answered for one in experienced.values()) else set()
    return frozenset(asked | set(known["field"]) | told_of)


def collected_by(
    session: Session, period: Period, units: Collection[int], people: pd.DataFrame
) -> Collected:
    """By which channels the answers came, from whom, and in which batches."""
    groups, people = {}, of_large_sources(people)
    for field, values in HOW.items():
        rows = people[people["field"] == field]
        sums = rows.groupby("value")["number"].sum().to_dict()
        counts = {value: int(sums.get(value, 0)) for value in values}
        groups[field] = tuple(merged_groups(counts, hidden_values(rows)))
    return Collected(
        channels=groups["channel"],
        provenances=groups["provenance"],
        batches=_batches(session, period, units),
    )


def _batches(
    session: Session, period: Period, units: Collection[int]
) -> tuple[StoredTogether, ...]:
    """Those that were not withdrawn, the oldest first."""
    withdrawn = select(Withdrawal.batch_id).where(Withdrawal.confirmed.is_(True))
    accounts = (
        select(func.count(func.distinct(KeyedSheet.user_id)))
        .where(KeyedSheet.keying_id == Keying.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Batch, Keying.id, Keying.compared, Keying.differing, accounts)
        .outerjoin(Keying, Keying.batch_id == Batch.id)
        .where(
            Batch.period_id == period.id,
            Batch.unit_id.in_(units),
            Batch.id.not_in(withdrawn),
            all_in(),
        )
        .order_by(Batch.id)
    ).all()
    hidden = hidden_groups({batch.id: batch.rows for batch, *_ in rows})
    zone = ZoneInfo(period.institution.timezone)
    return tuple(
        StoredTogether(
            name=batch.file_name,
            keyed=keying is not None,
            rows=None if batch.id in hidden else batch.rows,
            on=batch.created_at.astimezone(zone).date(),
            accounts=number if keying is not None else 1,
            compared=compared,
            differing=differing,
        )
        for batch, keying, compared, differing, number in rows
    )


def suggested(
    session: Session, actor: Actor, period: Period, units: Collection[int]
) -> Suggestions | None:
    """What the comments of a period were about, of each unit those that it may read.

    None while there are fewer than five of a unit. Raises Forbidden.
    """
    rooms = [units_room(session, actor, unit) for unit in units]
    quotes = [one for room in rooms for one in room.quotes if one.period == period.id]
    if not enough(len(quotes)):
        return None
    elements = chain.from_iterable(one.triaged.elements for one in quotes if one.triaged)
    serious = Counter[str]()
    for one in chain.from_iterable(room.serious for room in rooms):
        serious[one.name] += one.number if one.period == period.id else 0
    return Suggestions(
        comments=len(quotes),
        kinds=_told(Counter(one.label for one in quotes)),
        elements=_told(Counter(elements)),
        serious=tuple((kind, number) for kind, number in serious.items() if number),
    )


def _told(numbers: Counter[str]) -> tuple[tuple[str, int | None], ...]:
    """The most frequent first; those under five last and without their number."""
    hidden = hidden_groups(numbers)
    known = [(key, told(number)) for key, number in numbers.most_common() if key not in hidden]
    return (*known, *((key, None) for key in numbers if key in hidden))
