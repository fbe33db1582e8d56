import pytest

from analysis.errors import BadInput
from analysis.rulebook.instrument import (
    INSTRUMENTS,
    instrument_ids,
    load_instrument,
    parse_instrument,
)
from analysis.rulebook.scheme import load_scheme
from locales import LANGUAGES
from tests.refusing import in_english, refusing

SKM = (INSTRUMENTS / "skm-2017.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", instrument_ids())
def test_an_instrument_asks_for_every_element_of_its_scheme(name: str) -> None:
    instrument = load_instrument(name)
    elements = {node.key for node in load_scheme(instrument.scheme).children}
    assert instrument.id == name
    assert set(instrument.items_of) == elements


def test_the_instruments_are_here() -> None:
    items = {name: len(load_instrument(name).items) for name in instrument_ids()}
    assert items == {
        "skm-2004": 14,
        "skm-2017": 9,
        "skm-2017-overall": 9,
        "skm-2017-plain": 9,
        "skm-2026": 16,
        "spak-2021": 5,
        "spkp-2021": 8,
    }


def test_the_survey_with_an_overall_rating_asks_the_same_otherwise() -> None:
    plain, asked = load_instrument("skm-2017"), load_instrument("skm-2017-overall")
    assert asked.items == plain.items
    assert asked.overall
    assert plain.overall is None


def test_the_survey_in_plain_words_has_the_same_answers_and_index() -> None:
    usual, plain = load_instrument("skm-2017"), load_instrument("skm-2017-plain")
    assert [(one.key, one.element, one.answers) for one in plain.items] == [
        (one.key, one.element, one.answers) for one in usual.items
    ]
    assert (plain.scheme, plain.respondent) == (usual.scheme, usual.respondent)
    assert plain.experience.forms.keys() == usual.experience.forms.keys()
    for language in LANGUAGES:
        asked = [one.text[language] for one in plain.items]
        assert all(text.count("?") == 1 and "kunjungan" not in text for text in asked)


@pytest.mark.parametrize("name", ["skm-2017", "skm-2026"])
def test_the_satisfaction_survey_has_four_answers(name: str) -> None:
    assert set(load_instrument(name).allowed.values()) == {(1, 2, 3, 4)}


@pytest.mark.parametrize("name", sorted({*instrument_ids()} - {"skm-2017-plain"}))
def test_what_was_experienced_is_asked_in_the_same_words_everywhere(name: str) -> None:
    asked, usual = load_instrument(name), load_instrument("skm-2017")
    assert (asked.experience, asked.respondent) == (usual.experience, usual.respondent)


OVERALL = """
overall:
  key: overall
  text: {id: "Secara keseluruhan, seberapa puas Anda?", en: "Overall, how satisfied are you?"}
  answers: {1: Tidak puas, 2: Kurang puas, 3: Puas, 4: Sangat puas}
"""


def test_an_overall_rating_is_asked_and_stored_but_is_no_part_of_the_index() -> None:
    plain, asked = parse_instrument(SKM, "a.yaml"), parse_instrument(SKM + OVERALL, "a.yaml")
    assert [one.key for one in asked.questions] == [*plain.allowed, "overall"]
    assert asked.allowed == {**plain.allowed, "overall": (1, 2, 3, 4)}
    assert asked.items_of == plain.items_of


def test_an_overall_rating_needs_a_key_of_its_own() -> None:
    with refusing("found an item key twice"):
        parse_instrument(SKM + OVERALL.replace("key: overall", "key: cost"), "broken.yaml")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("- key: procedure\n", "- key: requirements\n", "found an item key twice"),
        (
            "\nsource: permenpanrb-14-2017\n",
            "\nsource: none\n",
            "source: found none, expected one of",
        ),
        ("\nitems:\n", "\nitem:\n", "items: found nothing"),
    ],
)
def test_an_instrument_that_breaks_a_rule_is_refused(old: str, new: str, told: str) -> None:
    assert SKM.count(old) == 1
    with pytest.raises(BadInput) as refused:
        parse_instrument(SKM.replace(old, new), "broken.yaml")
    assert in_english(refused.value).startswith("broken.yaml")
    assert told in in_english(refused.value)


def test_an_unknown_instrument_is_refused() -> None:
    known = ", ".join(instrument_ids())
    with refusing(f"one of {known}, or a YAML file"):
        load_instrument("skm-1999")
