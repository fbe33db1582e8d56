"""What officials see of a period is the same before and after its answers went into an archive."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analysis.errors import BadInput
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring, score_year
from desk.integrity.exclusions import exclude
from desk.papers.trend import trend
from desk.publication.explaining import explain
from desk.unit.drivers import drivers_of
from desk.unit.results import unit_results
from models import Period, Response, Unit, open_engine, reading, writing
from survey.answer_archive import thinning
from survey.answer_archive.archiving import archive_answers
from survey.answer_archive.rules import archive_rules
from survey.answer_archive.thinning import thin
from tests.desk.conftest import House
from tests.desk.index.test_perception import close, open_half
from tests.desk.unit.test_results import GOOD, REASON

SECRET = bytes(range(32))


def seen(house: House, period: int) -> dict[str, Any]:
    """The dashboard with and without a way, the trend, and the year's scores explained."""
    found: dict[str, Any] = {}
    with reading(house.engine) as session:
        for without in ((), ("open_link",)):
            one = unit_results(session, house.analyst, house.clinic, period, without)
            parts = ("received", "counted", "index", "certainty", "errors", "services", "months")
            found |= {f"{part} {without}": getattr(one, part) for part in parts}
            found[f"experienced {without}"] = one.averaged, one.experienced
            found[f"drivers {without}"] = told(drivers_of(session, house.analyst, one))
        asked = session.get_one(Period, period)
        units = [session.get_one(Unit, house.clinic)]
        found["trend"] = trend(session, house.analyst, asked, lambda _: units)
        scoring = Scoring(load_scheme("ombudsman-2022"), 2025, stand_in=True)
        scored = score_year(session, house.analyst, replace(scoring, squares=True))
        found["surveyed"] = [
            (one.index, one.clean, one.respondents, one.responses, one.answers, one.squares)
            for one in scored.surveyed
        ]
        found["explained"] = repr(explain(session, house.analyst, scoring, house.district))
    return found


def told(found: object) -> str:
    """Without the last digits, which follow the order of the rows: they have none."""
    return re.sub(r"(\.[0-9]{9})[0-9]+", r"\1", repr(found))


def test_what_is_shown_is_the_same_before_and_after(
    house: House, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    period = open_half(house)
    house.rate(GOOD, 30, period=period, service=0, experience=("none",))
    house.rate(2, 12, period=period, service=1, experience=("undue_delay",), channel="token")
    house.rate({**GOOD, "cost": None}, 3, period=period)
    house.rate(4, 8, period=period, batch=house.a_batch(8, period))
    house.judge(4)
    close(house, period)
    before = seen(house, period)
    assert before["surveyed"][0][2] == 53
    monkeypatch.setenv("ARCHIVES", str(tmp_path))
    rules = archive_rules().model_copy(update={"thin_after_days": 0})
    monkeypatch.setattr(thinning, "archive_rules", lambda: rules)
    owner = open_engine(re.sub("//suara_layanan_app@", "//postgres@", database_url))
    archive_answers(owner, SECRET, tmp_path / "a")
    done = thin(owner, SECRET, tmp_path / "a", dry_run=False)
    # Three are too few to be told apart, and with them the next smallest group.
    assert (done.units, done.rows) == (1, 30 + 12)
    assert seen(house, period) == before
    with writing(house.engine) as session:
        one = session.scalars(select(Response.id).where(Response.period_id == period)).first()
        assert one is not None
        with pytest.raises(BadInput, match="answers_archived"):
            exclude(session, house.analyst, [one], REASON)
