"""What of a unit is to be judged in a year: each item of each instrument, of each subject."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.fieldwork import FieldInstrument, FieldItem, instruments_of, judged_in
from models import Service, Unit
from models.assessments import WHOLE_UNIT


@dataclass(frozen=True)
class Asked:
    """One item to be judged, of one subject of a unit.

    ``about``: the name of the service; the number of somebody interviewed; "": the whole unit.
    """

    unit: Unit
    instrument: FieldInstrument
    item: FieldItem
    subject: str
    about: str


def asked_of(units: Sequence[Unit], year: int) -> list[Asked]:
    """All that is to be judged of the units, by unit, instrument and subject, in that order."""
    return [
        Asked(unit, instrument, item, subject, about)
        for unit in units
        for instrument in judged_in(year).values()
        for subject, about in _subjects(instrument, unit.services).items()
        for item in instrument.asked_in(year)
    ]


def subjects_of(
    session: Session, units: Collection[int], year: int
) -> dict[int, dict[str, list[str]]]:
    """The subjects of a unit's judgements by its id and the area: services' codes, or numbers."""
    services: dict[int, list[Service]] = {unit: [] for unit in units}
    for service in session.scalars(select(Service).where(Service.unit_id.in_(units))):
        services[service.unit_id].append(service)
    return {
        unit: {
            area: list(_subjects(instrument, services[unit]))
            for area, instrument in instruments_of(year).items()
        }
        for unit in units
    }


def _subjects(instrument: FieldInstrument, services: Sequence[Service]) -> dict[str, str]:
    """What each subject is called, by what is stored; a unit without services is one product."""
    whole = {WHOLE_UNIT: ""}
    if instrument.subject == "unit":
        return whole
    if instrument.subject == "product":
        return {one.code: one.name for one in sorted(services, key=_code)} or whole
    return {str(at): str(at) for at in range(1, instrument.subjects.value + 1)}


def _code(service: Service) -> str:
    return service.code
