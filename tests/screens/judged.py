"""Two districts of which everything was judged, for the screens that show scores."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess, judged_items
from desk.assessment.fieldwork import Judging
from desk.index.perception import Scoring
from desk.publication.publishing import approve, prepare
from models import Publication, writing
from tests.desk.conftest import another_district
from tests.screens.seen import Office, an_office

SCHEME = load_scheme("ombudsman-2022")
YEAR = 2025
ANALYST, SECOND = Actor(1, "Ani", analyst=True), Actor(2, "Budi", analyst=True)
SECRET = bytes(range(32))


@pytest.fixture
def office(engine: Engine) -> Office:
    """Maluku Tenggara's clinic at 3 of 4 and its registry at 2; "Kabupaten lain" at 4.

    A second analyst judged one item of the clinic, its fee, at 1.
    """
    office = an_office(engine)
    with writing(engine) as session:
        other = another_district(session, "lain")
        judge(session, office.world.clinic.id, 3)
        judge(session, office.world.registry.id, 2)
        judge(session, other.id, 4)
        one = [Judgement(office.world.clinic.id, "fee", 1)]
        assess(session, SECOND, Judging(SCHEME, YEAR), one)
    return office


def judge(session: Session, unit: int, rung: int, year: int = YEAR) -> None:
    """Judges every item of a unit alike."""
    items = [node.key for nodes in judged_items(SCHEME).values() for node in nodes]
    assess(session, ANALYST, Judging(SCHEME, year), [Judgement(unit, item, rung) for item in items])


def publish(engine: Engine, scheme: str = "compliance-2021") -> Publication:
    """The year under a scheme, made public by the second analyst."""
    with writing(engine) as session:
        prepared = prepare(session, ANALYST, Scoring(load_scheme(scheme), YEAR))
        return approve(session, SECOND, prepared.id, SECRET)


__all__ = ["ANALYST", "SECOND", "YEAR", "judge", "office", "publish"]
