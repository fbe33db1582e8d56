"""No sequence of acts seals a number that the database, as it then is, would not give."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from analysis.errors import BadInput
from analysis.publication.sealed import examine
from analysis.rulebook.objections import load_objection_rules
from analysis.rulebook.scheme import Scheme, load_scheme, parse_scheme
from desk.assessment.assessments import Judgement, assess
from desk.assessment.disagreements import Settlement, settle
from desk.assessment.fieldwork import Judging
from desk.assessment.rounds import (
    AssessorChoice,
    SubjectChoice,
    UnproposedUnit,
    choose_assessors,
    choose_beyond,
    choose_subjects,
    withdraw_unit,
)
from desk.index.declarations import NewDeclaration, declare
from desk.index.perception import ScoredRound, Scoring, score_year, year_shown
from desk.integrity.exclusions import exclude
from desk.office.withdrawals import decide_withdrawal, propose_withdrawal
from desk.publication.grounds import grounds_of, nameable
from desk.publication.mending import stands_in_way
from desk.publication.objections import (
    NewObjection,
    ObjectionDecision,
    decide_objection,
    object_to,
    release_objection,
)
from desk.publication.publishing import approve, bundle, prepare, read_document
from models import (
    Batch,
    Exclusion,
    Objection,
    Publication,
    Response,
    Role,
    Seal,
    ToMend,
    Withdrawal,
    now,
    open_engine,
    reading,
    time_moved,
    writing,
)
from survey.signing import public_pem
from tests.desk.conftest import House, _person
from tests.desk.index.test_declarations import FACT, SUFFIX
from tests.desk.index.test_league import assert_same
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD
from tests.fieldwork import sign_off_complete, waive

PRODUCTS = ["layanan-1", "layanan-2"]
SECRET, YEAR, ROUND = bytes(range(32)), 2025, 1
WHY = "alasan yang cukup panjang"
ITEMS = ("fee", "product", "satisfaction", FACT)
PLACES = ("clinic", "registry")
WITHOUT = ((), ("open_link",), ("import",))
places, rungs = st.sampled_from(PLACES), st.integers(0, 4)
assessors = st.sampled_from(("analyst", "second_analyst"))  # the third one decides and approves
Act = Callable[[Session], object]


def suffixed() -> Scheme:
    """Asks for judgements and surveys; its label may have a suffix."""
    text = load_scheme("perception-2022").yaml.replace("id: perception-2022", "id: suffixed", 1)
    return parse_scheme(text + SUFFIX, "suffixed")


SCHEME = suffixed()


@pytest.fixture
def start(house: House) -> House:
    """A round of two units that were judged, signed off and surveyed, with one imported file."""
    for unit in (house.clinic, house.registry):
        house.assign(unit)
        house.assign(unit, "second_analyst")
    period = open_half(house)
    batch = house.a_batch(6, period)
    house.rate(GOOD, 9, period=period)
    house.rate(2, 6, period=period, batch=batch)
    house.rate(3, 9, period=period, unit=house.registry)
    close(house, period)
    house.judge(3)
    house.judge(2, house.registry)
    with writing(house.engine) as session:
        new = {
            name: _person(session, name, [Role(role="analyst")]) for name in ("third", "newcomer")
        }
    with house.engine.begin() as connection:
        # The days that pass here are invented, and the database knows its own time alone.
        connection.execute(text("DROP TRIGGER exclusions_timed"))
    house.engine.dispose()
    return replace(house, actors={**house.actors, **new})


class Desk(RuleBasedStateMachine):
    """What people may do, in any order; whatever is refused changes nothing."""

    start: House
    copies: Path

    def __init__(self) -> None:
        super().__init__()
        file = self.copies / f"{len(list(self.copies.iterdir()))}.sqlite3"
        shutil.copyfile(str(self.start.engine.url.database), file)
        self.house = replace(self.start, engine=open_engine(f"sqlite:///{file}"))
        self.days = 0
        self.sealed: set[UUID] = set()

    def teardown(self) -> None:
        self.there_is_a_way()
        self.house.engine.dispose()

    def there_is_a_way(self) -> None:
        """Whatever can be prepared can be sealed: by somebody who did nothing of it before."""
        newcomer = self.house.actors["newcomer"]

        def out_of_the_way(session: Session) -> None:
            for objection in session.scalars(select(Objection)).all():
                if objection.accepted is None:
                    declined = ObjectionDecision(False, WHY)
                    decide_objection(session, newcomer, objection.id, declined)
                elif stands_in_way(session, objection):
                    release_objection(session, newcomer, objection.id, WHY)

        def prepared(session: Session) -> None:
            last.append(prepare(session, self.house.analyst, Scoring(SCHEME, YEAR)).id)

        last: list[UUID] = []
        assert self.act(out_of_the_way)
        if self.act(prepared):
            self.days += load_objection_rules().window_days
            sealing = partial(approve, actor=newcomer, publication_id=last[0], secret=SECRET)
            assert self.act(sealing)

    def act(self, work: Act) -> bool:
        """Whether it was done."""
        try:
            with time_moved(timedelta(days=self.days)), writing(self.house.engine) as session:
                work(session)
        except BadInput:
            return False
        return True

    def unit(self, place: str) -> int:
        return int(getattr(self.house, place))

    @initialize()
    def first_preparation(self) -> None:
        self.prepare("analyst", ())

    @rule(place=places, item=st.sampled_from(("fee", "product")), rung=rungs, who=assessors)
    def judge(self, place: str, item: str, rung: int, who: str) -> None:
        given = [Judgement(self.unit(place), item, rung, WHY, product) for product in PRODUCTS]
        self.act(
            lambda session: assess(session, self.house.actors[who], Judging(SCHEME, YEAR), given)
        )

    @rule(place=places, rung=rungs)
    def settle(self, place: str, rung: int) -> None:
        settlement = Settlement(self.unit(place), YEAR, ("fee", PRODUCTS[0]), rung, WHY)
        self.act(lambda session: settle(session, self.house.actors["third"], settlement))

    @rule(rung=rungs)
    def mend(self, rung: int) -> None:
        """All that accepted objections name is judged anew, where it is a judgement."""

        def work(session: Session) -> None:
            named = session.execute(select(ToMend, Objection.unit_id).join(Objection))
            for one, unit in named.all():
                person = next(
                    actor for actor in self.house.actors.values() if actor.user_id == one.person_id
                )
                if one.item in ITEMS[:2]:
                    again = [Judgement(unit, one.item, rung, WHY, one.subject)]
                    assess(session, person, Judging(SCHEME, YEAR), again)

        self.act(work)

    @rule(place=places, chosen=st.lists(assessors, min_size=1, unique=True))
    def replace_assessors(self, place: str, chosen: list[str]) -> None:
        who = AssessorChoice([self.house.actors[one].user_id for one in chosen], WHY)
        by, unit = self.house.analyst, self.unit(place)
        self.act(lambda session: choose_assessors(session, by, ROUND, unit, who))

    @rule()
    def sign_off(self) -> None:
        self.act(lambda session: sign_off_complete(session, YEAR))

    @rule(place=places, number=st.integers(1, 2))
    def look_at(self, place: str, number: int) -> None:
        """One product, which is too few, or both again."""
        choice = SubjectChoice(PRODUCTS[:number], {"petugas": 4, "pengaduan": 2}, WHY)
        by, unit = self.house.analyst, self.unit(place)
        self.act(lambda session: choose_subjects(session, by, ROUND, unit, choice))

    @rule(place=places)
    def waive(self, place: str) -> None:
        first, second, unit = self.house.actors["third"], self.house.analyst, self.unit(place)
        self.act(lambda session: waive(session, first, second, unit, YEAR))

    @rule(at=st.integers(0, 20))
    def exclude(self, at: int) -> None:
        def work(session: Session) -> None:
            gone = select(Exclusion.response_id)
            query = select(Response.id).where(Response.id.not_in(gone)).order_by(Response.id)
            left = session.scalars(query).all()
            exclude(session, self.house.analyst, [left[at % len(left)]], WHY)

        self.act(work)

    @rule()
    def withdraw_batch(self) -> None:
        def work(session: Session) -> None:
            batch = session.scalars(select(Batch.id)).one()
            propose_withdrawal(session, self.house.coordinator, batch, WHY)
            proposal = session.scalars(select(Withdrawal.id)).one()
            decide_withdrawal(session, self.house.analyst, proposal, True)

        self.act(work)

    @rule(holds=st.booleans())
    def declare(self, holds: bool) -> None:
        new = NewDeclaration(YEAR, self.house.district, holds, WHY)
        self.act(lambda session: declare(session, self.house.analyst, SCHEME, new))

    @rule(chosen=st.booleans())
    def sample(self, chosen: bool) -> None:
        """The registry enters the sample, or leaves it."""
        by, unit = self.house.analyst, self.house.registry
        new = UnproposedUnit(unit, "office", WHY)
        self.act(
            lambda session: (
                choose_beyond(session, by, ROUND, new)
                if chosen
                else withdraw_unit(session, by, ROUND, unit, WHY)
            )
        )

    @rule(who=assessors, without=st.sampled_from(WITHOUT))
    def prepare(self, who: str, without: tuple[str, ...]) -> None:
        scoring = Scoring(SCHEME, YEAR, without=without)
        self.act(lambda session: prepare(session, self.house.actors[who], scoring))

    @rule(place=places, item=st.sampled_from(ITEMS))
    def object(self, place: str, item: str) -> None:
        def work(session: Session) -> None:
            newest = session.scalars(
                select(Publication.id).order_by(Publication.created_at.desc())
            ).first()
            if newest is not None:
                new = NewObjection(self.unit(place), item, WHY)
                object_to(session, self.house.coordinator, newest, new)

        self.act(work)

    @rule(accepted=st.booleans())
    def decide(self, accepted: bool) -> None:
        def work(session: Session) -> None:
            undecided = session.scalars(select(Objection).where(Objection.accepted.is_(None)))
            for objection in undecided.all():
                named = nameable(grounds_of(session, objection))
                decision = ObjectionDecision(accepted, WHY, named)
                decide_objection(session, self.house.actors["third"], objection.id, decision)

        self.act(work)

    @rule()
    def release(self) -> None:
        def work(session: Session) -> None:
            for objection in session.scalars(select(Objection)).all():
                if stands_in_way(session, objection):
                    release_objection(session, self.house.actors["third"], objection.id, WHY)

        self.act(work)

    @rule(days=st.sampled_from((0, 1, 7, 7)))
    def approve_all(self, days: int) -> None:
        """So many days later, the newest first."""
        self.days += days
        with reading(self.house.engine) as session:
            waiting = select(Publication.id).outerjoin(Seal).where(Seal.hash.is_(None))
            newest = waiting.order_by(Publication.created_at.desc())
            keys = session.scalars(newest).all()
        for key in keys:
            if self.act(partial(self.approve, key)):
                self.check(key)
                self.sealed.add(key)

    def approve(self, key: UUID, session: Session) -> None:
        approve(session, self.house.actors["third"], key, SECRET)

    def check(self, key: UUID) -> None:
        """What was sealed just now, against the database as it is."""
        with reading(self.house.engine) as session:
            publication = session.get_one(Publication, key)
            document, seal = read_document(publication), publication.seal
            assert seal is not None
            assert examine(bundle(publication, seal), public_pem(SECRET).encode()).holds
            scoring = Scoring(SCHEME, YEAR, without=tuple(document.without))
            found = score_year(session, self.house.analyst, scoring)
            assert _numbers(found) == {
                **{one.code: (one.score_exact, one.inputs) for one in document.units},
                **{one.code: (one.score_exact, one.declared) for one in document.institutions},
            }
            counted = {
                unit.code: [one.counted for one in surveyed.responses.values()]
                for unit, surveyed in zip(found.units, found.surveyed, strict=True)
            }
            assert counted == {
                one.code: [period.counted for period in one.responses] for one in document.units
            }
            week = timedelta(days=load_objection_rules().window_days)
            assert seal.approved_at.date() >= (publication.created_at + week).date()
            states = session.scalars(select(Objection.accepted)).all()
            assert None not in states

    @invariant()
    def looks_give_what_is_stored(self) -> None:
        """What is kept of the last look, amended by what was done since, or all of it anew."""
        with reading(self.house.engine) as session:
            asked = session, self.house.analyst, Scoring(SCHEME, YEAR)
            assert_same(year_shown(*asked), score_year(*asked))

    @invariant()
    def sealed_stays_sealed(self) -> None:
        with reading(self.house.engine) as session:
            assert set(session.scalars(select(Seal.publication_id))) == self.sealed


def _numbers(found: ScoredRound) -> dict[str, tuple[object, object]]:
    """The unrounded score of each unit with its values, of each institution with its fact."""
    return {
        **{
            unit.code: (one.score, {key: column[at] for key, column in found.columns.items()})
            for at, (unit, one) in enumerate(zip(found.units, found.result.units, strict=True))
        },
        **{
            one.institution: (one.score, one.institution in found.declared)
            for one in found.result.institutions
        },
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_sealed_is_stale(
    start: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.publication.windows.now", now)
    copies = tmp_path / "copies"
    copies.mkdir()
    few = settings(
        max_examples=10,
        stateful_step_count=16,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    here = type("Here", (Desk,), {"start": start, "copies": copies})
    run_state_machine_as_test(here, settings=few)
