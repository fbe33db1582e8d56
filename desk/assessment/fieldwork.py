"""What of a unit is to be judged in a year: each item of each instrument, of each subject."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.rulebook.fieldwork import FieldInstrument, FieldItem, judged_in
from analysis.rulebook.scheme import Scheme
from desk.assessment.sampled import sampled_subjects, sampled_units
from models import Service, Unit
from models.assessments import WHOLE_UNIT

Capacity = Literal["official", "self"]


@dataclass(frozen=True)
class Judging:
    """For which scheme the items of a year are judged, and in which capacity.

    ``scheme`` None: for all of the year, whatever is asked in it.
    """

    scheme: Scheme | None
    year: int
    capacity: Capacity = "official"


@dataclass(frozen=True)
class ItemToJudge:
    """One item to be judged, of one subject of a unit.

    ``about``: the name of the service; the number of somebody interviewed; "": the whole unit.
    """

    unit: Unit
    instrument: FieldInstrument
    item: FieldItem
    subject: str
    about: str


def asked_of(
    session: Session, units: Sequence[Unit], year: int, capacity: Capacity = "official"
) -> list[ItemToJudge]:
    """All that is to be judged of the units, by unit, instrument and subject, in that order.

    Of subjects only those that the year's round chose, of a unit that it did not choose nothing;
    who judges oneself judges all, for the sample is not told before.
    """
    chosen = _chosen(session, [unit.id for unit in units], year, capacity)
    return [
        ItemToJudge(unit, instrument, item, subject, about)
        for unit in units
        for area, instrument in judged_in(year).items()
        for subject, about in _subjects(instrument, unit.services, chosen[unit.id, area]).items()
        for item in instrument.asked_in(year)
    ]


def subjects_of(
    session: Session, units: Collection[int], year: int, capacity: Capacity = "official"
) -> dict[int, dict[str, list[str]]]:
    """The subjects of a unit's judgements by its id and the area: services' codes, or numbers.

    In the capacity "official" only those that the year's round chose; an institution may judge
    its unit as a whole, too.
    """
    services: dict[int, list[Service]] = {unit: [] for unit in units}
    for service in session.scalars(select(Service).where(Service.unit_id.in_(units))):
        services[service.unit_id].append(service)
    chosen = _chosen(session, units, year, capacity)
    return {
        unit: {
            area: list(
                _subjects(instrument, services[unit], chosen[unit, area])
                | ({WHOLE_UNIT: ""} if capacity == "self" else {})
            )
            for area, instrument in judged_in(year).items()
        }
        for unit in units
    }


def _chosen(
    session: Session, units: Collection[int], year: int, capacity: Capacity
) -> Mapping[tuple[int, str], Collection[str] | None]:
    """What is looked at in each area of each unit; None: whatever there is."""
    places: dict[tuple[int, str], Collection[str] | None] = {
        (unit, area): None for unit in units for area in judged_in(year)
    }
    if capacity == "self":
        return places
    found = sampled_subjects(session, year, units)
    sample = sampled_units(session, year, units) or ()
    return {
        (unit, area): ()
        if unit not in sample
        else [WHOLE_UNIT]
        if judged_in(year)[area].subject == "unit"
        else found.get((unit, area), ())
        for unit, area in places
    }


def _subjects(
    instrument: FieldInstrument, services: Sequence[Service], chosen: Collection[str] | None
) -> dict[str, str]:
    """What each subject is called, by what is stored; a unit without services is one product."""
    whole = {WHOLE_UNIT: ""}
    if instrument.subject == "unit":
        named = whole
    elif instrument.subject == "product":
        named = {one.code: one.name for one in sorted(services, key=_code)} or whole
    else:
        numbers = chosen or map(str, range(1, instrument.subjects.value + 1))
        named = {number: number for number in numbers}
    return {code: name for code, name in named.items() if chosen is None or code in chosen}


def _code(service: Service) -> str:
    return service.code
