"""The Ombudsman's publications as records: sealed ones, in their chain, and no other."""

from uuid import uuid4

import pytest

from analysis.publication.sealed import FIRST, examine
from analysis.rulebook.scheme import load_scheme
from desk.index.perception import Scoring
from desk.public.publications import (
    approved_at,
    publication_records,
    published_rows,
    sealed_publication,
)
from desk.publication.publishing import prepare
from models import reading, writing
from tests.asgi import ask
from tests.desk.conftest import House
from tests.desk.publication.test_publishing import period, publish_year
from tests.interface.conftest import served

__all__ = ["period"]


@pytest.mark.usefixtures("period")
def test_what_is_sealed_is_read_and_nothing_else(house: House) -> None:
    first, second = publish_year(house), publish_year(house)
    with writing(house.engine) as session:
        waiting = prepare(
            session, house.analyst, Scoring(load_scheme("perception-2022"), 2025, False)
        ).id
    with reading(house.engine) as session:
        newest, oldest = publication_records(session)
        assert (oldest.id, oldest.number, oldest.previous_sha256) == (first.id, 1, FIRST)
        assert (newest.id, newest.previous_sha256) == (second.id, oldest.sha256)
        assert (oldest.replaced_by, newest.replaces) == (second.id, first.id)
        rows = published_rows(session, second.id)
        assert rows is not None
        (row,) = rows
        assert (row.code, row.units) == ("malra", 2)
        assert row.score is not None
        assert (row.rank_set_low, row.rank_set_high) == (1, 1)
        assert row.probability is not None
        assert 0 <= row.probability <= 1
        for unknown in (waiting, uuid4()):
            assert published_rows(session, unknown) is None
            assert sealed_publication(session, unknown) is None
            assert approved_at(session, unknown) is None


@pytest.mark.usefixtures("period")
def test_the_sealed_file_leaves_byte_for_byte(house: House) -> None:
    publish_year(house)
    app = served(house.engine)
    (record,) = ask(app, "/api/v1/publications").json["items"]
    sealed = ask(app, record["url"])
    assert "immutable" in sealed.headers["cache-control"]
    assert sealed.headers["last-modified"]
    verdict = examine(sealed.body)
    assert verdict.sha256 == record["sha256"]
    assert verdict.broken is None
    assert not verdict.faults
    listed = ask(app, f"{record['institutions']}?format=csv").body.decode("utf-8-sig")
    assert listed.splitlines()[1].startswith("malra,Kabupaten Maluku Tenggara,district,")
