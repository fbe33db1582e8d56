"""What is typed of a paper form means one sheet, and a sheet can be typed again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rulebook.instrument import instrument_ids, load_instrument
from desk.office.keyed_lines import FormLetters, Typed, read_typed, type_again
from desk.office.keying import Sheet
from survey.checks import SubmissionRefused

SKM = FormLetters(load_instrument("skm-2017"), ["ktp", "akta"])


@st.composite
def sheets(draw: st.DrawFn) -> tuple[FormLetters, Sheet]:
    codes = FormLetters(load_instrument(draw(st.sampled_from(instrument_ids()))), ["ktp", "akta"])
    answers = {
        key: draw(st.sampled_from([None, *allowed]))
        for key, allowed in codes.instrument.allowed.items()
    }
    respondent = {
        field: draw(st.sampled_from(options))
        for field, options in codes.respondent.items()
        if draw(st.booleans())
    }
    experience = draw(st.lists(st.sampled_from(codes.experience), unique=True))
    service = draw(st.sampled_from([None, *codes.services]))
    return codes, Sheet(answers, service, experience, respondent, draw(st.text(max_size=9)))


@given(sheets())
def test_a_sheet_typed_again_is_the_same(drawn: tuple[FormLetters, Sheet]) -> None:
    codes, sheet = drawn
    assert read_typed(type_again(sheet, codes), codes) == sheet


@pytest.mark.parametrize(
    "answers", ["123412341", "abcdABCDa", "1 2 3 4 1 2 3 4 1", "1,2,c,d,1bcd1"]
)
def test_letters_and_numbers_mean_the_same(answers: str) -> None:
    sheet = read_typed(Typed(answers=answers), SKM)
    assert list(sheet.answers.values()) == [1, 2, 3, 4, 1, 2, 3, 4, 1]


def test_each_line_means_its_part() -> None:
    typed = Typed("---------", "2", "b A", "b 3 d k -", "Bagus")
    sheet = read_typed(typed, SKM)
    assert set(sheet.answers.values()) == {None}
    assert sheet.service == "akta"
    assert sheet.experience == ["service_not_given", "undue_delay"]
    assert sheet.respondent == {
        "sex": "male",
        "age": "25_34",
        "education": "sma",
        "occupation": "other",
    }
    assert sheet.comment == "Bagus"


@pytest.mark.parametrize(
    ("line", "typed", "why"),
    [
        ("answers", "12341234", "answers_typed"),
        ("answers", "", "answers_typed"),
        ("answers", "123412345", "answer_not_allowed"),
        ("answers", "12341234²", "answer_not_allowed"),
        ("service", "c", "service_typed"),
        ("service", "ab", "service_typed"),
        ("experience", "m", "unknown_form"),
        ("experience", "²", "unknown_form"),
        ("respondent", "a", "respondent_typed"),
        ("respondent", "c----", "unknown_option"),
    ],
)
def test_what_means_nothing_is_refused(line: str, typed: str, why: str) -> None:
    lines: dict[str, Any] = {"answers": "333333333", line: typed}
    with pytest.raises(SubmissionRefused) as refused:
        read_typed(Typed(**lines), SKM)
    assert [problem.code for problem in refused.value.problems] == [why]
