"""The Ombudsman's own interviews: what is taken, what counts, which scores they feed."""

from fractions import Fraction

import pytest
from sqlalchemy import select

from analysis.errors import BadInput
from analysis.publication.evidence import read_evidence
from analysis.publication.explained import figures
from analysis.publication.publication import derive
from analysis.rulebook.scheme import load_scheme
from desk.assessment.interviews import (
    FORMS,
    InterviewAnswers,
    Interviewed,
    InterviewRecord,
    interviewed,
    interviews_of,
    record,
    record_all,
)
from desk.index.league import figures_of
from desk.index.perception import ScoredRound, Scoring, score_year
from desk.publication.publishing import prepare, read_document
from models import AuditEvent, Interview, reading, writing
from tests.desk.conftest import House
from tests.kept import kept_for_all
from tests.lasting import lasting
from tests.refusing import refusing

NONE: InterviewAnswers = {FORMS: ["none"]}
TRUST = ("honest", "fair", "able", "open", "mends")
SEEN = ("standards_seen", "requirements_kept", "procedure_kept", "time_kept", "fee_kept")


@kept_for_all
def assigned(house: House) -> None:
    """Two analysts assess the clinic."""
    for actor in ("analyst", "second_analyst"):
        house.assign(actor=actor)


def interview(
    house: House,
    answers: InterviewAnswers,
    respondents: range | list[int],
    area: str = "experience",
    actor: str = "analyst",
    unit: int | None = None,
) -> None:
    with writing(house.engine) as session:
        for respondent in respondents:
            place = unit or house.clinic
            record(
                session,
                house.actors[actor],
                InterviewRecord(place, 2025, area, respondent, answers),
            )


def found(house: House, area: str = "experience") -> Interviewed | None:
    with reading(house.engine) as session:
        return interviewed(session, 2025).get((house.clinic, area))


def scored(house: House, scheme: str, stand_in: bool = False) -> ScoredRound:
    with reading(house.engine) as session:
        return score_year(session, house.analyst, Scoring(load_scheme(scheme), 2025, stand_in))


def test_the_share_that_experienced_nothing(house: House) -> None:
    interview(house, NONE, range(1, 5))
    assert found(house) == Interviewed(4, 4, 4, (4, 4, 4))
    interview(house, {FORMS: ["undue_delay", "partiality"]}, [5])
    interview(house, {FORMS: ["declined"]}, [6])
    one = found(house)
    assert one == Interviewed(5, 4, 5, (4, 4, 5))
    assert one.score == 80


def test_no_score_of_fewer_than_five(house: House) -> None:
    interview(house, NONE, range(1, 5))
    interview(house, {FORMS: ["declined"]}, range(5, 31))
    one = found(house)
    assert one is not None
    assert one.score is None


def test_several_are_stored_together_or_not_at_all(house: House) -> None:
    interview(house, NONE, [3], actor="second_analyst")
    several = [InterviewRecord(house.clinic, 2025, "experience", at, NONE) for at in range(1, 4)]
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        record_all(session, house.analyst, several)
    assert refused.value.problems[0].code == "user_of_another"
    assert found(house) == Interviewed(1, 1, 1, (1, 1, 1))
    with writing(house.engine) as session:
        trusted = InterviewRecord(house.clinic, 2025, "trust", 3, dict.fromkeys(TRUST, 3))
        record_all(session, house.analyst, [*several[:2], trusted])
    assert found(house) == Interviewed(3, 3, 3, (3, 3, 3))
    assert found(house, "trust") == Interviewed(1, 15, 20, (225, 300, 400))
    with reading(house.engine) as session:
        events = select(AuditEvent.details).where(AuditEvent.act == "interview")
        acts = session.scalars(events.order_by(AuditEvent.id))
        assert [one["instrument"].split("-")[0] for one in acts] == 3 * ["experience"] + ["trust"]


def test_trust_is_the_mean_of_all_answers_given(house: House) -> None:
    interview(house, dict.fromkeys(TRUST, 3), range(1, 5), "trust")
    interview(house, {"honest": 0}, [5], "trust")
    interview(house, {}, [6], "trust")
    one = found(house, "trust")
    assert one == Interviewed(5, 60, 84, (900, 1200, 1616))
    assert one.score == Fraction(100 * 60, 84)


