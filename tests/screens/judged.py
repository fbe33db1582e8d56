"""Two districts of which everything was judged, for the screens that show scores."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from accounts.actors import Actor
from analysis.rulebook.scheme import load_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.fieldwork import Judging
from desk.index.perception import Scoring
from desk.publication.publishing import approve, prepare
from models import Publication, writing
from tests.desk.conftest import another_district
from tests.fieldwork import assign, judged_alike, sign_off_complete
from tests.kept import kept
from tests.screens.seen import Office, an_office

SCHEME = load_scheme("ombudsman-2022")
YEAR = 2021
ANALYST, SECOND = Actor(1, "Ani", analyst=True), Actor(2, "Budi", analyst=True)
SECRET = bytes(range(32))


@kept
def office(engine: Engine) -> Office:
    """Maluku Tenggara's clinic at 3 of 4 and its registry at 2; "Kabupaten lain" at 4.

    A second analyst judged one item of the clinic, its fee, at 1, of both products.
    """
    office = an_office(engine)
    with writing(engine) as session:
        other = another_district(session, "lain")
        judge(session, office.world.clinic.id, 3)
        judge(session, office.world.registry.id, 2)
        judge(session, other.id, 4)
        assign(session, ANALYST, office.world.clinic.id, [SECOND.user_id], YEAR)
        one = [
            Judgement(office.world.clinic.id, "fee", 1, subject=at)
            for at in ("layanan-1", "layanan-2")
        ]
        assess(session, SECOND, Judging(SCHEME, YEAR), one)
    return office


def judge(session: Session, unit: int, rung: int, year: int = YEAR) -> None:
    """Judges every item of every subject of a unit alike."""
    assign(session, ANALYST, unit, [ANALYST.user_id], year)
    assess(session, ANALYST, Judging(SCHEME, year), judged_alike(session, unit, year, rung, SCHEME))
    sign_off_complete(session, year, [unit])


def publish(engine: Engine, scheme: str = "compliance-2021") -> Publication:
    """The year under a scheme, made public by the second analyst."""
    with writing(engine) as session:
        sign_off_complete(session, YEAR)
        prepared = prepare(session, ANALYST, Scoring(load_scheme(scheme), YEAR))
        return approve(session, SECOND, prepared.id, SECRET)


__all__ = ["ANALYST", "SECOND", "YEAR", "judge", "office", "publish"]
