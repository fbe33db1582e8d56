"""What a unit's card and badge say: its announced index, or that nothing is announced yet."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from analysis.rulebook.scheme import Scheme
from desk.papers.announcing import scheme_of
from desk.public.announced import announced_indices, newest_of_unit
from desk.public.records import AnnouncedIndex
from survey.asking import find_unit


@dataclass(frozen=True)
class UnitCard:
    """A unit with what it announced of its latest survey, under which scheme and when.

    ``announced``: None where nothing is announced.
    """

    code: str
    name: str
    institution: str
    demonstration: bool
    announced: AnnouncedIndex | None = None
    scheme: Scheme | None = None
    approved_at: datetime | None = None


def unit_card(session: Session, unit_code: str) -> UnitCard | None:
    """The card of the unit with this code; None where there is none."""
    unit = find_unit(session, unit_code)
    if unit is None:
        return None
    place = unit.institution
    newest = newest_of_unit(session, unit.code)
    if newest is None:
        return UnitCard(unit.code, unit.name, place.name, place.demonstration)
    (short,) = announced_indices(session, [newest])
    return UnitCard(
        unit.code,
        short.unit or unit.name,
        short.institution,
        short.demonstration,
        short,
        scheme_of(session, newest),
        newest.approved_at,
    )
