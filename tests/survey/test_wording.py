"""The questions in further languages follow what is asked in Indonesian."""

import pytest

from analysis.rulebook.instrument import load_instrument
from locales import languages
from survey.wording import FOLDER, wording

PLAIN = load_instrument("skm-2017-plain")


@pytest.mark.parametrize("language", sorted(file.stem for file in FOLDER.glob("*.yaml")))
def test_each_plain_question_and_answer_is_there_and_nothing_else(language: str) -> None:
    texts = [PLAIN.missing, *(one.text for one in PLAIN.items)]
    texts += [answer for one in PLAIN.items for answer in one.answers.values()]
    assert wording(language, PLAIN.id).keys() == {text["id"] for text in texts}
    assert language in languages()
