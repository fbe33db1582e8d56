"""Citizens find a unit however they call it, at both engines; the index is the database's."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, text

from models import (
    FormerName,
    Institution,
    Service,
    Unit,
    WrongShape,
    migrate,
    now,
    open_engine,
    writing,
)
from models import reading as looking
from survey.finding.finder import find_units
from tests.postgres import Cluster
from tests.world import a_district, a_period

# As registers have them: long, short, with marks, alike, spelt out and abbreviated.
NAMES = (
    *("Puskesmas Watdek", "Puskesmas Ohoijang", "Puskesmas Ohoijang 2", "RSUD Karel Sadsuitubun"),
    *("Kelurahan Lodar El", "Kecamatan Kei Kecil", "Kecamatan Kei Kecil Barat", "Samsat Tual"),
    *("Dinas Kependudukan dan Pencatatan Sipil", "Dinas Penanaman Modal dan PTSP", "UPTD PPA"),
    *("Kantor Urusan Agama (KUA) Tual", "SD Inpres Ur", "Mal Pelayanan Publik", "Dinas P&K"),
    *("Balai Ka’bah", "100% Siap", 'Toko "Rakyat"', "PDAM Tirta Mas", "Perpustakaan"),
)
LEAST_LETTERS = 8
EACH = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """The small district, a neighbour in another province, and many names."""
    engine = open_engine(database_url)
    with writing(engine) as session:
        world = a_district(session)
        world.registry.name = "Dinas Kependudukan dan Pencatatan Sipil Malra"
        named = [
            Unit(institution=world.district, code=f"unit-{at}", name=name)
            for at, name in enumerate(NAMES)
        ]
        papua = Institution(
            code="papua",
            name="Papua",
            kind="province",
            timezone="Asia/Jayapura",
            demonstration=False,
        )
        jayapura = Institution(
            code="jayapura",
            name="Kota Jayapura",
            kind="city",
            timezone="Asia/Jayapura",
            province=papua,
            demonstration=False,
        )
        clinic = Unit(institution=jayapura, code="waena", name="Puskesmas Waena")
        session.add_all([*named, papua, jayapura, clinic])
        a_period(session, jayapura)
    yield engine
    engine.dispose()


def found(engine: Engine, typed: str, most: int = 50) -> list[str]:
    with looking(engine) as session:
        return [unit.name for unit in find_units(session, now(), typed, most)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("ktp", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("e-KTP", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("imunisasi", "Puskesmas Langgur"),
        ("disdukcapil", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("capil", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("kependudukan", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("catatan sipil", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("dispenduk", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("ktp hilang", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("ktp/akta", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("ktp,akta", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("perijinan", "Dinas Penanaman Modal dan PTSP"),
        ("dukcapl", "Dinas Kependudukan dan Pencatatan Sipil"),
        ("PKM langgur", "Puskesmas Langgur"),
        ("puskemas langur", "Puskesmas Langgur"),
        ("kelurahn", "Kelurahan Lodar El"),
        ("rumah sakit", "RSUD Karel Sadsuitubun"),
        ("puskesmas papua", "Puskesmas Waena"),
        ("di kota jayapura", "Puskesmas Waena"),
        ("mpp", "Mal Pelayanan Publik"),
        ("kua", "Kantor Urusan Agama (KUA) Tual"),
        ("dukcapil-malra", "Dinas Kependudukan dan Pencatatan Sipil Malra"),
        ("Puskesmas Ohoijang", "Puskesmas Ohoijang"),
        ("puskesmas ohoijang 2", "Puskesmas Ohoijang 2"),
    ],
)
def test_what_citizens_type_finds_the_office(engine: Engine, typed: str, first: str) -> None:
    assert found(engine, typed)[:1] == [first]


def test_every_word_must_fit_and_nonsense_finds_nothing(engine: Engine) -> None:
    assert len(found(engine, "puskesmas")) == 5
    assert found(engine, "puskesmas surabaya") == []
    assert found(engine, "puskesmas", most=2) == found(engine, "puskesmas")[:2]
    for nothing in ("zzzz", "%", "_", "\\", "", " ", "?"):
        assert found(engine, nothing) == []


@EACH
@given(name=st.sampled_from(NAMES), twice=st.booleans(), place=st.integers(0, 99))
def test_every_unit_is_found_by_its_name_and_with_one_letter_wrong(
    engine: Engine, name: str, twice: bool, place: int
) -> None:
    assert found(engine, name)[0] == name
    assert found(engine, name.upper())[0] == name
    if len(name) >= LEAST_LETTERS:
        at = place % len(name)
        typed = name[:at] + (name[at] * 2 if twice else "") + name[at + 1 :]
        assert name in found(engine, typed), typed


@EACH
@given(typed=st.text(max_size=300) | st.text("%_\\\"'*()^:-+ abkpsu\0\ud800", max_size=40))
def test_any_text_is_only_a_search(engine: Engine, typed: str) -> None:
    assert len(found(engine, typed)) <= 50


def test_the_index_follows_the_register(engine: Engine) -> None:
    with writing(engine) as session:
        units = {unit.name: unit for unit in session.query(Unit)}
        units["Puskesmas Watdek"].name = "Klinik Pratama Evu"
        units["Samsat Tual"].closed_on = now().date() - timedelta(days=1)
        services = {service.name: service for service in session.query(Service)}
        services["Imunisasi"].closed_on = now().date() - timedelta(days=1)
        services["Poli umum"].name = "Fisioterapi"
        session.delete(units["SD Inpres Ur"])
        session.add(Unit(institution=units["UPTD PPA"].institution, code="b", name="Bandara Ibra"))
        city = session.query(Institution).filter_by(code="jayapura").one()
        session.add(FormerName(institution_id=city.id, name=city.name, until=now().date()))
        session.flush()
        city.name = "Kota Sentani"
        clinic = units["Puskesmas Ohoijang"]
        session.add(FormerName(unit_id=clinic.id, name="Puskesmas Yarler", until=now().date()))
    assert found(engine, "klinik pratama") == ["Klinik Pratama Evu"]
    assert found(engine, "bandara") == ["Bandara Ibra"]
    assert found(engine, "fisioterapi") == ["Puskesmas Langgur"]
    assert found(engine, "sentani") == ["Puskesmas Waena"]
    assert found(engine, "yarler") == ["Puskesmas Ohoijang"]
    assert found(engine, "jayapura") == ["Puskesmas Waena"]
    for gone in ("watdek", "samsat", "imunisasi", "poli umum", "inpres"):
        assert found(engine, gone) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_index_of_sqlite_equals_one_built_anew(engine: Engine) -> None:
    """PostgreSQL keeps its own; FTS5 is kept by triggers."""
    test_the_index_follows_the_register(engine)
    with engine.execution_options(writes=True).begin() as connection:
        for table in ("units", "services", "institutions", "former_names"):
            index = f"INSERT INTO {table}_search ({table}_search"
            connection.execute(text(f"{index}, rank) VALUES ('integrity-check', 1)"))
            terms = f"SELECT * FROM temp.{table}_terms ORDER BY term, doc, col, offset"
            connection.execute(
                text(
                    f"CREATE VIRTUAL TABLE temp.{table}_terms"
                    f" USING fts5vocab(main, {table}_search, instance)"
                )
            )
            kept = connection.execute(text(terms)).all()
            connection.execute(text(f"{index}) VALUES ('rebuild')"))
            assert kept == connection.execute(text(terms)).all() != []


def test_a_role_that_may_not_create_the_extension_is_told_what_to_do(
    migrated_cluster: Cluster,
) -> None:
    """It may create tables, in a database that is not its own."""
    for statement in (
        SQL("CREATE ROLE penyewa LOGIN"),
        SQL("CREATE DATABASE {}").format(Identifier("sewa")),
    ):
        migrated_cluster.execute(statement)
    administrator = open_engine(migrated_cluster.url("sewa"))
    with administrator.begin() as connection:
        connection.execute(text("GRANT CREATE ON SCHEMA public TO penyewa"))
    url = migrated_cluster.url("sewa", "penyewa")
    with pytest.raises(WrongShape, match="CREATE EXTENSION pg_trgm; and start again"):
        migrate(url)
    with administrator.begin() as connection:
        connection.execute(text("CREATE EXTENSION pg_trgm"))
    migrate(url)
    for engine in (administrator, open_engine(url)):
        engine.dispose()
    migrated_cluster.drop("sewa")
