"""A publication in which errors of the data and choices of the method move ranks."""

from datetime import date
from uuid import UUID

from desk.index.perception import Scoring
from desk.publication.publishing import approve, prepare
from models import writing
from tests.desk.conftest import House, another_district
from tests.desk.index.test_perception import close, open_half
from tests.lasting import lasting

DAYS = date(2025, 1, 1), date(2025, 6, 30)
SECRET = bytes(range(32))
# Rungs of standards and of competence, and how many people of fourteen are glad: each is best in
# something, so that what counts more decides who is first.
DISTRICTS = {
    "Ambar": (4, 2, 9),
    "Baiduri": (3, 4, 7),
    "Cendana": (3, 3, 12),
    "Damar": (2, 4, 13),
    "Embun": (2, 2, 6),
}


def publish_close_districts(house: House) -> UUID:
    """Five districts of one unit each, under the project's own scheme; the house's own is not."""
    for name, (standards, competence, glad) in DISTRICTS.items():
        with writing(house.engine) as session:
            unit = another_district(session, name.lower())
            unit.institution.name = f"Kabupaten {name}"
            place, institution = unit.id, unit.institution_id
        house.judge(standards, place, areas=("standards",))
        house.judge(competence, place, areas=("competence", "facilities", "complaints"))
        period = open_half(house, DAYS, place=institution)
        house.rate(4, glad, unit=place, period=period)
        house.rate(2, 14 - glad, unit=place, period=period)
        close(house, period, place=institution)
    with writing(house.engine) as session:
        scoring = Scoring(lasting("perception-2022"), 2025)
        one = prepare(session, house.analyst, scoring)
        return approve(session, house.second_analyst, one.id, SECRET).id
