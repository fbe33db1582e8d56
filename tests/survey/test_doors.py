"""What each door lets in: closed links, hidden fields, hasty forms, and who helped."""

import time
from urllib.parse import urlencode

import pytest

from models import Interviewer, Unit, now, reading, writing
from survey.checks import CITIZENS, INTERVIEWERS, SHORTEST, offered_provenances
from survey.kiosks import add_interviewer
from survey.light import forms
from survey.light.forms import Doubled, read_form
from survey.tokens import is_good
from tests.survey.conftest import OTHER_UNIT, PERIOD, SECRET, UNIT, Place
from tests.survey.test_tokens import issue


@pytest.fixture
def closed(place: Place) -> Place:
    """The district, whose first unit has closed its open link."""
    with writing(place.engine) as session:
        session.get_one(Unit, place.unit).open_link = False
    return place


def test_a_closed_link_needs_a_token(closed: Place) -> None:
    assert closed.refusals() == {"token": "token_needed"}
    closed.send(token=issue(closed)[0])
    assert [row["channel"] for row in closed.rows("responses")] == ["token"]


def test_a_closed_link_leaves_kiosks_and_other_units_open(closed: Place) -> None:
    closed.send(channel="kiosk")
    closed.send(unit=OTHER_UNIT)
    assert {row["channel"] for row in closed.rows("responses")} == {"kiosk", "open_link"}


def test_a_hidden_field_that_was_filled_in_is_told(place: Place) -> None:
    assert place.refusals(trap="http://x") == {"": "trapped"}


@pytest.mark.parametrize("seconds", [0, SHORTEST - 0.1, -5, float("nan")])
def test_a_hasty_form_is_refused(place: Place, seconds: float) -> None:
    assert place.refusals(seconds=seconds) == {"": "too_fast"}


@pytest.mark.parametrize("seconds", [SHORTEST, 1e9, None])
def test_a_form_that_was_read_is_taken_and_one_that_nobody_timed(
    place: Place, seconds: float | None
) -> None:
    place.send(seconds=seconds)


def test_everybody_who_is_offered_may_have_filled_it_in(place: Place) -> None:
    for who in offered_provenances(""):
        place.send(provenance=who)
    assert {row["provenance"] for row in place.rows("responses")} == set(CITIZENS)


def an_interviewer(place: Place, of_unit: bool = True) -> str:
    """The key of an interviewer of the unit, or of the Ombudsman."""
    with writing(place.engine) as session:
        unit = session.get_one(Unit, place.unit) if of_unit else None
        return add_interviewer(session, SECRET, unit, "Siti", now())


def test_an_interviewer_fills_in_with_a_registered_key_and_as_nobody_else(place: Place) -> None:
    keys = {
        "unit_interviewer": an_interviewer(place),
        "ombudsman_interviewer": an_interviewer(place, of_unit=False),
    }
    for who, key in keys.items():
        other = next(one for one in INTERVIEWERS if one != who)
        for wrong in ("", "1", "0000-0000-0000", keys[other], "\0"):
            refused = place.refusals(provenance=who, interviewer=wrong)
            assert refused == {"provenance": "not_registered"}
        place.send(provenance=who, interviewer=key.lower().replace("-", " "))
        place.send(interviewer=key)
    assert {row["provenance"] for row in place.rows("responses")} == {"self", *INTERVIEWERS}
    assert place.refusals(
        unit=OTHER_UNIT, provenance="unit_interviewer", interviewer=keys["unit_interviewer"]
    )
    place.send(
        unit=OTHER_UNIT,
        provenance="ombudsman_interviewer",
        interviewer=keys["ombudsman_interviewer"],
    )


def test_a_withdrawn_interviewer_fills_in_no_more(place: Place) -> None:
    key = an_interviewer(place)
    with writing(place.engine) as session:
        session.get_one(Interviewer, 1).closed_at = now()
    assert place.refusals(provenance="unit_interviewer", interviewer=key)
    assert key not in str(place.rows("interviewers"))


@pytest.mark.parametrize(
    ("who", "why"), [("", "who_needed"), ("paper", "unknown_option"), ("import", "unknown_option")]
)
def test_nobody_else(place: Place, who: str, why: str) -> None:
    assert place.refusals(provenance=who) == {"provenance": why}


def test_a_client_is_kept_but_for_kiosks(place: Place) -> None:
    for channel in ("open_link", "kiosk"):
        place.send(channel=channel, client="f" * 64)
    place.send()
    groups = {(row["channel"], row["client_group"]) for row in place.rows("responses")}
    assert groups == {("open_link", "f" * 64), ("kiosk", None), ("open_link", None)}


def test_a_token_is_good_for_its_place_until_it_is_spent(place: Place) -> None:
    token = issue(place)[0]

    def good(unit: str = UNIT, period: str = PERIOD, typed: str = token) -> bool:
        with reading(place.engine) as session:
            return is_good(session, SECRET, unit, period, typed)

    assert good()
    assert good(typed=token.lower())
    assert not good(unit=OTHER_UNIT)
    assert not good(period="lain")
    assert not good(unit="\0")
    assert not good(typed="\0")
    assert not good(typed="")
    assert good(), "looking spends nothing"
    place.send(token=token)
    assert not good()


@pytest.mark.parametrize("sent", ["", "kemarin", "-5", "1e3", "٣", "9" * 12, "9" * 400])
def test_a_form_without_a_readable_time_was_seen_just_now(sent: str) -> None:
    filled = read_form(urlencode({forms.SEEN_AT: sent}).encode())
    assert abs(filled.seen_at - time.time()) < 60


def test_the_time_of_a_form_is_read() -> None:
    assert read_form(urlencode({forms.SEEN_AT: "1700000000"}).encode()).seen_at == 1_700_000_000


def test_a_field_has_one_value_but_for_what_was_experienced() -> None:
    twice = [(forms.EXPERIENCE, "undue_delay"), (forms.EXPERIENCE, "partiality")]
    assert read_form(urlencode(twice).encode()).experience == ["undue_delay", "partiality"]
    for name in (forms.KEY, f"{forms.ITEM}time", forms.COMMENT, "unknown"):
        for second in ("1", "2", ""):
            with pytest.raises(Doubled):
                read_form(urlencode([(name, "1"), (name, second)]).encode())


def test_what_a_page_sends_again_is_what_was_sent() -> None:
    sent = {
        forms.KEY: "k" * 20,
        forms.PERIOD: "semester-ini",
        forms.SEEN_AT: "1700000000",
        forms.SERVICE: "layanan-1",
        f"{forms.ITEM}time": "3",
        f"{forms.ITEM}cost": "",
        forms.EXPERIENCE: "undue_delay",
        forms.PROVENANCE: "companion",
        f"{forms.RESPONDENT}sex": "female",
        forms.COMMENT: 'Baris satu\n"dua" <b>',
        forms.READERS: "unit",
        forms.TOKEN: "AAAA-BBBB-CCCC",
    }
    filled = read_form(urlencode(sent).encode())
    assert read_form(urlencode(list(filled.fields())).encode()) == filled
    assert set(sent) <= {name for name, _ in filled.fields()}


def test_a_comment_loses_controls_and_what_turns_the_text_around_it(place: Place) -> None:
    place.send(comment="Antre\x07an \u202elama\u2066 seka\x00li\ufffe\nBaris dua")
    assert [row["text"] for row in place.rows("comments")] == ["Antrean lama sekali\nBaris dua"]
