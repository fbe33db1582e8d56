"""A period may only ask what the database can store."""

from analysis.rulebook.instrument import instrument_ids, load_instrument, parse_instrument
from models import reading
from survey.fitting import require_table
from tests.refusing import refusing
from tests.survey.conftest import Place


def test_every_instrument_that_comes_with_the_program_has_its_table(place: Place) -> None:
    with reading(place.engine) as session:
        for name in instrument_ids():
            require_table(session, load_instrument(name))


def test_an_instrument_without_its_own_table_is_refused(place: Place) -> None:
    asked = load_instrument("skm-2017")
    unknown = parse_instrument(asked.yaml.replace("id: skm-2017", "id: skm-2030", 1), "a.yaml")
    fewer = parse_instrument(asked.yaml.replace("key: time", "key: duration", 1), "a.yaml")
    with reading(place.engine) as session:
        with refusing("answers_skm_2030"):
            require_table(session, unknown)
        with refusing("a new id"):
            require_table(session, fewer)
