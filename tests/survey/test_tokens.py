"""Visit tokens: one rating each, race-proof, and joined to nothing."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from models import Period, Unit, now, reading, writing
from survey.checks import SubmissionRefused
from survey.receipts import CODE_LENGTH, mint_key
from survey.submission import submit_all
from survey.tokens import is_good, issue_tokens
from survey.writer import Writer
from tests.survey.conftest import OTHER_UNIT, PERIOD, SECRET, UNIT, Place, a_submission


def issue(place: Place, number: int = 1) -> list[str]:
    with writing(place.engine) as session:
        unit, period = session.get_one(Unit, place.unit), session.get_one(Period, place.period)
        return issue_tokens(session, SECRET, unit, period, number)


@pytest.fixture
def token(place: Place) -> str:
    return issue(place)[0]


def test_tokens_can_be_typed_and_differ(place: Place) -> None:
    tokens = issue(place, 500)
    assert len(set(tokens)) == 500
    assert all(len(token.replace("-", "")) == CODE_LENGTH for token in tokens)


def test_a_token_is_good_for_one_rating(place: Place, token: str) -> None:
    place.send(token=f" {token.lower().replace('-', ' ')} ")
    assert place.rows("responses")[0]["channel"] == "token"
    assert place.refusals(token=token) == {"token": "spent_token"}


def test_a_unit_typed_in_capitals_is_the_same_unit(place: Place, token: str) -> None:
    with reading(place.engine) as session:
        assert is_good(session, SECRET, UNIT.upper(), PERIOD, token)
    place.send(unit=UNIT.upper(), token=token)
    place.send(unit=UNIT.title())
    assert {row["unit_id"] for row in place.rows("responses")} == {place.unit}
    assert "unknown_unit" in place.refusals(unit=f"{UNIT}\0").values()


def test_the_same_form_again_is_answered_alike(place: Place, token: str) -> None:
    key = mint_key()
    assert place.send(key=key, token=token) == place.send(key=key, token=token)
    assert place.stored()["responses"] == 1


@pytest.mark.parametrize("wrong", ["0000-0000-0000", "?", "x" * 500])
def test_a_token_that_was_never_given_is_refused(place: Place, token: str, wrong: str) -> None:
    assert place.refusals(token=wrong) == {"token": "unknown_token"}


def test_a_token_of_another_unit_is_refused_and_stays_good(place: Place, token: str) -> None:
    assert place.refusals(token=token, unit=OTHER_UNIT) == {"token": "unknown_token"}
    place.send(token=token)


def test_a_refused_form_does_not_spend_its_token(place: Place, token: str) -> None:
    assert place.refusals(token=token, answers={"time": 9}) == {"time": "answer_not_allowed"}
    place.send(token=token)


def test_one_wins_the_race_for_a_token(place: Place, token: str) -> None:
    writers = [Writer(place.engine, SECRET) for _ in range(2)]
    forms = [a_submission(token=token) for _ in range(20)]

    futures = [writers[at % 2].submit(form) for at, form in enumerate(forms)]
    for writer in writers:
        writer.close()
    errors = [future.exception() for future in futures]
    whys = [error.problems[0].code for error in errors if isinstance(error, SubmissionRefused)]
    assert whys == ["spent_token"] * 19
    assert errors.count(None) == place.stored()["responses"] == place.stored()["receipts"] == 1


def test_a_form_that_came_twice_with_a_spent_token_is_refused_twice(
    place: Place, token: str
) -> None:
    """Sent together, as by a double tap: neither gets a receipt of what was never stored."""
    place.send(token=token)
    form = a_submission(token=token)
    with writing(place.engine) as session:
        outcomes = submit_all(session, SECRET, [form, form], now())
    whys = [one.problems[0].code for one in outcomes if isinstance(one, SubmissionRefused)]
    assert whys == ["spent_token"] * 2
    assert place.stored()["receipts"] == 1


def test_the_same_form_with_a_token_races_itself(place: Place) -> None:
    tokens = issue(place, 10)
    writers = [Writer(place.engine, SECRET) for _ in range(2)]
    forms = [a_submission(token=token) for token in tokens]
    futures = [writer.submit(form) for form in forms for writer in writers]
    codes = [future.result(60).code for future in futures]
    for writer in writers:
        writer.close()
    assert len(set(codes)) == place.stored()["responses"] == 10


def test_nothing_joins_a_token_to_a_response(place: Place) -> None:
    tokens = sa.inspect(place.engine).get_columns("visit_tokens")
    assert {column["name"] for column in tokens} == {
        "token_hash",
        "institution_id",
        "unit_id",
        "period_id",
        "redeemed",
    }
    issued = issue(place, 3)
    for token in issued:
        place.send(token=token)
    kept = {str(value) for row in place.rows("responses") for value in row.values()}
    hashes = {row["token_hash"] for row in place.rows("visit_tokens")}
    assert not kept & (hashes | set(issued))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE visit_tokens SET redeemed = FALSE",
        "UPDATE visit_tokens SET unit_id = unit_id",
        "DELETE FROM visit_tokens",
    ],
)
def test_the_database_lets_no_token_be_used_again(place: Place, token: str, statement: str) -> None:
    place.send(token=token)
    with reading(place.engine) as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(statement))
