"""What a citizen is offered to choose from: the units that fit, or all institutions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models import Institution, Unit
from survey.finding.finder import find_units
from survey.periods import open_institutions, open_units

MOST_SHOWN = 50


@dataclass(frozen=True)
class Listing:
    """Units, or in their place institutions with how many units of each take answers.

    ``full``: whether more units may fit than are shown. Both are empty where none takes answers.
    """

    units: Sequence[Unit] = ()
    full: bool = False
    institutions: Sequence[tuple[Institution, int]] = ()


def list_units(session: Session, moment: datetime, typed: str, institution: str) -> Listing:
    """The units that fit what was typed, or those of the institution with this code.

    Else all units, where they are few; the institutions where nothing fits or they are many.
    """
    if typed:
        units = find_units(session, moment, typed, MOST_SHOWN)
        full = len(units) == MOST_SHOWN
    else:
        units, full = open_units(session, moment, institution), False
    if not units or (len(units) > MOST_SHOWN and not institution):
        return Listing(institutions=open_institutions(session, moment))
    return Listing(units, full)
