"""The indices that units and institutions announced themselves, as records for everybody.

Of what was prepared and not approved nothing is read here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from analysis.rulebook.scheme import Scheme
from desk.papers.announcing import COUNTS, AnnouncedResult, read_announcement, scheme_of
from desk.public.addresses import announcement_address, announcement_page
from desk.public.records import (
    AnnouncedIndex,
    AnnouncedMean,
    AnnouncedPart,
    AnnouncementRecord,
    BothLanguages,
    RespondentCount,
)
from desk.public.steps import public_steps
from models import Announcement, Institution, Period, Unit


@dataclass(frozen=True)
class AnnouncementFilter:
    """Which announcements are meant: all where nothing is said.

    ``institution``, ``unit``: codes; ``year``: in which the survey ended.
    """

    institution: str | None = None
    unit: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class AnnouncementPart:
    """Some of all that were found, which are ``total``, newest survey first.

    ``newest``: when the last of all was approved.
    """

    total: int
    newest: datetime | None
    found: Sequence[Announcement]


def find_announced(
    session: Session, wanted: AnnouncementFilter, first: int = 0, most: int | None = None
) -> AnnouncementPart:
    """The announced results that are meant; ``most`` of them behind the ``first`` ones."""
    query = _narrowed(
        select(Announcement).join(Period, Period.id == Announcement.period_id), wanted
    )
    every = query.subquery()
    total, newest = session.execute(select(func.count(), func.max(every.c.approved_at))).one()
    ordered = query.order_by(Period.ends.desc(), Announcement.approved_at.desc(), Announcement.id)
    return AnnouncementPart(total, newest, session.scalars(ordered.offset(first).limit(most)).all())


def announced_of(session: Session, announcement_id: UUID) -> Announcement | None:
    """The announcement, if it is public."""
    found = session.get(Announcement, announcement_id)
    return found if found is not None and found.approved_at is not None else None


def newest_of_unit(session: Session, unit_code: str) -> Announcement | None:
    """What the unit announced of its latest survey; None where nothing is announced."""
    found = find_announced(session, AnnouncementFilter(unit=unit_code), most=1).found
    return found[0] if found else None


def announced_before(session: Session, announcement: Announcement) -> Announcement | None:
    """What the unit announced of the survey before, if anything."""
    period = session.get_one(Period, announcement.period_id)
    if announcement.unit_id is None:
        return None
    return session.scalars(
        select(Announcement)
        .join(Period, Period.id == Announcement.period_id)
        .where(
            Announcement.unit_id == announcement.unit_id,
            Announcement.approved_at.is_not(None),
            Period.ends < period.ends,
        )
        .order_by(Period.ends.desc(), Announcement.approved_at.desc())
        .limit(1)
    ).first()


def announced_indices(session: Session, found: Sequence[Announcement]) -> Iterator[AnnouncedIndex]:
    """The announcements in short."""
    superseded = _superseded(session, found)
    for one in found:
        yield AnnouncedIndex.model_validate(_short(one, one.id in superseded))


def announcement_record(session: Session, announcement: Announcement) -> AnnouncementRecord:
    """An announcement with all that it says, and what was done since."""
    document, scheme = read_announcement(announcement), scheme_of(session, announcement)
    certainty = document.get("certainty") or {}
    content = {
        **_short(announcement, announcement.id in _superseded(session, [announcement])),
        "index_exact": document["index_exact"],
        "certainty": certainty.get("sentence"),
        "assumption": certainty.get("assumption"),
        "elements": list(_elements(document, scheme)),
        "services": [_part(one) for one in document.get("services", [])],
        "units": [_part(one) for one in document.get("units", [])],
        "respondents": [
            RespondentCount(field=field, value=value, n=number)
            for field, values in document.get("respondents", {}).items()
            for value, number in values.items()
        ],
        "steps": public_steps(session, announcement),
    }
    return AnnouncementRecord.model_validate(content)


def _narrowed(query: Select[Announcement], wanted: AnnouncementFilter) -> Select[Announcement]:
    query = query.where(Announcement.approved_at.is_not(None))
    if wanted.institution is not None:
        query = query.join(Institution, Institution.id == Announcement.institution_id)
        query = query.where(Institution.code == wanted.institution)
    if wanted.unit is not None:
        query = query.join(Unit, Unit.id == Announcement.unit_id)
        query = query.where(Unit.code == wanted.unit)
    if wanted.year is not None:
        first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
        query = query.where(Period.ends.between(first, last))
    return query


def _superseded(session: Session, found: Sequence[Announcement]) -> set[UUID]:
    """Those of them after which another was approved of the same survey."""
    later = aliased(Announcement)
    same_unit = later.unit_id.is_not_distinct_from(Announcement.unit_id)
    query = select(Announcement.id).where(
        Announcement.id.in_([one.id for one in found]),
        exists().where(
            later.period_id == Announcement.period_id,
            later.institution_id == Announcement.institution_id,
            same_unit,
            later.approved_at > Announcement.approved_at,
        ),
    )
    return set(session.scalars(query))


def _short(announcement: Announcement, superseded: bool) -> dict[str, Any]:
    document, approved = read_announcement(announcement), announcement.approved_at
    institution, unit = document["institution"], document["unit"] or {}
    period, label = document["period"], document["label"] or {}
    certainty = document.get("certainty") or {}
    low, high = certainty.get("interval") or (None, None)
    return {
        "id": announcement.id,
        "url": announcement_address(announcement.id),
        "page": announcement_page(announcement.id),
        "institution_code": institution["code"],
        "institution": institution["name"],
        "unit_code": unit.get("code"),
        "unit": unit.get("name"),
        "demonstration": institution["demonstration"],
        "period_code": period["code"],
        "period": period["name"],
        "starts": period["starts"],
        "ends": period["ends"],
        "scheme": document["scheme"]["id"],
        "instrument": document["instrument"]["id"],
        "headline": document["headline"],
        "index": float(document["index"]),
        "grade": document["grade"],
        "label_id": label.get("id"),
        "label_en": label.get("en"),
        **{key: document.get(key) for key in ("n", *COUNTS, "visits", "minimum")},
        "level": _number(certainty.get("level")),
        "low": _number(low),
        "high": _number(high),
        "approved": approved and approved.date(),
        "superseded": superseded,
        "sha256": announcement.document_hash,
    }


def _elements(document: AnnouncedResult, scheme: Scheme) -> Iterator[AnnouncedMean]:
    means, answered = document.get("means", {}), document.get("answered", {})
    for node in scheme.children:
        if node.key in means:
            yield AnnouncedMean(
                key=node.key,
                number=node.number.list if node.number else None,
                name=BothLanguages(id=node.name.id, en=node.name.en),
                mean=means[node.key],
                n=answered.get(node.key),
            )


def _part(one: AnnouncedResult) -> AnnouncedPart:
    return AnnouncedPart(
        code=one.get("code"),
        name=one["name"],
        index=_number(one["index"]),
        grade=one.get("grade"),
        n=one["n"],
    )


def _number(text: str | None) -> float | None:
    return None if text is None else float(Fraction(text))
