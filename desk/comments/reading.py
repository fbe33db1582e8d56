"""The reading room: citizens' comments without personal data, for those who may read them.

What reads comments asks here. An analyst of the Ombudsman reads them all. Those who run a unit
read what its writers let them read, never a comment on bribery, abuse of authority or
discrimination, and none while fewer than five could be theirs: whoever holds a file or a pile of
paper, or helped people to answer, knows those comments, so there are five of each source, or none.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random
from uuid import UUID

from sqlalchemy import Select, Uuid, column, or_, select, table
from sqlalchemy.orm import Session

from accounts.actors import Actor, require_unit, runs_unit
from analysis.disclosure import enough, in_steps
from analysis.triage.groups import groups
from analysis.triage.model import seed_model
from desk.comments.labels import Labelled, Labels, stored_labels
from models import Comment, Experience, Period, Response
from survey.counts import VISIT, held_by

# Whoever wrote of these could be punished for it. A threat is an abuse of authority.
SERIOUS = ("request_for_payment", "abuse_of_authority", "discrimination")
UNREAD = "unread"
# A period, a serious form, and who may hold the answers.
SeriousKey = tuple[int, str, str]


@dataclass(frozen=True)
class Quote:
    """A comment as it is read: neither its day nor who wrote it. ``triaged``: None until it is.

    ``holder``: who may hold it besides us, see ``survey.counts.held_by``.
    """

    response_id: UUID
    text: str
    period: int
    triaged: Labelled | None
    holder: str = VISIT

    @property
    def label(self) -> str:
        """Its kind, ``UNREAD`` while nothing is sure of it."""
        return self.triaged.label if self.triaged else UNREAD

    @property
    def urgent(self) -> bool:
        """Whether it is read before all others: for its first or second label, or as it is told."""
        one = self.triaged
        return one is not None and (one.urgent or bool({one.label, one.secondary} & set(SERIOUS)))


@dataclass(frozen=True)
class SimilarQuotes:
    """Quotes of one concern, the surest first; ``title``: the words they share."""

    concern: str
    title: str
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class Wanted:
    """The labels by which a reader filters comments; None: all."""

    period: int | None = None
    label: str | None = None
    element: str | None = None
    sentiment: str | None = None

    def fits(self, quote: Quote) -> bool:
        """Whether the quote passes the filter."""
        triaged = quote.triaged
        return (
            self.period in (None, quote.period)
            and self.label in (None, quote.label, triaged and triaged.secondary)
            and (self.element is None or bool(triaged and self.element in triaged.elements))
            and (self.sentiment is None or bool(triaged and triaged.sentiment == self.sentiment))
        )


@dataclass(frozen=True)
class Count:
    """How many comments of a period have a kind or are about an element.

    ``at_least``: the true number lies above ``number``, by less than five in each source.
    """

    period: int
    name: str
    number: int
    at_least: bool = False


@dataclass(frozen=True)
class Room:
    """What lies open to one reader of a unit's comments.

    ``serious``: counts of what the reader can't read singly, in fives; without the periods in
    which there are fewer.
    """

    quotes: Sequence[Quote]
    serious: Sequence[Count]
    reads_all: bool

    def wanted(self, wanted: Wanted, shuffle: int) -> list[Quote]:
        """The quotes that pass the filter, urgent ones first.

        Else in an order that tells nothing of when they came.
        """
        found = sorted((one for one in self.quotes if wanted.fits(one)), key=lambda one: one.text)
        Random(shuffle).shuffle(found)
        return sorted(found, key=lambda one: not one.urgent)

    def forms(self) -> list[Count]:
        """How many comments of each kind came in each period."""
        return [*_counted((one.period, one.label) for one in self.quotes), *self.serious]

    def elements(self) -> list[Count]:
        """How many comments were about each element in each period."""
        return _counted(
            (one.period, element)
            for one in self.quotes
            if one.triaged
            for element in one.triaged.elements
        )


def reading_room(
    session: Session, actor: Actor, unit_id: int, labels_of: Labels = stored_labels
) -> Room:
    """The comments of a unit as the actor may read them. Raises Forbidden."""
    unit = require_unit(session, actor, unit_id)
    reads_all = actor.analyst and not runs_unit(actor, unit)
    return _room(session, unit_id, labels_of, reads_all)


def units_room(session: Session, actor: Actor, unit_id: int) -> Room:
    """The comments of a unit as the unit may read them, whoever looks. Raises Forbidden."""
    require_unit(session, actor, unit_id)
    return _room(session, unit_id, stored_labels, reads_all=False)


def _room(session: Session, unit_id: int, labels_of: Labels, reads_all: bool) -> Room:
    rows = session.execute(_comments(unit_id)).all()
    labels = labels_of(session, [row.response_id for row in rows])
    quotes, kept, told = [], Counter[SeriousKey](), _ticked(session, unit_id)
    for row in rows:
        triaged = labels.get(row.response_id)
        serious = [
            form for form in SERIOUS if triaged and form in (triaged.label, triaged.secondary)
        ]
        holder = held_by(row.batch_id, row.provenance)
        kept.update((row.period_id, form, holder) for form in serious)
        open_to_unit = row.readers == "unit" and _harmless(triaged) and row.response_id not in told
        if reads_all or open_to_unit:
            quotes.append(Quote(row.response_id, row.text, row.period_id, triaged, holder))
    if reads_all:
        return Room(quotes, [], reads_all)
    return Room(_enough(quotes), _in_fives(kept), reads_all)


def alike(quotes: Sequence[Quote]) -> list[SimilarQuotes]:
    """The quotes that say alike things, largest groups first; those like no other are left out.

    Takes seconds the first time in a process, while the seed model is fitted.
    """
    found = groups([one.text for one in quotes], seed_model())
    return [
        SimilarQuotes(group.concern, group.title, [quotes[at] for at in group.members])
        for group in found
    ]


def periods_read(session: Session, room: Room) -> list[Period]:
    """The periods from which the reader has comments or counts, oldest first."""
    known = {one.period for one in room.quotes} | {one.period for one in room.serious}
    return list(session.scalars(select(Period).where(Period.id.in_(known)).order_by(Period.starts)))


def _comments(unit_id: int) -> Select[UUID, str, str | None, int, int | None, str]:
    """Those that have lost personal data, of responses that count."""
    counted = table("counted_responses", column("id", Uuid))
    return (
        select(
            Comment.response_id,
            Comment.text,
            Comment.readers,
            Response.period_id,
            Response.batch_id,
            Response.provenance,
        )
        .join(Response, Response.id == Comment.response_id)
        .join(counted, counted.c.id == Response.id)
        .where(Response.unit_id == unit_id, Comment.readers.is_not(None))
    )


def _ticked(session: Session, unit_id: int) -> set[UUID]:
    """The responses in which a serious form was ticked: their comments are likely about it."""
    return set(
        session.scalars(
            select(Experience.response_id)
            .join(Response, Response.id == Experience.response_id)
            .where(
                Response.unit_id == unit_id, or_(*(getattr(Experience, form) for form in SERIOUS))
            )
        )
    )


def _harmless(triaged: Labelled | None) -> bool:
    """Whether it is sure that a comment is of no serious kind."""
    return (
        triaged is not None
        and not triaged.abstained
        and not triaged.withheld
        and triaged.label not in SERIOUS
        and triaged.secondary not in SERIOUS
    )


def _enough(quotes: Sequence[Quote]) -> list[Quote]:
    """Those of the sources in which there are five: of fewer, one could guess who wrote them."""
    number = Counter((one.period, one.holder) for one in quotes)
    return [one for one in quotes if enough(number[one.period, one.holder])]


def _in_fives(kept: Counter[SeriousKey]) -> list[Count]:
    """In fives, in each source, so that nobody sees when one more came."""
    steps = Counter[tuple[int, str]]()
    for (period, form, _), number in kept.items():
        steps[period, form] += in_steps(number)
    return [
        Count(period, form, number, at_least=True)
        for (period, form), number in sorted(steps.items())
        if number
    ]


def _counted(pairs: Iterable[tuple[int, str]]) -> list[Count]:
    return [
        Count(period, name, number) for (period, name), number in sorted(Counter(pairs).items())
    ]