def test_the_same_number_again_corrects_only_the_own(house: House) -> None:
    interview(house, NONE, range(1, 6))
    interview(house, {FORMS: ["discrimination"]}, [1])
    with refusing("User number 1 was interviewed by another assessor"):
        interview(house, NONE, [1], actor="second_analyst")
    interview(house, NONE, [6], actor="second_analyst")
    assert found(house) == Interviewed(6, 5, 6, (5, 5, 6))
    with reading(house.engine) as session:
        own = interviews_of(session, house.analyst, house.clinic, 2025, "experience")
        assert own[1] == {FORMS: ["discrimination"]}
        others = interviews_of(session, house.second_analyst, house.clinic, 2025, "experience")
        assert others == {6: NONE}
        assert len(session.scalars(select(Interview)).all()) == 7
    assert house.last_act().act == "interview"


@pytest.mark.parametrize(
    ("area", "respondent", "answers", "told"),
    [
        ("experience", 1, {}, "some of"),
        ("experience", 1, {FORMS: []}, "some of"),
        ("experience", 1, {FORMS: ["bad weather"]}, "some of"),
        ("experience", 1, {FORMS: ["none", "partiality"]}, "alone, or forms"),
        ("experience", 1, {FORMS: ["declined", "none"]}, "alone, or forms"),
        ("experience", 0, NONE, "1 to 30"),
        ("experience", 31, NONE, "1 to 30"),
        ("trust", 1, {"honest": 5}, "0, 1, 2, 3 or 4"),
        ("trust", 1, {"honest": True}, "0, 1, 2, 3 or 4"),
        ("trust", 1, {"weather": 3}, "of an item asked"),
        ("standing", 1, NONE, "one in force"),
    ],
)
def test_what_is_no_answer_is_refused(
    house: House, area: str, respondent: int, answers: InterviewAnswers, told: str
) -> None:
    before = house.acts()
    with refusing(told):
        interview(house, answers, [respondent], area)
    with reading(house.engine) as session:
        assert session.scalars(select(Interview)).all() == []
    assert house.acts() == before


def test_trust_was_not_asked_before_2025(house: House) -> None:
    with writing(house.engine) as session, refusing("one in force"):
        record(
            session, house.analyst, InterviewRecord(house.clinic, 2024, "trust", 1, {"honest": 3})
        )


def test_standards_as_users_see_them(house: House) -> None:
    interview(house, dict.fromkeys(SEEN, 2), range(1, 6), "seen_standards")
    one = found(house, "seen_standards")
    assert one is not None
    assert one.score == 50


def test_interviews_go_before_the_units_own_survey(house: House) -> None:
    house.judge(4)
    house.judge(4, house.registry)
    interview(house, NONE, range(1, 31))
    one = scored(house, "ombudsman-2022", stand_in=True)
    assert one.not_independent
    interview(house, NONE, range(1, 31), unit=house.registry)
    one = scored(house, "ombudsman-2022", stand_in=True)
    assert not one.not_independent
    assert [unit.score for unit in one.result.units] == [100, 100]


def test_an_interval_rests_on_the_interviews(house: House) -> None:
    house.judge(4)
    interview(house, NONE, range(1, 25))
    interview(house, {FORMS: ["partiality"]}, range(25, 31))
    house.sign_off()
    scheme = lasting("ombudsman-2022")
    with writing(house.engine) as session:
        round_ = score_year(session, house.analyst, Scoring(scheme, 2025, squares=True))
        document = read_document(prepare(session, house.analyst, Scoring(scheme, 2025)))
    (figure,) = figures_of(round_).values()
    (stated,) = figures(document, scheme).values()
    share = Fraction(4, 5) * Fraction(1, 5) / 29 * 100**2  # p (1 - p) / (n - 1)
    assert figure.variance == pytest.approx(float(Fraction("0.2424") ** 2 * share))
    assert figure.freedom == stated.freedom == pytest.approx(29)
    assert stated.variance == pytest.approx(figure.variance)


def test_a_publication_recomputes_what_interviews_say(house: House) -> None:
    house.judge(4)
    interview(house, NONE, range(1, 25))
    interview(house, {FORMS: ["partiality"]}, range(25, 31))
    house.sign_off()
    with writing(house.engine) as session:
        scheme = lasting("ombudsman-2022")
        document = read_document(prepare(session, house.analyst, Scoring(scheme, 2025))).content()
    (unit,) = document["units"]
    told = {"respondents": 30, "points": 24, "most": 30, "squares": "53.333333333"}
    assert unit["interviews"] == {"perceived_maladministration": told}
    assert unit["inputs"]["output"] == "80"
    assert derive(read_evidence(document)).content() == document
    told["points"] = 30
    unit["interviews"] = {"perceived_maladministration": told}
    assert derive(read_evidence(document)).units[0].inputs["output"] == 100
    told["points"] = 31
    with refusing("a part of the most possible"):
        derive(read_evidence(document))
